"""Prompts: written down, found, changed and deleted by who may."""

import re
from dataclasses import replace
from typing import Final

from prosa.conversations import folded, line
from prosa.drivers.journal import Journal, RowRefused
from prosa.drivers.sql import Database, storable
from prosa.identity import Caller, Permission
from prosa.kit.clock import Clock
from prosa.kit.ids import new_object_id
from prosa.prompts import store as rows
from prosa.prompts.errors import CommandTaken, PromptChanged, PromptNotFound, PromptUnfit, TooManyPrompts
from prosa.prompts.models import (
    LONGEST_COMMAND,
    LONGEST_NAME,
    LONGEST_TEXT,
    MOST_VARIABLES,
    Audience,
    Prompt,
    Query,
    Wish,
    variables_of,
)
from prosa.prompts.store import PromptStore

_BETWEEN: Final = re.compile(r"[\W_]+")
_NAMELESS: Final = "prompt"


class PromptService:
    """The verbs of prompts, by their stored ids: one's own, and those that are there for everyone. These are written by who may
    publish, whoever made them."""

    def __init__(self, database: Database, journal: Journal, clock: Clock) -> None:
        self._store = PromptStore(database)
        self._journal = journal
        self._clock = clock

    async def page(self, space: str, query: Query) -> list[Prompt]:
        """At most `query.limit`, those that were changed last first."""
        return await self._store.page(space, query)

    async def get(self, space: str, id: str) -> Prompt:
        """One of them. Raises PromptNotFound."""
        found = await self._store.get(space, id)
        if found is None:
            raise PromptNotFound
        return found

    async def create(self, caller: Caller, wish: Wish, id: str | None = None) -> Prompt:
        """Write one down; an `id` tells a repeated request.

        Raises PromptUnfit, CommandTaken, TooManyPrompts; PermissionDenied for one for everyone.
        """
        if id is not None and (known := await self._store.get(caller.space, id)) is not None and known.space == caller.space:
            return known
        now = self._clock.now()
        name = _name(wish.name or "")
        command = await self._free(caller.space, name) if wish.command is None else _command(wish.command)
        audience = wish.audience or Audience.PRIVATE
        made = Prompt(id or new_object_id(), caller.space, name, command, _text(wish.text or ""), audience, now, now)
        _check(caller, made)
        try:
            written = await self._journal.append(*rows.creation(made))
        except RowRefused as error:
            if not error.constraint:
                raise
            known = await self._store.get(caller.space, made.id)
            if known is None:
                raise CommandTaken(command) from None
            return known  # by the same request, at the same moment
        if not written:
            raise TooManyPrompts
        return made

    async def change(self, caller: Caller, id: str, wish: Wish, if_version: int | None = None) -> Prompt:
        """What the wish says becomes different.

        Raises PromptNotFound, PromptUnfit, CommandTaken, PromptChanged; PermissionDenied for one that is, or was, for everyone.
        """
        before = await self.get(caller.space, id)
        if if_version is not None and before.version != if_version:
            raise PromptChanged
        after = replace(
            before,
            name=before.name if wish.name is None else _name(wish.name),
            command=before.command if wish.command is None else _command(wish.command),
            text=before.text if wish.text is None else _text(wish.text),
            audience=wish.audience or before.audience,
            updated_at=self._clock.now(),
            version=before.version + 1,
        )
        _check(caller, before if before.space != caller.space else after)
        try:
            if not await self._journal.append(*rows.change(after, before.version)):
                raise PromptChanged
        except RowRefused as error:
            if error.constraint:
                raise CommandTaken(after.command) from None
            raise
        return after

    async def delete(self, caller: Caller, id: str) -> None:
        """Delete it. Raises PromptNotFound; PermissionDenied for another's."""
        found = await self.get(caller.space, id)
        if found.space != caller.space:
            _check(caller, found)
        if not await self._journal.append(*rows.deletion(found.space, id)):
            raise PromptNotFound

    async def _free(self, space: str, name: str) -> str:
        """A command after a name, with a number behind it where others have it."""
        command = slug(name) or _NAMELESS
        beginning = command[: LONGEST_COMMAND - 4]
        taken, number = await self._store.commands(space, beginning), 1
        while command in taken:
            number += 1
            command = f"{beginning}-{number}"
        return command


def slug(text: str) -> str:
    """A text as a command: without case and accents, one hyphen for what is neither letter nor digit; may be empty."""
    return _BETWEEN.sub("-", folded(text)).strip("-")[:LONGEST_COMMAND].rstrip("-")


def _check(caller: Caller, prompt: Prompt) -> None:
    if prompt.audience is Audience.EVERYONE:
        caller.require(Permission.PUBLISH_PROMPTS)


def _name(text: str) -> str:
    name = storable(line(text))
    if not 0 < len(name) <= LONGEST_NAME:
        raise PromptUnfit(f"name: expected 1 to {LONGEST_NAME} characters.", param="name")
    return name


def _command(text: str) -> str:
    command = slug(text)
    if not command or len(text) > LONGEST_NAME:
        raise PromptUnfit(f"command: expected letters, digits and hyphens, {LONGEST_COMMAND} at most.", param="command")
    return command


def _text(text: str) -> str:
    if not text.strip() or len(text) > LONGEST_TEXT:
        raise PromptUnfit(f"text: expected 1 to {LONGEST_TEXT} characters.", param="text")
    if len(variables_of(text)) > MOST_VARIABLES:
        raise PromptUnfit(f"text: expected at most {MOST_VARIABLES} variables.", param="text")
    return storable(text)
