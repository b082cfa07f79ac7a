"""Finds a text that matches a regular expression, for the `pattern` of JSON schemas: the shortest that is easy to find."""

import re

_CLASSES = {"d": "0", "w": "a", "s": " ", "D": "a", "W": "-", "S": "a", "n": "\n", "t": "\t", "r": "\r"}
_BOUNDS = re.compile(r"\{(\d+)(?:,(\d*))?\}")
_CANDIDATES = "a0A_-. !~é" + "".join(map(chr, range(33, 127)))
_MOST = 10_000


def matching(pattern: str, fallback: str, least: int = 0) -> str:
    """A text of at least so many characters that the pattern is found in, if it is easy to find.

    `fallback` when none is found; look-arounds and references back aren't understood.
    """
    try:
        compiled = re.compile(pattern)
        text = ""
        for many in (1, max(1, min(least, _MOST) // 2), max(1, min(least, _MOST))):
            text = _Walk(pattern, many).alternatives()
            if len(text) >= least:
                break
    except (re.error, IndexError, ValueError, RecursionError, OverflowError):
        return fallback
    return text if len(text) <= _MOST and compiled.search(text) else fallback


class _Walk:
    """Writes what a pattern would match: the first way, and `many` repeats where any number will do."""

    def __init__(self, pattern: str, many: int) -> None:
        self._pattern = pattern
        self._many = many
        self._at = 0

    def alternatives(self) -> str:
        first = self._sequence()
        while self._next() == "|":
            self._at += 1
            self._sequence()
        return first

    def _next(self) -> str:
        return self._pattern[self._at : self._at + 1]

    def _sequence(self) -> str:
        written: list[str] = []
        while (sign := self._next()) and sign not in "|)":
            piece = self._piece(sign)
            least = self._repeats()
            if len(piece) * least > _MOST:
                raise ValueError("too long")
            written.append(piece * least)
        return "".join(written)

    def _piece(self, sign: str) -> str:
        start = self._at
        self._at += 1
        if sign == "(":
            return self._group()
        if sign == "[":
            return self._set(start)
        if sign == "\\":
            return self._escape(start)
        if sign in "^$":
            return ""
        return "a" if sign == "." else sign

    def _group(self) -> str:
        if self._next() == "?":
            kind = re.compile(r"\?(?::|P<\w+>)").match(self._pattern, self._at)
            if not kind:
                raise ValueError("look-around")
            self._at = kind.end()
        inside = self.alternatives()
        if self._next() != ")":
            raise ValueError("unclosed")
        self._at += 1
        return inside

    def _set(self, start: int) -> str:
        self._at += self._pattern.startswith("^", self._at)
        self._at += self._pattern.startswith("]", self._at)
        while self._pattern[self._at] != "]":
            self._at += 2 if self._pattern[self._at] == "\\" else 1
        self._at += 1
        allowed = re.compile(self._pattern[start : self._at])
        found = next((sign for sign in _CANDIDATES + "\n\t" if allowed.fullmatch(sign)), None)
        if found is None:
            raise ValueError("no sign fits")
        return found

    def _escape(self, start: int) -> str:
        sign = self._pattern[self._at]
        self._at += 1
        if sign in "bBAZ":
            return ""
        if sign in _CLASSES:
            return _CLASSES[sign]
        if sign in "xu":
            digits = 2 if sign == "x" else 4
            self._at += digits
            return chr(int(self._pattern[start + 2 : start + 2 + digits], 16))
        if sign.isdigit():
            raise ValueError("reference")
        return sign

    def _repeats(self) -> int:
        sign = self._next()
        bounds = _BOUNDS.match(self._pattern, self._at) if sign == "{" else None
        if bounds:
            self._at = bounds.end()
        elif sign and sign in "?*+":
            self._at += 1
        else:
            return 1
        if (lazy := self._next()) and lazy in "?+":
            self._at += 1
        return self._between(bounds) if bounds else 0 if sign == "?" else self._many

    def _between(self, bounds: re.Match[str]) -> int:
        least = int(bounds.group(1))
        if bounds.group(2) is None:
            return least
        most = int(bounds.group(2)) if bounds.group(2) else max(least, self._many)
        return min(max(least, self._many), most)
