"""Every router of the app's API, in the order in which the API document shows them."""

from fastapi import APIRouter

from prosa.api.app import (
    auth,
    invites,
    keys,
    me,
    password_resets,
    picture,
    reset_links,
    runs,
    sessions,
    suspensions,
    tickets,
    user_keys,
    users,
)

_PARTS = (auth, password_resets, tickets, me, picture, sessions, keys, users, suspensions, reset_links, user_keys, invites, runs)

# Side by side in one router: what is included in another one is not among its routes, where permissions are looked for.
router = APIRouter(routes=[route for part in _PARTS for route in part.router.routes])
