"""How the app asks for answers, and how it shows what came of them."""

from dataclasses import dataclass, field
from typing import Annotated, Any, Final, Literal, Self

import msgspec
from pydantic import BaseModel, Field, JsonValue, model_validator

from prosa.answers import FOUND, Ground, Pinned, ResponseRequest, spoken
from prosa.api.app.assistants_models import AssistantPatch
from prosa.api.app.conversation_item_models import EXAMPLE_ITEM, EXAMPLE_MESSAGE
from prosa.api.app.conversation_models import EXAMPLE_ASSISTANT, ConversationSettings
from prosa.api.app.run_models import Beside, Run, run_shown
from prosa.api.app.shapes import Body, example
from prosa.assistants import Assistant
from prosa.runs import Run as StoredRun
from prosa.usage import Costs

MICRO: Final = 1_000_000
Effort = Literal["none", "minimal", "low", "medium", "high", "xhigh", "max"]
ItemName = Annotated[str, Field(max_length=100, examples=[EXAMPLE_ITEM])]
Word = dict[str, JsonValue]
# Of a question, what the request of the Responses API has no field for.
_BESIDE_REQUEST: Final = {"assistant", "draft", "after", "edits", "regenerates", "temporary", "stream"}


class Reasoning(Body):
    """How much the model is to think, and whether a summary of it is wanted."""

    effort: Effort | None = None
    summary: Literal["auto", "concise", "detailed"] | None = None


class Asking(Body):
    """What a model is asked. But for `input`, what is left out is as the conversation's settings say, or as the model has it."""

    input: Annotated[str, Field(max_length=10_485_760)] | Annotated[list[Word], Field(max_length=10_000)] | None = Field(
        None, description="A text, or items in the words of the Responses API.", examples=["Olá!", [EXAMPLE_MESSAGE]]
    )
    assistant: Annotated[str, Field(max_length=256, examples=[EXAMPLE_ASSISTANT])] | None = Field(
        None,
        description="The assistant that answers, with its instructions, tools, knowledge, model and limits; null: none. Left out:"
        " the conversation's; where something is answered once more, edited or gone on with, the one of that place.",
    )
    model: Annotated[str, Field(min_length=1, max_length=256, examples=["mock"])] | None = None
    instructions: str | None = Field(None, description="They stand behind the assistant's.")
    temperature: float | None = Field(None, ge=0, le=2)
    top_p: float | None = Field(None, ge=0, le=1)
    max_output_tokens: int | None = Field(None, ge=16)
    reasoning: Reasoning | None = None
    text: Word | None = Field(None, description="The form of the answer, as the Responses API has it.")
    tools: list[Word] | None = Field(None, description="As the Responses API has them.")
    tool_choice: JsonValue = None
    include: list[str] | None = Field(None, description="As the Responses API has it.")
    truncation: Literal["auto", "disabled"] = Field(
        "auto", description="Whether what is oldest is left out where it is too much."
    )


class AnswerWish(Asking):
    """A question in a conversation: behind its last item, or where one of `after`, `edits` and `regenerates` says."""

    model_config = example(input="O que é fotossíntese?")

    after: ItemName | None = Field(None, description="The item that the input follows, or without input, that is answered.")
    edits: ItemName | None = Field(None, description="The item in whose place the input stands, as another version of it.")
    regenerates: ItemName | None = Field(None, description="The answer, or any item of it, that is to be given once more.")
    when_busy: Literal["queue", "replace"] | None = Field(
        None, description="Whether an answer that is being given in the conversation is waited for (as usual), or cancelled."
    )
    metadata: dict[str, str] | None = Field(None, description="At most 16 pairs, kept with the run.")
    temporary: bool = Field(
        False, strict=True, description="Leave nothing: neither the input nor the answer is stored, and who leaves ends it."
    )
    stream: bool = Field(True, strict=True, description="False: answer with the run at once, to be followed later.")

    @model_validator(mode="after")
    def _one_place(self) -> Self:
        places = [name for name in ("after", "edits", "regenerates") if getattr(self, name) is not None]
        if len(places) > 1:
            raise ValueError(f"Expected one of 'after', 'edits' and 'regenerates', not '{places[0]}' and '{places[1]}'")
        if self.edits is not None and self.input is None:
            raise ValueError("Expected 'input' with 'edits': what stands there instead")
        if self.regenerates is not None and self.input is not None:
            raise ValueError("Expected no 'input' with 'regenerates': the same is asked again")
        if self.temporary and not self.stream:
            raise ValueError("Expected 'stream' with 'temporary': nobody could read the answer later")
        return self


