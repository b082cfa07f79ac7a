"""Which assistant answers in a conversation, as the caller may see it now."""

from collections.abc import Sequence
from typing import Any, Final

import msgspec

from prosa.answers import AssistantUnavailable, Speakers
from prosa.api.app.conversation_models import ConversationAssistant, ConversationSettings, settings_of
from prosa.assistants import Assistant, AssistantNotFound, AssistantService
from prosa.conversations import Conversation
from prosa.identity import Caller

_THREADS: Final = "openai"  # where threads of the Assistants API are made


class Assisting:
    """Assistants in conversations, for one caller at a time."""

    def __init__(self, assistants: AssistantService, speakers: Speakers) -> None:
        self._assistants = assistants
        self.speakers = speakers

    async def of(self, caller: Caller, found: Sequence[Conversation]) -> dict[str, ConversationAssistant]:
        """Who answers in each of these conversations, by their stored ids; where nobody does, nothing."""
        named = await self._named(found)
        known = {id: await self._shown(caller, id) for id in {id for id in named.values() if id is not None}}
        return {id: known[shown] for id, shown in named.items() if shown is not None}

    async def named(self, conversation: Conversation) -> str | None:
        """The id of the assistant that answers in a conversation: that of its settings, or of the last run of a thread."""
        return (await self._named([conversation]))[conversation.id]

    async def _named(self, found: Sequence[Conversation]) -> dict[str, str | None]:
        named, threads = dict[str, str | None](), list[Conversation]()
        for told in found:
            settings = settings_of(told)
            named[told.id] = settings.assistant
            if told.face.dialect == _THREADS and "assistant" not in settings.model_fields_set:
                threads.append(told)
        if threads:
            last = await self.speakers.last(threads[0].space, [told.id for told in threads])
            named |= {id: speaker.assistant_id for id, speaker in last.items()}
        return named

    async def usable(self, caller: Caller, id: str, param: str = "assistant") -> Assistant:
        """An assistant that the caller may ask now. Raises AssistantUnavailable."""
        try:
            return await self._assistants.usable(caller, id)
        except AssistantNotFound:
            raise AssistantUnavailable(id, param) from None

    async def tried(self, caller: Caller, id: str, changes: dict[str, Any]) -> Assistant:
        """One that the caller may change, as these changes would make it. Raises AssistantUnavailable, AssistantNotYours, and
        what else a change raises."""
        await self.usable(caller, id)
        return await self._assistants.tried(caller, id, lambda now: msgspec.structs.replace(now, **changes))

    async def check(self, caller: Caller, settings: ConversationSettings | None, before: Conversation | None = None) -> None:
        """See that settings name no assistant that the caller may not ask; one that stood there before may stay. Raises
        AssistantUnavailable."""
        wanted = None if settings is None else settings.assistant
        if wanted is not None and (before is None or wanted != await self.named(before)):
            await self.usable(caller, wanted, "settings.assistant")

    async def _shown(self, caller: Caller, id: str) -> ConversationAssistant:
        try:
            found = await self._assistants.usable(caller, id)
        except AssistantNotFound:
            return ConversationAssistant(id=id, name=None, picture=None, available=False)
        return ConversationAssistant(id=id, name=found.definition.name, picture=picture_of(found), available=True)


def picture_of(assistant: Assistant) -> str | None:
    """Where its picture is; another address for another picture."""
    picture = assistant.picture
    return None if picture is None else f"/api/v1/assistants/{assistant.shown}/picture?of={picture[:8]}"
