"""Files over both kinds of database: bounds, owners, what remains when something fails, what goes by and by."""

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path

import msgspec
import pytest

from prosa.drivers.blobs import FolderBlobs
from prosa.drivers.sql import DatabaseUnavailable
from prosa.files import (
    File,
    FileDamaged,
    FileEmpty,
    FileKeeper,
    FileNotFound,
    FileQuery,
    FileQuotaExceeded,
    FileRefused,
    FileService,
    FileSettings,
    FileTooLarge,
    FileTypeMismatch,
    TooManyFileInputs,
    erase_files,
    inherit_files,
    names_files,
)
from prosa.files.errors import InputTooLarge
from prosa.files.uploading import Received, Wish
from tests.databases import KINDS
from tests.files.filing import Filing, a_filing, pieces
from tests.samples import HTML, PDF, PNG, TEXT

SMALL = FileSettings(file_bytes=5000, space_files=3, space_bytes=9000, input_bytes=6000)


@pytest.fixture(params=KINDS)
async def filing(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Filing]:
    """Over each kind of database, with small bounds."""
    async with a_filing(request.param, tmp_path, SMALL) as made:
        yield made


async def test_a_file_is_its_spaces_alone(filing: Filing) -> None:
    file = await filing.add("ana", "a.pdf", PDF)
    assert (await filing.files.load(filing.files.carry("ana"), file.id))[1] == PDF
    with pytest.raises(FileNotFound):
        await filing.files.load(filing.files.carry("bia"), file.id)
    for ask in (filing.files.get, filing.files.delete):
        with pytest.raises(FileNotFound):
            await ask("bia", file.id)
    assert (await filing.files.list("bia", FileQuery())).files == ()
    with pytest.raises(FileNotFound):
        await filing.files.list("bia", FileQuery(after=file.id))


@pytest.mark.attack("F12")
async def test_a_space_holds_no_more_than_it_may(filing: Filing) -> None:
    with pytest.raises(FileTooLarge) as large:
        await filing.add("ana", "a.bin", b"\0" * 5001)
    assert (large.value.status, large.value.code) == (413, "file_too_large")
    first = await filing.add("ana", "a.bin", b"\0" * 5000)
    with pytest.raises(FileQuotaExceeded):
        await filing.add("ana", "b.bin", b"\0" * 4001)
    await filing.add("bia", "b.bin", b"\0" * 4001)
    for name in ("b.txt", "c.txt"):
        await filing.add("ana", name, TEXT)
    with pytest.raises(FileQuotaExceeded) as many:
        await filing.add("ana", "d.txt", TEXT)
    assert many.value.status == 403
    await filing.files.delete("ana", first.id)
    await filing.add("ana", "d.txt", TEXT)
    assert await filing.rows("files") == len(await filing.blobs.names()) == 4


@pytest.mark.attack("F12")
async def test_uploads_at_the_same_moment_share_what_is_left(filing: Filing) -> None:
    async def slow(number: int) -> None:
        async def coming() -> AsyncIterator[bytes]:
            for _ in range(4):
                await asyncio.sleep(0.01)
                yield b"\0" * 1000

        async with filing.files.upload("ana") as upload:
            await upload.receive(f"{number}.bin", None, coming())
            await upload.keep("user_data")

    done = await asyncio.gather(*(slow(number) for number in range(6)), return_exceptions=True)
    assert all(each is None or isinstance(each, FileQuotaExceeded) for each in done)
    held = [file.bytes for file in (await filing.files.list("ana", FileQuery())).files]
    assert sum(held) <= 9000 and len(held) <= 2
    assert len(await filing.blobs.names()) == len(held)
    await filing.add("bia", "a.txt", TEXT)


async def test_what_is_not_kept_leaves_nothing(filing: Filing) -> None:
    async with filing.files.upload("ana") as upload:
        await upload.receive("a.pdf", None, pieces(PDF))
        for purpose in (None, "nothing", "picture", "vision"):
            with pytest.raises((FileRefused, FileTypeMismatch)):
                await upload.keep(purpose)
        with pytest.raises(FileRefused):
            await upload.receive("b.pdf", None, pieces(PDF))
    for data, name, error in ((b"", "a.txt", FileEmpty), (HTML, "a.png", FileTypeMismatch), (TEXT, "a\n", FileRefused)):
        with pytest.raises(error):
            await filing.add("ana", name, data)
    assert await filing.rows("files") == 0 and await filing.blobs.names() == []


