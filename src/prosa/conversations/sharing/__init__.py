"""Conversations shared by link: as they were when the link was made, to be read by whoever has it."""

from prosa.conversations.sharing.errors import NothingToShare, ShareNotFound, ShareTooLarge, SharingDisabled, TooManyShares
from prosa.conversations.sharing.models import (
    SHARE,
    Share,
    Shared,
    SharedFile,
    SharedMessage,
    SharePage,
    ShareWish,
    Snapshot,
)
from prosa.conversations.sharing.ownership import erase_shares, expired_shares, inherit_shares
from prosa.conversations.sharing.service import Sharing, SharingParts
from prosa.conversations.sharing.settings import SharingSettings

__all__ = [
    "SHARE",
    "NothingToShare",
    "Share",
    "ShareNotFound",
    "SharePage",
    "ShareTooLarge",
    "ShareWish",
    "Shared",
    "SharedFile",
    "SharedMessage",
    "Sharing",
    "SharingDisabled",
    "SharingParts",
    "SharingSettings",
    "Snapshot",
    "TooManyShares",
    "erase_shares",
    "expired_shares",
    "inherit_shares",
]
