"""Ids that a file's own ids become: new ones, and the same ones whenever the same file is imported into the same space."""

import hashlib
from dataclasses import dataclass
from typing import Final

from prosa.conversations.importing.models import Draft

_DIGITS: Final = 32


@dataclass(frozen=True, slots=True)
class Identities:
    """Of one file in one space; `digest` is the file's SHA-256."""

    space: str
    digest: str

    def conversation(self, draft: Draft) -> str:
        """By where it stands too: a file may hold the same id twice, and each is a conversation."""
        return self._told("conversation", draft.place, draft.id)

    def item(self, conversation_id: str, id: str) -> str:
        """An item's."""
        return self._told("item", conversation_id, id)

    def file(self, id: str) -> str:
        """An attachment's."""
        return self._told("file", id)

    def _told(self, *words: str) -> str:
        digest = hashlib.sha256()
        for word in (self.space, self.digest, *words):
            data = word.encode("utf-8", "surrogatepass")
            digest.update(b"%d:" % len(data) + data)
        return digest.hexdigest()[:_DIGITS]
