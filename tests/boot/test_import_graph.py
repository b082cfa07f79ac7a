"""What a serving process loads before its first request: what only later features need stays out."""

import subprocess
import sys

import pytest

NEVER = (
    "fastapi",
    "starlette",
    "pydantic",
    "sqlalchemy",
    "alembic",
    "aiosqlite",
    "asyncpg",
    "aiosmtplib",
    "cryptography",
    "argon2",
    "bcrypt",
    "jwt",
    "openai",
    "websockets",
    "httpx",
    "numpy",
    "rich.progress",
    "cyclopts.help.formatters",
    "IPython",
    "genai_prices",
)


def loaded(code: str) -> set[str]:
    done = subprocess.run(
        [sys.executable, "-c", f"{code}\nimport sys; print(*sys.modules)"], capture_output=True, text=True, check=True
    )
    return set(done.stdout.split())


@pytest.mark.contract("B22")
def test_a_serving_process_loads_no_database_library_before_its_first_use() -> None:
    modules = loaded("import prosa.boot.command, prosa.boot.http, prosa.boot.wiring")
    assert "uvicorn.server" in modules
    assert {name for name in NEVER if name in modules} == set()


def test_reading_settings_loads_no_server() -> None:
    modules = loaded("import prosa.boot.command")
    assert {"uvicorn", "structlog", "sqlalchemy", "alembic", "cyclopts"} & modules == set()
