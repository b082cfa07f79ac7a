"""What C's socket asks anew for each wish, and how many it takes at once."""

import pytest

from prosa.identity import OPERATOR, Scope
from prosa.identity.api_keys import KeyChanges, NewKey
from tests.contracts.test_chatai_live import opened, say, until
from tests.contracts.test_chatai_talks import chatting


@pytest.mark.attack("A3")
async def test_what_a_key_may_ask_is_looked_up_anew_for_each_wish() -> None:
    async with chatting() as maria:
        keys = maria.place.identity.keys
        key, text = await keys.create(OPERATOR, NewKey(maria.place.maria.id, "n8n", frozenset(Scope) - {Scope.ADMIN}))
        async with opened(maria, text, origin=None) as socket:
            await say(socket, type="send", content="[[mock text=Sim]]")
            assert (await until(socket, "messages"))[0]["n8n_status"] == "success"
            await keys.change(OPERATOR, key.id, KeyChanges(models=("mock-echo",)))
            await say(socket, type="send", content="[[mock text=Sim]]")
            assert (await until(socket, "messages"))[0]["n8n_status"] == "error"


async def test_wishes_of_one_socket_are_few(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("prosa.api.legacy.chatai.live.MOST", 1)
    async with chatting() as maria, opened(maria) as tab:
        await say(tab, type="send", ref="1", content='[[mock text="um dois três" delay=0.1]]')
        await until(tab, "accepted")
        await say(tab, type="send", ref="2", content="[[mock text=Sim]]")
        error, _ = await until(tab, "error")
        assert (error["ref"], error["status"]) == ("2", 429)
        assert (await until(tab, "messages"))[0]["ref"] == "1"
