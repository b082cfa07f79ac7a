"""How long and how much is kept."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class RepeatSettings:
    """`answer_bytes` bounds an answer that is kept, `stored_bytes` the same once it is compressed."""

    keep_seconds: float = 24 * 3600.0
    key_characters: int = 255
    answer_bytes: int = 4 * 1024 * 1024
    stored_bytes: int = 512 * 1024
    sweep_seconds: float = 600.0
