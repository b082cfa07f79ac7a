"""Every router of the app's API, in the order in which the API document shows them."""

from fastapi import APIRouter

from prosa.api.app import (
    answers,
    auth,
    changes,
    conversation_items,
    conversations,
    conversations_tags,
    conversations_trash,
    data,
    exports,
    feedback,
    folders,
    imports,
    invites,
    keys,
    me,
    memories,
    password_resets,
    picture,
    reset_links,
    runs,
    search,
    sessions,
    shares,
    shares_public,
    summaries,
    suspensions,
    tickets,
    usage,
    user_keys,
    users,
)

_PARTS = (auth, password_resets, tickets, me, picture, sessions, keys, users, suspensions, reset_links, user_keys, invites, runs)
_OWN_DATA = (data,)
_LIVE = (changes,)
_CONVERSATIONS = (conversations, conversation_items, answers, folders, conversations_tags, conversations_trash)
_FOUND = (search,)
_SHARED = (shares, shares_public, feedback, usage)

_CARRIED = (exports, imports)
_REMEMBERED = (memories, summaries)

_ALL = (*_PARTS, *_OWN_DATA, *_CONVERSATIONS, *_REMEMBERED, *_CARRIED, *_LIVE, *_FOUND, *_SHARED)

# Side by side in one router: what is included in another one is not among its routes, where permissions are looked for.
router = APIRouter(routes=[route for part in _ALL for route in part.router.routes])
