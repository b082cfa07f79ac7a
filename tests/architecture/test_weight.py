"""What a module drags along when it is imported: the hot path stays free of frameworks."""

import subprocess
import sys

import pytest

HEAVY = (
    *("fastapi", "starlette", "pydantic", "sqlalchemy", "alembic", "uvicorn", "cyclopts", "rich", "openai", "httpx", "numpy"),
    *("asyncpg", "aiosmtplib", "cryptography", "argon2", "bcrypt", "jwt"),
)


def dragged_along(module: str) -> set[str]:
    """The heavy packages that importing `module` loads, in a fresh interpreter."""
    code = f"import {module}, sys; print(*(name for name in {HEAVY!r} if name in sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return set(done.stdout.split())


@pytest.mark.parametrize(
    "module",
    [
        "prosa.kit.errors",
        "prosa.drivers.journal",
        "prosa.drivers.mail",
        "prosa.drivers.outbound",
        "prosa.drivers.telemetry",
        "prosa.events",
        "prosa.identity",
        "prosa.usage",
        "prosa.gateway",
        "prosa.api.edge",
    ],
)
def test_a_feature_of_the_hot_path_loads_no_framework(module: str) -> None:
    assert dragged_along(module) == set()
