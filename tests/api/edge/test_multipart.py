"""Forms as they stream in, whatever their pieces, and what isn't one."""

import random
from collections.abc import AsyncIterator

import pytest

from prosa.api.edge import Form, FormPart, MalformedForm

TYPE = b'multipart/form-data; boundary="a b"'
BODY = (
    b'--a b\r\nContent-Disposition: form-data; name="purpose"\r\n\r\nuser_data\r\n'
    b'--a b\r\ncontent-disposition: form-data; name="file"; filename="a \\"b\\" %22c%22 \xc3\xa7.txt"\r\n'
    b"Content-Type: text/plain\r\n\r\n\r\n--a\r\n--a c\r\n\r\n"
    b"--a b\r\nContent-Disposition: form-data; name=empty\r\n\r\n\r\n--a b--\r\n"
)


async def pieces(data: bytes, size: int) -> AsyncIterator[bytes]:
    for start in range(0, len(data), size):
        yield data[start : start + size]


async def parts_of(data: bytes, size: int = 1 << 16, kind: bytes | None = TYPE) -> list[tuple[FormPart, bytes]]:
    form, found = Form(kind, pieces(data, size)), []
    while (part := await form.next()) is not None:
        found.append((part, b"".join([piece async for piece in form.read()])))
    return found


@pytest.mark.parametrize("size", [1, 2, 3, 5, 7, 16, 64, 1000])
async def test_parts_are_the_same_however_they_come(size: int) -> None:
    assert await parts_of(BODY, size) == [
        (FormPart("purpose"), b"user_data"),
        (FormPart("file", 'a "b" "c" ç.txt', "text/plain"), b"\r\n--a\r\n--a c\r\n"),
        (FormPart("empty"), b""),
    ]


async def test_what_looks_like_a_boundary_is_content() -> None:
    dice = random.Random(7)
    for _ in range(200):
        content = bytes(dice.choices(b"\r\n-ab ", k=dice.randrange(200)))
        if b"\r\n--a b" in b"\r\n" + content + b"\r":
            continue
        body = b'--a b\r\nContent-Disposition: form-data; name="x"; filename="y"\r\n\r\n' + content + b"\r\n--a b--"
        assert [found for _, found in await parts_of(body, dice.randrange(1, 40))] == [content]


async def test_a_part_that_nobody_reads_is_passed_over() -> None:
    form = Form(TYPE, pieces(BODY, 10))
    names = []
    while (part := await form.next()) is not None:
        names.append(part.name)
    assert names == ["purpose", "file", "empty"]


@pytest.mark.attack("F9")
@pytest.mark.parametrize(
    "kind",
    [
        None,
        b"",
        b"application/json",
        b"multipart/form-data",
        b"multipart/form-data; boundary=",
        b"multipart/form-data; boundary=" + b"a" * 71,
        b"multipart/form-data; boundary=a; boundary=b",
        b'multipart/form-data; boundary="a\r\n"',
        b"multipart/form-data; boundary=\xff",
        b"multipart/mixed; boundary=a",
        b"multipart/form-data; charset=utf-8; bound=a",
    ],
)
async def test_a_content_type_without_a_boundary_is_refused(kind: bytes | None) -> None:
    with pytest.raises(MalformedForm):
        Form(kind, pieces(b"", 1))


HEAD = b'Content-Disposition: form-data; name="a"\r\n'


@pytest.mark.attack("F9")
@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"--a",
        b"before --a b\r\n" + HEAD + b"\r\n\r\n--a b--",
        b"--a b" + HEAD + b"\r\n\r\n--a b--",
        b"--a b  \r\n" + HEAD + b"\r\n\r\n--a b--",
        b"--a b\r\n" + HEAD + b"\r\nnever ends",
        b"--a b\r\n" + HEAD + b"\r\n\r\n--a b",
        b"--a b\r\n" + HEAD + b"\r\n\r\n--a b-",
        b"--a b\r\n" + HEAD + b"\r\n\r\n--a b--\r\nand more",
        b"--a b\r\n\r\n\r\n--a b--",
        b"--a b\r\nContent-Disposition: form-data\r\n\r\n\r\n--a b--",
        b"--a b\r\nContent-Disposition: attachment; name=a\r\n\r\n\r\n--a b--",
        b'--a b\r\nContent-Disposition: form-data; name="a\r\n\r\n\r\n--a b--',
        b'--a b\r\nContent-Disposition: form-data; name="a"; name="b"\r\n\r\n\r\n--a b--',
        b"--a b\r\n" + HEAD + HEAD + b"\r\n\r\n--a b--",
        b"--a b\r\n" + HEAD + b" folded: x\r\n\r\n\r\n--a b--",
        b"--a b\r\n" + HEAD + b"Content-Transfer-Encoding: base64\r\n\r\n\r\n--a b--",
        b"--a b\r\n" + HEAD + b"no colon\r\n\r\n\r\n--a b--",
        b"--a b\r\n" + HEAD + b"x: \xff\r\n\r\n\r\n--a b--",
        b"--a b\r\n" + HEAD + b"".join(b"x%d: y\r\n" % n for n in range(20)) + b"\r\n\r\n--a b--",
        b"--a b\r\n" + HEAD + b"x: " + b"y" * 9000 + b"\r\n\r\n\r\n--a b--",
        (b"--a b\r\n" + HEAD + b"\r\n\r\n") * 21 + b"--a b--",
    ],
)
async def test_what_is_no_form_is_refused(body: bytes) -> None:
    for size in (1, 1 << 16):
        with pytest.raises(MalformedForm) as refused:
            await parts_of(body, size)
        assert refused.value.status == 400


async def test_a_field_has_a_bound_and_is_utf_8() -> None:
    body = b"--a b\r\n" + HEAD + b"\r\n%b\r\n--a b--"
    for content, most in ((b"a" * 11, 10), (b"\xff", 10)):
        form = Form(TYPE, pieces(body % content, 4))
        await form.next()
        with pytest.raises(MalformedForm):
            await form.value(most)
