"""A model server that runs on this machine anyway: Ollama on its own port (the only connection at start, and it stays here)."""

import asyncio
from dataclasses import replace

import msgspec

from prosa.boot.settings import Settings
from prosa.drivers.outbound import Client, OutboundRequest, Target, Timeouts
from prosa.gateway import ProviderSettings
from prosa.kit.errors import ProsaError

OLLAMA = Target("http", "127.0.0.1", 11434, private=True)
PATIENCE = 0.3
_MOST = 1024 * 1024


class _Model(msgspec.Struct):
    name: str = ""


class _Tags(msgspec.Struct):
    models: list[_Model] = []


def discover(settings: Settings, target: Target = OLLAMA) -> Settings:
    """The settings with Ollama added where it answers and isn't configured already; takes at most 0.3 s."""
    configured = {provider.name for provider in settings.gateway.providers}
    if not settings.server.ollama_discovery or "ollama" in configured:
        return settings
    models = asyncio.run(_models(target))
    if models is None:
        return settings
    found = ProviderSettings("ollama", "ollama", models=models, default_model=next(iter(models), None), private=True)
    return replace(settings, gateway=replace(settings.gateway, providers=(*settings.gateway.providers, found)))


async def _models(target: Target) -> tuple[str, ...] | None:
    """Names of the models that it has, None when nobody answers."""
    client = Client()
    timeouts = Timeouts(connect=PATIENCE, first_byte=PATIENCE, silence=PATIENCE, total=PATIENCE)
    try:
        reply = await client.open(target, OutboundRequest("GET", "/api/tags"), timeouts)
        body = await reply.body(_MOST)
        return tuple(model.name for model in msgspec.json.decode(body, type=_Tags).models if model.name)
    except (ProsaError, msgspec.MsgspecError, UnicodeDecodeError):
        return None
    finally:
        await client.aclose()
