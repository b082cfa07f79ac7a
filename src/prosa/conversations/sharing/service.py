"""Sharing: a link to what was said until now, for whoever has it, for as long as its owner likes."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from prosa.conversations.errors import ConversationNotFound
from prosa.conversations.models import Conversation, Face, Node, PathQuery, TitleBy
from prosa.conversations.service import ConversationService
from prosa.conversations.sharing import store as rows
from prosa.conversations.sharing.cleaning import cleaned
from prosa.conversations.sharing.drawing import Drawing, Drawn
from prosa.conversations.sharing.errors import ShareNotFound, ShareTooLarge, SharingDisabled, TooManyShares
from prosa.conversations.sharing.models import (
    MOST_BYTES,
    MOST_MESSAGES,
    MOST_SHARES,
    SHARE,
    Position,
    Share,
    Shared,
    SharePage,
    ShareWish,
)
from prosa.conversations.sharing.settings import SharingSettings
from prosa.conversations.sharing.snapshot import Gathering, body_of
from prosa.conversations.sharing.store import ShareStore
from prosa.conversations.shelf.models import Feed
from prosa.conversations.shelf.news import News
from prosa.drivers.journal import Journal, RowRefused
from prosa.drivers.sql import Database
from prosa.files import File, FileNotFound, FileService
from prosa.kit.clock import Clock
from prosa.kit.ids import new_object_id, new_text

TOKEN_DIGITS: Final = 32  # 190 random bits
_LONGEST_TOKEN: Final = 64
_PAGE: Final = 500
_ITEMS: Final = 4 * MOST_MESSAGES  # looked through for messages: tools and thoughts stand between them
_DAY: Final = 86_400.0


@dataclass(frozen=True, slots=True)
class SharingParts:
    """What sharing stands on. `feed`: who tells an owner's other devices of a new link."""

    conversations: ConversationService
    files: FileService
    database: Database
    journal: Journal
    clock: Clock
    feed: Feed | None = None
    settings: SharingSettings = field(default_factory=SharingSettings)


