"""Kernels of the code interpreter end with what they belong to: a conversation that is deleted, an account that is no more."""

import asyncio

from prosa.boot.people import People
from prosa.conversations import ConversationService, Shelf
from prosa.identity import OPERATOR, AccountNotFound, AccountStatus
from prosa.interpreter import Interpreter
from prosa.kit.errors import ProsaError


class KernelEnds:
    """Ends them. Every process hears of changed rights; of a conversation's end the one hears that has its kernel."""

    def __init__(self, interpreter: Interpreter, people: People) -> None:
        self._interpreter = interpreter
        self._people = people
        self._tasks = set[asyncio.Task[None]]()

    def follow(self, conversations: ConversationService, shelf: Shelf) -> None:
        """Hear of it from now on."""
        conversations.leaving.append(self._interpreter.forget)
        shelf.trash.leaving.append(self._interpreter.forget)
        self._people.identity.rights.watch(self._changed)

    def _changed(self, account_id: str | None, credential_id: str | None) -> None:
        if account_id is not None and credential_id is None and self._interpreter.holds(account_id):
            task = asyncio.get_running_loop().create_task(self._look(account_id))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def _look(self, account_id: str) -> None:
        try:
            account = await self._people.identity.accounts.get(OPERATOR, account_id)
            if account.status is AccountStatus.ACTIVE:
                return
        except AccountNotFound:
            pass
        except ProsaError:
            return  # the database is away: they end when they are idle
        await self._interpreter.forget(account_id)
