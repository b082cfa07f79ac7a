"""How the app's API shows conversations and takes changes of them."""

from datetime import datetime
from typing import Annotated, Any, Final, Literal, Self

import msgspec
from pydantic import AfterValidator, BaseModel, Field, ValidationError, model_validator

from prosa import conversations
from prosa.api.app.shapes import EXAMPLE_ID, EXAMPLE_MOMENT, Body, Moment, bare, example
from prosa.api.app.tags import Tags
from prosa.conversations import (
    CONVERSATION,
    FOLDER,
    LONGEST_TAG,
    LONGEST_TITLE,
    MOST_TAGS,
    MOST_TOGETHER,
    Face,
    ShelfChanges,
    Shelved,
    TitleBy,
    Verb,
    title_of,
)
from prosa.kit import moments

EXAMPLE_CONVERSATION: Final = CONVERSATION + EXAMPLE_ID
EXAMPLE_FOLDER: Final = FOLDER + EXAMPLE_ID
EXAMPLE_ASSISTANT: Final = "asst_" + EXAMPLE_ID
_DAY: Final = 86_400.0  # in seconds
DIALECT: Final = "app"

Dialect = Literal["app", "openai", "chatai", "multiuser"]
Title = Annotated[str, Field(max_length=LONGEST_TITLE, examples=["Fotossíntese em três frases"])]


def _printable(text: str) -> str:
    if not text.isprintable():
        raise ValueError("Expected characters that can be seen")
    return text


Model = Annotated[str, Field(min_length=1, max_length=256, examples=["mock"]), AfterValidator(_printable)]
Tag = Annotated[str, Field(min_length=1, max_length=LONGEST_TAG, examples=["biologia"])]
TagList = Annotated[list[Tag], Field(max_length=MOST_TAGS, examples=[["biologia"]])]
FolderId = Annotated[str, Field(max_length=100, examples=[EXAMPLE_FOLDER])]
Switch = Annotated[bool, Field(strict=True)]


class ConversationSettings(Body):
    """What its answers are asked with where a request says nothing else."""

    assistant: (
        Annotated[str, Field(max_length=256, description="The assistant that answers in it.", examples=[EXAMPLE_ASSISTANT])]
        | None
    ) = None
    instructions: Annotated[str, Field(max_length=100_000, examples=["Responda em português, com calma."])] | None = None
    temperature: Annotated[float, Field(ge=0, le=2, examples=[0.7])] | None = None
    top_p: Annotated[float, Field(ge=0, le=1)] | None = None
    max_output_tokens: Annotated[int, Field(ge=16)] | None = None
    reasoning_effort: Literal["none", "minimal", "low", "medium", "high", "xhigh", "max"] | None = None


class ConversationAssistant(BaseModel):
    """The assistant that answers in a conversation, as it is now."""

    id: str = Field(examples=[EXAMPLE_ASSISTANT])
    name: str | None = Field(description="Its name; null where it has none, or isn't available.", examples=["Contratos"])
    picture: str | None = Field(description="Where its picture is; null where it has none.", examples=[None])
    available: bool = Field(
        description="False: it was deleted, or isn't shared with one any more. Questions are refused (`assistant_not_found`)"
        " until one chooses another assistant or none."
    )


class Conversation(BaseModel):
    """A conversation, whichever dialect it was made in."""

    id: str = Field(examples=[EXAMPLE_CONVERSATION])
    etag: str = Field(description="Which state this is; for `If-Match`.", examples=['"5f3a9c1e7b2d4860a1c2e3f405162738"'])
    title: str | None = Field(examples=["Fotossíntese em três frases"])
    title_by: TitleBy = Field(description="Who gave the title; one that a person or a client gave is never replaced.")
    dialect: Dialect = Field(description="Where it was made: here, by `/v1`, or by one of the older APIs.")
    model: str | None = Field(description="What answers in it where a request names no other.", examples=["mock"])
    settings: ConversationSettings
    assistant: ConversationAssistant | None = Field(
        description="Who answers in it: what `settings` say, or in a thread of the Assistants API the assistant of its last run."
    )
    metadata: dict[str, str] = Field(description="As `/v1/conversations` keeps it.")
    folder_id: str | None = Field(examples=[EXAMPLE_FOLDER])
    tags: list[str] = Field(examples=[["biologia"]])
    pinned_at: datetime | None = Field(examples=[EXAMPLE_MOMENT])
    archived_at: datetime | None = Field(examples=[None])
    answering: bool = Field(description="Whether an answer is being given in it, or waits.")
    waiting: bool = Field(description="Whether the answer waits for what somebody else's program gives.")
    created_at: Moment
    updated_at: Moment = Field(description="The latest activity: what is said counts, putting in order doesn't.")


class TrashedConversation(Conversation):
    """A conversation in the trash."""

    deleted_at: Moment
    purged_at: datetime | None = Field(description="From when on it is deleted for good; null: not before a person does so.")


class NewConversation(Body):
    """A conversation to be."""

    model_config = example(title="Fotossíntese", settings={"instructions": "Responda em português."})

    title: Title | None = None
    model: Model | None = None
    settings: ConversationSettings = ConversationSettings()
    folder_id: FolderId | None = None


