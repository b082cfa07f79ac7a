"""The older dialects' own settings."""

from pathlib import Path

from prosa.boot.settings.kinds import PATH, SWITCH, TEXT, WORDS, whole
from prosa.boot.settings.rows import Row

BITACA_MODELS = Row(
    "BITACA_MODELS",
    "bitaca.models",
    WORDS,
    (),
    "Models that its callers may choose, parted by commas; any other name gets the default.",
)

LLM_PROVIDER: Row[str | None] = Row(
    "LLM_PROVIDER",
    "serverless.provider",
    TEXT,
    None,
    "The provider that answers: `openrouter`, `gemini`, `mock` or another configured one. Unset: by the keys present.",
)
LLM_FALLBACK = Row(
    "LLM_FALLBACK", "serverless.fallback", SWITCH, True, "Ask the other one of OpenRouter and Gemini when the first fails."
)
STRICT = Row("SERVERLESS_STRICT", "serverless.strict", SWITCH, False, "Mask personal data in prompts and refuse certain words.")
CACHE = Row(
    "ENABLE_CACHE", "serverless.cache", SWITCH, False, "Repeat an answer to the same prompt of the same key and `userId`."
)
CACHE_SECONDS = Row(
    "CACHE_TTL_SECONDS", "serverless.cache_seconds", whole(1, 31_536_000), 3600, "How long such an answer is repeated."
)
DATABASE_PATH = Row(
    "DATABASE_PATH",
    "serverless.database_path",
    PATH,
    Path("chat_history.db"),
    "An older installation's file, which `prosa import serverless` reads. prosa's own lies in its data folder.",
)
