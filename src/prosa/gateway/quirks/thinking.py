"""Where a model's thinking ends and its answer begins, in text that arrives in pieces."""

import re

# Tags that models put around their thinking at the start of an answer, by the opening one.
_TAGS = {"<think>": "</think>", "<thinking>": "</thinking>", "<thought>": "</thought>"}
_CLOSE = "</think>"
# Models whose prompt template opens the tag itself: their text begins in the middle of thinking and only closes it.
_STARTS_INSIDE = re.compile(r"(?i)(qwen3[\w.-]*thinking|qwq|deepseek-r1|glm-z1|exaone-deep)")
_LONGEST_GUESS = 1024 * 1024


def starts_inside(model: str) -> bool:
    """Whether this model's text may begin inside its thinking, with no opening tag."""
    return _STARTS_INSIDE.search(model) is not None


class Thinking:
    """Takes the text of one choice apart: reasoning and content.

    Only a tag at the very start of an answer counts; later ones are text about tags. A tag may be split anywhere.
    """

    __slots__ = ("_close", "_guess", "_guessed", "_held", "_inside", "_open", "_trim", "settled")

    def __init__(self, *, guess: bool = False) -> None:
        self.settled = False  # the answer itself has begun: text passes as it is
        self._guess = guess  # text without an opening tag is taken for thinking
        self._guessed: list[str] | None = None  # what was taken for thinking without having seen a tag
        self._open = False  # an opening tag was seen
        self._inside = False
        self._close = _CLOSE
        self._held = ""
        self._trim = False  # blanks after a tag belong to the tag

    def server_splits(self) -> None:
        """The server tells reasoning in a field of its own, so text without a tag is the answer."""
        self._guess = False

    def take(self, text: str) -> tuple[str, str]:
        """Reasoning and content of the next piece; what may be half a tag is held."""
        if self._held:
            text = self._held + text
            self._held = ""
        if self.settled:
            return "", text
        if self._inside:
            return self._think(text)
        if self._open:
            return "", self._answer(text)
        return self._begin(text)

    def flush(self, *, cut_short: bool) -> tuple[str, str]:
        """What is held, at the end of the answer.

        Text that was only guessed to be thinking, and never closed, was the answer after all, unless the answer was `cut_short`.
        """
        held, self._held = self._held, ""
        guessed, self._guessed = self._guessed, None
        if guessed is not None and not cut_short:
            return "", "".join(guessed) + held
        return (held, "") if self._inside else ("", held)

    def _begin(self, text: str) -> tuple[str, str]:
        bare = text.lstrip()
        for tag, close in _TAGS.items():
            if bare.startswith(tag):
                self._open = self._inside = self._trim = True
                self._close = close
                return self._think(bare[len(tag) :])
        if any(tag.startswith(bare) for tag in _TAGS):
            self._held = text
            return "", ""
        if self._guess:
            self._inside = True
            self._guessed = []
            return self._think(text)
        self.settled = True
        return "", text

    def _think(self, text: str) -> tuple[str, str]:
        if self._trim:
            text = text.lstrip("\r\n")
            self._trim = not text
        at = text.find(self._close)
        if at >= 0:
            self._inside, self._guessed = False, None
            self._open = self._trim = True
            return text[:at], self._answer(text[at + len(self._close) :])
        keep = _half_tag(text, self._close)
        reasoning, self._held = text[: len(text) - keep], text[len(text) - keep :]
        self._remember(reasoning)
        return reasoning, ""

    def _answer(self, text: str) -> str:
        text = text.lstrip()
        self.settled = bool(text)
        return text

    def _remember(self, reasoning: str) -> None:
        if self._guessed is None:
            return
        self._guessed.append(reasoning)
        if sum(map(len, self._guessed)) > _LONGEST_GUESS:
            self._guessed = None


def _half_tag(text: str, tag: str) -> int:
    """How many characters at the end of `text` may be the beginning of `tag`."""
    for length in range(min(len(text), len(tag) - 1), 0, -1):
        if text.endswith(tag[:length]):
            return length
    return 0
