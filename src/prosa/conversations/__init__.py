"""Conversations: what was said, in order, in the words of the Responses API."""

from prosa.conversations.errors import (
    ConversationBusy,
    ConversationChanged,
    ConversationNotFound,
    ConversationTooLong,
    ItemNotFound,
)
from prosa.conversations.models import (
    CONVERSATION,
    Conversation,
    Item,
    ItemQuery,
    Order,
    prefix_of,
    public_id,
    shown,
    stored_id,
    type_of,
    without_id,
)
from prosa.conversations.ownership import erase_conversations, inherit_conversations
from prosa.conversations.service import MOST, ConversationService, EndRun
from prosa.conversations.viewing import Include, view

__all__ = [
    "CONVERSATION",
    "MOST",
    "Conversation",
    "ConversationBusy",
    "ConversationChanged",
    "ConversationNotFound",
    "ConversationService",
    "ConversationTooLong",
    "EndRun",
    "Include",
    "Item",
    "ItemNotFound",
    "ItemQuery",
    "Order",
    "erase_conversations",
    "inherit_conversations",
    "prefix_of",
    "public_id",
    "shown",
    "stored_id",
    "type_of",
    "view",
    "without_id",
]
