"""The settings as the parts of prosa get them, and where each value came from."""

from dataclasses import dataclass, field
from pathlib import Path

from prosa.administration import AdministrationSettings
from prosa.answers import AnswerSettings, ToolServerSettings
from prosa.api.edge import EdgeSettings
from prosa.api.legacy.bitaca import BitacaSettings
from prosa.api.legacy.chatai import ChataiSettings
from prosa.api.legacy.multiuser import MultiuserSettings
from prosa.conversations import RetentionSettings, SharingSettings
from prosa.drivers.mail import MailSettings
from prosa.drivers.sql import DatabaseAddress
from prosa.files import FileSettings
from prosa.gateway import GatewaySettings
from prosa.identity import IdentitySettings
from prosa.interactions import InteractionSettings
from prosa.interpreter import InterpreterSettings
from prosa.knowledge import StoreSettings
from prosa.privacy import PrivacySettings
from prosa.runs import RunSettings
from prosa.usage import UsageSettings


@dataclass(frozen=True, slots=True)
class ServerSettings:
    """Where prosa listens, what it writes, how it stops."""

    host: str = "127.0.0.1"
    port: int = 3000
    workers: int = 1
    data_dir: Path = Path("data")
    public_url: str | None = None
    production: bool = False
    reload: bool = False
    drain_seconds: float = 30.0
    ollama_discovery: bool = True
    ui_dir: Path | None = None

    @property
    def run_dir(self) -> Path:
        """Short-lived state that the workers share: limits, figures."""
        return self.data_dir / "run"


@dataclass(frozen=True, slots=True)
class LogSettings:
    """`form` is "json", "console" or "auto"; `secrets` are blotted out wherever they turn up."""

    level: str = "info"
    form: str = "auto"
    secrets: tuple[str, ...] = field(default=(), repr=False)


@dataclass(frozen=True, slots=True)
class BackupSettings:
    """The scheduled backup: `every_seconds` None switches it off, `keep` files stay in `folder`."""

    every_seconds: float | None = None
    keep: int = 7
    folder: Path = Path("data/backups")


@dataclass(frozen=True, slots=True)
class SiteSettings:
    """A folder of pages on a port of its own, beside M's routes; `policy` replaces the one that is made for each page."""

    folder: Path | None = None
    port: int = 8080
    policy: str | None = None


@dataclass(frozen=True, slots=True)
class InstallationSettings:
    """What it is called, whom its people turn to (a mail address or a page), and the language of who has chosen none."""

    name: str = "prosa"
    support: str | None = None
    language: str = "auto"


@dataclass(frozen=True, slots=True)
class Settings:
    """All of it, checked."""

    server: ServerSettings = field(default_factory=ServerSettings)
    database: DatabaseAddress = field(default_factory=lambda: DatabaseAddress(path=Path("data/prosa.db")))
    secrets: tuple[str, ...] = field(default=(), repr=False)  # PROSA_SECRET, newest first; (): those of the data folder's file
    backups: BackupSettings = field(default_factory=BackupSettings)
    privacy: PrivacySettings = field(default_factory=PrivacySettings)
    mail: MailSettings | None = None  # None: no mail is sent
    logs: LogSettings = field(default_factory=LogSettings)
    edge: EdgeSettings = field(default_factory=EdgeSettings)
    identity: IdentitySettings = field(default_factory=IdentitySettings)
    usage: UsageSettings = field(default_factory=UsageSettings)
    gateway: GatewaySettings = field(default_factory=GatewaySettings)
    interactions: InteractionSettings = field(default_factory=InteractionSettings)
    files: FileSettings = field(default_factory=FileSettings)
    stores: StoreSettings = field(default_factory=StoreSettings)
    runs: RunSettings = field(default_factory=RunSettings)
    answers: AnswerSettings = field(default_factory=AnswerSettings)
    tools: ToolServerSettings = field(default_factory=ToolServerSettings)
    bitaca: BitacaSettings = field(default_factory=BitacaSettings)
    chatai: ChataiSettings = field(default_factory=ChataiSettings)
    multiuser: MultiuserSettings = field(default_factory=MultiuserSettings)
    site: SiteSettings = field(default_factory=SiteSettings)
    installation: InstallationSettings = field(default_factory=InstallationSettings)
    administration: AdministrationSettings = field(default_factory=AdministrationSettings)
    interpreter: InterpreterSettings = field(default_factory=InterpreterSettings)
    sharing: SharingSettings = field(default_factory=SharingSettings)
    jobs: str = "service"  # PROSA_JOBS: who does background work
    retention: RetentionSettings = field(default_factory=RetentionSettings)
    import_path: Path = Path("chat_history.db")  # DATABASE_PATH: what the import of an older installation reads


@dataclass(frozen=True, slots=True)
class Line:
    """One value as `prosa config` shows it; a secret is masked already."""

    section: str
    name: str
    value: str
    source: str
    help: str = ""


@dataclass(frozen=True, slots=True)
class Loaded:
    """Settings, where each value came from, and what the person who starts prosa should know."""

    settings: Settings
    lines: tuple[Line, ...]
    warnings: tuple[str, ...]
