"""Decides what the mock says: tool calls, a refusal, an object, or a text."""

import msgspec

from prosa.gateway.providers.mock.models import Answer, Choice
from prosa.gateway.providers.mock.personas import bare
from prosa.gateway.providers.mock.phrases import guess
from prosa.gateway.providers.mock.requests import ChatRequest
from prosa.gateway.providers.mock.schema import instance
from prosa.gateway.providers.mock.tokens import chunks, count, shorten, stop_at
from prosa.gateway.providers.mock.tool_calls import tool_calls
from prosa.gateway.providers.mock.vocabulary import Directions

_START = 50  # characters of the question that the answer names
_SENTENCES = 100  # of mock-long


def compose(request: ChatRequest, directions: Directions, prompt: str, identity: str, now: float) -> Answer:
    """The answer to a chat request: `prompt` is the last user text without directives, `identity` the request's digest."""
    speaker = _Speaker(request, directions, prompt, identity)
    choices = tuple(speaker.choice(index) for index in range(request.n or 1))
    return Answer(
        id="chatcmpl-mock" + identity[:24],
        created=int(now) if directions.created == "now" else int(directions.created),
        model=directions.report_model or request.model,
        choices=choices,
        usage=_usage(request, directions, choices),
    )


class _Speaker:
    """Finds the words of each choice."""

    def __init__(self, request: ChatRequest, directions: Directions, prompt: str, identity: str) -> None:
        self._request = request
        self._directions = directions
        self._prompt = prompt
        self._phrases = guess(prompt)
        self._calls = tool_calls(request, directions, identity)

    def choice(self, index: int) -> Choice:
        stop = self._request.stop
        content, stopped = stop_at(self._content(index), [stop] if isinstance(stop, str) else stop or ())
        reasoning, content, cut = _within(self._most(), self._reasoning(), content)
        if self._directions.reasoning_as == "think" and reasoning:
            content, reasoning = ["<think>", "\n", *reasoning, "\n", "</think>", "\n\n", *content], []
        finish = "length" if cut else "stop" if stopped or not self._calls else "tool_calls"
        said = self._directions.finish_reason or finish
        return Choice(index, reasoning, content, self._refusal(), self._calls, None if said == "missing" else said)

    def _most(self) -> int | None:
        said = (self._directions.max_tokens, self._request.max_completion_tokens, self._request.max_tokens)
        return next((most for most in said if most is not None), None)

    def _reasoning(self) -> list[str]:
        words = "" if self._request.begun() else self._directions.reasoning or ""
        return chunks(self._phrases.reasoning if words == "auto" else words, self._directions.chunk)

    def _refusal(self) -> list[str]:
        words = self._directions.refusal
        if words is None or self._calls:
            return []
        return chunks(self._phrases.refusal if words == "auto" else words, self._directions.chunk)

    def _content(self, index: int) -> list[str]:
        if self._directions.huge:
            return ["x" * self._directions.huge]
        words = self._scripted()
        if words is None and not self._calls and self._directions.refusal is None:
            variant = self._phrases.variant.format(number=index + 1) if index else ""
            words = self._demanded() or self._own_words() + variant
        begun = self._request.begun()
        if begun:
            words = (words or "") * self._directions.repeat
            return chunks(words.removeprefix(begun), self._directions.chunk)
        return chunks(words or "", self._directions.chunk) * self._directions.repeat

    def _scripted(self) -> str | None:
        directions = self._directions
        if directions.json is not msgspec.UNSET:
            return _json(directions.json)
        return self._prompt if directions.echo and directions.text is None else directions.text

    def _demanded(self) -> str | None:
        """An object, where the request's `response_format` or the model's name asks for one."""
        form = self._request.response_format
        if form and form.type == "json_schema" and form.json_schema:
            return _json(instance(form.json_schema.schema_))
        if (form and form.type == "json_object") or (not form and bare(self._request.model) == "mock-json"):
            return _json({"answer": self._hello(), "mock": True})
        return None

    def _own_words(self) -> str:
        model = bare(self._request.model)
        if self._request.asked().role == "tool":
            results = [message.text() for message in self._request.since_user() if message.role == "tool"]
            return self._phrases.tool_said.format(result="; ".join(results))
        if model == "mock-long":
            return "".join(self._phrases.long.format(number=number) for number in range(1, _SENTENCES + 1)).rstrip()
        own = {"mock-slow": self._phrases.slow, "mock-tools": self._phrases.no_tools}
        return own.get(model) or self._hello()

    def _hello(self) -> str:
        asked = self._request.last_user()
        others = asked.others() if asked else []
        hello = self._phrases.hello.format(start=self._prompt[:_START] or self._phrases.no_text)
        return hello + self._phrases.others.format(count=len(others), list="; ".join(others)) if others else hello


def _within(most: int | None, reasoning: list[str], content: list[str]) -> tuple[list[str], list[str], bool]:
    """Reasoning and content within so many tokens, the reasoning counting first, as with real models."""
    if most is None:
        return reasoning, content, False
    thought, cut = shorten(reasoning, most)
    if cut:
        return thought, [], True
    said, cut = shorten(content, most - count(thought))
    return thought, said, cut


def _usage(request: ChatRequest, directions: Directions, choices: tuple[Choice, ...]) -> dict[str, object] | None:
    if directions.usage in ("missing", "null"):
        return None
    prompt = count(message.text() for message in request.messages) + 3 * len(request.messages)
    thought = sum(count(choice.reasoning) for choice in choices)
    said = sum(_said(choice) for choice in choices)
    figures = {"zero": (0, 0), "negative": (-prompt, -1), "wrong": (1, 1_000_000)}
    before, after = figures.get(str(directions.usage), (prompt, thought + said))
    total = 7 if directions.usage == "wrong" else before + after
    usage: dict[str, object] = {"prompt_tokens": before, "completion_tokens": after, "total_tokens": total}
    if isinstance(directions.usage, dict):
        return usage | directions.usage
    return usage | {"completion_tokens_details": {"reasoning_tokens": thought}}


def _said(choice: Choice) -> int:
    return count(choice.content) + count(choice.refusal) + count(call.arguments for call in choice.tool_calls)


def _json(value: object) -> str:
    return msgspec.json.encode(value).decode()
