"""A provider's own words, made fit for a caller: no key, no address, no header, bounded."""

import re

MOST = 500
_READ = 64 * 1024

# Linear patterns only: they run over text that a stranger wrote.
_PATTERNS = (
    (
        re.compile(r"(?i)\b((?:proxy-)?authorization|(?:x-)?api-key|x-goog-api-key|(?:set-)?cookie)\b\s*[:=]\s*\S+(?: \S+)?"),
        r"\1: [redacted]",
    ),
    (re.compile(r"(?i)\bbearer\s+\S+"), "[redacted]"),
    (re.compile(r"(?i)\b[a-z][a-z0-9+.-]{1,20}://[^\s\"'<>)\]}]+"), "[address]"),
    (re.compile(r"(?i)\b(?:sk|pk|rk|gsk|nvapi|xai|key|tok|or|AIza|ghp|hf)[-_][A-Za-z0-9_*.-]{6,}"), "[redacted]"),
    (re.compile(r"\bAIza[A-Za-z0-9_-]{10,}"), "[redacted]"),
    (re.compile(r"\b\d{1,3}(?:\.\d{1,3}){3}(?::\d+)?\b"), "[address]"),
    (re.compile(r"\b[A-Za-z0-9_+/=-]{32,}\b"), "[redacted]"),
    (re.compile(r"[\x00-\x1f\x7f\u2028\u2029\u202a-\u202e\u2066-\u2069]+"), " "),
)


def redact(text: str, *secrets: str | None) -> str:
    """`text` without the given secrets (or their ends) and without anything that looks like a key, URL, address or header."""
    text = text[:_READ]
    for secret in secrets:
        if secret:
            text = text.replace(secret, "[redacted]")
            # Vendors echo a key shortened ("sk-abc…wxyz"): its ends are no business of a caller either.
            for part in (secret[:8], secret[-8:]) if len(secret) >= 16 else ():
                text = text.replace(part, "[redacted]")
    text = text[: MOST * 4]  # only now: a cut through a secret would leave a part of it that nothing recognises
    for pattern, instead in _PATTERNS:
        text = pattern.sub(instead, text)
    text = text.strip()
    return text if len(text) <= MOST else text[:MOST] + "…"
