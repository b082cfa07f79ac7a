"""Markdown as blocks and spans, for whoever sets them: no HTML, bounded depth, maths by itself."""

from collections.abc import Iterator, Sequence
from typing import Final

import msgspec
from markdown_it import MarkdownIt
from markdown_it.token import Token

from prosa.conversations.exporting.typesetting.maths import read_maths

DEEPEST: Final = 6  # lists and quotes within each other, beyond which all stands side by side
MOST_PIECES: Final = 40_000  # of a document: some ten seconds' work
BOLD, ITALIC, STRUCK, MONO = 1, 2, 4, 8
_SAFE: Final = ("https://", "http://", "mailto:")
_STYLES: Final = {"strong": BOLD, "em": ITALIC, "s": STRUCK}


class Span(msgspec.Struct, omit_defaults=True):
    """A piece of a line. `style`: BOLD, ITALIC, STRUCK, MONO added up; `link`: a safe address; `maths`: LaTeX instead of text."""

    text: str = ""
    style: int = 0
    link: str = ""
    maths: str = ""
    display: bool = False
    newline: bool = False


class Block(msgspec.Struct, omit_defaults=True):
    """`kind`: paragraph, heading (`level`), code (`text`), quote, list (`items`, `start` where it is numbered), table, rule."""

    kind: str
    spans: list[Span] = []
    level: int = 0
    text: str = ""
    blocks: "list[Block]" = []
    items: "list[list[Block]]" = []
    start: int | None = None
    rows: list[list[list[Span]]] = []


def _parser() -> MarkdownIt:
    parser = MarkdownIt("commonmark", {"html": False, "maxNesting": 20}).enable(["table", "strikethrough"])
    parser.disable(["html_block", "html_inline"])
    read_maths(parser)
    return parser


_markdown: Final = _parser()


class Blocks:
    """The texts of one document. Beyond so many pieces what is left stays as it was written: no page has more."""

    def __init__(self, most: int = MOST_PIECES) -> None:
        self._left = most

    def of(self, text: str) -> list[Block]:
        """The blocks that a text is."""
        tokens = _markdown.parse(text)
        self._left -= sum(1 + len(token.children or ()) for token in tokens)
        return _Reader(tokens).blocks(0) if self._left >= 0 else plain(text)


def plain(text: str) -> list[Block]:
    """The same of a text that isn't Markdown."""
    return [Block("code", text=text)]


class _Reader:
    """Goes over the tokens once."""

    def __init__(self, tokens: Sequence[Token]) -> None:
        self._tokens = tokens
        self._at = 0

    def blocks(self, depth: int) -> list[Block]:
        """What stands up to the end of what was opened last."""
        found: list[Block] = []
        while self._at < len(self._tokens):
            token = self._tokens[self._at]
            self._at += 1
            if token.nesting < 0:
                break
            found += self._block(token, depth)
        return found

    def _block(self, token: Token, depth: int) -> list[Block]:
        if token.type in ("fence", "code_block"):
            return [Block("code", text=token.content.rstrip("\n"))]
        if token.type == "math_block":
            return [Block("paragraph", [Span(maths=token.content, display=True)])]
        if token.type == "hr":
            return [Block("rule")]
        if token.type in ("paragraph_open", "heading_open"):
            spans = self._line()
            return [Block("heading", spans, int(token.tag[1]))] if token.tag != "p" else [Block("paragraph", spans)]
        if token.type == "table_open":
            return [Block("table", rows=self._rows())]
        if token.type in ("bullet_list_open", "ordered_list_open"):
            return self._list(token, depth)
        if token.type == "inline":
            return [Block("paragraph", list(_spans(token.children or ())))]
        inner = self.blocks(depth + 1) if token.nesting > 0 else []
        return [Block("quote", blocks=inner)] if token.type == "blockquote_open" and depth < DEEPEST else inner

    def _line(self) -> list[Span]:
        """The inline content of what was opened, up to its end."""
        inline = self._tokens[self._at]
        self._at += 2
        return list(_spans(inline.children or ()))

    def _list(self, token: Token, depth: int) -> list[Block]:
        start = None
        if token.type == "ordered_list_open":
            start = min(int(token.attrs.get("start", 1)), 999_999_999)
        items = []
        while self._at < len(self._tokens) and self._tokens[self._at].type == "list_item_open":
            self._at += 1
            items.append(self.blocks(depth + 1))
        self._at += 1
        if depth >= DEEPEST:
            return [block for item in items for block in item]
        return [Block("list", items=items, start=start)]

    def _rows(self) -> list[list[list[Span]]]:
        rows: list[list[list[Span]]] = []
        while self._tokens[self._at].type != "table_close":
            token = self._tokens[self._at]
            if token.type == "tr_open":
                rows.append([])
            elif token.type == "inline":
                rows[-1].append(list(_spans(token.children or ())))
            self._at += 1
        self._at += 1
        return rows


def _spans(tokens: Sequence[Token]) -> Iterator[Span]:
    style, links = 0, list[str]()
    for token in tokens:
        name = token.type.rpartition("_")[0]
        if name in _STYLES:
            style = style | _STYLES[name] if token.nesting > 0 else style & ~_STYLES[name]
        elif token.type == "link_open":
            links.append(_safe(str(token.attrs.get("href", ""))))
        elif token.type == "link_close":
            links.pop()
        else:
            yield _span(token, style, links[-1] if links else "")


def _span(token: Token, style: int, link: str) -> Span:
    if token.type == "code_inline":
        return Span(token.content, style | MONO, link)
    if token.type == "math_inline":
        return Span(maths=token.content, display=token.markup != "$")
    if token.type == "hardbreak":
        return Span(newline=True)
    if token.type == "softbreak":
        return Span(" ", style, link)
    if token.type == "image":  # nothing is fetched
        address = _safe(str(token.attrs.get("src", "")))
        return Span(f"[{token.content or address or 'image'}]", style | ITALIC, address)
    return Span(token.content, style, link)


def _safe(address: str) -> str:
    return address if address.lower().startswith(_SAFE) else ""
