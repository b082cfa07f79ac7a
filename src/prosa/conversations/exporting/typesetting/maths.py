"""Maths in Markdown as models write it: `$…$`, `$$…$$`, `\\(…\\)` and `\\[…\\]`."""

import re
from typing import Final

from markdown_it import MarkdownIt
from markdown_it.rules_block import StateBlock
from markdown_it.rules_inline import StateInline

LONGEST: Final = 4_000  # characters of one formula
_PAIRS: Final = {"$$": "$$", "\\[": "\\]", "\\(": "\\)"}
_SINGLE: Final = re.compile(r"\$(?![\s$])((?:[^$\\\n]|\\.){1,1000}?)(?<!\s)\$(?!\d)")


def read_maths(parser: MarkdownIt) -> None:
    """Have the parser make tokens `math_inline` and `math_block` of it."""
    parser.inline.ruler.before("escape", "math_inline", _inline)
    # "alt": a formula may end a paragraph that has no empty line behind it.
    parser.block.ruler.before("fence", "math_block", _block, {"alt": ["paragraph", "blockquote", "list"]})


def _inline(state: StateInline, silent: bool) -> bool:
    """`silent` only asks whether there is one."""
    sign = state.src[state.pos]
    if sign not in "$\\":
        return False
    found = _found(state.src, state.pos)
    if found is None:
        return False
    end, content, markup = found
    if not silent:
        token = state.push("math_inline", "math", 0)
        token.content, token.markup = content, markup
    state.pos = end
    return True


def _found(text: str, at: int) -> tuple[int, str, str] | None:
    """The end of the formula that begins here, what it is, and how it is marked: `$` where it stands in the line."""
    opening = text[at : at + 2]
    closing = _PAIRS.get(opening)
    if closing is not None:
        end = text.find(closing, at + 2, at + 2 + LONGEST)
        content = text[at + 2 : end].strip() if end > 0 else ""
        return (end + 2, content, "$" if opening == "\\(" else "$$") if content else None
    if opening.startswith("$"):
        match = _SINGLE.match(text, at)
        return None if match is None else (match.end(), match[1], "$")
    return None


def _block(state: StateBlock, first: int, last: int, silent: bool) -> bool:
    """A formula that begins a line and ends one."""
    begin = state.bMarks[first] + state.tShift[first]
    closing = {"$$": "$$", "\\[": "\\]"}.get(state.src[begin : begin + 2])
    if closing is None:
        return False
    lines: list[str] = []
    for line in range(first, last):
        if line > first and state.sCount[line] < state.blkIndent:
            return False
        text = state.src[state.bMarks[line] + state.tShift[line] : state.eMarks[line]]
        text = text[2:] if line == first else text
        stripped = text.rstrip()
        if stripped.endswith(closing):
            lines.append(stripped[:-2])
            return _made(state, (first, line + 1), "\n".join(lines).strip(), silent)
        if closing in text or sum(map(len, lines)) > LONGEST:
            return False
        lines.append(text)
    return False


def _made(state: StateBlock, lines: tuple[int, int], content: str, silent: bool) -> bool:
    if not content or "$$" in content:
        return False
    if not silent:
        token = state.push("math_block", "math", 0)
        token.content, token.block, token.map = content, True, list(lines)
        state.line = lines[1]
    return True
