"""The older dialects' own settings."""

from pathlib import Path

from prosa.boot.settings.kinds import PATH, SWITCH, TEXT, WORDS, number, whole
from prosa.boot.settings.rows import Row

BITACA_MODELS = Row(
    "BITACA_MODELS",
    "bitaca.models",
    WORDS,
    (),
    "Models that its callers may choose, parted by commas; any other name gets the default.",
)

CHATAI_TIMEOUT = Row(
    "CHATAI_ANSWER_TIMEOUT",
    "chatai.answer_timeout",
    number(0.1, 600),
    110.0,
    "Seconds that a request there waits for its answer; one that takes longer is shown when it comes.",
)
CHATAI_LIMIT = Row(
    "CHATAI_REQUESTS_PER_MINUTE",
    "chatai.requests_per_minute",
    whole(0, 1_000_000),
    300,
    "Requests a minute of one person there; 0: as many as one likes.",
)
MULTIUSER_TITLE = Row(
    "MULTIUSER_NEW_TITLE",
    "multiuser.new_title",
    TEXT,
    "Novo Chat",
    "What a conversation without a title is called there; the original's page gives titles only to a `Nova Conversa`.",
)
MULTIUSER_MODEL: Row[str | None] = Row(
    "MULTIUSER_MODEL",
    "multiuser.model",
    TEXT,
    None,
    "The model that answers there. Unset: Gemini's (`gemini-2.5-flash`) if `GEMINI_API_KEY` is set, else the default model.",
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