async def test_damaged_content_is_never_given_out_as_whole(filing: Filing) -> None:
    file = await filing.add("ana", "a.pdf", PDF * 20)
    if isinstance(filing.blobs, FolderBlobs):
        (filing.blobs.root / file.blob[:2] / file.blob[2:]).write_bytes(PDF * 19)
    else:
        async with filing.database.writing() as connection:
            await connection.exec_driver_sql("UPDATE blob_parts SET data = 'x'")
    with pytest.raises(FileDamaged):
        await filing.files.load(filing.files.carry("ana"), file.id)


async def test_files_change_hands_and_go_with_their_owner(filing: Filing) -> None:
    file = await filing.add("ana", "a.pdf", PDF)
    async with filing.database.writing() as connection:
        await inherit_files(connection, "ana", "bia")
    assert (await filing.files.load(filing.files.carry("bia"), file.id))[1] == PDF
    with pytest.raises(FileNotFound):
        await filing.files.get("ana", file.id)
    async with filing.database.writing() as connection:
        await erase_files(connection, "bia")
    with pytest.raises(FileNotFound):
        await filing.files.get("bia", file.id)
    await FileKeeper(filing.files).look()
    assert await filing.blobs.names() == [] and await filing.rows("blobs_gone") == 0


async def test_the_keeper_ends_what_is_over_and_sweeps_what_never_became_a_file(filing: Filing) -> None:
    ends = await filing.add("ana", "a.txt", TEXT, seconds=3600)
    stays = await filing.add("ana", "b.txt", TEXT)
    await asyncio.sleep(0.01)
    orphan = await filing.blobs.put(pieces(b"a server died before the row"))
    keeper = FileKeeper(filing.files)
    await keeper.look()
    assert set(await filing.blobs.names()) == {ends.blob, stays.blob, orphan.name}
    filing.clock.later = 3601
    with pytest.raises(FileNotFound):
        await filing.files.get("ana", ends.id)
    assert [file.id for file in (await filing.files.list("ana", FileQuery())).files] == [stays.id]
    await keeper.look()
    assert set(await filing.blobs.names()) == {stays.blob, orphan.name}
    filing.clock.later = 90_000
    assert await filing.files.sweep() == 1
    assert await filing.blobs.names() == [stays.blob]


async def test_content_that_is_older_than_every_file_is_left_alone(filing: Filing) -> None:
    foreign = await filing.blobs.put(pieces(b"of a database that was lost, and will be brought back"))
    filing.clock.later = 90_000
    assert await filing.files.sweep() == 0
    await filing.add("ana", "a.txt", TEXT)
    filing.clock.later = 180_000
    assert await filing.files.sweep() == 0 and foreign.name in await filing.blobs.names()


async def test_two_processes_may_end_files_at_the_same_moment(filing: Filing) -> None:
    for number in range(3):
        await filing.add("ana", f"{number}.txt", TEXT, seconds=3600)
    filing.clock.later = 3601
    await asyncio.gather(*(FileKeeper(filing.files).look() for _ in range(4)))
    assert await filing.rows("files") == 0 and await filing.blobs.names() == []


def raw(messages: object) -> msgspec.Raw:
    return msgspec.Raw(json.dumps(messages).encode())


async def inlined(filing: Filing, messages: object, space: str = "ana") -> object:
    found: object = json.loads(bytes(await filing.files.inlined(filing.files.carry(space), raw(messages))))
    return found


async def test_a_file_named_in_a_call_takes_its_place(filing: Filing) -> None:
    pdf, png = await filing.add("ana", "a.pdf", PDF), await filing.add("ana", "b.png", PNG)
    parts = [
        {"type": "text", "text": "file_id"},
        {"type": "file", "file": {"file_id": f"file-{pdf.id}"}},
        {"type": "file", "file": {"file_id": f"file-{png.id}"}},
        {"type": "image_url", "image_url": {"file_id": f"file-{png.id}", "detail": "low"}},
        {"type": "file", "file": {"file_data": "data:,", "file_id": None}},
    ]
    found = await inlined(filing, [{"role": "system", "content": "file_id"}, {"role": "user", "content": parts, "name": "x"}])
    assert isinstance(found, list) and found[0] == {"role": "system", "content": "file_id"} and found[1]["name"] == "x"
    content = found[1]["content"]
    assert content[0] == parts[0] and content[4] == parts[4]
    assert content[1]["file"]["filename"] == "a.pdf"
    assert content[1]["file"]["file_data"].startswith("data:application/pdf;base64,JVBERi0")
    assert [part["type"] for part in content[1:4]] == ["file", "image_url", "image_url"]
    assert "file" not in content[2] and content[2]["image_url"]["url"].startswith("data:image/png;base64,iVBOR")


