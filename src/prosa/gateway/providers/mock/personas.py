"""The names that the mock answers to, each with a line for people and the directions that it stands for."""

from typing import NamedTuple

from prosa.gateway.providers.mock.phrases import CUT, MARKDOWN, UNICODE


class Persona(NamedTuple):
    """A model of the mock."""

    description: str
    words: dict[str, object]


PERSONAS: dict[str, Persona] = {
    "mock": Persona("A short friendly answer that names the beginning of the question", {}),
    "mock-echo": Persona("Says the last user message again, word for word", {"echo": True}),
    "mock-slow": Persona("Begins after a second, then 5 tokens a second", {"speed": 5.0, "first_byte": 1.0}),
    "mock-long": Persona("A long answer of 100 sentences", {}),
    "mock-markdown": Persona("Headings, lists, a table, code, a formula", {"text": MARKDOWN}),
    "mock-unicode": Persona("Many scripts, emoji, combining marks, right-to-left text", {"text": UNICODE}),
    "mock-empty": Persona("An answer without any text", {"text": ""}),
    "mock-tools": Persona("Calls the first offered tool, then says what it answered", {"tools": "auto"}),
    "mock-reasoning": Persona("Reasons first, in the field reasoning_content", {"reasoning": "auto"}),
    "mock-think": Persona("Reasons first, in <think> tags inside the text", {"reasoning": "auto", "reasoning_as": "think"}),
    "mock-json": Persona("Answers with a JSON object, by the request's schema if there is one", {}),
    "mock-refusal": Persona("Refuses, in the field refusal", {"refusal": "auto"}),
    "mock-error": Persona("Always the HTTP error 500; `status` in a directive makes it another", {"status": 500}),
    "mock-busy": Persona("Always 429 with Retry-After: 1", {"status": 429, "retry_after": 1}),
    "mock-flaky": Persona("Each request fails once with 503 and succeeds when tried again", {"status": 503, "fail_first": 1}),
    "mock-stall": Persona("Begins to answer and then falls silent for an hour", {"stall": 3600.0}),
    "mock-cut": Persona("The connection is cut in the middle of the answer", {"text": CUT, "cut_after": 1500}),
    "mock-embedding": Persona("Embeddings: texts that share words lie close together", {}),
}

MODELS: dict[str, str] = {name: persona.description for name, persona in PERSONAS.items()}

_DIMENSIONS = {
    "nvidia/nv-embedqa-e5-v5": 1024,
    "nvidia/llama-3.2-nv-embedqa-1b-v2": 2048,
    "text-embedding-3-large": 3072,
    "gemini-embedding-001": 3072,
    "nomic-embed-text": 768,
    "mock-embedding": 384,
}


def words_of(model: str) -> dict[str, object]:
    """The directions behind a model's name; a name that the mock doesn't know behaves as `mock`."""
    persona = PERSONAS.get(bare(model))
    return persona.words if persona else {}


def dimensions_of(model: str) -> int:
    """How many numbers an embedding of this model has: those of the real one where it is known, else 1,536."""
    return _DIMENSIONS.get(model) or _DIMENSIONS.get(bare(model), 1536)


def bare(model: str) -> str:
    """A name without the `mock/` before it."""
    return model.removeprefix("mock/")
