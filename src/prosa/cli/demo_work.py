"""The three demo users of the older chat backend, as its documents name them (mission: C07, decision 5)."""

from dataclasses import replace
from typing import Final

from prosa.cli.terminal import complain, say, table
from prosa.identity import OPERATOR, IdentityParts, NewAccount, Profile, Role
from prosa.kit.ids import padded

_ADMIN: Final = NewAccount(
    email="admin@observatorio.fiec.org.br",
    password="admin123",  # noqa: S106  # published: the reason why production refuses this command
    name="Admin User",
    username="admin",
    role=Role.ADMIN,
    profile=Profile(age=35, sector="Observatório da Indústria", position="Administrador"),
    id=padded("64a1b2c3d4e5f6789a0b1c2d"),
)
PEOPLE: Final = (
    _ADMIN,
    replace(
        _ADMIN,
        email="maria.silva@observatorio.fiec.org.br",
        password="analyst123",  # noqa: S106  # published
        name="Maria Silva",
        username="maria.silva",
        role=Role.ANALYST,
        profile=Profile(age=28, sector="Análise de Dados", position="Analista Sênior"),
        id=padded("64a1b2c3d4e5f6789a0b1c2e"),
    ),
    replace(
        _ADMIN,
        email="joao.santos@empresa.com.br",
        password="user123",  # noqa: S106  # published
        name="João Santos",
        username="joao.santos",
        role=Role.USER,
        profile=Profile(age=42, sector="Comercial", position="Gerente Comercial"),
        id=padded("64a1b2c3d4e5f6789a0b1c2f"),
    ),
)


def refusal(production: bool) -> int:
    """1, with the reason said, where there must be no demo users; 0 elsewhere."""
    if production:
        complain("there are no demo users in production: everybody knows their passwords")
    return int(production)


async def create(identity: IdentityParts) -> int:
    """Make those of the three that aren't here yet, and say how to sign in."""
    rows = []
    for person in PEOPLE:
        there = await identity.accounts.by_email(OPERATOR, person.email)
        if there is None:
            await identity.accounts.create(OPERATOR, person, demo=True)
        rows.append((person.email, str(person.password), person.role, "made now" if there is None else "was here already"))
    say(table(rows, ""))
    complain("everybody knows these passwords: delete these people before anybody else can reach this server")
    return 0
