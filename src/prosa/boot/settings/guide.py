"""What is generated from the table: the guide to the settings and the example file (`python -m prosa.boot.settings.guide`)."""

import sys
from collections.abc import Iterator
from pathlib import Path

from prosa.boot.settings.providers import rows_of, vendors
from prosa.boot.settings.rows import Row, Secret
from prosa.boot.settings.table import SECTIONS, TABLE, WITHOUT_EFFECT
from prosa.gateway import REGISTRY

GUIDE = Path("docs/guides/settings.md")
EXAMPLE = Path(".env.example")

_OPENING = """\
# Settings

<!-- Generated from the table of settings: python -m prosa.boot.settings.guide -->

Nothing has to be set: prosa starts on http://127.0.0.1:3000 with a mock model. `.venv/bin/prosa config` shows every effective
value and where it came from, with secrets masked:

```text
[server]
  PROSA_ENV            development  default
  PROSA_HOST           127.0.0.1    default
  PROSA_PORT           3001         .env line 4
```

## Where settings come from

From the weightiest place to the lightest:

1. options of the command line: `prosa serve --port 3001` (never for secrets: every user of the machine could read them there);
2. the environment: `PROSA_PORT=3001 prosa serve`;
3. the file `.env` in the folder where prosa starts: `NAME=value` lines; of two equal names the last one wins;
4. the file `prosa.toml` beside it, in sections (below);
5. the default.

An empty value in the environment switches off the same name of `.env`. `HOST`, `PORT`, `WORKERS` and `RELOAD` count from `.env`
alone, because other programs export them. A secret can also lie in a file of its own, named by `<NAME>_FILE`. The example
values of the older systems' files, such as `your-openai-api-key` or `SUA_CHAVE_AQUI`, count as not set.

A wrong value stops the start with one line: the setting, its value (unless it is a secret), its place, and what was expected.

```text
prosa: PROSA_PORT='abc' (.env line 4): expected a whole number from 0 to 65535
```

## Production

`PROSA_ENV=production` refuses to start with: a secret that is an example's, well known or shorter than 16 characters;
`ALLOWED_ORIGINS=*`; proxies trusted everywhere; a password in `PROSA_DATABASE_URL` that everybody tries first; `--reload`;
secrets in a file that everybody may read. Who has no account and no key comes in only where `PROSA_ANONYMOUS` says so, and an
account is made by invitation unless `PROSA_REGISTRATION` opens the door. The mock model never answers there: without a provider
model calls are 503.

## The server's secret

Everything that only this server can make or read, such as tokens, the stored form of API keys and sealed fields, hangs on one
secret: `PROSA_SECRET`, or else the file `secret.key` in the data folder, which the first start makes. Keep a copy of it apart
from the backups. A server with another secret than the database was made with refuses to start, and several servers over one
database need the same one.

To replace it, put the new one in front of the old (`PROSA_SECRET=new,old`; in a file one may also stand on each line), restart,
and run `prosa keys rotate`: it seals anew what the old one has sealed, while the server runs, and says when the old one can go.
"""

_PROVIDERS = """\
## Providers

A provider is there as soon as its key is set (or its address, where it needs no key). For each of them:

| setting | in `prosa.toml`, `[providers.NAME]` | meaning |
| --- | --- | --- |
| `<NAME>_API_KEY` | `api_key` | its key; goes to its own address only |
| `<NAME>_BASE_URL` | `base_url` | another address than the vendor's |
| `<NAME>_MODELS` | `models` | models to list, parted by commas |
| `<NAME>_MODEL` | `model` | its default model |
| `<NAME>_EMBEDDING_MODEL` | `embedding_model` | its default embedding model |
| `<NAME>_CONTEXT_LENGTH` | `context_length` | context length in tokens (Ollama) |

Any other OpenAI-compatible server: `PROSA_PROVIDER_<NAME>_BASE_URL`, `PROSA_PROVIDER_<NAME>_API_KEY` and so on, or a section
`[providers.name]`. Ollama is found on its own port of this machine without any setting. An address that is prosa's own is left
out with a warning: `OPENAI_BASE_URL` is also the variable by which the SDKs find prosa.

"""

