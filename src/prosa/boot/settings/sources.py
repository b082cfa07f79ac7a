"""Where settings come from: command line, environment, `.env`, `prosa.toml`, in this order of weight."""

import json
import stat
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from prosa.boot.settings.errors import SettingRefused
from prosa.boot.settings.rows import Row, Secret

# Values of the older systems' example files that mean "put yours here".
PLACEHOLDERS = frozenset(
    {
        "your-openai-api-key",
        "sk-your-openai-api-key-here",
        "your-assemblyai-api-key-here",
        "sua_chave_aqui",
        "sua_chave",
    }
)
ENVIRONMENT = "environment"
TOML = "prosa.toml"


@dataclass(frozen=True, slots=True)
class Found:
    """A text that somebody set, and where: source as people read it, the name it was found under."""

    value: str
    source: str
    name: str


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of `.env`."""

    value: str
    line: int


@dataclass(frozen=True, slots=True)
class Sources:
    """All places together. `arguments` are options of the command line by their setting's name."""

    environ: Mapping[str, str]
    dotenv: Mapping[str, Entry]
    toml: Mapping[str, object]
    arguments: Mapping[str, str]

    def find(self, row: Row[object]) -> Found | None:
        """The text of the weightiest place that sets the row under any of its names; an example's placeholder counts as not set.

        Raises SettingRefused for a secret's file that can't be read, and for a toml value that is no scalar or list.
        """
        for found in self._everywhere(row):
            found = Found(found.value.strip(), found.source, found.name)
            if found.value and not (row.secret is not Secret.NO and found.value.lower() in PLACEHOLDERS):
                return found
        return None

    def _everywhere(self, row: Row[object]) -> Iterator[Found]:
        if row.name in self.arguments:
            yield Found(self.arguments[row.name], "command line", row.name)
        common = (row.name, *row.older)
        for name in common:
            if name in self.environ:
                yield Found(self.environ[name], ENVIRONMENT, name)
            elif row.secret is not Secret.NO and self.environ.get(f"{name}_FILE"):
                yield Found(read_secret(self.environ[f"{name}_FILE"], f"{name}_FILE"), f"file of {name}_FILE", name)
        # An empty value of the environment hides the same name in .env: so one can switch it off for one start.
        hidden = {name for name in common if name in self.environ}
        for name in row.names:
            if name in self.dotenv and name not in hidden:
                yield Found(self.dotenv[name].value, f".env line {self.dotenv[name].line}", name)
            elif row.secret is not Secret.NO and f"{name}_FILE" in self.dotenv:
                yield Found(read_secret(self.dotenv[f"{name}_FILE"].value, f"{name}_FILE"), f"file of {name}_FILE", name)
        text = self._from_toml(row)
        if text is not None:
            yield Found(text, TOML, row.key)

    def _from_toml(self, row: Row[object]) -> str | None:
        place: object = self.toml
        for part in row.key.split("."):
            if not isinstance(place, Mapping) or part not in place:
                return None
            place = place[part]
        if isinstance(place, bool):
            return "true" if place else "false"
        if isinstance(place, (str, int, float)):
            return str(place)
        if isinstance(place, list) and all(isinstance(item, str) for item in place):
            return json.dumps(place)
        raise SettingRefused(f"{row.key} ({TOML}): expected {row.kind.expected}")


def read_secret(path: str, name: str) -> str:
    """The text of a secret's own file. Raises SettingRefused when it can't be read."""
    try:
        return Path(path).read_text("utf-8")
    except (OSError, ValueError) as error:
        raise SettingRefused(f"{name}: expected a readable file with the secret, at {path!r}") from error


def everybody_reads(path: Path) -> bool:
    """Whether other people of this machine may read the file."""
    return path.is_file() and bool(path.stat().st_mode & (stat.S_IROTH | stat.S_IWOTH))


def read_dotenv(path: Path, environ: Mapping[str, str]) -> tuple[dict[str, Entry], list[str]]:
    """The lines of `.env` (the last of two equal names), and warnings of lines that are none; `${NAME}` is another value."""
    from dotenv.parser import parse_stream
    from dotenv.variables import parse_variables

    if not path.is_file():
        return {}, []
    entries: dict[str, Entry] = {}
    warnings: list[str] = []
    try:
        with path.open(encoding="utf-8") as stream:
            bindings = list(parse_stream(stream))
    except (OSError, ValueError) as error:
        raise SettingRefused(f"{path.name}: expected a readable text file in UTF-8") from error
    for binding in bindings:
        line = binding.original.line
        if binding.error:
            warnings.append(f"{path.name} line {line} is not NAME=value and was left out")
        elif binding.key is not None and binding.value is not None:
            known = {name: entry.value for name, entry in entries.items()} | dict(environ)
            value = "".join(atom.resolve(known) for atom in parse_variables(binding.value))
            # A binding begins at the blank lines before it.
            before = binding.original.string[: len(binding.original.string) - len(binding.original.string.lstrip())]
            entries[binding.key] = Entry(value, line + before.count("\n"))
    return entries, warnings


def read_toml(path: Path) -> dict[str, object]:
    """The tables of `prosa.toml`, {} without the file. Raises SettingRefused for what is no TOML."""
    if not path.is_file():
        return {}
    try:
        return tomllib.loads(path.read_text("utf-8"))
    except (OSError, ValueError, RecursionError) as error:
        raise SettingRefused(f"{path.name}: expected a readable TOML file; {error}") from error
