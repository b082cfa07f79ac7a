"""How exports are asked for."""

from typing import Annotated, Any, Final, Literal

from fastapi import Path, Query
from pydantic import Field

from prosa.api.app.run_models import CONVERSATION, EXAMPLE_RUN, RUN
from prosa.api.app.shapes import EXAMPLE_ID, Body, bare, example
from prosa.conversations import MOST_EXPORTED, ExportWish, Format

Form = Literal["json", "markdown", "pdf", "docx"]
ExportId = Annotated[str, Path(examples=[EXAMPLE_RUN], description="The run's id.")]
AskedForm = Annotated[Form, Query(alias="format", description="As what it is given out.")]
Language = Annotated[Literal["en", "pt"], Query(description="Of the words that prosa adds to a document.")]
TimeZone = Annotated[
    str,
    Query(max_length=64, description="In which a document's times are told, such as `America/Sao_Paulo`; an unknown one is UTC."),
]
_BINARY: Final[dict[str, Any]] = {"schema": {"type": "string", "format": "binary"}}
FILE: Final[dict[int | str, dict[str, Any]]] = {
    200: {
        "description": "The file, always as an attachment.",
        "content": {form.media_type.partition(";")[0]: _BINARY for form in Format} | {"application/zip": _BINARY},
    },
    206: {"description": "The ranges asked for, at most five."},
}


class NewExport(Body):
    """Which conversations, and as what."""

    model_config = example(format="json", attachments=False)

    format: Form
    conversation_ids: Annotated[
        list[Annotated[str, Field(max_length=100, examples=[CONVERSATION + EXAMPLE_ID])]] | None,
        Field(max_length=MOST_EXPORTED, min_length=1, description="In this order; null: all that aren't in the trash."),
    ] = None
    attachments: bool = Field(False, description="Whether the files that messages name travel along, in a zip.")
    language: Literal["en", "pt"] = Field("en", description="Of the words that prosa adds to a document.")
    time_zone: Annotated[str, Field(max_length=64, description="In which a document's times are told.")] = "UTC"


def wish_of(body: NewExport) -> ExportWish:
    """What the feature is asked; an id that can't be one is that of nothing."""
    ids = None if body.conversation_ids is None else tuple(bare(id, CONVERSATION) for id in body.conversation_ids)
    return ExportWish(
        format=Format(body.format), ids=ids, attachments=body.attachments, language=body.language, zone=body.time_zone
    )


def run_id(shown: str) -> str:
    """The stored id of an export's or an import's run."""
    return bare(shown, RUN)
