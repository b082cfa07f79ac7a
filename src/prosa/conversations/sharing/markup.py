"""What a model said as HTML, for the page of a link: no tag, attribute or address in it is the model's own.

It is made of the blocks that exports are set from. Every text is escaped; a link leads to http, https or mailto alone and shows
where; formulas stay as they were written; pictures are not fetched.
"""

from collections.abc import Iterable
from html import escape
from typing import Final

from prosa.conversations.exporting.typesetting.blocks import BOLD, ITALIC, MONO, STRUCK, Block, Blocks, Span

_STYLES: Final = ((MONO, "code"), (STRUCK, "s"), (ITALIC, "em"), (BOLD, "strong"))
_FIRST_LEVEL: Final = 2  # below the page's own headings
_LAST_LEVEL: Final = 6


def marked_up(texts: Iterable[str]) -> list[str]:
    """The texts of one page."""
    blocks = Blocks()
    return [_all(blocks.of(text)) for text in texts]


def _all(blocks: Iterable[Block]) -> str:
    return "".join(map(_block, blocks))


def _block(block: Block) -> str:
    if block.kind == "code":
        return f'<pre tabindex="0"><code>{escape(block.text)}</code></pre>'
    if block.kind == "rule":
        return "<hr>"
    if block.kind == "quote":
        return f"<blockquote>{_all(block.blocks)}</blockquote>"
    if block.kind == "list":
        items = "".join(f"<li>{_item(item)}</li>" for item in block.items)
        return f"<ul>{items}</ul>" if block.start is None else f'<ol start="{block.start:d}">{items}</ol>'
    if block.kind == "table":
        return _table(block)
    if block.kind == "heading":
        level = min(block.level + _FIRST_LEVEL, _LAST_LEVEL)
        return f"<h{level}>{_line(block.spans)}</h{level}>"
    return f"<p>{_line(block.spans)}</p>"


def _item(item: list[Block]) -> str:
    """Its first line needs no paragraph."""
    first = item[0] if item else None
    if first is not None and first.kind == "paragraph":
        return _line(first.spans) + _all(item[1:])
    return _all(item)


def _table(block: Block) -> str:
    head, *rows = block.rows or [[]]
    first = "".join(f"<th>{_line(cell)}</th>" for cell in head)
    rest = "".join("<tr>" + "".join(f"<td>{_line(cell)}</td>" for cell in row) + "</tr>" for row in rows)
    return f'<div class="table" tabindex="0"><table><thead><tr>{first}</tr></thead><tbody>{rest}</tbody></table></div>'


def _line(spans: Iterable[Span]) -> str:
    return "".join(map(_span, spans))


def _span(span: Span) -> str:
    if span.newline:
        return "<br>"
    if span.maths:
        return f'<code class="maths">{escape(span.maths)}</code>'
    text = escape(span.text)
    for style, tag in _STYLES:
        if span.style & style:
            text = f"<{tag}>{text}</{tag}>"
    if not span.link:
        return text
    address = escape(span.link)
    shown = "" if span.text == span.link else f' <span class="to">({address})</span>'
    return f'<a href="{address}" rel="nofollow noopener noreferrer">{text}</a>{shown}'
