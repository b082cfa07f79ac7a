"""What is done in the background, and how long things are kept."""

from prosa.boot.settings.kinds import choice, whole
from prosa.boot.settings.rows import Row

_LONGEST = 36_500  # days

JOBS = Row(
    "PROSA_JOBS",
    "upkeep.jobs",
    choice({"service": "service", "worker": "worker"}),
    "service",
    "Who does background work: `service`, a process that the server starts when there is something to do; "
    "`worker`, only `prosa worker`.",
)
TRASH_DAYS = Row(
    "PROSA_TRASH_DAYS",
    "upkeep.trash_days",
    whole(0, _LONGEST),
    30,
    "Days for which a deleted conversation can be restored; then it is purged. 0: for ever.",
)
RETENTION_USER = Row(
    "PROSA_RETENTION_DAYS_USER",
    "upkeep.retention_days_user",
    whole(0, _LONGEST),
    0,
    "Days after which what people with the role `user` haven't touched any more is purged. 0: never.",
)
RETENTION_ANALYST = Row(
    "PROSA_RETENTION_DAYS_ANALYST",
    "upkeep.retention_days_analyst",
    whole(0, _LONGEST),
    0,
    "The same for the role `analyst`.",
)
RETENTION_ADMIN = Row(
    "PROSA_RETENTION_DAYS_ADMIN", "upkeep.retention_days_admin", whole(0, _LONGEST), 0, "The same for the role `admin`."
)
