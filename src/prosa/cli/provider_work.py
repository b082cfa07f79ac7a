"""What `prosa provider …` does."""

import sys
from typing import TYPE_CHECKING, Final

import msgspec

from prosa.administration import Actor, Administration, ProviderDraft, ProviderView
from prosa.cli.terminal import complain, say, table
from prosa.gateway import REGISTRY
from prosa.kit.errors import BadRequest

if TYPE_CHECKING:
    from prosa.cli.provider_commands import Add, Listing

OPERATOR: Final = Actor()
_COMPATIBLE: Final = "openai_compatible"
_LONGEST: Final = 4096


class NoKey(BadRequest):
    """Nothing came where a key was announced."""

    def __init__(self) -> None:
        super().__init__("--key-stdin: expected the key by standard input")


async def listing(administration: Administration, options: "Listing") -> int:
    """Print every provider; no key."""
    found = await administration.providers.list()
    if options.json:
        say(msgspec.json.format(msgspec.json.encode([{**_row(view), "models": list(view.models)} for view in found])).decode())
        return 0
    say(table([tuple(str(value) for value in _row(view).values()) for view in found]))
    return 0


async def add(administration: Administration, name: str, options: "Add") -> int:
    """Store a provider."""
    draft = ProviderDraft(
        name=name,
        kind=options.kind or (name if name in REGISTRY else _COMPATIBLE),
        base_url=options.url,
        api_key=_key() if options.key_stdin else None,
        models=tuple(word.strip() for word in (options.models or "").split(",") if word.strip()),
        default_model=options.model,
    )
    made = await administration.providers.create(OPERATOR, draft)
    say(f"{made.name}: {made.title} at {made.base_url}; try it with: prosa provider test {made.name}")
    return 0


async def test(administration: Administration, name: str, model: str | None) -> int:
    """Try one; the exit status says how it went."""
    trial = await administration.trials.known(name, model)
    if not trial.ok:
        complain(f"{name}: {trial.message} ({trial.code}, {trial.milliseconds} ms)")
        return 1
    told = f"{len(trial.models)} models" if trial.listed else "no list of models"
    say(f"{name}: well, {told}{f', {trial.answered} answered' if trial.answered else ''} ({trial.milliseconds} ms)")
    return 0


async def remove(administration: Administration, name: str) -> int:
    """Take one away."""
    await administration.providers.delete(OPERATOR, name)
    say(f"{name} is gone")
    return 0


def _row(view: ProviderView) -> dict[str, object]:
    return {
        "name": view.name,
        "kind": view.kind,
        "base_url": view.base_url,
        "origin": view.origin.value,
        "state": view.state.value,
        "key": "key" if view.key_set else "no key",
    }


def _key() -> str:
    key = sys.stdin.buffer.read(_LONGEST).decode("utf-8", "replace").strip()
    if not key:
        raise NoKey
    return key