async def test_a_file_of_somebody_else_is_none_and_the_field_is_named(filing: Filing) -> None:
    file = await filing.add("ana", "a.pdf", PDF)
    for named in (f"file-{file.id}", "file-" + "0" * 32, "file-../x", "", 7):
        messages = [{"role": "user", "content": [{"type": "file", "file": {"file_id": named}}]}]
        with pytest.raises(FileNotFound) as missing:
            await inlined(filing, messages, "bia")
        assert missing.value.param == "messages[0].content[0].file.file_id"
        assert missing.value.message == "There is no such file."


async def test_files_of_one_call_have_a_bound_together(filing: Filing) -> None:
    first, second = [await filing.add("ana", f"{n}.bin", b"\0" * 4000) for n in range(2)]
    parts = [{"type": "file", "file": {"file_id": f"file-{file.id}"}} for file in (first, second)]
    await inlined(filing, [{"role": "user", "content": parts[:1]}])
    with pytest.raises(InputTooLarge) as large:
        await inlined(filing, [{"role": "user", "content": parts}])
    assert large.value.param == "messages[0].content[1].file.file_id"


@pytest.mark.parametrize(
    "text",
    ["Olá", [{"role": "user", "content": "Olá, açaí"}], [{"role": "user", "content": [{"type": "text", "text": "a"}]}], 3, None],
)
async def test_a_call_without_files_is_untouched_and_asks_nobody(text: object, tmp_path: Path) -> None:
    messages = raw(text)
    assert not names_files(messages)
    async with a_filing("sqlite", tmp_path) as filing:
        assert await filing.files.inlined(filing.files.carry("ana"), messages) is messages


def test_an_escaped_name_is_found() -> None:
    assert names_files(b'{"f\\u0069le_id": 1}') and names_files(b'{"\\u0066ile\\u005Fid": 1}') and names_files(b"file_id")
    assert not names_files(json.dumps({"text": "São João, açaí 你好"}).encode())


async def test_a_row_whose_commit_was_not_heard_of_keeps_its_content(tmp_path: Path) -> None:
    class Deaf(FileService):
        async def register(self, space: str, received: Received, wish: Wish) -> File:
            await super().register(space, received, wish)
            raise DatabaseUnavailable("the connection was lost during the very commit")

    async with a_filing("sqlite", tmp_path) as filing:
        deaf = Deaf(filing.database, filing.blobs, FileSettings(), filing.clock)
        with pytest.raises(DatabaseUnavailable):
            async with deaf.upload("ana") as upload:
                await upload.receive("a.pdf", None, pieces(PDF))
                await upload.keep("user_data")
        [file] = (await filing.files.list("ana", FileQuery())).files
        assert (await filing.files.load(filing.files.carry("ana"), file.id))[1] == PDF


@pytest.mark.attack("J13")
async def test_calls_under_way_carry_only_so_much_of_files_and_give_it_back(tmp_path: Path) -> None:
    async with a_filing("sqlite", tmp_path) as filing:
        bounds = FileSettings(space_carried_bytes=3 * len(PDF), carried_bytes=4 * len(PDF))
        files = FileService(filing.database, filing.blobs, bounds, filing.clock)
        ids = {space: (await filing.add(space, "a.pdf", PDF)).id for space in ("ana", "bia")}
        held = [files.carry("ana") for _ in range(3)]
        for carried in held:
            await files.load(carried, ids["ana"])
        with pytest.raises(TooManyFileInputs):
            await files.load(files.carry("ana"), ids["ana"])
        others = files.carry("bia")
        await files.load(others, ids["bia"])
        with pytest.raises(TooManyFileInputs):
            await files.load(files.carry("bia"), ids["bia"])  # its own share isn't used up, but everybody's is
        held.pop()
        del carried
        await files.load(files.carry("ana"), ids["ana"])
