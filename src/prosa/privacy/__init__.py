"""One's own data: which tables hold it, the archive of it, its erasure, and the list that makes an erasure last."""

from prosa.privacy.erasures import ErasureList, ErasureNotes, Erasures
from prosa.privacy.models import ArchiveReport, ErasuresUnwritable, ExportUnderWay, ProofInvalid
from prosa.privacy.ownership import erase_traces
from prosa.privacy.registry import REGISTRY, Derived, Personal, Registry, Through
from prosa.privacy.service import GOOD_FOR, PersonalData, PrivacyParts, complete, list_of
from prosa.privacy.settings import PrivacySettings

__all__ = [
    "GOOD_FOR",
    "REGISTRY",
    "ArchiveReport",
    "Derived",
    "ErasureList",
    "ErasureNotes",
    "Erasures",
    "ErasuresUnwritable",
    "ExportUnderWay",
    "Personal",
    "PersonalData",
    "PrivacyParts",
    "PrivacySettings",
    "ProofInvalid",
    "Registry",
    "Through",
    "complete",
    "erase_traces",
    "list_of",
]
