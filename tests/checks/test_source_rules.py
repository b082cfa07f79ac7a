"""Each rule about source finds its breach and leaves good code alone."""

from pathlib import Path
from typing import NamedTuple

import pytest

from checks.rules import (
    broad_excepts,
    dangerous,
    docstrings,
    environment,
    frameworks,
    front_doors,
    names,
    sizes,
    sockets,
    sql_text,
    suppressions,
)
from tests.checks.sample import Rule, findings


class Case(NamedTuple):
    """A rule, the file it looks at, and a piece of source."""

    rule: Rule
    path: str
    source: str


def long_function(lines: int, decorators: str = "") -> str:
    """A function of exactly so many lines."""
    return f"{decorators}def f():\n" + "    x = 1\n" * (lines - 1)


USAGE = "src/prosa/usage/service.py"
BREACHES = [
    Case(sizes.find, USAGE, "x = 1\n" * 401),
    Case(sizes.find, "tests/test_x.py", "x = 1\n" * 601),
    Case(sizes.find, USAGE, long_function(41)),
    Case(sizes.find, USAGE, "def f(a, b, c, d, *, e, f, g): ...\n"),
    Case(names.find, "src/prosa/usage/helpers.py", ""),
    Case(names.find, "tests/test_utils.py", ""),
    Case(names.find, "src/prosa/usage/service2.py", ""),
    Case(names.find, USAGE, "class LimitManager: ...\n"),
    Case(broad_excepts.find, USAGE, "try:\n    x = 1\nexcept Exception:\n    x = 2\n"),
    Case(broad_excepts.find, USAGE, "try:\n    x = 1\nexcept:\n    x = 2\n"),
    Case(broad_excepts.find, USAGE, "try:\n    x = 1\nexcept (ValueError, BaseException):\n    x = 2\n"),
    Case(broad_excepts.find, USAGE, "import contextlib\nwith contextlib.suppress(Exception):\n    x = 1\n"),
    Case(environment.find, USAGE, "import os\nx = os.environ['A']\n"),
    Case(environment.find, USAGE, "import os\nx = os.getenv('A')\n"),
    Case(environment.find, USAGE, "from os import environ\n"),
    Case(sockets.find, USAGE, "import urllib.request\n"),
    Case(sockets.find, USAGE, "from urllib import request\n"),
    Case(sockets.find, USAGE, "import httpx\n"),
    Case(sockets.find, USAGE, "import socket\nsocket.create_connection(('a', 1))\n"),
    Case(sockets.find, USAGE, "from asyncio import open_connection\n"),
    Case(sockets.find, USAGE, "async def f(loop):\n    await loop.create_connection(None, 'a', 1)\n"),
    Case(sockets.find, USAGE, "import asyncpg\n"),
    Case(sockets.find, USAGE, "def f():\n    from aiosmtplib import SMTP\n"),
    Case(sockets.find, USAGE, "import smtplib\n"),
    Case(sockets.find, USAGE, "from websockets.server import ServerProtocol\n"),
    Case(sockets.find, "src/prosa/boot/socket.py", "from websockets.asyncio.client import connect\n"),
    Case(sockets.find, USAGE, "from socket import socket\n"),
    Case(sockets.find, USAGE, "import socket\nsocket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)\n"),
    Case(sockets.find, "src/prosa/events/look.py", "import socket\nsocket.socket(socket.AF_INET, socket.SOCK_DGRAM)\n"),
    Case(sockets.find, "src/prosa/events/look.py", "import socket\nsocket.socket(socket.AF_UNIX, socket.SOCK_STREAM)\n"),
    Case(sockets.find, "src/prosa/events/look.py", "import socket\nsocket.socket()\n"),
    Case(sockets.find, "src/prosa/events/look.py", "import asyncpg\n"),
    Case(sockets.find, "src/prosa/drivers/sql/engine.py", "import aiosmtplib\n"),
    Case(sockets.find, "src/prosa/drivers/sql/engine.py", "from asyncio import open_connection\n"),
    Case(sockets.find, "src/prosa/drivers/mail/sending.py", "import asyncpg\n"),
    Case(sockets.find, "src/prosa/drivers/mail/sending.py", "import smtplib\n"),
    Case(sockets.find, "src/prosa/drivers/journal/a_store.py", "import asyncpg\nasyncpg.connect('x')\n"),
    Case(sockets.find, "src/prosa/drivers/journal/a_store.py", "from asyncpg import connect\n"),
    Case(frameworks.find, USAGE, "from fastapi import FastAPI\n"),
    Case(frameworks.find, "src/prosa/cli/serve.py", "import uvicorn\n"),
    Case(sql_text.find, USAGE, "q = 'SELECT a FROM b'\n"),
    Case(sql_text.find, USAGE, "q = '''\n    UPDATE a SET b = 1\n'''\n"),
    Case(sql_text.find, USAGE, "from sqlalchemy import select\n"),
    Case(sql_text.find, USAGE, "q = f'SELECT {a} FROM {x}'\n"),
    Case(dangerous.find, USAGE, "eval('1')\n"),
    Case(dangerous.find, USAGE, "import pickle\n"),
    Case(dangerous.find, USAGE, "yaml.load(x)\n"),
    Case(dangerous.find, USAGE, "subprocess.run('x', shell=True)\n"),
    Case(dangerous.find, USAGE, "client.get('x', verify=False)\n"),
    Case(dangerous.find, USAGE, "context.check_hostname = False\n"),
    Case(dangerous.find, USAGE, "context.verify_mode = ssl.CERT_NONE\n"),
    Case(dangerous.find, USAGE, "import random\n"),
    Case(dangerous.find, USAGE, "ok = given.secret == presented\n"),
    Case(suppressions.find, USAGE, "x = 1  # type: ignore\n"),
    Case(suppressions.find, USAGE, "x = 1  # type: ignore[misc]\n"),
    Case(suppressions.find, USAGE, "x = 1  # noqa\n"),
    Case(suppressions.find, USAGE, "x = 1  # noqa: S104\n"),
    Case(suppressions.find, USAGE, "x = 1  # pragma: no cover\n"),
    Case(suppressions.find, USAGE, "def f():  # noqa: C901  # it grew\n    ...\n"),
    Case(docstrings.find, USAGE, "x = 1\n"),
    Case(front_doors.find, USAGE, "from prosa.identity.models import Caller\n"),
    Case(front_doors.find, USAGE, "import prosa.identity.models\n"),
    Case(front_doors.find, USAGE, "from prosa.drivers.sql.engine import Engine\n"),
    Case(front_doors.find, USAGE, "from ..identity.models import Caller\n"),
]
CLEAN = [
    Case(sizes.find, USAGE, "x = 1\n" * 400),
    Case(sizes.find, "tests/test_x.py", "x = 1\n" * 600),
    Case(sizes.find, USAGE, long_function(40, "@one\n@two\n")),
    Case(sizes.find, USAGE, "class A:\n    def f(self, a, b, c, d, e, *, f, **rest): ...\n"),
    Case(names.find, "src/prosa/usage/limiter.py", "class Limiter: ...\n"),
    Case(broad_excepts.find, "src/prosa/gateway/call.py", "try:\n    x = 1\nexcept Exception:\n    x = 2\n"),
    Case(broad_excepts.find, USAGE, "try:\n    x = 1\nexcept BaseException:\n    x = 2\n    raise\n"),
    Case(broad_excepts.find, USAGE, "try:\n    x = 1\nexcept (ValueError, OSError):\n    x = 2\n"),
    Case(environment.find, "src/prosa/boot/settings.py", "import os\nx = os.environ['A']\n"),
    Case(environment.find, USAGE, "import os\nx = os.getpid()\n"),
    Case(sockets.find, "src/prosa/drivers/outbound/client.py", "from asyncio import open_connection\n"),
    Case(sockets.find, USAGE, "from urllib.parse import urlsplit\n"),
    Case(sockets.find, "src/prosa/drivers/sql/postgres.py", "import asyncpg\nasyncpg.connect('x')\n"),
    Case(sockets.find, "src/prosa/boot/socket.py", "from websockets.server import ServerProtocol\n"),
    Case(sockets.find, "src/prosa/drivers/journal/a_store.py", "import asyncpg\nERRORS = asyncpg.PostgresError\n"),
    Case(sockets.find, "src/prosa/drivers/mail/sending.py", "import aiosmtplib\naiosmtplib.SMTP()\n"),
    Case(sockets.find, "src/prosa/events/neighbours.py", "import socket\nsocket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)\n"),
    Case(sockets.find, "src/prosa/boot/listening.py", "import socket\nsocket.socket(fileno=3)\n"),
    Case(sockets.find, "src/prosa/boot/listening.py", "import socket\nsocket.create_server(('a', 1))\nsocket.socketpair()\n"),
    Case(frameworks.find, "src/prosa/api/application.py", "from fastapi import FastAPI\n"),
    Case(sql_text.find, "src/prosa/usage/store.py", "from sqlalchemy import select\nq = 'SELECT a FROM b'\n"),
    Case(sql_text.find, USAGE, "text = 'Select a model from the list'\n"),
    Case(dangerous.find, "src/prosa/gateway/routing/weights.py", "import random\n"),
    Case(dangerous.find, USAGE, "ok = total_tokens == 3 or secret == ''\n"),
    Case(dangerous.find, USAGE, "subprocess.run(['x'], shell=False)\n"),
    Case(suppressions.find, USAGE, "x = 1  # type: ignore[misc]  # the class's own default\n"),
    Case(suppressions.find, USAGE, "x = 1  # noqa: S104  # asked for by name\n"),
    Case(suppressions.find, USAGE, "x = '# type: ignore'\n"),
    Case(docstrings.find, USAGE, '"""What it is."""\nx = 1\n'),
    Case(docstrings.find, "src/prosa/usage/__init__.py", ""),
    Case(front_doors.find, USAGE, "from prosa.identity import Caller\n"),
    Case(front_doors.find, USAGE, "from prosa.identity import guard\n"),
    Case(front_doors.find, USAGE, "from prosa.kit.errors import ProsaError\n"),
    Case(front_doors.find, USAGE, "from prosa.drivers.sql import Engine\n"),
    Case(front_doors.find, "src/prosa/identity/service.py", "from prosa.identity.models import Caller\n"),
    Case(front_doors.find, "src/prosa/drivers/sql/__init__.py", "from prosa.drivers.sql.engine import Engine\n"),
]
NEIGHBOURS = {
    "src/prosa/identity/__init__.py": '"""Who."""\nfrom prosa.identity.guard import guard\n',
    "src/prosa/identity/guard.py": '"""The guard."""\n',
    "src/prosa/identity/models.py": '"""Nouns."""\n',
    "src/prosa/drivers/__init__.py": '"""Doors."""\n',
    "src/prosa/drivers/sql/__init__.py": '"""SQL."""\n',
    "src/prosa/drivers/sql/engine.py": '"""Engine."""\n',
    "src/prosa/kit/__init__.py": '"""Ground."""\n',
    "src/prosa/kit/errors.py": '"""Errors."""\n',
}


def shown(case: Case) -> str:
    """A case by its rule and source, for the test's name."""
    return f"{case.rule.__module__.rpartition('.')[2]}: {case.source[:40]!r}"


@pytest.mark.parametrize("case", BREACHES, ids=shown)
@pytest.mark.attack("M12")
@pytest.mark.attack("D12")
def test_a_breach_is_found(case: Case, tmp_path: Path) -> None:
    found = findings(case.rule, tmp_path, {**NEIGHBOURS, case.path: case.source})
    assert found
    assert all(line.startswith(case.path + ":") for line in found)


@pytest.mark.parametrize("case", CLEAN, ids=shown)
def test_good_code_is_left_alone(case: Case, tmp_path: Path) -> None:
    assert findings(case.rule, tmp_path, {**NEIGHBOURS, case.path: case.source}) == []