_TOML = """\
## prosa.toml

Every setting of the tables above by section and name, and what a line can't say:

```toml
[server]
port = 3001

[providers.lab]                       # any OpenAI-compatible server
base_url = "http://10.0.0.5:8000/v1"
models = ["qwen3-32b"]

[models.fast]                         # a name of your own: weighted targets, then fallbacks
targets = [{ model = "groq/llama-3.3-70b-versatile", weight = 3 }, "lab/qwen3-32b"]
fallbacks = ["openai/gpt-4o-mini"]

[models."lab/qwen3-32b"]              # an option of a listed model
reasoning = "field"                   # field: reasoning_content; text: left in the text; drop: neither

[aliases]
"gpt-4" = "openai/gpt-4o"
```

A name in this file that prosa doesn't know stops the start.

"""


def guide() -> str:
    """The text of docs/guides/settings.md."""
    parts = [_OPENING]
    for section, title in SECTIONS.items():
        parts.append(f"\n## [{section}] {title}\n\n" + "\n".join(_table(section)) + "\n")
    parts += ["\n", _PROVIDERS, "\n".join(_vendors()), "\n\n", _TOML]
    names = ", ".join(f"`{name}`" for name in WITHOUT_EFFECT)
    parts.append(
        f"## Names that change nothing yet\n\nOther systems' settings that prosa knows and doesn't need today: {names}.\n"
    )
    return "".join(parts)


def _table(section: str) -> Iterator[str]:
    yield "| setting | in `prosa.toml` | default | meaning |"
    yield "| --- | --- | --- | --- |"
    for row in TABLE:
        if row.section == section:
            yield f"| {_names(row)} | `{row.key.partition('.')[2]}` | {_default(row)} | {row.help} |"


def _names(row: Row[object]) -> str:
    text = f"`{row.name}`"
    if row.older:
        text += ", also " + ", ".join(f"`{name}`" for name in row.older)
    if row.file_only:
        text += ", in `.env` also " + ", ".join(f"`{name}`" for name in row.file_only)
    return text


def _default(row: Row[object]) -> str:
    value = row.kind.show(row.default)
    return f"`{value}`" if value else "-"


def _vendors() -> Iterator[str]:
    yield "| provider | key | address | default model |"
    yield "| --- | --- | --- | --- |"
    for name in vendors():
        vendor = REGISTRY[name]
        rows = rows_of(name, vendor)
        key = _names_of(rows.api_key) if vendor.needs_key else "none needed"
        yield f"| [{vendor.title}]({vendor.docs}) | {key} | {_names_of(rows.base_url)} | {vendor.default_model or 'its first'} |"


def _names_of(row: Row[object]) -> str:
    return ", ".join(f"`{name}`" for name in row.names if not name.startswith("PROSA_PROVIDER_"))


def example() -> str:
    """The text of .env.example: it can be copied as it is."""
    lines = [
        "# prosa's settings. Copy this file to .env and fill in what you need: nothing has to be set.",
        "# All settings with their meaning: docs/guides/settings.md. What counts now: .venv/bin/prosa config.",
        "# Of two lines with the same name the last one wins.",
        "",
        "# Keys of model providers; one is enough, without any the mock model answers.",
        *(f"{REGISTRY[name].key_name}=" for name in vendors() if REGISTRY[name].needs_key),
        "",
        "# Addresses of your own model servers (Ollama on its own port is found without this).",
        *(f"# {REGISTRY[name].url_name}={REGISTRY[name].base_url}" for name in vendors() if not REGISTRY[name].needs_key),
    ]
    for section, title in SECTIONS.items():
        lines += ["", f"# {title.replace('`', '')}"]
        lines += [f"# {row.name}={_example(row)}" for row in TABLE if row.section == section]
    return "\n".join(lines) + "\n"


def _example(row: Row[object]) -> str:
    return "" if row.secret is not Secret.NO else row.kind.show(row.default)


if __name__ == "__main__":
    GUIDE.parent.mkdir(parents=True, exist_ok=True)
    GUIDE.write_text(guide(), encoding="utf-8")
    EXAMPLE.write_text(example(), encoding="utf-8")
    sys.stdout.write(f"{GUIDE} and {EXAMPLE} written\n")
