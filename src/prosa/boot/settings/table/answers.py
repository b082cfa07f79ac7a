"""What is told to models beside a question, and what is done behind an answer."""

from prosa.boot.settings.kinds import SWITCH, TEXT, whole
from prosa.boot.settings.rows import Row

MEMORY_TOKENS = Row(
    "PROSA_MEMORY_TOKENS",
    "answers.memory_tokens",
    whole(1_000, 1_000_000),
    16_000,
    "Tokens of a conversation that a model is told word for word; what is older is told by a summary.",
)
TITLES = Row("PROSA_TITLES", "answers.titles", SWITCH, True, "Whether a model gives the app's conversations their titles.")
SMALL_MODEL = Row(
    "PROSA_SMALL_MODEL",
    "answers.small_model",
    TEXT,
    None,
    "The model that writes titles and summaries; without it the conversation's own.",
)
