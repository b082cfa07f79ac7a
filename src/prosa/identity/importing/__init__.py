"""People of another installation, taken over with their ids and passwords."""

from prosa.identity.importing.assistant import assistant_newcomer, foreign_key, foreign_link
from prosa.identity.importing.credentials import CredentialImport
from prosa.identity.importing.documents import chatai_newcomer, multiuser_newcomer
from prosa.identity.importing.models import (
    Arrival,
    Arrivals,
    CredentialReport,
    ForeignKey,
    ForeignLink,
    Newcomer,
    Outcome,
    Unreadable,
)
from prosa.identity.importing.service import PeopleImport

__all__ = [
    "Arrival",
    "Arrivals",
    "CredentialImport",
    "CredentialReport",
    "ForeignKey",
    "ForeignLink",
    "Newcomer",
    "Outcome",
    "PeopleImport",
    "Unreadable",
    "assistant_newcomer",
    "chatai_newcomer",
    "foreign_key",
    "foreign_link",
    "multiuser_newcomer",
]
