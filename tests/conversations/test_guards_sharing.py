"""What keeps a link from being more than its owner, and the operator, want."""

from pathlib import Path

import pytest

from prosa.conversations import ShareNotFound, ShareWish, SharingSettings
from prosa.conversations.sharing import service
from prosa.conversations.sharing.errors import TooManyShares
from prosa.drivers.sql import Database
from tests.conversations.desk import SPACE, message
from tests.conversations.test_sharing import a_room


async def test_a_link_of_who_is_suspended_leads_nowhere(database: Database, tmp_path: Path) -> None:
    async with a_room(database, tmp_path) as room:
        conversation = await room.talk(message("Oi"))
        _, token = await room.sharing.create(SPACE, ShareWish(conversation.id))
        async with database.writing() as connection:
            await connection.exec_driver_sql(
                "INSERT INTO accounts (id, number, email, email_key, name, role, status, created_at, updated_at, version,"
                f" failures) VALUES ('{SPACE}', 1, 'a', 'a', 'a', 'user', 'suspended', 1, 1, 1, 0)"
            )
        with pytest.raises(ShareNotFound):
            await room.sharing.opened(token)
        async with database.writing() as connection:
            await connection.exec_driver_sql("UPDATE accounts SET status = 'active'")
        assert (await room.shown(token)).messages


async def test_the_database_holds_no_link_and_a_shared_text_no_address(database: Database, tmp_path: Path) -> None:
    async with a_room(database, tmp_path) as room:
        conversation = await room.talk(message("Veja http://10.0.0.7/painel ou escreva a ana@exemplo.br."))
        _, token = await room.sharing.create(SPACE, ShareWish(conversation.id))
        rows = repr(await database.fetch("SELECT * FROM shares"))
    assert all(word not in rows for word in (token, "10.0.0.7", "ana@exemplo.br"))


async def test_links_are_few_and_live_no_longer_than_the_operator_lets_them(
    database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(service, "MOST_SHARES", 1)
    async with a_room(database, tmp_path, SharingSettings(days=2)) as room:
        conversation = await room.talk(message("Oi"))
        wish = ShareWish(conversation.id, expires_at=room.clock.now() + 90 * 86_400)
        share, _ = await room.sharing.create(SPACE, wish)
        assert share.expires_at == pytest.approx(share.created_at + 2 * 86_400, abs=1)
        with pytest.raises(TooManyShares):
            await room.sharing.create(SPACE, wish)