class ConversationEdit(Body):
    """What a person changes of a conversation. What is left out stays; null empties what can be empty."""

    model_config = example(title="Fotossíntese", pinned=True, tags=["biologia"])

    title: Title | None = None
    model: Model | None = None
    settings: ConversationSettings | None = None
    folder_id: FolderId | None = None
    tags: TagList = Field(default_factory=list)
    pinned: Switch = False
    archived: Switch = False


class ConversationBatch(Body):
    """One thing to do to many conversations."""

    model_config = example(ids=[EXAMPLE_CONVERSATION], action="archive")

    ids: Annotated[list[Annotated[str, Field(max_length=100)]], Field(max_length=MOST_TOGETHER)]
    action: Verb
    folder_id: FolderId | None = Field(None, description="Where `move` files them; without it, in no folder.")
    tag: Tag | None = Field(None, description="What `tag` puts on them and `untag` takes off.")

    @model_validator(mode="after")
    def _together(self) -> Self:
        if (self.tag is not None) != (self.action in (Verb.TAG, Verb.UNTAG)):
            raise ValueError("Expected 'tag' with 'tag' and 'untag', and with nothing else")
        if self.folder_id is not None and self.action is not Verb.MOVE:
            raise ValueError("Expected 'folder_id' with 'move' alone")
        return self


class ConversationsChanged(BaseModel):
    """What became of a batch."""

    data: list[Conversation] = Field(description="Those that it was done to, as they are now; of what is in the trash, none.")
    not_found: list[str] = Field(description="The ids under which there is nothing of yours; nothing was done for them.")


class UsedTag(BaseModel):
    """A tag in use."""

    name: str = Field(examples=["biologia"])
    conversations: int = Field(description="How many conversations outside the trash have it.", examples=[3])


class UsedTags(BaseModel):
    """The tags in use, the most used first, a thousand at most."""

    data: list[UsedTag]


def conversation_shown(shelved: Shelved, tags: Tags, assistant: ConversationAssistant | None = None) -> Conversation:
    """A conversation as the API shows it, with who answers in it."""
    return Conversation(**_fields(shelved, tags, assistant))


def trashed_shown(shelved: Shelved, tags: Tags, days: int) -> TrashedConversation:
    """One in the trash, where it stays for so many `days`; 0: for ever."""
    deleted = shelved.conversation.deleted_at or 0.0
    purged = _moment(deleted + days * _DAY) if days else None
    return TrashedConversation(**_fields(shelved, tags), deleted_at=_moment(deleted), purged_at=purged)


def face_of(body: NewConversation, folder_id: str | None) -> Face:
    """What a new conversation shows of itself; `folder_id` as it is stored."""
    title = title_of(body.title or "")
    by = TitleBy.NOBODY if title is None else TitleBy.PERSON
    return Face(title, by, DIALECT, body.model, _settings_stored(body.settings), folder_id)


def changes_of(body: ConversationEdit) -> ShelfChanges:
    """What a body changes."""
    given = body.model_fields_set
    wishes: dict[str, Any] = {name: getattr(body, name) for name in given - {"settings", "folder_id"}}  # of its fields
    if "settings" in given:
        wishes["settings"] = None if body.settings is None else _settings_stored(body.settings)
    if "folder_id" in given:
        wishes["folder_id"] = None if body.folder_id is None else bare(body.folder_id, FOLDER)
    return ShelfChanges(**wishes)


def settings_of(conversation: conversations.Conversation) -> ConversationSettings:
    """What its answers are asked with; what another version of prosa kept in other forms is left out."""
    try:
        return ConversationSettings.model_validate_json(conversation.face.settings or b"{}")
    except ValidationError:
        return ConversationSettings()


def _settings_stored(settings: ConversationSettings) -> bytes | None:
    fields = settings.model_dump(exclude_none=True)
    if "assistant" in settings.model_fields_set:
        fields["assistant"] = settings.assistant  # null is a word too: nobody, whoever answered last
    return msgspec.json.encode(fields) if fields else None


def _fields(shelved: Shelved, tags: Tags, assistant: ConversationAssistant | None = None) -> dict[str, Any]:  # of a model
    told = shelved.conversation
    face = told.face
    settings = settings_of(told)
    if assistant is not None:
        settings.assistant = assistant.id
    return {
        "id": CONVERSATION + told.id,
        "etag": tags.of(told.id, told.version),
        "title": face.title,
        "title_by": face.title_by,
        "dialect": face.dialect,
        "model": face.model,
        "settings": settings,
        "assistant": assistant,
        "metadata": msgspec.json.decode(told.metadata),
        "folder_id": None if face.folder_id is None else FOLDER + face.folder_id,
        "tags": list(shelved.tags),
        "pinned_at": _moment_if(told.pinned_at),
        "archived_at": _moment_if(told.archived_at),
        "answering": shelved.answering,
        "waiting": shelved.waiting,
        "created_at": _moment(told.created_at),
        "updated_at": _moment(told.updated_at),
    }


def _moment(seconds: float) -> datetime:
    return moments.shown(moments.stored(seconds))


def _moment_if(seconds: float | None) -> datetime | None:
    return None if seconds is None else _moment(seconds)
