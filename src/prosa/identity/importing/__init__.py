"""People of another installation, taken over with their ids and passwords."""

from prosa.identity.importing.documents import chatai_newcomer, multiuser_newcomer
from prosa.identity.importing.models import Arrival, Arrivals, Newcomer, Outcome, Unreadable
from prosa.identity.importing.service import PeopleImport

__all__ = [
    "Arrival",
    "Arrivals",
    "Newcomer",
    "Outcome",
    "PeopleImport",
    "Unreadable",
    "chatai_newcomer",
    "multiuser_newcomer",
]
