"""A conversation as PDF, set by typst. The page is our own file; what was said is a JSON text beside it, never typst's code."""

import tempfile
from pathlib import Path
from typing import Final

import msgspec
import typst
import ziafont

from prosa.conversations.exporting.typesetting.blocks import BOLD, ITALIC, MONO, STRUCK, Block, Blocks, Span, plain
from prosa.conversations.exporting.typesetting.formulas import Formulas
from prosa.conversations.exporting.typesetting.order import Order, Said
from prosa.conversations.exporting.typesetting.symbols import breakable, clean, named

PAGE: Final = Path(__file__).with_name("page.typ")


def pdf(order: Order) -> bytes:
    """The document."""
    fonts = Path(ziafont.__file__).parent / "fonts"  # DejaVu Sans
    families = typst.Fonts(include_system_fonts=True, include_embedded_fonts=True).families()
    emoji = any("emoji" in family.lower() for family in families)
    try:
        return _set(_Shown(Formulas(), emoji=emoji).document(order), fonts)
    except typst.TypstError:
        # A picture of a formula that it can't read must not cost the whole document: they stay as they were written.
        return _set(_Shown(None, emoji=emoji).document(order), fonts)


def _set(shown: dict[str, object], fonts: Path) -> bytes:
    document = msgspec.json.encode(shown).decode()
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)  # beyond which the page can't read
        page = place / PAGE.name
        page.write_bytes(PAGE.read_bytes())
        return typst.compile(
            page,
            root=place,
            font_paths=[fonts],
            package_path=place,
            package_cache_path=place,
            format="pdf",
            sys_inputs={"doc": document},
        )


class _Shown:
    """Blocks as the page reads them: every field is there. `emoji`: the server has a font for them. No `formulas`: as written."""

    def __init__(self, formulas: Formulas | None, *, emoji: bool) -> None:
        self._emoji = emoji
        self._formulas = formulas
        self._blocks = Blocks()

    def document(self, order: Order) -> dict[str, object]:
        """All of it."""
        entries = [self._entry(said) for said in order.entries]
        if not entries:
            entries = [self._entry(Said("system", "–", "", order.empty))]
        return {
            "title": self._text(order.title),
            "subtitle": self._text(order.subtitle),
            "language": order.language,
            "files": order.files,
            "entries": entries,
        }

    def _entry(self, said: Said) -> dict[str, object]:
        text = clean(said.text)
        return {
            "role": said.role,
            "label": said.label,
            "at": said.at,
            "files": [self._text(name) for name in said.files],
            "blocks": [self._block(block) for block in (plain(text) if said.plain else self._blocks.of(text))],
        }

    def _block(self, block: Block) -> dict[str, object]:
        columns = max((len(row) for row in block.rows), default=0)
        return {
            "kind": block.kind,
            "level": block.level,
            "start": block.start,
            "text": self._text(block.text),
            "spans": self._spans(block.spans),
            "blocks": [self._block(inner) for inner in block.blocks],
            "items": [[self._block(inner) for inner in item] for item in block.items],
            "columns": columns,
            "rows": [[{"spans": self._spans(cell)} for cell in (*row, *([[]] * (columns - len(row))))] for row in block.rows],
        }

    def _spans(self, spans: list[Span]) -> list[dict[str, object]]:
        return [self._span(span) for span in spans]

    def _span(self, span: Span) -> dict[str, object]:
        if span.newline:
            return {"kind": "newline"}
        if span.maths:
            picture = self._formulas.picture(clean(span.maths), display=span.display) if self._formulas else None
            if picture is not None:
                drawn: dict[str, object] = msgspec.to_builtins(picture)
                return {"kind": "maths", "display": span.display, **drawn}
            mark = "$$" if span.display else "$"
            span = Span(f"{mark}{span.maths}{mark}", MONO)
        return {
            "kind": "text",
            "text": self._text(span.text),
            "bold": bool(span.style & BOLD),
            "italic": bool(span.style & ITALIC),
            "struck": bool(span.style & STRUCK),
            "mono": bool(span.style & MONO),
            "link": span.link,
        }

    def _text(self, text: str) -> str:
        text = clean(text)
        return breakable(text if self._emoji else named(text))
