"""Who calls: the one authenticator, the client's address, the origins of pages."""

from prosa.identity.addresses import FORWARDING, TrustedProxies, bucket_of, is_loopback, parse_address
from prosa.identity.authenticator import Authenticator
from prosa.identity.errors import ForeignOrigin, MissingKey, TwoCredentials, UnknownKey, UnknownKeyForbidden
from prosa.identity.models import Caller, CallerKind, Door, OriginKind, Signs
from prosa.identity.origins import Origins
from prosa.identity.settings import ConfiguredKey, IdentitySettings

__all__ = [
    "FORWARDING",
    "Authenticator",
    "Caller",
    "CallerKind",
    "ConfiguredKey",
    "Door",
    "ForeignOrigin",
    "IdentitySettings",
    "MissingKey",
    "OriginKind",
    "Origins",
    "Signs",
    "TrustedProxies",
    "TwoCredentials",
    "UnknownKey",
    "UnknownKeyForbidden",
    "bucket_of",
    "is_loopback",
    "parse_address",
]
