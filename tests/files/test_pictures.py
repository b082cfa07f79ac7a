"""An image tells how many pixels it has in its first bytes; what would be too many is refused before anybody shows it."""

import random
import time
from collections.abc import AsyncIterator
from contextlib import suppress
from pathlib import Path

import pytest

from prosa.files import ImageTooLarge
from prosa.files.pictures import MOST_SIDE, SMALL_SIDE, Incomplete, Size, check, size_of
from tests.files.filing import Filing, a_filing, pieces
from tests.samples import GIF, JPEG, PDF, PNG, WEBP, gif, jpeg, png_head, webp

MADE = {"image/png": png_head, "image/gif": gif, "image/jpeg": jpeg, "image/webp": webp}


@pytest.fixture
async def filing(tmp_path: Path) -> AsyncIterator[Filing]:
    async with a_filing("sqlite", tmp_path) as made:
        yield made


@pytest.mark.parametrize("kind", MADE)
@pytest.mark.parametrize("size", [(1, 1), (640, 480), (16_383, 12_000), (3, 16_000)])
def test_each_format_tells_its_size(kind: str, size: Size) -> None:
    assert size_of(MADE[kind](*size), kind) == size


@pytest.mark.parametrize("form", ["VP8 ", "VP8L", "VP8X"])
def test_so_does_each_form_of_webp(form: str) -> None:
    assert size_of(webp(1_234, 567, form), "image/webp") == (1_234, 567)


def test_samples_and_other_kinds() -> None:
    assert size_of(PNG, "image/png") == size_of(GIF, "image/gif") == size_of(WEBP, "image/webp") == (1, 1)
    assert size_of(JPEG, "image/jpeg") is None  # it ends before any frame
    assert size_of(PDF, "application/pdf") is None
    assert size_of(b"\x89PNG\r\n\x1a\n" + b"nothing of it is right", "image/png") is None
    assert size_of(b"RIFF\x00\x00\x00\x00WEBPnothing of it is right", "image/webp") is None


@pytest.mark.parametrize("kind", MADE)
def test_what_is_cut_off_waits_for_more(kind: str) -> None:
    whole = MADE[kind](640, 480)
    seen = []
    for length in range(12, len(whole)):
        try:
            seen.append(size_of(whole[:length], kind))
        except Incomplete:
            assert not seen
    assert set(seen) <= {(640, 480)}


def test_a_jpeg_may_have_much_before_its_frame_and_rubbish_between() -> None:
    between = b"".join(b"\xff\xe1" + (60_000).to_bytes(2, "big") + bytes(59_998) for _ in range(5))
    assert size_of(jpeg(50_000, 60_000, between), "image/jpeg") == (50_000, 60_000)
    assert size_of(jpeg(50_000, 60_000, b"rubbish\xff\x00\xff\xff\xff"), "image/jpeg") == (50_000, 60_000)


def test_bounds() -> None:
    for size in ((MOST_SIDE, 6_000), (10_000, 10_000)):
        check(size)
    for size in ((MOST_SIDE + 1, 1), (1, 100_000), (10_001, 10_000)):
        with pytest.raises(ImageTooLarge, match=f"{size[0]} × {size[1]} pixels"):
            check(size)
    check(None)


def test_no_beginning_takes_long() -> None:
    rubbish = random.Random(1).randbytes(1 << 20)
    for head in (b"\xff" * (1 << 20), b"\xff\xe0\x00\x02" * (1 << 18), b"\xff\x00" * (1 << 19), bytes(1 << 20), rubbish):
        began = time.process_time()
        with suppress(Incomplete):
            size_of(b"\xff\xd8\xff" + head, "image/jpeg")
        assert time.process_time() - began < 0.2


async def test_an_upload_is_read_as_far_as_it_takes_and_kept_whole(filing: Filing) -> None:
    before = (b"\xff\xe1\xff\xff" + bytes(65_533)) * 10
    large = jpeg(800, 600, before) + bytes(100_000)
    async with filing.files.upload("ana") as upload:
        await upload.receive("a.jpg", None, pieces(large, 1_000))
        kept = await upload.keep("vision")
    assert kept.bytes == len(large)
    async with filing.files.upload("ana") as upload:
        with pytest.raises(ImageTooLarge, match="800 × 60000"):
            await upload.receive("a.jpg", None, pieces(jpeg(800, 60_000, before), 1_000))
        with pytest.raises(ImageTooLarge, match="first megabyte"):
            await upload.receive("a.jpg", None, pieces(b"\xff\xd8\xff\xe0" + bytes(3_000_000), 50_000))
    async with filing.files.upload("ana") as upload:
        await upload.receive("me.png", None, pieces(png_head(SMALL_SIDE + 1, 10)))
        with pytest.raises(ImageTooLarge, match="at most 4096 a side"):
            await upload.keep_picture()
    assert await filing.rows("files") == 1
