"""Which secrets are none: examples that were never replaced, words everybody tries, short ones."""

LEAST = 16
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
    }
)


def is_example(secret: str) -> bool:
    """Whether it is a value of an example file, or any part of a list is."""
    return any(_example(part.strip().lower()) for part in secret.split(","))


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
    for part in secret.strip("[]").split(","):
        bare = part.strip().strip('"')
        if bare and bare.lower() in WORDS:
            return f"a well-known value is no secret; {advice}"
        if bare and (len(bare) < LEAST or len(set(bare)) < 4):
            return f"expected at least {LEAST} characters that nobody guesses; {advice}"
    return None
