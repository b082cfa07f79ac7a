"""Reading all settings once, at start."""

import difflib
from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path

from prosa.administration import Fixed, Origin
from prosa.boot.settings.compose import compose
from prosa.boot.settings.errors import SettingRefused
from prosa.boot.settings.models import Loaded, Settings
from prosa.boot.settings.production import refuse
from prosa.boot.settings.providers import further, rows_of, vendors
from prosa.boot.settings.rows import Row, Secret
from prosa.boot.settings.serving import secrets_of
from prosa.boot.settings.sources import ENVIRONMENT, TOML, Sources, read_dotenv, read_toml
from prosa.boot.settings.strength import parts_of
from prosa.boot.settings.table import SECTIONS, TABLE, WITHOUT_EFFECT
from prosa.boot.settings.table.server import ENV
from prosa.boot.settings.values import Values
from prosa.gateway import REGISTRY

_MOUNTED = ("/run/secrets/", "/var/run/secrets/")  # put there by an orchestrator, for this container alone


def load(environ: Mapping[str, str], folder: Path, arguments: Mapping[str, str] | None = None) -> Loaded:
    """Settings from the environment, `.env` and `prosa.toml` of `folder`, and the command line's own (by setting name).

    Raises SettingRefused: one line, for the first value that can't be, or that production doesn't start with.
    """
    dotenv, warnings = read_dotenv(folder / ".env", environ)
    sources = Sources(environ, dotenv, read_toml(folder / TOML), arguments or {})
    values = Values(sources, warnings=warnings)
    values.production = values.take(ENV) == "production"
    settings = compose(values)
    known = _rows(sources)
    _check_toml(sources.toml, known)
    if values.production:
        refuse(settings, _secret_files(sources, folder, known))
    values.warnings += _misspelt(sources, known)
    order = {section: place for place, section in enumerate((*SECTIONS, "providers"))}
    lines = sorted(values.lines, key=lambda line: order[line.section])
    settings = _with_fixed(settings, sources, known)
    return Loaded(_with_secrets(settings, sources, known), tuple(lines), tuple(values.warnings))


def usual_settings(*, production: bool) -> Settings:
    """What holds where nobody says anything."""
    values = Values(Sources({}, {}, {}, {}), production=production)
    return compose(values)


def _with_fixed(settings: Settings, sources: Sources, rows: Iterable[Row[object]]) -> Settings:
    """The settings with what of them somebody set, and by which name: administrators are shown it, and can't change it."""
    found = ((row.key, sources.find(row)) for row in rows)
    fixed = {key: Fixed(place.name, _origin(place.source)) for key, place in found if place is not None}
    return replace(settings, administration=replace(settings.administration, fixed=fixed))


def _origin(source: str) -> Origin:
    return Origin.ENVIRONMENT if source in (ENVIRONMENT, "command line") else Origin.FILE


def _rows(sources: Sources) -> tuple[Row[object], ...]:
    """Every row there is: the table's, each vendor's, and those of further providers."""
    tables = sources.toml.get("providers", {})
    names = further((*sources.environ, *sources.dotenv), tables if isinstance(tables, Mapping) else {})
    rows = list(TABLE)
    for name in vendors():
        rows += rows_of(name, REGISTRY[name]).all()
    for name in names:
        rows += rows_of(name, None).all()
    return tuple(rows)


def _check_toml(toml: Mapping[str, object], rows: Iterable[Row[object]]) -> None:
    """Refuse what no row reads: in a file of our own a misspelt name is a mistake."""
    known = {row.key for row in rows}
    for key in _keys(toml):
        if key not in known and key.partition(".")[0] not in ("models", "aliases", "prices"):
            raise SettingRefused(f"{key} ({TOML}): there is no such setting{_meant(key, known)}")


def _keys(table: Mapping[str, object], before: str = "") -> Iterable[str]:
    for name, value in table.items():
        if isinstance(value, Mapping):
            yield from _keys(value, f"{before}{name}.")
        else:
            yield f"{before}{name}"


def _meant(name: str, known: Iterable[str]) -> str:
    near = difflib.get_close_matches(name, list(known), 1, 0.8)
    return f"; did you mean {near[0]}?" if near else ""


def _misspelt(sources: Sources, rows: Iterable[Row[object]]) -> list[str]:
    """Warnings of names that look like ours and are none: all of `.env`, and PROSA_… of the environment."""
    known = {name for row in rows for name in row.names} | set(WITHOUT_EFFECT)
    known |= {f"{name}_FILE" for row in rows if row.secret is not Secret.NO for name in row.names}
    names = [(name, f".env line {entry.line}") for name, entry in sources.dotenv.items()]
    names += [(name, "environment") for name in sources.environ if name.startswith("PROSA_")]
    warnings = []
    for name, place in names:
        meant = _meant(name, known) if name not in known else ""
        if meant:
            warnings.append(f"{name} ({place}) is no setting of prosa{meant}")
    return warnings


def _secret_files(sources: Sources, folder: Path, rows: Iterable[Row[object]]) -> tuple[Path, ...]:
    """Files that hold a secret which counts: `.env`, `prosa.toml`, those named by `…_FILE`."""
    found = [place for row in rows if row.secret is not Secret.NO and (place := sources.find(row)) is not None]
    files = [folder / ".env"] if any(place.source.startswith(".env") for place in found) else []
    files += [folder / TOML] if any(place.source == TOML for place in found) else []
    for place in found:
        if place.source.startswith("file of "):
            name = place.source.removeprefix("file of ")
            path = sources.environ.get(name) or sources.dotenv[name].value
            if not path.startswith(_MOUNTED):
                files.append(Path(path))
    return tuple(files)


def _with_secrets(settings: Settings, sources: Sources, rows: Iterable[Row[object]]) -> Settings:
    """The settings with every secret that was set, so that logs can blot it out wherever it turns up."""
    found = (sources.find(row) for row in rows if row.secret is not Secret.NO)
    parts = {part for place in found if place is not None for part in parts_of(place.value)}
    parts |= secrets_of(settings.tools)
    return replace(settings, logs=replace(settings.logs, secrets=tuple(sorted(part for part in parts if len(part) >= 6))))
