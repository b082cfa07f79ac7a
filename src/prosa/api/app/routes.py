"""Every router of the app's API, in the order in which the API document shows them."""

from fastapi import APIRouter

from prosa.api.app import (
    answers,
    assistant_copies,
    assistant_sharing,
    assistant_tools,
    assistant_versions,
    assistants,
    auth,
    catalogue,
    changes,
    conversation_items,
    conversations,
    conversations_tags,
    conversations_trash,
    data,
    exports,
    feedback,
    file_texts,
    folders,
    imports,
    integration_login,
    invites,
    issued_keys,
    keys,
    knowledge,
    me,
    memories,
    password_resets,
    picture,
    prompts,
    providers,
    reset_links,
    runs,
    search,
    sessions,
    settings,
    shares,
    shares_public,
    summaries,
    suspensions,
    system,
    tickets,
    usage,
    user_keys,
    user_sessions,
    users,
)

_PARTS = (
    auth,
    integration_login,
    password_resets,
    tickets,
    me,
    picture,
    sessions,
    keys,
    users,
    suspensions,
    reset_links,
    user_keys,
)
_PEOPLE = (user_sessions, issued_keys, invites, runs)
_OWN_DATA = (data,)
_LIVE = (changes,)
_CONVERSATIONS = (conversations, conversation_items, answers, folders, conversations_tags, conversations_trash)
_FOUND = (search,)
_SHARED = (shares, shares_public, feedback, usage)

_CARRIED = (exports, imports)
_REMEMBERED = (memories, summaries, prompts)
_ASSISTANTS = (assistants, assistant_versions, assistant_sharing, assistant_copies, assistant_tools)
_KNOWN = (knowledge, file_texts)
_ADMINISTERED = (catalogue, providers, settings, system)

_TALKED = (*_CONVERSATIONS, *_REMEMBERED, *_CARRIED, *_ASSISTANTS, *_KNOWN)
_ALL = (*_PARTS, *_PEOPLE, *_OWN_DATA, *_TALKED, *_LIVE, *_FOUND, *_SHARED, *_ADMINISTERED)

# Side by side in one router: what is included in another one is not among its routes, where permissions are looked for.
router = APIRouter(routes=[route for part in _ALL for route in part.router.routes])
