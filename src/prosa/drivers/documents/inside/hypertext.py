"""HTML as Markdown: headings, paragraphs, lists, tables and code, without what isn't shown."""

import re
from typing import Final

from selectolax.lexbor import LexborHTMLParser, LexborNode, SelectolaxError

from prosa.drivers.documents.inside.writing import Writer, inline
from prosa.drivers.documents.orders import Refused


def _set(words: str) -> frozenset[str]:
    return frozenset(words.split())


_DEEPEST: Final = 120  # elements within each other; what is deeper is taken as plain text
_UNSEEN: Final = _set("""
script style noscript template svg math head iframe object embed canvas audio video source track map area
select option datalist input textarea button dialog meta link base
""")
_BLOCKS: Final = _set("""
html body main article section header footer nav aside div p h1 h2 h3 h4 h5 h6 ul ol li dl dt dd table caption pre
blockquote figure figcaption hr address form fieldset legend details summary center thead tbody tfoot tr td th
""")
# Elements whose end has to be written. To parse one takes as long as it lies deep: browsers stop at 512.
_NESTING: Final = re.compile(r"<(/?)(?:div|section|article|main|aside|ul|ol|dl|table|blockquote|center|fieldset|details)\b", re.I)
_DEEPEST_PARSED: Final = 2_000
_TITLES: Final = {f"h{level}": level for level in range(1, 7)}
_NOT_SHOWN: Final = ("display:none", "visibility:hidden", "font-size:0", "opacity:0;")
_MOST_SPAN: Final = 50


def written(html: str, writer: Writer) -> None:
    """Write what the page shows. Raises Refused where it is too much."""
    depth = 0
    for found in _NESTING.finditer(html):
        depth += -1 if found[1] else 1
        if depth > _DEEPEST_PARSED:
            raise Refused("damaged")
    try:
        tree = LexborHTMLParser(html)
    except SelectolaxError as error:
        raise Refused("damaged") from error
    title = tree.css_first("title")
    if title is not None and tree.css_first("h1") is None:
        writer.heading(1, title.text())
    if tree.body is not None:
        _Flow(writer).blocks(tree.body, 0)


class _Flow:
    """Gathers the words of a paragraph until something begins that stands for itself."""

    def __init__(self, writer: Writer) -> None:
        self._writer = writer
        self._words: list[str] = []

    def blocks(self, node: LexborNode, depth: int) -> None:
        """Everything in an element that holds blocks."""
        for child in node.iter(include_text=True):
            tag = child.tag or ""
            if tag == "-text" or tag not in _BLOCKS:
                self._inline(child, depth + 1)
            elif _shown(child):
                self._end()
                self._block(child, tag, depth + 1)
        self._end()

    def _end(self) -> None:
        lines = [inline(line) for line in "".join(self._words).split("\n")]
        self._words = []
        self._writer.block("\n".join(line for line in lines if line))

    def _block(self, node: LexborNode, tag: str, depth: int) -> None:
        if depth > _DEEPEST:
            self._writer.block(inline(node.text(separator=" ")))
        elif tag in _TITLES:
            self._writer.heading(_TITLES[tag], _line(node, depth))
        elif tag in ("ul", "ol"):
            self._writer.block("\n".join(_list(node, depth)))
        elif tag == "pre":
            self._writer.block(f"```\n{node.text().strip(chr(10))}\n```")
        elif tag == "table" and node.css_first("table table") is None:
            self._writer.table(_rows(node, depth))
        else:
            self.blocks(node, depth)

    def _inline(self, node: LexborNode, depth: int) -> None:
        """Words; where a block stands among them, what is before it is a paragraph."""
        tag = node.tag or ""
        if tag == "-text":
            self._words.append((node.text_content or "").replace("\n", " "))
        elif tag == "br":
            self._words.append("\n")
        elif tag == "img":
            self._words.append(f" {node.attributes.get('alt') or ''} ")
        elif tag in _BLOCKS:
            if _shown(node):
                self._end()
                self._block(node, tag, depth)
        elif depth > _DEEPEST:
            self._words.append(node.text(separator=" "))
        elif _shown(node):
            for child in node.iter(include_text=True):
                self._inline(child, depth + 1)


def _shown(node: LexborNode) -> bool:
    tag = node.tag or ""
    if tag in _UNSEEN or tag.startswith(("-", "!", "_")):
        return False
    attributes = node.attributes
    if "hidden" in attributes:
        return False
    style = (attributes.get("style") or "").lower().replace(" ", "") + ";"
    return not any(word in style for word in _NOT_SHOWN)


def _line(node: LexborNode, depth: int) -> str:
    """All words within, on one line."""
    return inline("".join(_words(node, depth)))


def _words(node: LexborNode, depth: int, without: frozenset[str] = frozenset()) -> list[str]:
    found: list[str] = []
    if depth > _DEEPEST:
        return [node.text(separator=" ")]
    for child in node.iter(include_text=True):
        tag = child.tag or ""
        if tag == "-text":
            found.append(child.text_content or "")
        elif tag == "br" or tag in _BLOCKS:
            found.append(" ")
        if tag == "img":
            found.append(child.attributes.get("alt") or "")
        elif tag != "-text" and tag not in without and _shown(child):
            found += _words(child, depth + 1, without)
            found += [" "] if tag in _BLOCKS else []
    return found


_LISTS: Final = frozenset({"ul", "ol"})


def _list(node: LexborNode, depth: int, indent: str = "") -> list[str]:
    lines: list[str] = []
    number = 0
    for item in node.iter():
        if item.tag in _LISTS and depth < _DEEPEST:
            lines += _list(item, depth + 1, indent + "  ")
        if item.tag != "li" or not _shown(item):
            continue
        number += 1
        text = inline("".join(_words(item, depth, _LISTS)))
        if text:
            lines.append(f"{indent}{f'{number}.' if node.tag == 'ol' else '-'} {text}")
        for within in item.iter():
            if within.tag in _LISTS and _shown(within):
                lines += _list(within, depth + 1, indent + "  ") if depth < _DEEPEST else [inline(within.text(separator=" "))]
    return lines


def _rows(table: LexborNode, depth: int) -> list[list[str]]:
    rows: list[list[str]] = []
    for row in table.css("tr"):
        cells: list[str] = []
        for cell in row.iter():
            if cell.tag in ("td", "th"):
                cells.append(_line(cell, depth) if _shown(cell) else "")
                span = cell.attributes.get("colspan") or "1"
                cells += [""] * (min(int(span), _MOST_SPAN) - 1 if span.isascii() and span.isdigit() and len(span) < 4 else 0)
        rows.append(cells)
    return rows
