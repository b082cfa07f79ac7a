"""`prosa models`: names that callers can use, and why a name goes where it goes."""

from prosa.cli.terminal import complain, say, table
from prosa.drivers.outbound import Client
from prosa.gateway import CallKind, Catalogue, GatewaySettings, Plan
from prosa.kit.clock import SystemClock
from prosa.kit.errors import ProsaError


async def listing(settings: GatewaySettings, *, ask: bool) -> int:
    """Print every name; `ask` asks the providers for their lists first."""
    client = Client()
    try:
        catalogue = Catalogue(settings, client, SystemClock())
        if ask:
            await catalogue.discover()
        for kind, title in ((CallKind.CHAT, "default for chat"), (CallKind.EMBEDDINGS, "default for embeddings")):
            say(f"{title}: {_default(catalogue, kind)}")
        say()
        say(table([(entry.id, (entry.alias_of and f"alias of {entry.alias_of}") or entry.owner) for entry in catalogue.names()]))
    finally:
        await client.aclose()
    return 0


def _default(catalogue: Catalogue, kind: CallKind) -> str:
    """The default as a caller could name it, or why there is none."""
    try:
        attempt = catalogue.explain(None, kind).attempts[0]
    except ProsaError as error:
        return f"none: {error.message}"
    return attempt.model if attempt.provider.wire == "mock" else attempt.key


async def explain(settings: GatewaySettings, name: str | None, *, embeddings: bool) -> int:
    """Print the ordered attempts and the reasoned drops of a name; 1 when nothing serves it."""
    client = Client()
    try:
        catalogue = Catalogue(settings, client, SystemClock())
        try:
            plan = catalogue.explain(name, CallKind.EMBEDDINGS if embeddings else CallKind.CHAT)
        except ProsaError as error:
            complain(error.message)
            return 1
    finally:
        await client.aclose()
    say(_told(name, plan))
    return 0


def _told(name: str | None, plan: Plan) -> str:
    lines = [f"{name or 'A call that names no model'} is tried at:"]
    rows = [(f"{place}.", attempt.provider.name, attempt.model, attempt.why) for place, attempt in enumerate(plan.attempts, 1)]
    lines.append(table(rows))
    if plan.dropped:
        lines.append("left out:")
        lines.append(table([(drop.target, drop.reason) for drop in plan.dropped]))
    if plan.reasoning is not None:
        lines.append(f"reasoning: {plan.reasoning}")
    return "\n".join(lines)
