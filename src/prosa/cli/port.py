"""What the commands need of the program that starts them."""

from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from prosa.gateway import GatewaySettings


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
    database: Path
    import_path: Path
    owners: tuple[str, ...]  # names under which the settings' keys own things
    address: str


class BootPort(Protocol):
    """The way up to `boot`, which alone reads settings and starts servers."""

    def serve(self, options: ServeOptions) -> int:
        """Serve until a signal; the exit status."""
        ...

    def configuration(self) -> Configuration:
        """The effective settings, with Ollama found on its own port."""
        ...

    def document(self) -> bytes:
        """The API document."""
        ...
