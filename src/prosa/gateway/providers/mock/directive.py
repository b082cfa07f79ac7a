"""Reads `[[mock …]]` out of a message's text."""

import json
import re

from prosa.gateway.providers.mock.errors import WrongDirection

_BEGIN = re.compile(r"\[\[mock(?=[\s\]])")
_WORD = re.compile(r"[A-Za-z_]+")
_GAP = re.compile(r"[\s,;]*")
_BARE = re.compile(r"[^\s\]]+")
_JSON = json.JSONDecoder(strict=False)
_EXAMPLE = 'write it as [[mock speed=50 text="Hello"]]'


def take(text: str) -> tuple[str, dict[str, object]]:
    """Part a message into its text without directives and the words of all its directives, later ones winning.

    Values: a bare word, a number, a "JSON string", a 'plain string', a JSON array or object; a word alone means true.
    Raises WrongDirection for a directive that isn't closed or can't be read.
    """
    if "[[mock" not in text:
        return text, {}
    kept: list[str] = []
    words: dict[str, object] = {}
    position = 0
    while found := _BEGIN.search(text, position):
        kept.append(text[position : found.start()])
        position = _read(text, found.end(), words)
    kept.append(text[position:])
    return "".join(kept).strip(), words


def _read(text: str, position: int, words: dict[str, object]) -> int:
    while True:
        gap = _GAP.match(text, position)
        position = gap.end() if gap else position
        if text.startswith("]]", position):
            return position + 2
        word = _WORD.match(text, position)
        if not word:
            raise WrongDirection(
                f"A mock directive can't be read at {text[position : position + 20]!r}; {_EXAMPLE}.", param="mock"
            )
        position = word.end()
        words[word.group()] = True
        if text.startswith("=", position):
            words[word.group()], position = _value(text, position + 1, word.group())


def _value(text: str, position: int, word: str) -> tuple[object, int]:
    first = text[position : position + 1]
    if first == "'":
        end = text.find("'", position + 1)
        if end < 0:
            raise WrongDirection(f"The mock directive's {word} lacks its closing quote; {_EXAMPLE}.", param="mock")
        return text[position + 1 : end], end + 1
    if first in ('"', "{", "["):
        try:
            return _JSON.raw_decode(text, position)
        except (ValueError, RecursionError):
            raise WrongDirection(f"The mock directive's {word} is no valid JSON; {_EXAMPLE}.", param="mock") from None
    bare = _BARE.match(text, position)
    if not bare:
        raise WrongDirection(f"The mock directive's {word} has no value; {_EXAMPLE}.", param="mock")
    return bare.group(), bare.end()
