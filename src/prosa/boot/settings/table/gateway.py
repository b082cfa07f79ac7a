"""Models and how they are asked."""

from pathlib import Path

from prosa.boot.settings.kinds import PATH, PRIVATE, SWITCH, TEXT, megabytes, number, whole
from prosa.boot.settings.rows import Row

DEFAULT_MODEL: Row[str | None] = Row(
    "PROSA_DEFAULT_MODEL",
    "gateway.default_model",
    TEXT,
    None,
    "Answers where no model is named: `provider/model`. Without it the first configured provider's own default.",
)
DEFAULT_EMBEDDING: Row[str | None] = Row(
    "PROSA_DEFAULT_EMBEDDING_MODEL", "gateway.default_embedding_model", TEXT, None, "The same for embeddings."
)
CONNECT = Row("PROSA_CONNECT_SECONDS", "gateway.connect_seconds", number(0.01, 600), 10.0, "Time to reach a provider.")
FIRST_BYTE = Row(
    "PROSA_FIRST_BYTE_SECONDS", "gateway.first_byte_seconds", number(0.01, 3600), 120.0, "Time until its answer begins."
)
SILENCE = Row(
    "PROSA_SILENCE_SECONDS", "gateway.silence_seconds", number(0.01, 3600), 300.0, "Silence between two pieces of an answer."
)
TOTAL = Row("PROSA_TOTAL_SECONDS", "gateway.total_seconds", number(0, 86_400), 0.0, "Time for a whole answer; 0 means no bound.")
RETRIES = Row("PROSA_RETRIES", "gateway.retries", whole(0, 10), 2, "Further tries at one provider before the next.")
BREAKER = Row(
    "CIRCUIT_BREAKER_THRESHOLD",
    "gateway.breaker_threshold",
    whole(1, 1000),
    5,
    "Failures in a row after which a provider is left alone.",
)
BREAKER_SECONDS = Row(
    "CIRCUIT_BREAKER_TIMEOUT", "gateway.breaker_seconds", number(0.1, 86_400), 60.0, "How long it is left alone."
)
ANSWER = Row(
    "PROSA_MAX_ANSWER_MB", "gateway.max_answer_mb", megabytes(1024), 64 * 1024 * 1024, "Largest unstreamed answer in MB."
)
MOCK = Row("PROSA_MOCK", "gateway.mock", SWITCH, True, "The mock model, which answers without a provider; never in production.")
MOCK_SCRIPT: Row[Path | None] = Row(
    "PROSA_MOCK_SCRIPT", "gateway.mock_script", PATH, None, "What the mock says: a file (guide: mock)."
)
OFFLINE = Row(
    "PROSA_OFFLINE_EMBEDDINGS",
    "gateway.offline_embeddings",
    SWITCH,
    False,
    "The embedding model of the extra `offline`, which runs on this machine: English, for trials (guide: vector-stores).",
)
DISCOVERY = Row(
    "PROSA_OLLAMA_DISCOVERY",
    "gateway.ollama_discovery",
    SWITCH,
    True,
    "Look for Ollama on its own port of this machine at start.",
)
PRIVATE_HOSTS: Row[tuple[str, ...]] = Row(
    "PROSA_PRIVATE_HOSTS",
    "gateway.private_hosts",
    PRIVATE,
    (),
    "Hosts, `host:port` and networks of this machine and network where administrators may add providers on the app's pages: "
    "`127.0.0.1:11434,10.0.0.0/8,gpu.internal`. What `<NAME>_BASE_URL` says needs none of it.",
)
