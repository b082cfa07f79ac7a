"""B's bodies, checked: quickly where all is well, and by pydantic, for its words and its leniency, where it isn't."""

from typing import Annotated, Final, Literal, get_args

import msgspec

from prosa.api.bodies import judge
from prosa.api.legacy.bitaca.settings import MOST_CHARACTERS, MOST_INPUTS, MOST_MESSAGES

Text = Annotated[str, msgspec.Meta(min_length=1)]
Share = Annotated[float, msgspec.Meta(ge=0.0, le=1.0)]
Role = Literal["system", "user", "assistant"]
_ROLES: Final[dict[str, Role]] = {role: role for role in get_args(Role)}


class Message(msgspec.Struct):
    """One turn. Any role is taken; who speaks in one that a page has no use for (`tool`, `developer`) is a user."""

    role: Role
    content: str


class Chat(msgspec.Struct):
    """A chat call with B's defaults."""

    messages: Annotated[list[Message], msgspec.Meta(max_length=MOST_MESSAGES)]
    temperature: Annotated[float, msgspec.Meta(ge=0.0, le=2.0)] = 0.7
    max_tokens: Annotated[int, msgspec.Meta(ge=1, le=4096)] = 500
    top_p: Share = 0.9
    stream: bool = True
    model: object = None


class Embedding(msgspec.Struct):
    """An embeddings call with B's defaults."""

    input: Text | Annotated[list[Text], msgspec.Meta(min_length=1, max_length=MOST_INPUTS)]
    input_type: object = "passage"


_chat: Final = msgspec.json.Decoder(Chat).decode
_embedding: Final = msgspec.json.Decoder(Embedding).decode


def read_chat(raw: bytes) -> Chat:
    """The call of a chat body. Raises InvalidBody."""
    try:
        chat = _chat(raw)
        if sum(len(message.content) for message in chat.messages) <= MOST_CHARACTERS:
            return chat
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        # pydantic takes more ("0.5" for a number) and words what it doesn't take.
        pass
    from prosa.api.legacy.bitaca.bodies import ChatBody

    lenient = judge(ChatBody, raw)
    messages = [Message(_ROLES.get(message.role, "user"), message.content) for message in lenient.messages]
    return Chat(messages, lenient.temperature, lenient.max_tokens, lenient.top_p, lenient.stream, lenient.model)


def read_embedding(raw: bytes) -> Embedding:
    """The call of an embeddings body. Raises InvalidBody."""
    try:
        call = _embedding(raw)
        if sum(map(len, [call.input] if isinstance(call.input, str) else call.input)) <= MOST_CHARACTERS:
            return call
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        # as above
        pass
    from prosa.api.legacy.bitaca.bodies import EmbeddingsBody

    lenient = judge(EmbeddingsBody, raw)
    return Embedding(lenient.input, lenient.input_type)
