"""Answers given again to the same person for the same prompt; off unless the settings say otherwise."""

import hashlib
from collections import OrderedDict
from typing import Final

from prosa.interactions.models import Answer, CleanPrompt
from prosa.kit.clock import Clock

MOST: Final = 1000  # entries, as the original's

CacheKey = tuple[str, str, bytes]


class AnswerCache:
    """Answers by space, user id and prompt, in this process, for `seconds`. Nobody is ever given another one's answer."""

    def __init__(self, clock: Clock, seconds: int) -> None:
        self._clock = clock
        self._seconds = seconds
        self._answers: OrderedDict[CacheKey, tuple[float, str]] = OrderedDict()

    def get(self, space: str, user_id: str, prompt: CleanPrompt) -> Answer | None:
        """The answer that is still fresh; its model reads `cache`, as the contract has it."""
        key = _key(space, user_id, prompt)
        found = self._answers.get(key)
        if found is None:
            return None
        if found[0] <= self._clock.monotonic():
            del self._answers[key]
            return None
        return Answer(found[1], "cache", None, cached=True)

    def put(self, space: str, user_id: str, prompt: CleanPrompt, answer: Answer) -> None:
        """Keep an answer; the oldest leaves when there are too many."""
        key = _key(space, user_id, prompt)
        self._answers[key] = (self._clock.monotonic() + self._seconds, answer.text)
        self._answers.move_to_end(key)
        if len(self._answers) > MOST:
            self._answers.popitem(last=False)


def _key(space: str, user_id: str, prompt: CleanPrompt) -> CacheKey:
    return space, user_id, hashlib.sha256(prompt.strip().lower().encode("utf-8", "surrogatepass")).digest()
