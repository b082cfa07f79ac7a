"""What the commands need of the program that starts them."""

from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager, AbstractContextManager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from prosa.administration import Administration, ProviderState
from prosa.assistants import AdoptingGround
from prosa.conversations import Ground
from prosa.drivers.sql import Connection, DatabaseAddress
from prosa.drivers.vault import Rotation
from prosa.files import FileService
from prosa.gateway import GatewaySettings
from prosa.identity import IdentityParts
from prosa.interpreter import InterpreterSettings
from prosa.privacy import PersonalData


@dataclass(frozen=True, slots=True)
class ServeOptions:
    """Options of `prosa serve`; None leaves a setting as it is."""

    host: str | None = None
    port: int | None = None
    workers: int | None = None
    reload: bool | None = None


@dataclass(frozen=True, slots=True)
class ConfigLine:
    """One effective setting; a secret's value is masked already."""

    section: str
    name: str
    value: str
    source: str
    help: str


@dataclass(frozen=True, slots=True)
class Configuration:
    """The effective settings as the commands look at them."""

    lines: tuple[ConfigLine, ...]
    warnings: tuple[str, ...]
    gateway: GatewaySettings
    data_dir: Path
    database: DatabaseAddress
    import_path: Path
    owners: tuple[str, ...]  # names under which the settings' keys own things
    address: str
    interpreter: InterpreterSettings
    pgvector: bool  # whether PostgreSQL may order vectors itself
    idle: tuple[tuple[str, ProviderState], ...] = ()  # stored providers that don't take part


@dataclass(frozen=True, slots=True)
class Storage:
    """Where everything is kept: the database, the data folder, backups (`keep` of the scheduled ones stay).

    `secrets` are those of PROSA_SECRET, newest first, none where the data folder's file counts. `erasers` erase what features
    keep of an account.
    """

    database: DatabaseAddress
    data_dir: Path
    backups: Path
    keep: int
    production: bool
    secrets: tuple[str, ...] = field(default=(), repr=False)
    erasers: tuple[Callable[[Connection, str], Awaitable[None]], ...] = ()
    erasure_copy: Path | None = None  # the second place for the list of deleted accounts


@dataclass(frozen=True, slots=True)
class Workshop:
    """What a command works with that changes more than people, beside a running server or without one."""

    identity: IdentityParts
    ground: Ground
    assistants: AdoptingGround
    files: FileService
    privacy: PersonalData
    leave_no_trace: Callable[[], Awaitable[bool]]  # in the database's files, of what was deleted


class BootPort(Protocol):
    """The way up to `boot`, which alone reads settings and starts servers."""

    def serve(self, options: ServeOptions) -> int:
        """Serve until a signal; the exit status."""
        ...

    def work(self) -> int:
        """Do background work until a signal; the exit status."""
        ...

    def configuration(self, *, stored: bool = False) -> Configuration:
        """The effective settings, with Ollama found on its own port; `stored`: and with the providers, names and defaults that
        administrators have stored."""
        ...

    def document(self) -> bytes:
        """The API document."""
        ...

    def identity(self) -> AbstractAsyncContextManager[IdentityParts]:
        """People and their credentials, for one command; the database is brought up to date first. Raises ProsaError."""
        ...

    def workshop(self, *, aside: bool = False) -> AbstractAsyncContextManager[Workshop]:
        """The same with what people have stored; `aside`: over a new database in memory's stead, gone afterwards."""
        ...

    def administration(self) -> AbstractAsyncContextManager[Administration]:
        """Providers, models and settings that are stored, likewise. Raises ProsaError."""
        ...

    def site(self) -> str:
        """Where people find this server: PROSA_PUBLIC_URL, else the running one's address on this machine, else the settings'.

        There is no slash at the end.
        """
        ...

    def storage(self) -> Storage:
        """Where everything is kept."""
        ...

    def migrate(self) -> int:
        """Bring the database up to date; the exit status."""
        ...

    def rotate(self) -> Rotation:
        """Seal anew what older secrets of the server have sealed. Raises ProsaError."""
        ...

    def alone(self) -> AbstractContextManager[None]:
        """The data folder for one command; refused while a server runs."""
        ...
