"""Conversations shared by link: what a link shows, to whom, and for how long."""

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import msgspec
import pytest

from prosa.conversations import (
    Conversation,
    ConversationNotFound,
    Face,
    ItemNotFound,
    ItemQuery,
    Opinions,
    Order,
    Rating,
    ShareNotFound,
    ShareWish,
    Sharing,
    SharingParts,
    SharingSettings,
    erase_shares,
    inherit_shares,
)
from prosa.conversations.sharing import NothingToShare, ShareTooLarge, SharingDisabled, Snapshot
from prosa.conversations.sharing.cleaning import cleaned
from prosa.conversations.sharing.models import MOST_BYTES
from prosa.drivers.blobs import blobs_of
from prosa.drivers.sql import Database
from prosa.files import FileService, FileSettings
from prosa.kit.clock import SystemClock
from tests.conversations.desk import SPACE, Desk, a_desk, message

TOKEN = re.compile(r"[0-9A-Za-z]{32}")


class Watch(SystemClock):
    """A clock that can be set forward."""

    ahead = 0.0

    def now(self) -> float:
        return super().now() + self.ahead


@dataclass
class Room:
    """The services of one process."""

    desk: Desk
    sharing: Sharing
    opinions: Opinions
    files: FileService
    clock: Watch

    async def talk(self, *items: bytes, title: str | None = "Viagem", space: str = SPACE) -> Conversation:
        """A conversation with these items."""
        return await self.desk.conversations.create(space, items=items, face=Face(title, dialect="app"))

    async def shown(self, token: str) -> Snapshot:
        """What a link shows."""
        return (await self.sharing.opened(token)).snapshot

    async def file(self, name: str, content: bytes, space: str = SPACE) -> str:
        """A file, by its id as it is shown."""

        async def pieces() -> AsyncIterator[bytes]:
            yield content

        async with self.files.upload(space) as upload:
            await upload.receive(name, None, pieces())
            return f"file-{(await upload.keep('user_data')).id}"


@asynccontextmanager
async def a_room(database: Database, folder: Path, settings: SharingSettings | None = None) -> AsyncIterator[Room]:
    clock = Watch()
    async with a_desk(database) as desk:
        files = FileService(database, blobs_of(database, folder, clock), FileSettings(), clock)
        parts = SharingParts(desk.conversations, files, database, desk.journal, clock, settings=settings or SharingSettings())
        opinions = Opinions(desk.conversations, database, desk.journal, clock)
        yield Room(desk, Sharing(parts), opinions, files, clock)


def said(text: str) -> bytes:
    """What a model said, with its sources."""
    sources = [
        {"type": "url_citation", "url": "http://intranet.example.com/secret", "title": "t", "start_index": 0, "end_index": 1}
    ]
    content = [{"type": "output_text", "text": text, "annotations": sources, "logprobs": []}]
    return msgspec.json.encode({"type": "message", "role": "assistant", "status": "completed", "content": content})


@pytest.mark.attack("L4", "L5")
async def test_a_link_shows_what_was_said_until_then_and_nothing_else(database: Database, tmp_path: Path) -> None:
    async with a_room(database, tmp_path) as room:
        conversation = await room.talk(
            message("Só para os íntimos: a senha é 1234.", "developer"),
            message("Seja breve.", "system"),
            message("Aonde vou?"),
            b'{"type":"reasoning","summary":[{"type":"summary_text","text":"pensamento"}],"encrypted_content":"selado"}',
            b'{"type":"function_call","call_id":"c","name":"find","arguments":"{\\"host\\":\\"db.internal\\"}","status":"completed"}',
            b'{"type":"function_call_output","call_id":"c","output":"resultado interno"}',
            said("A Belém."),
        )
        share, token = await room.sharing.create(SPACE, ShareWish(conversation.id))
        await room.desk.conversations.add_items(SPACE, conversation.id, [message("E o segredo de depois?"), said("Nada.")])
        shown = await room.shown(token)
        rows = repr(await database.fetch("SELECT * FROM shares"))
    assert [(each.role, each.text) for each in shown.messages] == [("user", "Aonde vou?"), ("assistant", "A Belém.")]
    assert (share.messages, share.files, share.title) == (2, 0, "Viagem")
    for word in ("senha", "breve", "pensamento", "selado", "internal", "interno", "intranet", "depois", token):
        assert word not in rows


