"""Prompts as the app's API shows and takes them."""

from typing import Annotated, Final

from pydantic import BaseModel, Field

from prosa import prompts as feature
from prosa.api.app.shapes import EXAMPLE_ID, Body, Moment, example
from prosa.api.app.tags import Tags
from prosa.kit import moments
from prosa.prompts import LONGEST_NAME, LONGEST_TEXT, Audience

EXAMPLE_PROMPT: Final = feature.PROMPT + EXAMPLE_ID
EXAMPLE_TEXT: Final = "Resuma o texto em {{idioma}}, em {{frases}} frases:"

Name = Annotated[str, Field(min_length=1, max_length=LONGEST_NAME, examples=["Resumo"])]
Command = Annotated[
    str,
    Field(
        min_length=1,
        max_length=LONGEST_NAME,
        description="What brings it up behind a `/`: it becomes letters, digits and hyphens, 40 at most, without accents.",
        examples=["resumo"],
    ),
]
Text = Annotated[
    str,
    Field(
        min_length=1,
        max_length=LONGEST_TEXT,
        description="What is said; a name between double braces is to be filled in.",
        examples=[EXAMPLE_TEXT],
    ),
]
Shared = Annotated[
    Audience, Field(description="`everyone`: in everybody's library. Who may do so is an administrator.", examples=["private"])
]


class Prompt(BaseModel):
    """A text that is kept to be said again."""

    id: str = Field(examples=[EXAMPLE_PROMPT])
    etag: str = Field(description="Which state this is; for `If-Match`.", examples=['"5f3a9c1e7b2d4860a1c2e3f405162738"'])
    name: str = Field(examples=["Resumo"])
    command: str = Field(description="Among one's own there is one of each.", examples=["resumo"])
    text: str = Field(examples=[EXAMPLE_TEXT])
    variables: list[str] = Field(
        description="What is to be filled in, in the order of the text.", examples=[["idioma", "frases"]]
    )
    shared: Shared
    mine: bool = Field(description="Whether it is one's own.")
    editable: bool = Field(description="Whether one may change and delete it.")
    created_at: Moment
    updated_at: Moment


class NewPrompt(Body):
    """A prompt to be. Without a command it gets one of its name."""

    model_config = example(name="Resumo", text=EXAMPLE_TEXT)

    name: Name
    command: Command | None = None
    text: Text
    shared: Shared = Audience.PRIVATE


class PromptPatch(Body):
    """What is to be different; what isn't named stays."""

    model_config = example(text=EXAMPLE_TEXT)

    name: Name | None = None
    command: Command | None = None
    text: Text | None = None
    shared: Shared | None = None


def wish_of(body: NewPrompt | PromptPatch) -> feature.Wish:
    """What a body says."""
    return feature.Wish(body.name, body.command, body.text, body.shared)


def prompt_shown(prompt: feature.Prompt, tags: Tags, space: str, *, publishes: bool) -> Prompt:
    """A prompt as somebody sees it who may, or may not, write what is for everyone."""
    mine = prompt.space == space
    return Prompt(
        id=prompt.shown,
        etag=tags.of(prompt.id, prompt.version),
        name=prompt.name,
        command=prompt.command,
        text=prompt.text,
        variables=prompt.variables,
        shared=prompt.audience,
        mine=mine,
        editable=mine or publishes,
        created_at=moments.shown(moments.stored(prompt.created_at)),
        updated_at=moments.shown(moments.stored(prompt.updated_at)),
    )
