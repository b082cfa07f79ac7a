"""Who may use an assistant beside its owner, and who may edit it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from prosa.assistants import store as rows
from prosa.assistants.desk import Desk
from prosa.assistants.errors import AssistantChanged, PersonNotFound, SharingUnfit
from prosa.assistants.models import Assistant, Audience, Grant, GranteeKind, Right, Sharing
from prosa.identity import OPERATOR, AccountNotFound, AccountStatus, Caller, Permission, Role
from prosa.kit.ids import new_object_id, without_prefix

USER: Final = "user_"
MOST_GRANTS: Final = 200
_LONGEST: Final = 320  # of an address


@dataclass(frozen=True, slots=True)
class GrantWish:
    """Whom to let in: a person by id (`user_…`) or e-mail address, or a role by its name; as one who uses, or who edits too."""

    kind: GranteeKind
    name: str
    edits: bool = False


class Sharings:
    """The owner's word on who may."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    async def get(self, caller: Caller, id: str) -> tuple[Assistant, Sharing]:
        """For whom one's own assistant is there. Raises AssistantNotFound, AssistantNotYours."""
        found = await self._desk.owned(caller, id)
        return found, Sharing(found.audience, await self._desk.store.grants(found.id))

    async def put(
        self, caller: Caller, id: str, audience: Audience, wishes: Sequence[GrantWish], if_state: int | None = None
    ) -> tuple[Assistant, Sharing]:
        """Let in whom this names and nobody else, from the next moment on.

        An address that nobody here has lets nobody in, now and later; only who may see all people hears of it, so that nobody
        else learns who has an account.

        Raises AssistantNotFound, AssistantNotYours, AssistantChanged, PersonNotFound, SharingUnfit.
        """
        before = await self._desk.owned(caller, id)
        if if_state is not None and before.state != if_state:
            raise AssistantChanged
        _check(audience, wishes)
        grants = [await self._grant(caller, index, wish) for index, wish in enumerate(wishes)]
        if len({each.grantee for each in grants if each.grantee}) < sum(bool(each.grantee) for each in grants):
            raise SharingUnfit("Somebody is named twice.", param="people")
        after = replace(self._desk.touched(before), audience=audience)
        if not await self._desk.written(after, rows.sharing(after, new_object_id(), grants)):
            raise AssistantChanged
        return await self.get(caller, id)

    async def _grant(self, caller: Caller, index: int, wish: GrantWish) -> Grant:
        right = Right.EDIT if wish.edits else Right.USE
        if wish.kind is GranteeKind.ROLE:
            return Grant(wish.kind, wish.name, Role(wish.name).value, right)
        found = await self._person(wish.name)
        if found is None and ("@" not in wish.name or caller.may(Permission.READ_USERS)):
            raise PersonNotFound(f"people[{index}]")
        if found == caller.space:
            raise SharingUnfit("An assistant is its owner's without being shared.", param=f"people[{index}]")
        return Grant(wish.kind, wish.name, found or "", right)

    async def _person(self, name: str) -> str | None:
        """The account of this id or address, where it is active."""
        accounts, bare = self._desk.parts.accounts, without_prefix(name, USER)
        try:
            found = await (accounts.get(OPERATOR, bare) if bare is not None else accounts.by_email(OPERATOR, name))
        except AccountNotFound:
            return None
        return found.id if found is not None and found.status is AccountStatus.ACTIVE else None


def _check(audience: Audience, wishes: Sequence[GrantWish]) -> None:
    if audience is Audience.PRIVATE and wishes:
        raise SharingUnfit("A private assistant is shared with nobody.", param="audience")
    if audience is Audience.CHOSEN and not wishes:
        raise SharingUnfit("Say with whom, or make it private.", param="people")
    if len(wishes) > MOST_GRANTS:
        raise SharingUnfit(f"An assistant is shared with at most {MOST_GRANTS} people and roles by name.", param="people")
    if any(len(wish.name) > _LONGEST or not wish.name.isprintable() for wish in wishes):
        raise SharingUnfit("A person is named by an id or an e-mail address.", param="people")
    if len({(wish.kind, wish.name) for wish in wishes}) < len(wishes):
        raise SharingUnfit("Somebody is named twice.", param="people")
