"""The mock provider: deterministic answers and faults on demand, in this process or as a server of its own."""

from prosa.gateway.providers.mock.errors import LEAKED_KEY, WrongDirection, WrongScript
from prosa.gateway.providers.mock.models import Figures
from prosa.gateway.providers.mock.personas import MODELS
from prosa.gateway.providers.mock.script import Script
from prosa.gateway.providers.mock.server import MockServer, serve_mock
from prosa.gateway.providers.mock.transport import MockReply, MockTransport

__all__ = [
    "LEAKED_KEY",
    "MODELS",
    "Figures",
    "MockReply",
    "MockServer",
    "MockTransport",
    "Script",
    "WrongDirection",
    "WrongScript",
    "serve_mock",
]
