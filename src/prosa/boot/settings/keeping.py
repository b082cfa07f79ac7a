"""How long what people store is kept: from the table's days to the purge's seconds."""

from prosa.boot.settings.table import upkeep
from prosa.boot.settings.values import Values
from prosa.conversations import RetentionSettings
from prosa.identity import Role

_DAY = 86_400.0


def retention(values: Values) -> RetentionSettings:
    """The trash's window, and what each role allows; what is 0 is for ever."""
    days = values.take(upkeep.TRASH_DAYS)
    roles = {
        Role.USER.value: values.take(upkeep.RETENTION_USER),
        Role.ANALYST.value: values.take(upkeep.RETENTION_ANALYST),
        Role.ADMIN.value: values.take(upkeep.RETENTION_ADMIN),
    }
    return RetentionSettings(days * _DAY if days else None, {role: age * _DAY for role, age in roles.items() if age})
