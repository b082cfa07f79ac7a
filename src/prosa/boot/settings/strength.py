"""Which secrets are none: examples that were never replaced, words everybody tries, short ones."""

import re
from urllib.parse import unquote

LEAST = 16
_PASSWORDS = (
    re.compile(r"://[^:@/?#]*:([^@/?#]+)@"),
    re.compile(r"://[^:@/?#]*:(.+)@"),
    re.compile(r"[?&]password=([^&#]+)"),
)
_PARTED = re.compile(r"[,\n]")
WORDS = frozenset(
    {
        "sua_chave_secreta_super_segura_aqui",
        "dev-key-123",
        "dev-key",
        "changeme",
        "change-me",
        "change_me",
        "secret",
        "secret-key",
        "password",
        "default",
        "example",
        "admin",
        "admin123",
        "test",
        "test-key",
        "api-key",
        "token",
        "postgres",
        "prosa",
    }
)


def passwords(url: str) -> frozenset[str]:
    """The passwords inside an address, as written and as meant; also where a letter of them breaks the address."""
    found = {match for pattern in _PASSWORDS for match in pattern.findall(url)}
    return frozenset(found | {unquote(password) for password in found})


def parts_of(secret: str) -> frozenset[str]:
    """All that must not be told of a secret: the whole, the parts of a list, the password in an address."""
    parts = {part.strip().strip('"') for part in (secret, *_PARTED.split(secret.strip("[]")))}
    return frozenset(parts | passwords(secret))


def is_well_known(secret: str) -> bool:
    """Whether it is a word that everybody tries first, or an example's value."""
    return secret.lower() in WORDS or is_example(secret)


def is_example(secret: str) -> bool:
    """Whether it is a value of an example file, or any part of a list is."""
    return any(_example(part.strip().lower()) for part in _PARTED.split(secret))


def _example(part: str) -> bool:
    return (
        part.startswith(("your-", "your_"))
        or part.endswith(("-change-in-production", "_change_in_production"))
        or part == "sua_chave_secreta_super_segura_aqui"
    )


def weakness(secret: str, *, own: bool) -> str | None:
    """Why the secret may not be used in production, None when it may. Only what opens this server (`own`) has a least length."""
    advice = 'make one with: python3 -c "import secrets; print(secrets.token_urlsafe(32))"'
    if is_example(secret):
        return f"this is an example's value; {advice}" if own else "this is an example's value, expected the vendor's key"
    if not own:
        return None
    for part in _PARTED.split(secret.strip("[]")):
        bare = part.strip().strip('"')
        if bare and bare.lower() in WORDS:
            return f"a well-known value is no secret; {advice}"
        if bare and (len(bare) < LEAST or len(set(bare)) < 4):
            return f"expected at least {LEAST} characters that nobody guesses; {advice}"
    return None