class TemporaryWish(Asking):
    """A question of which nothing is kept. All that was said before comes along in `input`."""

    model_config = example(input=[EXAMPLE_MESSAGE], model="mock")

    draft: AssistantPatch | None = Field(
        None, description="What `assistant` says differently this once: for who may edit it, to try it out before it is saved."
    )

    @model_validator(mode="after")
    def _of_an_assistant(self) -> Self:
        if self.draft is not None and self.assistant is None:
            raise ValueError("Expected 'assistant' with 'draft': the one that it changes")
        return self


class AnswerUsage(BaseModel):
    """What the model calls of an answer took together."""

    calls: int = Field(examples=[1])
    input_tokens: int = Field(examples=[812])
    output_tokens: int = Field(examples=[140])
    cached_tokens: int = Field(description="Among the input's.", examples=[0])
    reasoning_tokens: int = Field(description="Among the output's.", examples=[0])
    estimated: bool = Field(description="Whether some of them were counted by prosa, since the provider told none.")
    cost_usd: str | None = Field(description="In US dollars; null where a model's price isn't known.", examples=["0.001240"])


class Answer(Run):
    """The run of an answer in a conversation, with what it took."""

    model: str | None = Field(description="Who was asked, by the name it was asked by; null as long as no call of it has ended.")
    usage: AnswerUsage | None = Field(description="null as long as no call of it has ended.")


@dataclass(frozen=True, slots=True)
class Setting:
    """In what a question is asked: the conversation's settings and model, and fields of the request that no body says; with
    `assistant`, who answers, and `ground`, what tools get in the conversation."""

    ground: Ground
    settings: ConversationSettings = field(default_factory=ConversationSettings)
    model: str | None = None
    beside: dict[str, Any] = field(default_factory=dict)
    assistant: Assistant | None = None


def request_of(body: Asking, setting: Setting) -> tuple[ResponseRequest, Pinned | None]:
    """The request of the Responses API that a body stands for, and what the run keeps of its assistant. Raises BadRequest."""
    settings = setting.settings
    usual = {
        "model": setting.model,
        "instructions": settings.instructions,
        "temperature": settings.temperature,
        "top_p": settings.top_p,
        "max_output_tokens": settings.max_output_tokens,
        "reasoning": None if settings.reasoning_effort is None else {"effort": settings.reasoning_effort},
        "truncation": "auto",
    }
    fields, pinned = _said(usual), None
    own = body.model_dump(exclude_unset=True, exclude=_BESIDE_REQUEST)
    if setting.assistant is not None:
        fields, pinned = spoken(setting.assistant, setting.ground, fields, own)
    else:
        fields |= own
    if fields.get("tools") and "include" not in own:
        fields["include"] = list(FOUND)
    return ResponseRequest.from_json(msgspec.json.encode(_said(fields | setting.beside)), setting.ground.offered), pinned


def _said(fields: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in fields.items() if value is not None}


def answer_shown(run: StoredRun, costs: Costs | None, beside: Beside) -> Answer:
    """The run of an answer as the API shows it."""
    shown = run_shown(run, beside).model_dump()
    return Answer(**shown, model=None if costs is None else costs.model, usage=usage_shown(costs))


def usage_shown(costs: Costs | None) -> AnswerUsage | None:
    """What a run took, as the API shows it."""
    if costs is None:
        return None
    return AnswerUsage(
        calls=costs.calls,
        input_tokens=costs.prompt_tokens,
        output_tokens=costs.completion_tokens,
        cached_tokens=costs.cached_tokens,
        reasoning_tokens=costs.reasoning_tokens,
        estimated=costs.estimated,
        cost_usd=None if costs.cost is None else f"{costs.cost // MICRO}.{costs.cost % MICRO:06d}",
    )
