"""Conversations kept in order: titles, pins, the archive, folders, tags, the trash."""

from prosa.conversations.shelf.errors import (
    FolderChanged,
    FolderNameInvalid,
    FolderNameTaken,
    FolderNotFound,
    TagInvalid,
    TooManyFolders,
    TooManyTags,
)
from prosa.conversations.shelf.folders import Folders
from prosa.conversations.shelf.models import (
    FOLDER,
    MOST_TAGS,
    MOST_TOGETHER,
    Batch,
    Batched,
    Folder,
    FolderPage,
    ShelfChanges,
    ShelfPage,
    ShelfQuery,
    Shelved,
    Tag,
    Verb,
)
from prosa.conversations.shelf.ownership import erase_shelf, inherit_shelf
from prosa.conversations.shelf.service import Shelf, title_of
from prosa.conversations.shelf.trash import Trash
from prosa.conversations.shelf.words import LONGEST_NAME, LONGEST_TAG, LONGEST_TITLE, folded, line

__all__ = [
    "FOLDER",
    "LONGEST_NAME",
    "LONGEST_TAG",
    "LONGEST_TITLE",
    "MOST_TAGS",
    "MOST_TOGETHER",
    "Batch",
    "Batched",
    "Folder",
    "FolderChanged",
    "FolderNameInvalid",
    "FolderNameTaken",
    "FolderNotFound",
    "FolderPage",
    "Folders",
    "Shelf",
    "ShelfChanges",
    "ShelfPage",
    "ShelfQuery",
    "Shelved",
    "Tag",
    "TagInvalid",
    "TooManyFolders",
    "TooManyTags",
    "Trash",
    "Verb",
    "erase_shelf",
    "folded",
    "inherit_shelf",
    "line",
    "title_of",
]