@pytest.mark.attack("L4", "A12")
async def test_a_link_cannot_be_guessed_and_only_its_digest_is_kept(database: Database, tmp_path: Path) -> None:
    async with a_room(database, tmp_path) as room:
        conversation = await room.talk(message("Oi"))
        made = [await room.sharing.create(SPACE, ShareWish(conversation.id)) for _ in range(20)]
        tokens = {token for _, token in made}
        for wrong in (
            "",
            "x",
            made[0][0].id,
            made[0][1][:-1],
            made[0][1] + "x",
            made[0][1].swapcase(),
            "é" * 32,
            "a" * 10_000,
            "\0",
            "%",
        ):
            with pytest.raises(ShareNotFound):
                await room.sharing.opened(wrong)
    assert len(tokens) == 20 and all(TOKEN.fullmatch(token) for token in tokens)


@pytest.mark.attack("L4", "A10")
async def test_a_link_ends_when_it_is_revoked_with_its_time_its_conversation_and_its_owner(
    database: Database, tmp_path: Path
) -> None:
    async with a_room(database, tmp_path) as room, a_room(database, tmp_path) as other:
        conversation, gone = await room.talk(message("Oi")), await room.talk(message("Tchau"))
        now = room.clock.now()
        (revoked, one), (_, two), (_, three), (_, kept) = [
            await room.sharing.create(SPACE, ShareWish(id, expires_at=until))
            for id, until in ((conversation.id, None), (conversation.id, now + 60), (gone.id, None), (conversation.id, None))
        ]
        for token in (one, two, three, kept):
            await other.sharing.opened(token)
        await room.sharing.revoke(SPACE, revoked.id)
        room.clock.ahead = other.clock.ahead = 61
        await room.desk.conversations.delete(SPACE, gone.id, room.desk.runs.delete)
        for token in (one, two, three):
            with pytest.raises(ShareNotFound):
                await other.sharing.opened(token)
        assert (await other.shown(kept)).messages
        with pytest.raises(ShareNotFound):
            await room.sharing.revoke(SPACE, revoked.id)
        assert await room.sharing.trim() == 1
        assert len(await database.fetch("SELECT 1 FROM shares")) == 1
        async with database.writing() as connection:
            await erase_shares(connection, SPACE)
        with pytest.raises(ShareNotFound):
            await other.sharing.opened(kept)


@pytest.mark.attack("L4")
async def test_in_the_trash_and_while_its_owner_is_suspended_a_link_leads_nowhere(database: Database, tmp_path: Path) -> None:
    async with a_room(database, tmp_path) as room:
        conversation = await room.talk(message("Oi"))
        share, token = await room.sharing.create(SPACE, ShareWish(conversation.id))

        async def write(statement: str) -> None:
            async with database.writing() as connection:
                await connection.exec_driver_sql(statement)

        await write("UPDATE conversations SET deleted_at = 1")
        with pytest.raises(ShareNotFound):
            await room.sharing.opened(token)
        with pytest.raises(ShareNotFound):
            await room.sharing.get(SPACE, share.id)
        assert (await room.sharing.list(SPACE)).items == ()
        with pytest.raises(ConversationNotFound):
            await room.sharing.create(SPACE, ShareWish(conversation.id))
        await write("UPDATE conversations SET deleted_at = NULL")
        assert (await room.shown(token)).messages


@pytest.mark.attack("A1", "A10")
async def test_shares_are_their_owners_alone(database: Database, tmp_path: Path) -> None:
    async with a_room(database, tmp_path) as room:
        conversation, others = await room.talk(message("Oi")), await room.talk(message("De Bia"), space="bia")
        share, token = await room.sharing.create(SPACE, ShareWish(conversation.id))
        with pytest.raises(ConversationNotFound):
            await room.sharing.create("bia", ShareWish(conversation.id))
        with pytest.raises(ItemNotFound):
            leaf = (await room.desk.conversations.items_of("bia", others.id))[0].id
            await room.sharing.create(SPACE, ShareWish(conversation.id, leaf=leaf))
        for verb in (room.sharing.get, room.sharing.revoke):
            with pytest.raises(ShareNotFound):
                await verb("bia", share.id)
        assert (await room.sharing.list("bia")).items == ()
        async with database.writing() as connection:
            await inherit_shares(connection, SPACE, "eva")
        assert (await room.sharing.list(SPACE)).items == ()
        with pytest.raises(ShareNotFound):  # the share alone has changed hands: it and its conversation belong together
            await room.sharing.opened(token)