class Sharing:
    """The shares of one space at a time, and what a link shows: its row is read each time, so that what is revoked is gone."""

    def __init__(self, parts: SharingParts) -> None:
        self._conversations = parts.conversations
        self._files = parts.files
        self._store = ShareStore(parts.database)
        self._journal = parts.journal
        self._clock = parts.clock
        self._news = News(parts.clock, parts.feed)
        self._settings = parts.settings
        self._drawing = Drawing()

    def adjust(self, settings: SharingSettings) -> None:
        """Go on with these from now on: without sharing no link leads anywhere at once."""
        self._settings = settings

    async def create(self, space: str, wish: ShareWish, id: str | None = None) -> tuple[Share, str]:
        """Share a conversation as it is now; the link's text is told this once, and kept nowhere.

        An `id` that was given tells a repeated request: what it made before gets another link, since nobody has seen its first
        one. Raises ConversationNotFound, ItemNotFound for a `leaf` that isn't in it, NothingToShare, ShareTooLarge,
        TooManyShares, SharingDisabled.
        """
        if not self._settings.enabled:
            raise SharingDisabled
        conversation = await self._conversations.get(space, wish.conversation_id)
        if await self._store.count(space) >= MOST_SHARES:
            raise TooManyShares(MOST_SHARES)
        nodes = await self._path(space, wish)
        snapshot = await Gathering(space, self._files if wish.files else None).gather(nodes)
        share = Share(
            id=id or new_object_id(),
            space=space,
            conversation_id=conversation.id,
            title=cleaned(conversation.face.title) if conversation.face.title else None,
            messages=len(snapshot.messages),
            files=len(snapshot.files),
            created_at=self._clock.now(),
            expires_at=self._until(wish.expires_at),
        )
        token = new_text(TOKEN_DIGITS)
        try:
            news = self._news.parts(space, "share.created", SHARE + share.id, 1)
            written, *_ = await self._journal.append_all((rows.addition(share, digest_of(token), snapshot), *news))
        except RowRefused as error:
            if not error.constraint or id is None:
                raise
            return await self._again(space, id, token)
        if not written:
            raise ConversationNotFound
        self._news.told(space)
        return share, token

    async def get(self, space: str, id: str) -> Share:
        """One share. Raises ShareNotFound."""
        found = await self._store.get(space, id, self._clock.now())
        if found is None:
            raise ShareNotFound
        return found

    async def list(
        self, space: str, limit: int = 50, conversation_id: str | None = None, after: Position | None = None
    ) -> SharePage:
        """A page of those whose links lead somewhere, newest first; of one conversation or of all."""
        found = await self._store.page(space, self._clock.now(), limit + 1, conversation_id, after)
        page = tuple(found[:limit])
        return SharePage(page, rows.position_of(page[-1]) if len(found) > limit else None)

    async def revoke(self, space: str, id: str) -> None:
        """Its link leads nowhere from now on, in any process, and what it showed is gone. Raises ShareNotFound."""
        news = self._news.parts(space, "share.deleted", SHARE + id, None)
        await self.get(space, id)
        deleted, *_ = await self._journal.append_all((rows.deletion(space, id), *news))
        if not deleted:
            raise ShareNotFound
        self._news.told(space)

    async def opened(self, token: str) -> Shared:
        """What a link shows. Raises ShareNotFound."""
        found: Shared | None = None
        if self._settings.enabled and len(token) <= _LONGEST_TOKEN and token.isascii():
            found = await self._store.opened(digest_of(token), self._clock.now())
        if found is None:
            raise ShareNotFound
        return found

    async def drawn(self, shared: Shared) -> Drawn:
        """Safe HTML of each message of what a link shows; None where the text itself is to be shown."""
        return await self._drawing.drawn(shared)

    async def file(self, token: str, number: int) -> File:
        """An attachment that was shared along, by its number, as long as its owner keeps it. Raises ShareNotFound."""
        shared = await self.opened(token)
        if not 0 <= number < len(shared.snapshot.files):
            raise ShareNotFound
        try:
            return await self._files.get(shared.share.space, shared.snapshot.files[number].id)
        except FileNotFound as error:
            raise ShareNotFound from error

    async def copy(self, space: str, token: str, id: str | None = None) -> Conversation:
        """A conversation of one's own that begins with what a link shows: new ids, no attachments, nothing of its owner's.

        An `id` that was given tells a repeated request, which finds what it made before. Raises ShareNotFound.
        """
        shared = await self.opened(token)
        title = shared.share.title
        face = Face(title, TitleBy.NOBODY if title is None else TitleBy.PERSON, "app")
        said = [body_of(message) for message in shared.snapshot.messages if message.text]
        return await self._conversations.create(space, items=said, id=id, face=face)

    async def trim(self) -> int:
        """Delete what is past its time, of all spaces; how many there were. For a job of the night."""
        return await self._journal.append(*rows.deletion_of_expired(self._clock.now()))

    async def _path(self, space: str, wish: ShareWish) -> Sequence[Node]:
        """The items of the path, oldest first. Raises as `create`."""
        found: list[Node] = []
        while len(found) <= _ITEMS:
            before = found[-1].item.id if found else None
            query = PathQuery(_PAGE, before, wish.leaf if before is None else None)
            page = await self._conversations.paths.page(space, wish.conversation_id, query)
            found += page
            if len(page) < _PAGE:
                return found[::-1]
        raise ShareTooLarge(MOST_MESSAGES, MOST_BYTES // 2**20)

    async def _again(self, space: str, id: str, token: str) -> tuple[Share, str]:
        if not await self._journal.append(*rows.relinking(space, id, digest_of(token))):
            raise ShareNotFound
        return await self.get(space, id), token

    def _until(self, wish: float | None) -> float | None:
        if self._settings.days is None:
            return wish
        last = self._clock.now() + self._settings.days * _DAY
        return last if wish is None else min(wish, last)


def digest_of(token: str) -> str:
    """Under which a link's text is stored: it is long and random, so that no more than a hash is needed."""
    return hashlib.sha256(token.encode()).hexdigest()
