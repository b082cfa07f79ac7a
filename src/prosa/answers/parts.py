"""What answers stand on."""

from dataclasses import dataclass, field

from prosa.answers.assisting.pinned import Pinned
from prosa.answers.attaching import Attachments
from prosa.answers.context import Contexts
from prosa.answers.models import Prepared, StillAllowed, StillLent
from prosa.answers.sealing import Sealer
from prosa.answers.servers import ToolServers
from prosa.answers.settings import AnswerSettings
from prosa.answers.tools import BUILT_IN, Tool
from prosa.conversations import ConversationService, MemoryService
from prosa.files import FileService
from prosa.gateway import Gateway
from prosa.kit.clock import Clock
from prosa.runs import Run


async def nothing_lent(_run: Run, _pinned: Pinned) -> bool:
    """Where nobody says who may use whose assistant."""
    return False


@dataclass(slots=True)
class AnswerParts:
    """Handed to the service and to the kind of run. `prepared` is what the one leaves for the other, by the run's id."""

    gateway: Gateway
    conversations: ConversationService
    files: FileService
    sealer: Sealer
    clock: Clock
    still_allowed: StillAllowed
    still_lent: StillLent = nothing_lent
    settings: AnswerSettings = field(default_factory=AnswerSettings)
    tools: tuple[Tool, ...] = BUILT_IN
    prepared: dict[str, Prepared] = field(default_factory=dict)
    memory: MemoryService | None = None
    servers: ToolServers | None = None  # None: no tool of another server is called
    contexts: Contexts = field(init=False)
    attachments: Attachments = field(init=False)

    def __post_init__(self) -> None:
        self.contexts = Contexts(self.conversations, self.files, self.sealer, self.settings, self.memory)
        self.attachments = Attachments(self.gateway, self.sealer)

    def adjust(self, settings: AnswerSettings) -> None:
        """Go on with these for whatever is asked from now on."""
        self.settings = settings
        self.contexts.adjust(settings)
