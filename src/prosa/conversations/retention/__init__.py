"""How long what people store is kept, and how it is taken away: the trash, and what is older than its owner's role allows."""

from prosa.conversations.retention.purging import Purge
from prosa.conversations.retention.settings import DAY, RetentionSettings

__all__ = ["DAY", "Purge", "RetentionSettings"]
