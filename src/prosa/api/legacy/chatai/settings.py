"""What C's dialect is told at start."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ChataiSettings:
    """Which model answers, how long a request waits for it, and how often a person may call."""

    model: str | None = None  # OPENAI_MODEL where an OpenAI key is set; None: the default
    answer_seconds: float = 110.0  # CHATAI_ANSWER_TIMEOUT: its web client gives up after 120 and asks again
    per_minute: int = 300  # CHATAI_REQUESTS_PER_MINUTE: a person's calls, 0: as many as one likes
