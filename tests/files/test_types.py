"""What kind of file it is, its content says; a name or a type that says otherwise is refused."""

import pytest

from prosa.files import FileRefused, FileTypeMismatch
from prosa.files.naming import cleaned
from prosa.files.types import decide, is_active, is_text
from tests.samples import GIF, HTML, JPEG, PDF, PNG, SVG, TEXT, WAV, WEBP, ZIP

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


@pytest.mark.parametrize(
    ("content", "name", "kind"),
    [
        (PNG, "a.png", "image/png"),
        (JPEG, "a.JPG", "image/jpeg"),
        (GIF, "a.gif", "image/gif"),
        (WEBP, "a.webp", "image/webp"),
        (PDF, "Relatório.final.pdf", "application/pdf"),
        (PDF, "nameless", "application/pdf"),
        (ZIP, "a.docx", DOCX),
        (ZIP, "a.zip", "application/zip"),
        (ZIP, "a.unknown", "application/zip"),
        (WAV, "a.wav", "audio/wav"),
        (b"ID3\x04\x00", "a.mp3", "audio/mpeg"),
        (b"\xff\xfb\x90\x00", "a.mp3", "audio/mpeg"),
        (b"OggS\x00", "a.opus", "audio/ogg"),
        (b"\x00\x00\x00\x18ftypM4A \x00", "a.m4a", "audio/mp4"),
        (b"\x00\x00\x00\x18ftypisom\x00", "a.m4a", "video/mp4"),
        (TEXT, "a.txt", "text/plain"),
        (TEXT, "a.md", "text/markdown"),
        (TEXT, "no-extension", "text/plain"),
        ("São João;1\r\n".encode("latin-1"), "a.csv", "text/csv"),
        ("﻿olá".encode("utf-16"), "a.txt", "text/plain"),
        (b"MZ and other letters are no program", "a.txt", "text/plain"),
        (b'{"a": 1}\n', "a.jsonl", "application/jsonl"),
        (HTML, "a.html", "text/html"),
        (SVG, "a.svg", "image/svg+xml"),
        (b"\x00\x01\x02", "a.bin", "application/octet-stream"),
        (b"\x7fELF\x02\x01", "a", "application/x-executable"),
    ],
)
def test_the_content_decides(content: bytes, name: str, kind: str) -> None:
    assert decide(content, name, None) == kind


@pytest.mark.attack("F8")
@pytest.mark.parametrize(
    ("content", "name", "declared"),
    [
        (HTML, "a.png", None),
        (HTML, "a", "image/png"),
        (PDF, "a.png", None),
        (PNG, "a.pdf", None),
        (PNG, "a.jpg", "image/jpeg"),
        (PNG, "a.txt", None),
        (b"\x7fELF\x02\x01", "a.pdf", "application/pdf"),
        (b"\x7fELF\x02\x01", "a.docx", None),
        (TEXT, "a.docx", None),
        (b"GIF89a=1;alert(1)", "a.gif", None),  # a script that begins like a picture
        (WAV, "a.mp3", None),
        (ZIP, "a.pdf", None),
        (b"\x00\x01\x02", "a.csv", None),
    ],
)
def test_what_says_something_else_than_its_content_is_refused(content: bytes, name: str, declared: str | None) -> None:
    with pytest.raises(FileTypeMismatch) as refused:
        decide(content, name, declared)
    assert (refused.value.status, refused.value.param) == (400, "file")


def test_other_words_for_a_type_are_no_contradiction() -> None:
    assert decide(WAV, "a.wav", "audio/x-wav") == "audio/wav"
    assert decide(JPEG, "a.jpeg", "image/jpg") == "image/jpeg"
    assert decide(TEXT, "a.csv", "application/vnd.ms-excel") == "text/csv"  # as Windows says
    assert decide(TEXT, "a.py", "text/x-python; charset=utf-8") == "text/plain"
    assert decide(PDF, "a.pdf", "application/octet-stream") == "application/pdf"


def test_what_a_browser_might_run_is_known() -> None:
    assert all(map(is_active, ("text/html", "image/svg+xml", "application/xml", "text/javascript")))
    assert not any(map(is_active, ("image/png", "application/pdf", "text/plain")))
    assert is_text("application/jsonl") and not is_text("image/png")


@pytest.mark.attack("F1")
@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("../../etc/passwd", "passwd"),
        ("/etc/cron.d/x", "x"),
        ("C:\\Windows\\win.ini", "win.ini"),
        ("a\x00.png", "a.png"),
        ("..", "file"),
        ("", "file"),
        ("   ", "file"),
        ("a.txt. . ", "a.txt"),
        ("\u202egnp.exe", "gnp.exe"),
        ("e\u0301.txt", "é.txt"),
        ("CON", "CON"),  # a name like any other: it is never a path here
        ("a" * 300 + ".pdf", "a" * 251 + ".pdf"),
        ("ã" * 4096, "ã" * 127),
        ("sitecustomize.py", "sitecustomize.py"),
    ],
)
def test_a_name_is_told_again_without_what_could_do_harm(name: str, told: str) -> None:
    assert cleaned(name) == told


@pytest.mark.attack("K5")
@pytest.mark.parametrize("name", ["a\r\nSet-Cookie: a=b.txt", "a\nb", "\r"])
def test_a_name_with_a_line_end_is_refused(name: str) -> None:
    with pytest.raises(FileRefused):
        cleaned(name)
