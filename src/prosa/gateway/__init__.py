"""One model call over any provider: the hot path."""

from prosa.gateway.breaker import Breaker
from prosa.gateway.call import Gateway, Transports
from prosa.gateway.catalogue import Catalogue, ModelEntry, by_name
from prosa.gateway.errors import ModelNotFound, NoProvider, ProviderFault, StreamBroken, UnsupportedInput
from prosa.gateway.models import Attachment, CallKind, Fields, Heard, ModelCall, Provider, Usage
from prosa.gateway.probing import Prober
from prosa.gateway.providers import REGISTRY, ProviderRow, configured
from prosa.gateway.providers.mock import MODELS as MOCK_MODELS
from prosa.gateway.providers.mock import MockServer, MockTransport, Script, WrongScript, serve_mock
from prosa.gateway.quirks import continued, repair_messages
from prosa.gateway.reply import GatewayReply
from prosa.gateway.routing import Plan
from prosa.gateway.settings import GatewaySettings, ModelSettings, ProviderSettings, Reasoning
from prosa.gateway.settlement import CallRecord, CallStatus
from prosa.gateway.stream import estimate

__all__ = [
    "MOCK_MODELS",
    "REGISTRY",
    "Attachment",
    "Breaker",
    "CallKind",
    "CallRecord",
    "CallStatus",
    "Catalogue",
    "Fields",
    "Gateway",
    "GatewayReply",
    "GatewaySettings",
    "Heard",
    "MockServer",
    "MockTransport",
    "ModelCall",
    "ModelEntry",
    "ModelNotFound",
    "ModelSettings",
    "NoProvider",
    "Plan",
    "Prober",
    "Provider",
    "ProviderFault",
    "ProviderRow",
    "ProviderSettings",
    "Reasoning",
    "Script",
    "StreamBroken",
    "Transports",
    "UnsupportedInput",
    "Usage",
    "WrongScript",
    "by_name",
    "configured",
    "continued",
    "estimate",
    "repair_messages",
    "serve_mock",
]
