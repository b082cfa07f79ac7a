"""Where prosa listens, what it writes, what it tells of itself."""

from pathlib import Path

from prosa.boot.settings.kinds import HOST, ORIGIN, PATH, SWITCH, TEXT, choice, number, whole
from prosa.boot.settings.rows import Row

ENVIRONMENT = {"development": "development", "dev": "development", "production": "production", "prod": "production"}
LEVELS = {"debug": "debug", "info": "info", "warning": "warning", "warn": "warning", "error": "error", "critical": "critical"}
FORMATS = {"auto": "auto", "json": "json", "console": "console", "text": "console", "plain": "console"}

ENV = Row(
    "PROSA_ENV",
    "server.env",
    choice(ENVIRONMENT),
    "development",
    "`production` refuses unsafe settings at start and never answers with the mock model.",
    ("FLASK_ENV",),
)
HOST_ROW = Row(
    "PROSA_HOST",
    "server.host",
    HOST,
    "127.0.0.1",
    "Address to listen on. `0.0.0.0` is every address of this machine.",
    ("API_HOST",),
    ("HOST",),
)
PORT = Row(
    "PROSA_PORT", "server.port", whole(0, 65535), 3000, "Port to listen on; 0 lets the system choose.", ("API_PORT",), ("PORT",)
)
WORKERS = Row(
    "PROSA_WORKERS",
    "server.workers",
    whole(1, 256),
    1,
    "Processes that share the port. One is enough for thousands of streams; more use more cores.",
    (),
    ("WORKERS",),
)
RELOAD = Row(
    "PROSA_RELOAD", "server.reload", SWITCH, False, "Start again when the sources change (development).", (), ("RELOAD",)
)
DATA_DIR = Row(
    "PROSA_DATA_DIR", "server.data_dir", PATH, Path("data"), "The one folder that prosa writes to; readable by its owner alone."
)
PUBLIC_URL: Row[str | None] = Row(
    "PROSA_PUBLIC_URL",
    "server.public_url",
    ORIGIN,
    None,
    "Where people reach this server from outside, such as `https://chat.example`.",
)
UI_DIR: Row[Path | None] = Row(
    "PROSA_UI_DIR", "server.ui_dir", PATH, None, "A folder to serve the web app from instead of the built one (development)."
)
DRAIN = Row(
    "PROSA_DRAIN_SECONDS", "server.drain_seconds", number(0, 3600), 30.0, "How long open answers may go on after SIGTERM."
)

SITE_DIR: Row[Path | None] = Row(
    "PROSA_SITE_DIR",
    "site.dir",
    PATH,
    None,
    "A folder with the pages of the multi-user chatbot, served on a port of its own beside that dialect's routes.",
)
SITE_PORT = Row("PROSA_SITE_PORT", "site.port", whole(0, 65535), 8080, "That port; 0 lets the system choose.")
SITE_POLICY: Row[str | None] = Row(
    "PROSA_SITE_POLICY",
    "site.policy",
    TEXT,
    None,
    "The Content-Security-Policy of its pages. Unset: one for each page, under which only what its file holds runs.",
)

LOG_LEVEL = Row(
    "PROSA_LOG_LEVEL", "logs.level", choice(LEVELS), "info", "The least important kind of line that is written.", ("LOG_LEVEL",)
)
LOG_FORMAT = Row(
    "PROSA_LOG_FORMAT",
    "logs.format",
    choice(FORMATS),
    "auto",
    "`json` for machines, `console` for people, `auto`: console on a terminal.",
    ("LOG_FORMAT",),
)
