"""On whose account a model call goes."""

from typing import Final

import msgspec

from prosa.identity import Caller, CallerKind


class Payer(msgspec.Struct, frozen=True, gc=False):
    """Who calls, by which door and credential, and for what; given to the gateway with each call, and written into its row.

    `space` owns the call (a person's is the account's id), `dialect` is a door's name, `key_id` the API key's name where the
    caller showed one; run and conversation by their stored ids.
    """

    space: str
    dialect: str
    key_id: str | None = None
    run_id: str | None = None
    conversation_id: str | None = None


NOBODY: Final = Payer("", "none")


def payer_of(caller: Caller | None, dialect: str) -> Payer:
    """The payer of a call that is made for this caller. Visitors, whom nobody knows apart, go by their door."""
    if caller is None:
        return Payer("", dialect)
    if caller.kind is CallerKind.KEY:
        return Payer(caller.space, dialect, caller.key_id)
    return Payer(caller.key_id if caller.kind is CallerKind.VISITOR else caller.space, dialect)
