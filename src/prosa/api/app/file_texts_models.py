"""How the app's API shows the text of a file around a place."""

from typing import Annotated, Final, Self

from fastapi import Path, Query
from pydantic import BaseModel, Field, model_validator

from prosa.api.app.shapes import EXAMPLE_ID, Body
from prosa.files import File
from prosa.knowledge import MARGIN, MOST_MARGIN, Excerpt, Part, Wanted

FILE: Final = "file-"
EXAMPLE_FILE: Final = FILE + EXAMPLE_ID
_FARTHEST: Final = 2**31 - 1
_Place = Annotated[int, Field(ge=0, le=_FARTHEST)]

FileId = Annotated[str, Path(examples=[EXAMPLE_FILE])]


class TextQuery(Body):
    """Which part of a file's text. Places are counted in characters (code points, from 0 on)."""

    start: _Place = Field(0, description="Where the place begins that is looked for, as a citation has it.")
    end: _Place = Field(0, description="Where it ends.")
    around: int = Field(MARGIN, ge=200, le=MOST_MARGIN, description="How many characters on either side.")
    before: _Place | None = Field(None, description="What ends here, in place of `start` and `end`: `before` of a part.")
    after: _Place | None = Field(None, description="What begins here: `after` of a part.")
    conversation_id: str | None = Field(
        None, max_length=100, description="A conversation of one's own whose answer cites the file."
    )
    item_id: str | None = Field(None, max_length=100, description="And the item of it that does.")

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        if self.before is not None and self.after is not None:
            raise ValueError("Expected one of before and after")
        return self

    def wanted(self) -> Wanted:
        """As the feature takes it."""
        return Wanted(self.start, max(self.end, self.start), self.around, self.before, self.after)


Asked = Annotated[TextQuery, Query()]


class TextPart(BaseModel):
    """A piece of the text that can be drawn alone: in the middle of a table it has the table's first lines, of code the fence."""

    start: int = Field(examples=[1200])
    end: int = Field(examples=[2600])
    text: str = Field(description="Markdown, as it was read; somebody else wrote it.", examples=["## Garantia\n\nDoze meses."])
    page: int | None = Field(description="From 1 on; null where the document has no pages.", examples=[3])
    heading: list[str] = Field(description="The titles above it, the highest first.", examples=[["Contrato", "Garantia"]])
    cited: bool = Field(description="Whether it is of the place that was asked for.")


class FileText(BaseModel):
    """What was read out of a file, around a place."""

    file_id: str = Field(examples=[EXAMPLE_FILE])
    filename: str = Field(examples=["contrato.pdf"])
    own: bool = Field(description="Whether the file is the caller's, who may download it by `GET /v1/files/{file_id}/content`.")
    whole: bool = Field(description="False: the document can't be opened (any more); this is what an answer cited of it.")
    length: int = Field(description="Characters of the whole text.", examples=[48000])
    before: int | None = Field(description="What `before` takes for the text in front; null at the beginning.", examples=[1200])
    after: int | None = Field(description="What `after` takes for the text behind; null at the end.", examples=[8000])
    parts: list[TextPart] = Field(description="In order; empty where there is nothing but blanks.")


def excerpt_shown(file: File, excerpt: Excerpt, *, own: bool) -> FileText:
    """An excerpt as the API shows it."""
    return FileText(
        file_id=FILE + file.id,
        filename=file.filename,
        own=own,
        whole=True,
        length=excerpt.length,
        before=excerpt.start or None,
        after=excerpt.end if excerpt.end < excerpt.length else None,
        parts=[part_shown(part) for part in excerpt.parts],
    )


def part_shown(part: Part) -> TextPart:
    """A part likewise."""
    return TextPart(start=part.start, end=part.end, text=part.text, page=part.page, heading=list(part.heading), cited=part.cited)
