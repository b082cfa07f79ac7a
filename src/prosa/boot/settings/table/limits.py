"""How much, how large, how slow."""

from prosa.boot.settings.kinds import megabytes, number, whole
from prosa.boot.settings.rows import Row

PER_MINUTE = whole(0, 1_000_000)

RATE_LIMIT = Row(
    "RATE_LIMIT_PER_MINUTE",
    "limits.rate_limit_per_minute",
    PER_MINUTE,
    60,
    "Requests a minute: of a visitor on `/api/chat/completions` and `/api/embeddings`, of a key and `userId` on `/v1/chat`.",
)
KEY_LIMIT = Row(
    "PROSA_REQUESTS_PER_MINUTE", "limits.requests_per_minute", PER_MINUTE, 3000, "Requests a minute of one key on `/v1`."
)
ANONYMOUS_LIMIT = Row(
    "PROSA_ANONYMOUS_REQUESTS_PER_MINUTE",
    "limits.anonymous_requests_per_minute",
    PER_MINUTE,
    600,
    "Requests a minute of one address without a key on `/v1`.",
)
SERVERLESS_KEY_LIMIT = Row(
    "SERVERLESS_KEY_REQUESTS_PER_MINUTE",
    "limits.serverless_key_requests_per_minute",
    PER_MINUTE,
    600,
    "Requests a minute of one key on `/v1/chat`, whatever its `userId` says.",
)
FAILED_LIMIT = Row(
    "PROSA_FAILED_PER_MINUTE",
    "limits.failed_per_minute",
    PER_MINUTE,
    60,
    "Refused keys a minute of one address, before it is shut out.",
)
BODY = Row("PROSA_MAX_BODY_MB", "limits.max_body_mb", megabytes(1024), 10 * 1024 * 1024, "Largest request body in MB.")
FILE = Row("PROSA_MAX_FILE_MB", "limits.max_file_mb", megabytes(10_240), 512 * 1024 * 1024, "Largest file in MB.")
FILES = Row(
    "PROSA_MAX_FILES", "limits.max_files", whole(1, 10_000_000), 10_000, "Files that one account, or key without one, may keep."
)
FILES_TOTAL = Row(
    "PROSA_MAX_FILES_MB",
    "limits.max_files_mb",
    megabytes(16_777_216),
    10_240 * 1024 * 1024,
    "How much all of these may have together, in MB.",
)
STORES = Row(
    "PROSA_MAX_STORES",
    "limits.max_stores",
    whole(1, 1_000_000),
    1_000,
    "Vector stores that one account, or key without one, may keep.",
)
STORES_TOTAL = Row(
    "PROSA_MAX_STORES_MB",
    "limits.max_stores_mb",
    megabytes(16_777_216),
    10_240 * 1024 * 1024,
    "How much the passages and vectors of all these may have together, in MB.",
)
SOCKETS = Row(
    "PROSA_MAX_SOCKETS",
    "limits.max_sockets",
    whole(1, 100_000),
    500,
    "WebSockets that one account, or key without one, may have open in one process.",
)
RUNS = Row(
    "PROSA_MAX_RUNS",
    "limits.max_runs",
    whole(1, 100_000),
    1_000,
    "Answers that one account, or key without one, may have under way in one process.",
)
HEADER_SECONDS = Row(
    "PROSA_HEADER_SECONDS",
    "limits.header_seconds",
    number(0.1, 600),
    10.0,
    "Time for a whole request head; slower senders are cut off.",
)
BODY_SECONDS = Row(
    "PROSA_BODY_SECONDS",
    "limits.body_seconds",
    number(0.1, 3600),
    60.0,
    "Time for a whole request body, and one more second for each 64 KiB of it.",
)
KEEP_ALIVE = Row(
    "PROSA_KEEP_ALIVE_SECONDS", "limits.keep_alive_seconds", number(1, 3600), 75.0, "How long an idle connection is kept."
)