@pytest.mark.attack("L4", "A2")
async def test_attachments_come_along_where_they_were_chosen_and_only_those_of_the_path(
    database: Database, tmp_path: Path
) -> None:
    async with a_room(database, tmp_path) as room:
        mine, other_branch, foreign = [
            await room.file(name, content, space)
            for name, content, space in (
                ("mapa ana@x.com.txt", b"mapa", SPACE),
                ("b.txt", b"outro", SPACE),
                ("c.txt", b"alheio", "bia"),
            )
        ]

        def with_file(text: str, file: str) -> bytes:
            parts = [{"type": "input_text", "text": text}, {"type": "input_file", "file_id": file}]
            return msgspec.json.encode({"type": "message", "role": "user", "status": "completed", "content": parts})

        conversation = await room.talk(with_file("um", other_branch))
        [first] = await room.desk.conversations.items(SPACE, conversation.id, ItemQuery(1, order=Order.OLDEST_FIRST))
        added = await room.desk.conversations.add_items(
            SPACE, conversation.id, [with_file("dois", mine), with_file("três", foreign), with_file("quatro", mine)], parent=None
        )
        _, without = await room.sharing.create(SPACE, ShareWish(conversation.id))
        _, token = await room.sharing.create(SPACE, ShareWish(conversation.id, files=True))
        _, branch = await room.sharing.create(SPACE, ShareWish(conversation.id, files=True, leaf=first.id))
        shown = await room.shown(token)
        assert (await room.shown(without)).files == () and len((await room.shown(branch)).files) == 1
        assert [(each.text, each.files) for each in shown.messages] == [("dois", (0,)), ("três", ()), ("quatro", (0,))]
        assert [each.name for each in shown.files] == ["mapa [e-mail]"]
        file = await room.sharing.file(token, 0)
        assert b"".join([piece async for piece in room.files.content(file)]) == b"mapa"
        for link, number in ((token, 1), (token, -1), (without, 0), ("x", 0)):
            with pytest.raises(ShareNotFound):
                await room.sharing.file(link, number)
        await room.files.delete(SPACE, mine.removeprefix("file-"))
        with pytest.raises(ShareNotFound):
            await room.sharing.file(token, 0)
        assert added


@pytest.mark.attack("A10")
async def test_a_copy_is_ones_own_and_has_nothing_of_its_owners(database: Database, tmp_path: Path) -> None:
    async with a_room(database, tmp_path) as room:
        conversation = await room.talk(message("Segredo", "developer"), message("Aonde vou?"), said("A Belém."))
        share, token = await room.sharing.create(SPACE, ShareWish(conversation.id))
        copy = await room.sharing.copy("bia", token, "b" * 32)
        again = await room.sharing.copy("bia", token, "b" * 32)
        items = await room.desk.conversations.items_of("bia", copy.id)
        originals = await room.desk.conversations.items_of(SPACE, conversation.id)
        await room.sharing.revoke(SPACE, share.id)
        with pytest.raises(ShareNotFound):
            await room.sharing.copy("bia", token)
        assert len(await room.desk.conversations.items_of("bia", copy.id)) == 2  # what was taken before stays
    assert copy.id == again.id != conversation.id and copy.face.title == "Viagem" and copy.space == "bia"
    assert len(items) == 2 and not {item.id for item in items} & {item.id for item in originals}
    assert b"intranet" not in items[1].body and all(item.run_id is None and not item.made for item in items)


