"""The nouns of a model call."""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol

import msgspec

from prosa.drivers.outbound import OutboundRequest, Target, Timeouts
from prosa.gateway.settings import Reasoning
from prosa.kit.errors import ProsaError
from prosa.usage import Payer

Fields = dict[str, msgspec.Raw]


class CallKind(StrEnum):
    """What is asked of the model."""

    CHAT = "chat"
    EMBEDDINGS = "embeddings"


class Attachment(msgspec.Struct, frozen=True):
    """Where an answer is that a provider makes in the background: it goes on there whoever listens, and can be found again."""

    provider: str
    model: str  # its name there
    response_id: str


class Heard(msgspec.Struct, frozen=True):
    """How much of an answer was passed on before: characters of text and of reasoning, and tool calls that were whole."""

    text: int = 0
    reasoning: int = 0
    calls: int = 0


class ModelCall(msgspec.Struct):
    """One call as a dialect hands it over, in OpenAI's terms: the body's top level, each value still raw JSON.

    `fields` holds everything but `model` (`stream` and `stream_options` too). `model` None means the default of `kind`.
    """

    kind: CallKind
    model: str | None
    fields: Fields
    stream: bool = False
    usage_asked: bool = False  # the client itself asked for the stream's usage chunk
    reasoning: Reasoning | None = None  # what the dialect wants; None: what the model's settings say
    timeouts: Timeouts | None = None  # None: the gateway's
    seconds: float | None = None  # for the whole call, whatever `timeouts` say of one
    fallback: bool = True
    allowed: frozenset[str] | None = None  # the only public names that the caller may use; None: every one
    background: bool = False  # the answer may be made in the provider's background, where that is configured
    attached: Attachment | None = None  # an answer that was begun so: listen to it again, instead of asking
    heard: Heard | None = None  # what of that was passed on before
    payer: Payer | None = None  # on whose account it goes; None: nobody's


class Usage(msgspec.Struct, frozen=True, gc=False):
    """Tokens of a call: of the question some `cached` by the provider, of the answer some for `reasoning`.

    `estimated` where the provider told none.
    """

    prompt_tokens: int = 0
    completion_tokens: int = 0
    estimated: bool = False
    cached_tokens: int = 0
    reasoning_tokens: int = 0


@dataclass(frozen=True, slots=True)
class Provider:
    """A configured provider as wires and routing see it: the registry's row with the settings laid over."""

    name: str
    wire: str  # "openai_chat", "openai_responses", "anthropic_messages", "ollama", "mock"
    scheme: str
    host: str
    port: int
    path: str  # the base URL's path, without a slash at the end ("/v1")
    api_key: str | None = field(default=None, repr=False)
    private: bool = False
    default_model: str | None = None
    default_embedding_model: str | None = None
    models: tuple[str, ...] = ()
    families: tuple[str, ...] = ()  # beginnings of bare model names that belong to this vendor ("gpt-", "claude-")
    context_length: int | None = None
    needs_input_type: bool = False  # asymmetric embedding models (NVIDIA)
    stream_usage: bool = True  # takes stream_options.include_usage
    continues: bool = False  # goes on with an answer whose beginning stands last in the messages
    continued_by: str = "place"  # see ProviderRow
    background: bool = False  # its answers can be made in the background and found again
    target: Target = field(init=False, repr=False, compare=False)  # where it is; its key goes there and nowhere else

    def __post_init__(self) -> None:
        object.__setattr__(self, "target", Target(self.scheme, self.host, self.port, self.private))

    def public(self, model: str) -> str:
        """The name by which callers know one of its models."""
        return model if self.wire == "mock" else f"{self.name}/{model}"


@dataclass(slots=True)
class StreamFigures:
    """What a relay has learned of the stream it passes on."""

    usage: Usage | None = None
    text_chars: int = 0  # characters of content, reasoning and tool arguments
    events: int = 0
    finished: bool = False  # a finish_reason was seen
    done: bool = False  # the end marker was seen (and passed on)
    model: str | None = None  # as the provider names it
    response_id: str | None = None  # of an answer that is made in the provider's background; None once that has failed there
    fault: ProsaError | None = None  # the provider broke off with an error event, already passed on in our words


class StreamRelay(Protocol):
    """Turns a provider's stream into OpenAI's SSE, piece by piece. Every returned piece ends at an event's end or is empty,
    except where one event is larger than the relay holds: that one passes through in parts."""

    figures: StreamFigures

    def feed(self, data: bytes) -> bytes:
        """What the client gets for these bytes of the provider."""
        ...

    def finish(self) -> bytes:
        """The provider's body ended regularly: what is held back, and the end marker if it is missing.

        An end without a finish_reason and without the marker is a break: an error event comes first, and `figures.fault` is set.
        """
        ...

    def fail(self, error: ProsaError) -> bytes:
        """The stream broke: an error event in our words, then the end marker; nothing of a half event."""
        ...


class PlainAnswer(msgspec.Struct, frozen=True):
    """A whole answer in OpenAI's form."""

    body: bytes
    usage: Usage | None
    model: str | None
    text_chars: int = 0


class Wire(Protocol):
    """One protocol of providers: builds the request, reads the answer. Pure; no sockets."""

    def request(self, call: ModelCall, model: str, provider: Provider) -> OutboundRequest:
        """The provider's request. Raises BadRequest for what the wire can't carry."""
        ...

    def relay(self, call: ModelCall, model: str, provider: Provider) -> StreamRelay:
        """A fresh relay for one stream."""
        ...

    def plain(self, body: bytes, call: ModelCall, model: str, secret: str | None = None) -> PlainAnswer:
        """Read a whole 200 answer. Raises ProviderFault, without `secret` in it, for an error in disguise or no JSON."""
        ...
