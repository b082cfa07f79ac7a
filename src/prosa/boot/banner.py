"""What a start says: what this is, where it is, which providers it found, how to chat now, how to add a key."""

import logging
import sys
from dataclasses import dataclass
from urllib.parse import quote

import structlog

import prosa
from prosa.boot.settings import Settings
from prosa.gateway import REGISTRY, ProviderSettings


@dataclass(frozen=True, slots=True)
class Banner:
    """The facts of a start, told once all workers are ready."""

    settings: Settings
    port: int
    form: str  # of the log: people get a few lines, machines one event
    warnings: tuple[str, ...] = ()
    site: int | None = None  # the port of the folder of pages, where there is one

    def show(self) -> None:
        """Tell, and warn of what the settings' reader found odd."""
        logger = structlog.get_logger("prosa.boot")
        if self.form == "console":
            sys.stdout.write("\n".join(self.lines()) + "\n")
            sys.stdout.flush()
        else:
            if not self.settings.server.production:
                # Somebody may read this all the same (`make run | tee log`); standard output is the log's.
                sys.stderr.write("\n".join(self.lines()) + "\n")
            logger.info(
                "started",
                version=prosa.__version__,
                address=self.address,
                workers=self.settings.server.workers,
                providers=", ".join(self.providers) or "none",
                model=self.model or "none",
                chat_now=self.curl,
                **({"site": self._at(self.site)} if self.site is not None else {}),
            )
        for warning in self.warnings:
            logging.getLogger("prosa.boot").warning(warning)
        if self._default_is_lost and self.model is not None:
            logging.getLogger("prosa.boot").warning(
                "PROSA_DEFAULT_MODEL=%s: no provider for it is configured; calls that name no model answer 404",
                self.settings.gateway.default_model,
            )
        if self.model is None:
            logging.getLogger("prosa.boot").error(
                "no model provider is configured: model calls answer 503 until one is (%s)", _HOW
            )

    def invite(self, code: str) -> None:
        """Tell the link that makes the first administrator: here and nowhere else, since whoever has it owns the server."""
        link = f"{self.settings.server.public_url or self.address}/set-up#code={quote(code)}"
        line = f"  set up      {link}  (makes the first administrator; nobody is one yet)\n"
        if self.form == "console":
            sys.stdout.write(line)
            sys.stdout.flush()
            return
        if not self.settings.server.production:
            sys.stderr.write(line)
        structlog.get_logger("prosa.boot").warning("nobody is an administrator yet", setup=link)

    def lines(self) -> tuple[str, ...]:
        """The few lines for a terminal."""
        found = ", ".join(self.providers) or (
            "none yet: the mock model answers" if self.model else "none: model calls answer 503"
        )
        return (
            f"prosa {prosa.__version__}: one server between people and language models (Ctrl+C stops it)",
            f"  address     {self.address}  (API page: {self.address}/docs)",
            *((f"  site        {self._at(self.site)}",) if self.site is not None else ()),
            f"  providers   {found}",
            f"  chat now    {self.curl}",
            f"  add a key   {_HOW}",
        )

    @property
    def address(self) -> str:
        """Where a person at this machine opens it."""
        return self._at(self.port)

    def _at(self, port: int) -> str:
        host = self.settings.server.host
        if host in ("0.0.0.0", "::"):  # noqa: S104  # compared with, never bound
            host = "127.0.0.1"
        return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"

    @property
    def providers(self) -> tuple[str, ...]:
        """Titles of the configured providers."""
        return tuple(_title(provider) for provider in self.settings.gateway.providers)

    @property
    def model(self) -> str | None:
        """A model that answers now, None when there is none."""
        gateway = self.settings.gateway
        if gateway.default_model and not self._default_is_lost:
            return gateway.default_model
        for provider in gateway.providers:
            name = provider.default_model or REGISTRY[provider.kind].default_model or next(iter(provider.models), None)
            if name:
                return f"{provider.name}/{name}"
        return "mock" if gateway.mock and not gateway.production else None

    @property
    def _default_is_lost(self) -> bool:
        """Whether nobody here can answer the default model: no provider is configured, and it is no name of the mock."""
        gateway = self.settings.gateway
        own = {"mock", *(model.name for model in gateway.models)}
        name = gateway.default_model
        return name is not None and not gateway.providers and name not in own and not name.startswith("mock-")

    @property
    def curl(self) -> str:
        """A line to paste."""
        key = ' -H "Authorization: Bearer YOUR_KEY"' if self.settings.identity.keys else ""
        body = f'{{"model":"{self.model or "MODEL"}","messages":[{{"role":"user","content":"Hello!"}}]}}'
        return f"curl {self.address}/v1/chat/completions{key} -H 'Content-Type: application/json' -d '{body}'"


_HOW = "write NVIDIA_API_KEY=…, OPENAI_API_KEY=… or another provider's key into .env, and start again"


def _title(provider: ProviderSettings) -> str:
    return REGISTRY[provider.kind].title if provider.name in REGISTRY else provider.name
