"""Every table of the schema, and what it holds of a person. A table that stands in none of these lists fails a test.

Whoever adds a table says here whose its rows are, so that the export shows them and the erasure takes them.
"""

from dataclasses import dataclass, field
from typing import Final


@dataclass(frozen=True, slots=True)
class Through:
    """Where another table says whose a row is: `column` holds the `key` of a row of `table`, whose `owner` is the account."""

    column: str
    table: str
    key: str = "id"
    owner: str = "space"


@dataclass(frozen=True, slots=True)
class Personal:
    """A table with rows of people: `owners` are the columns that hold the account's id.

    `hidden` columns aren't shown: they prove something, or are of use to the machine alone. `json` ones are shown as what they
    hold. `stays`: why rows are left after an erasure, without a word of the person; "" where none are.
    """

    table: str
    owners: tuple[str, ...] = ("space",)
    through: Through | None = None
    hidden: frozenset[str] = frozenset()
    json: frozenset[str] = frozenset()
    stays: str = ""


@dataclass(frozen=True, slots=True)
class Derived:
    """A table that holds what another one says, in a form for machines: it is erased with that, and not shown again."""

    table: str
    of: str
    owners: tuple[str, ...] = ()  # where its rows say whose they are


@dataclass(frozen=True, slots=True)
class Registry:
    """All tables."""

    personal: tuple[Personal, ...]
    derived: tuple[Derived, ...] = ()
    impersonal: dict[str, str] = field(default_factory=dict)  # table → why there is nothing of a person in it

    @property
    def erased(self) -> "list[Personal | Derived]":
        """The tables in which nothing is left of a person that was erased, and in whose rows that can be seen."""
        personal = [each for each in self.personal if not each.stays]
        return [*personal, *(each for each in self.derived if each.owners)]

    @property
    def tables(self) -> list[str]:
        """Every table that is told of, as often as it is."""
        return [*(each.table for each in self.personal), *(each.table for each in self.derived), *self.impersonal]


_of = frozenset
REGISTRY: Final = Registry(
    personal=(
        Personal(
            "accounts",
            owners=("id",),
            hidden=_of({"password_hash", "email_key", "username_key", "cpf", "cpf_key", "failures"}),
            stays="an empty row keeps its number from being given out again",
        ),
        Personal("sessions", ("account_id",), hidden=_of({"digest"})),
        Personal("known_devices", ("account_id",), hidden=_of({"digest"})),
        Personal("token_families", ("account_id",)),
        Personal(
            "api_keys",
            ("account_id",),
            hidden=_of({"lookup", "digest", "pepper"}),
            json=_of({"scopes", "models", "addresses"}),
            stays="revoked, without names and addresses",
        ),
        Personal("sign_in_links", ("account_id",), hidden=_of({"digest", "pepper"})),
        # Whom somebody invited is the other's e-mail address: it is shown to that one alone.
        Personal("invites", ("created_by", "used_by"), hidden=_of({"digest", "email"}), stays="without an e-mail address"),
        Personal("one_time_tokens", ("account_id",), hidden=_of({"digest"})),
        Personal("rights_changes", ("account_id",), stays="numbers and moments, for an hour"),
        Personal("preferences", json=_of({"value"})),
        Personal("folders", hidden=_of({"name_key"})),
        Personal("conversations", hidden=_of({"before_id"}), json=_of({"metadata", "settings", "tool_resources"})),
        Personal("conversation_tags", hidden=_of({"tag_key"})),
        Personal("items", json=_of({"body"})),
        Personal("second_names"),
        Personal("runs", hidden=_of({"fence", "driver"}), json=_of({"request", "result", "metadata"})),
        Personal("run_events", (), Through("run_id", "runs"), hidden=_of({"fence"})),
        Personal("answer_contexts", json=_of({"body"})),
        Personal("tool_approvals", hidden=_of({"bound", "print"})),
        Personal("files", hidden=_of({"blob"})),
        Personal("vector_stores", json=_of({"metadata"})),
        Personal("vector_store_files", json=_of({"attributes"})),
        Personal("vector_store_batches"),
        Personal("assistants", hidden=_of({"edit_id", "words", "picture"}), json=_of({"body"})),
        Personal("assistant_versions", ("space", "author"), json=_of({"body"})),
        # Whom somebody let in by an address is the owner's word; who was let in sees it too, and it goes with either.
        Personal("assistant_grants", ("space", "grantee")),
        Personal("prompts", hidden=_of({"words"})),
        Personal("interactions"),
        Personal("memories"),
        Personal("shares", hidden=_of({"digest"}), json=_of({"content"})),
        Personal("opinions"),
        Personal("changes", json=_of({"data"})),
        Personal("usage_calls"),
        Personal("usage_of_owners"),
        Personal("activity_of_owners"),
        Personal("administration_changes", ("account_id",), json=_of({"before", "after"})),
        Personal("idempotency_keys", hidden=_of({"digest", "driver", "answer"})),
    ),
    derived=(
        Derived("search_entries", "the words of items and titles", ("space",)),
        Derived("search_words", "the same words as an index"),
        Derived("blob_parts", "the content of files, which the archive holds as files"),
        Derived("passage_stores", "what was read out of files that stand in vector stores", ("space",)),
        Derived("passage_documents", "the same, each file as it was read", ("space",)),
        Derived("passages", "the text of files, in pieces"),
        Derived("passage_vectors", "the same as numbers"),
        Derived("passage_terms", "the same as an index"),
        Derived("search_signs", "the signs of these numbers, as PostgreSQL has them"),
        Derived("passage_words", "the same index, as SQLite has it"),
        Derived("embedding_cache", "texts as numbers, for a week", ("space",)),
        Derived("usage_people", "how many people called, from usage_calls", ("space",)),
        Derived("usage_people_spans", "the same over longer times", ("space",)),
    ),
    impersonal={
        "alembic_version": "the schema's revision",
        "installation": "what this installation notes of itself; of the first admin an id",
        "secret_checks": "proofs of the server's secrets",
        "run_drivers": "processes",
        "blobs_gone": "names of content that is to be removed, which the server made",
        "search_queue": "numbers of items that the index hasn't seen yet",
        "model_providers": "where models are asked; their keys are sealed",
        "model_names": "names of models",
        "stored_settings": "settings of the installation",
        "search_turn": "which process works on the index",
        "usage_of_days": "sums over everybody",
        "usage_marks": "up to where rows are summed up",
        "usage_batches": "which batch a process wrote last",
        "jobs": "names of background work, with ids and moments",
        "job_totals": "how often it was done",
        "job_workers": "processes",
        "job_clock": "what the clock said last",
        "conversations_gone": "ids of conversations whose items are still to be removed",
        "files_let_go": "ids of files that perhaps nobody names any more",
    },
)
