"""What a check of a password says, and what it costs."""

from typing import NamedTuple


class Verdict(NamedTuple):
    """Whether the password is right, and whether its hash should be made anew by today's scheme."""

    good: bool
    upgrade: bool = False


class Cost(NamedTuple):
    """Of argon2id with one lane. The defaults stand above OWASP's least (19 MiB, 2 passes)."""

    memory_kib: int = 32_768
    passes: int = 3
