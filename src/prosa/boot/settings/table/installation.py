"""What this installation is called, and whom its people turn to."""

from prosa.boot.settings.kinds import TEXT, choice
from prosa.boot.settings.rows import Row

NAME = Row("PROSA_NAME", "installation.name", TEXT, "prosa", "What people see it called.")
SUPPORT: Row[str | None] = Row(
    "PROSA_SUPPORT",
    "installation.support",
    TEXT,
    None,
    "Whom people can turn to: a mail address, or a page's. It is shown before anybody signs in.",
)
LANGUAGE = Row(
    "PROSA_LANGUAGE",
    "installation.language",
    choice({"auto": "auto", "en": "en", "pt-br": "pt-BR", "pt": "pt-BR"}),
    "auto",
    "The pages' language for who has chosen none; `auto`: the browser's.",
)
