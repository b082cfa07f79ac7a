"""API keys of people: named, scoped, shown once."""

from prosa.identity.api_keys.errors import KeyEnded, KeyNameTaken, KeyNotFound, ScopeNotAllowed, TooManyKeys
from prosa.identity.api_keys.models import ApiKey, KeyChanges, KeyPage, KeyQuery, KeyStatus, NewKey
from prosa.identity.api_keys.service import ApiKeyService
from prosa.identity.api_keys.text import KeyText

__all__ = [
    "ApiKey",
    "ApiKeyService",
    "KeyChanges",
    "KeyEnded",
    "KeyNameTaken",
    "KeyNotFound",
    "KeyPage",
    "KeyQuery",
    "KeyStatus",
    "KeyText",
    "NewKey",
    "ScopeNotAllowed",
    "TooManyKeys",
]
