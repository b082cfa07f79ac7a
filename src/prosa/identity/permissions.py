"""What a caller may do: permissions by name, the roles and scopes that give them. This is the only place that says so."""

from enum import StrEnum
from typing import Final


class Permission(StrEnum):
    """Something that a route asks for. `:own` things are the caller's alone; without it, everybody's."""

    CALL_MODELS = "models:call"
    READ_MODELS = "models:read"
    READ_INTERACTIONS = "interactions:read:own"
    READ_RUNS = "runs:read:own"
    WRITE_RUNS = "runs:write:own"  # cancel, change and delete; to start one is to call a model
    READ_CONVERSATIONS = "conversations:read:own"
    WRITE_CONVERSATIONS = "conversations:write:own"
    READ_FILES = "files:read:own"
    WRITE_FILES = "files:write:own"
    READ_ASSISTANTS = "assistants:read:own"  # and those that others let one use
    WRITE_ASSISTANTS = "assistants:write:own"
    READ_USAGE = "usage:read:own"
    READ_DATA = "data:read:own"  # all that is kept of oneself, at once
    ERASE_DATA = "data:erase:own"
    READ_ME = "me:read:own"
    WRITE_ME = "me:write:own"
    READ_SESSIONS = "sessions:read:own"
    WRITE_SESSIONS = "sessions:write:own"
    READ_KEYS = "keys:read:own"
    WRITE_KEYS = "keys:write:own"
    GRANT_ADMIN = "users:grant-admin"
    RESET_PASSWORDS = "users:reset-password"
    READ_EVERY_USAGE = "usage:read"
    READ_EVERY_KEY = "keys:read"
    WRITE_EVERY_KEY = "keys:write"
    READ_EVERY_SESSION = "sessions:read"
    WRITE_EVERY_SESSION = "sessions:write"
    READ_USERS = "users:read"
    WRITE_USERS = "users:write"
    READ_INVITES = "invites:read"
    WRITE_INVITES = "invites:write"
    READ_PROVIDERS = "providers:read"
    WRITE_PROVIDERS = "providers:write"
    READ_SETTINGS = "settings:read"
    WRITE_SETTINGS = "settings:write"
    READ_SYSTEM = "system:read"
    PUBLISH_PROMPTS = "prompts:publish"  # in everybody's library


class Role(StrEnum):
    """What a person is here."""

    ADMIN = "admin"
    ANALYST = "analyst"
    USER = "user"


class Scope(StrEnum):
    """What an API key was made for. A key never does what its owner may not do now."""

    READ = "read"
    WRITE = "write"
    ADMIN = "admin"


_P = Permission
# What one stored: to see it, and to make and end it.
_SEE: Final = frozenset(
    {_P.READ_INTERACTIONS, _P.READ_RUNS, _P.READ_CONVERSATIONS, _P.READ_FILES, _P.READ_USAGE, _P.READ_ASSISTANTS}
)
_MAKE: Final = frozenset({_P.WRITE_RUNS, _P.WRITE_CONVERSATIONS, _P.WRITE_FILES, _P.WRITE_ASSISTANTS})
_PERSON: Final = (
    _SEE
    | _MAKE
    | {_P.CALL_MODELS, _P.READ_MODELS, _P.READ_ME, _P.WRITE_ME}
    | {_P.READ_SESSIONS, _P.WRITE_SESSIONS, _P.READ_KEYS, _P.WRITE_KEYS}
    | {_P.READ_DATA, _P.ERASE_DATA}
)
OF_ROLE: Final[dict[Role, frozenset[Permission]]] = {
    Role.USER: _PERSON,
    Role.ANALYST: _PERSON,  # the questions to databases, and what comes of them, are what an analyst may do beyond this
    Role.ADMIN: _PERSON
    | {_P.READ_USERS, _P.WRITE_USERS, _P.READ_INVITES, _P.WRITE_INVITES}
    | {_P.GRANT_ADMIN, _P.RESET_PASSWORDS, _P.READ_EVERY_KEY, _P.WRITE_EVERY_KEY, _P.READ_EVERY_USAGE}
    | {_P.READ_EVERY_SESSION, _P.WRITE_EVERY_SESSION}
    | {_P.READ_PROVIDERS, _P.WRITE_PROVIDERS, _P.READ_SETTINGS, _P.WRITE_SETTINGS, _P.READ_SYSTEM}
    | {_P.PUBLISH_PROMPTS},
}
# A program never manages keys, sessions or its owner's account, makes no admin and no link that sets a password, and says neither
# where models are asked nor what holds for everybody: who steals a key must not be able to make more of it.
OF_SCOPE: Final[dict[Scope, frozenset[Permission]]] = {
    Scope.READ: _SEE | {_P.READ_MODELS, _P.READ_ME},
    Scope.WRITE: _MAKE | {_P.CALL_MODELS, _P.READ_MODELS, _P.READ_ME},
    Scope.ADMIN: frozenset({_P.READ_USERS, _P.WRITE_USERS, _P.READ_INVITES, _P.WRITE_INVITES, _P.READ_ME}),
}
# What the older dialects' tokens are good for: talking, and seeing who one is.
OF_TOKEN: Final = _SEE | _MAKE | {_P.CALL_MODELS, _P.READ_MODELS, _P.READ_ME}
# And the cookie beside M's token, at the three calls of its page that send no token: to read and to name conversations.
OF_NARROW_COOKIE: Final = frozenset({_P.READ_CONVERSATIONS, _P.WRITE_CONVERSATIONS})
# Keys of the settings, and callers without a credential where one is not asked for: models, and what they themselves stored.
OF_PROGRAM: Final = _SEE | _MAKE | {_P.CALL_MODELS, _P.READ_MODELS, _P.READ_ME}
OF_VISITOR: Final = frozenset({_P.CALL_MODELS})


def of_scopes(scopes: frozenset[Scope], role: Role) -> frozenset[Permission]:
    """What a key with these scopes may do while its owner has this role."""
    return frozenset().union(*(OF_SCOPE[scope] for scope in scopes)) & OF_ROLE[role]