async def test_there_are_bounds(database: Database, tmp_path: Path) -> None:
    async with a_room(database, tmp_path) as room:
        for items in ((), (message("só isto", "developer"),), (message(""),)):
            conversation = await room.talk(*items)
            with pytest.raises(NothingToShare):
                await room.sharing.create(SPACE, ShareWish(conversation.id))
        large = await room.talk(*(message("x" * (MOST_BYTES // 3)) for _ in range(4)))
        with pytest.raises(ShareTooLarge):
            await room.sharing.create(SPACE, ShareWish(large.id))
    async with a_room(database, tmp_path, SharingSettings(days=2)) as room:
        conversation = await room.talk(message("Oi"))
        share, token = await room.sharing.create(SPACE, ShareWish(conversation.id))
        assert share.expires_at is not None and share.expires_at - share.created_at == pytest.approx(2 * 86_400, abs=1)
    async with a_room(database, tmp_path, SharingSettings(enabled=False)) as room:
        with pytest.raises(SharingDisabled):
            await room.sharing.create(SPACE, ShareWish(conversation.id))
        with pytest.raises(ShareNotFound):
            await room.sharing.opened(token)
        await room.sharing.revoke(SPACE, share.id)


async def test_a_repeated_request_makes_one_share_with_a_link_that_works(database: Database, tmp_path: Path) -> None:
    async with a_room(database, tmp_path) as room:
        conversation = await room.talk(message("Oi"))
        wish = ShareWish(conversation.id)
        made = await asyncio.gather(*(room.sharing.create(SPACE, wish, "a" * 32) for _ in range(3)))
        assert len((await room.sharing.list(SPACE)).items) == 1
        opened = [token for _, token in made if await _opens(room, token)]
        assert len(opened) == 1


async def _opens(room: Room, token: str) -> bool:
    try:
        await room.sharing.opened(token)
    except ShareNotFound:
        return False
    return True


async def test_lists_go_on_where_they_ended(database: Database, tmp_path: Path) -> None:
    async with a_room(database, tmp_path) as room:
        one, two = await room.talk(message("Oi")), await room.talk(message("Oi"))
        made = [(await room.sharing.create(SPACE, ShareWish(id)))[0].id for id in (one.id, two.id, one.id, one.id)]
        page = await room.sharing.list(SPACE, 3)
        rest = await room.sharing.list(SPACE, 3, after=page.next)
        only = await room.sharing.list(SPACE, 3, two.id)
    assert [each.id for each in (*page.items, *rest.items)] == made[::-1] and rest.next is None
    assert [each.id for each in only.items] == [made[1]]


@pytest.mark.attack("L5")
@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("fale com joao.silva+x@empresa.com.br, ok?", "fale com [e-mail], ok?"),
        ("<a@b.co>;c_d@e-f.org", "<[e-mail]>;[e-mail]"),
        ("veja http://localhost:8000/x e https://10.1.2.3/y.", "veja [link] e [link]."),
        ("http://192.168.0.1 http://[::1]:5432/ http://169.254.169.254/latest", "[link] [link] [link]"),
        ("https://wiki.intranet/p https://db.internal:99 http://servidor/x http://0x7f.0.0.1/", "[link] [link] [link] [link]"),
        ("postgres://u:p@db.example.com/x https://user:pass@example.com/ file:///etc/passwd", "[link] [link] [link]"),
        ("https://example.com/a?b=c e @pessoa, 5@10, a @ b", "https://example.com/a?b=c e @pessoa, 5@10, a @ b"),
        ("https://8.8.8.8/dns", "https://8.8.8.8/dns"),
        ("http://[broken", "[link]"),
    ],
)
def test_addresses_of_people_and_of_inner_places_are_left_out(text: str, left: str) -> None:
    assert cleaned(text) == left


@pytest.mark.attack("J7")
def test_cleaning_takes_time_by_the_length_alone() -> None:
    import time

    for text in (
        "a" * 1_000_000 + "@",
        "a.b@" * 250_000,
        "@" * 1_000_000,
        "a@" + "b." * 500_000,
        "http://" * 140_000,
        "+" * 10**6 + "@x",
    ):
        began = time.perf_counter()
        cleaned(text)
        assert time.perf_counter() - began < 5


async def test_what_one_thinks_of_an_answer_stays_with_it_and_goes_with_it(database: Database, tmp_path: Path) -> None:
    async with a_room(database, tmp_path) as room:
        conversation = await room.talk(message("Aonde vou?"), said("A Belém."))
        question, answer = await room.desk.conversations.items_of(SPACE, conversation.id)
        first = await room.opinions.put(SPACE, conversation.id, answer.id, Rating.DOWN, "  longe demais ")
        second = await room.opinions.put(SPACE, conversation.id, answer.id, Rating.UP)
        assert (first.reason, second.reason, second.rating) == ("longe demais", None, Rating.UP)
        assert first.created_at == second.created_at <= second.updated_at
        assert [each.item_id for each in await room.opinions.list(SPACE, conversation.id)] == [answer.id]
        with pytest.raises(ConversationNotFound):
            await room.opinions.put("bia", conversation.id, answer.id, Rating.UP)
        with pytest.raises(Exception, match="what a model said"):
            await room.opinions.put(SPACE, conversation.id, question.id, Rating.UP)
        await room.desk.conversations.delete_item(SPACE, conversation.id, answer.id)
        assert await room.opinions.list(SPACE, conversation.id) == []
        assert await database.fetch("SELECT 1 FROM opinions") == []
