"""Each rule of files by itself, past the rules that would catch the same a step before or after."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from prosa.files import (
    File,
    FileEmpty,
    FileNotFound,
    FileQuery,
    FileQuotaExceeded,
    FileRefused,
    FileSettings,
    FileTypeMismatch,
    erase_files,
    inherit_files,
)
from prosa.files.errors import InputTooLarge
from prosa.files.models import Purpose
from prosa.files.store import FileStore
from tests.databases import KINDS
from tests.files.filing import Filing, a_filing, pieces
from tests.samples import GIF, HTML, PDF, PNG, TEXT

SMALL = FileSettings(file_bytes=5000, space_files=2, space_bytes=9000, input_bytes=1000)
ID = "d" * 32


@pytest.fixture(params=KINDS)
async def filing(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Filing]:
    async with a_filing(request.param, tmp_path, SMALL) as made:
        yield made


async def put(filing: Filing, space: str, id: str, data: bytes = PDF) -> File:
    async with filing.files.upload(space) as upload:
        await upload.receive("a.bin", None, pieces(data))
        return await upload.keep("user_data", id=id)


async def test_each_space_keeps_its_own(filing: Filing) -> None:
    file = await put(filing, "ana", ID)
    again = await put(filing, "ana", ID, TEXT)
    assert (again.id, again.blob, again.bytes) == (file.id, file.blob, len(PDF))
    assert await filing.blobs.names() == [file.blob]
    store = FileStore(filing.database)
    assert await store.held("ana") == (1, len(PDF))
    assert await store.held("bia") == (0, 0)
    assert await store.remove("bia", ID) is None
    with pytest.raises(Exception, match=r"(?i)unique"):  # an id is one file's, and nobody is given another's
        await put(filing, "bia", ID)
    async with filing.database.writing() as connection:
        await erase_files(connection, "bia")
        await inherit_files(connection, "bia", "eva")
    assert (await filing.files.load(filing.files.carry("ana"), ID))[1] == PDF


async def test_what_is_over_is_gone_before_the_keeper_comes(filing: Filing) -> None:
    file = await filing.add("ana", "a.txt", TEXT, seconds=3600)
    filing.clock.later = 3601.0
    with pytest.raises(FileNotFound):
        await filing.files.get("ana", file.id)
    assert (await filing.files.list("ana", FileQuery())).files == ()


async def test_the_row_is_bounded_by_itself(filing: Filing) -> None:
    first = await filing.add("ana", "a.txt", TEXT)
    store = FileStore(filing.database)
    for bounds in ((1, 10_000), (5, first.bytes + 9)):
        another = File(ID, "ana", "b", first.purpose, first.media_type, 10, first.sha256, "0" * 32, first.created_at, None)
        assert await store.add(another, bounds) is None
    assert await filing.rows("files") == 1


async def test_a_picture_is_no_file_that_anybody_can_name(filing: Filing) -> None:
    async with filing.files.upload("ana") as upload:
        await upload.receive("me.png", None, pieces(PNG))
        picture = await upload.keep_picture()
    found = await filing.files.picture("ana")
    assert found is not None and found.id == picture.id
    assert await filing.files.picture("bia") is None
    with pytest.raises(FileNotFound):
        await filing.files.get("ana", picture.id)
    with pytest.raises(FileNotFound):
        await filing.files.delete("ana", picture.id)
    assert (await filing.files.list("ana", FileQuery())).files == ()
    assert (await filing.files.list("ana", FileQuery(purpose="picture"))).files == ()
    assert await filing.files.remove_pictures("bia") == 0
    assert await filing.files.remove_pictures("ana") == 1


async def test_what_an_import_or_export_keeps_is_of_its_purpose_and_its_space(filing: Filing) -> None:
    file = await filing.add("ana", "a.pdf", PDF)
    [blob] = await filing.blobs.names()
    for space, purpose in (("ana", Purpose.IMPORT), ("ana", Purpose.EXPORT), ("bia", file.purpose)):
        for verb in (filing.files.kept, filing.files.remove_kept):
            with pytest.raises(FileNotFound):
                await verb(space, purpose, file.id)
    assert await filing.blobs.names() == [blob]


async def test_content_goes_though_its_deleter_dies(filing: Filing) -> None:
    file = await filing.add("ana", "a.pdf", PDF)
    assert await FileStore(filing.database).remove("ana", file.id) == file.blob  # and dies
    assert await filing.blobs.names() == [file.blob]
    assert await filing.files.clear() == 1
    assert await filing.blobs.names() == []


async def test_deleted_content_is_gone_at_once(filing: Filing) -> None:
    file = await filing.add("ana", "a.pdf", PDF)
    await filing.files.delete("ana", file.id)
    assert await filing.blobs.names() == []
    assert await filing.rows("blobs_gone") == 0


async def test_a_full_space_stores_no_content_at_all(filing: Filing) -> None:
    for name in ("a.txt", "b.txt"):
        await filing.add("ana", name, TEXT)
    read = 0

    async def coming() -> AsyncIterator[bytes]:
        nonlocal read
        for _ in range(20):
            read += 1
            yield b"\0" * 4096

    with pytest.raises(FileQuotaExceeded):
        async with filing.files.upload("ana") as upload:
            await upload.receive("c.bin", None, coming())
    assert read == 1


async def test_a_file_for_a_model_has_a_bound(filing: Filing) -> None:
    file = await filing.add("ana", "a.bin", b"\0" * 1001)
    with pytest.raises(InputTooLarge):
        await filing.files.load(filing.files.carry("ana"), file.id)
    assert len((await filing.files.load(filing.files.carry("ana"), file.id, 1001))[1]) == 1001


async def test_an_upload_is_one_file_that_has_something_in_it(filing: Filing) -> None:
    async with filing.files.upload("ana") as upload:
        with pytest.raises(FileEmpty):
            await upload.receive("a.txt", None, pieces(b""))
        await upload.receive("a.txt", None, pieces(TEXT))
        with pytest.raises(FileRefused, match="more than one"):
            await upload.receive("b.txt", None, pieces(TEXT))
    assert await filing.blobs.names() == []


@pytest.mark.parametrize("seconds", [3599, 2_592_001, 0, -1])
async def test_a_file_lives_as_long_as_one_may(filing: Filing, seconds: int) -> None:
    with pytest.raises(FileRefused):
        await filing.add("ana", "a.txt", TEXT, seconds=seconds)


async def test_a_file_is_of_the_kind_that_its_purpose_needs(filing: Filing) -> None:
    for purpose, data in (("vision", PDF), ("batch", PNG), ("fine-tune", PNG)):
        with pytest.raises(FileTypeMismatch):
            await filing.add("ana", "a", data, purpose)
    assert await filing.blobs.names() == []


@pytest.mark.parametrize("data", [GIF, PDF, HTML])
async def test_a_picture_is_an_image(filing: Filing, data: bytes) -> None:
    with pytest.raises(FileTypeMismatch):
        async with filing.files.upload("ana") as upload:
            await upload.receive("me", None, pieces(data))
            await upload.keep_picture()
    assert await filing.blobs.names() == []


class Coming:
    """Content that comes slowly, and whether all of it was taken."""

    def __init__(self, pieces: int) -> None:
        self.pieces = pieces
        self.taken = False

    async def __aiter__(self) -> AsyncIterator[bytes]:
        for _ in range(self.pieces):
            await asyncio.sleep(0.005)
            yield b"\0" * 1000
        self.taken = True


async def test_what_does_not_fit_is_not_taken_to_its_end(tmp_path: Path) -> None:
    settings = FileSettings(file_bytes=50_000, space_files=9, space_bytes=30_000)
    async with a_filing("sqlite", tmp_path, settings) as filing:

        async def bring(coming: Coming) -> None:
            async with filing.files.upload("ana") as upload:
                await upload.receive("a.bin", None, aiter(coming))
                await upload.keep("user_data")

        both = [Coming(20), Coming(20)]
        done = await asyncio.gather(*map(bring, both), return_exceptions=True)
        assert [type(each) for each in done if each is not None] == [FileQuotaExceeded]
        assert [coming.taken for coming in both].count(True) == 1  # they are counted together while they come
        third = Coming(30)
        with pytest.raises(FileQuotaExceeded):
            await bring(third)
        assert not third.taken
        await bring(Coming(10))  # what was refused takes no room


async def test_content_of_a_file_is_never_swept(filing: Filing) -> None:
    files = [await filing.add("ana", name, TEXT) for name in ("a.txt", "b.txt")]
    filing.clock.later = 3 * 86_400.0
    assert await filing.files.sweep() == 0
    for file in files:
        assert (await filing.files.load(filing.files.carry("ana"), file.id))[1] == TEXT
