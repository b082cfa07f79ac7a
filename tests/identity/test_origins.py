"""Which pages are ours, which are allowed, and which are foreign."""

import pytest

from prosa.identity import OriginKind, Origins

ORIGINS = Origins({"https://site.example", "http://localhost:8000/"}, "https://chat.example/base/")
HOST = b"127.0.0.1:3000"


@pytest.mark.contract("B14", "A28", "C36")
@pytest.mark.parametrize(
    "origin", [b"https://site.example", b"https://SITE.example", b"https://site.example:443", b"http://localhost:8000"]
)
def test_configured_origins_are_allowed(origin: bytes) -> None:
    assert ORIGINS.kind(origin, HOST) is OriginKind.ALLOWED


@pytest.mark.attack("B7")
@pytest.mark.parametrize(
    "origin",
    [
        *(
            b"null",
            b"",
            b"*",
            b"https://evil.example",
            b"http://site.example",
            b"https://site.example.evil",
            b"https://site.example:8443",
        ),
        *(
            b"https://evilsite.example",
            b"https://evil-site.example",
            b"https://site.exampl\xc3\xa9",
            b"https://site.example/path",
            b"site.example",
        ),
        *(
            b"https://site.example@evil.example",
            b"https://evil.example#https://site.example",
            b"https://sub.site.example",
            b"file://",
        ),
        *(
            b"https://site.example\x00.evil",
            b"https://site.example, https://evil.example",
            b"javascript://site.example",
            b"https://",
        ),
        *(b"http://127.0.0.1:3001", b"http://localhost:3000.evil", b"http://127.0.0.1:3000.evil", b"chrome-extension://abc"),
    ],
)
def test_everything_else_is_foreign(origin: bytes) -> None:
    assert ORIGINS.kind(origin, HOST) is OriginKind.FOREIGN


@pytest.mark.parametrize(
    ("origin", "host"),
    [
        (b"http://127.0.0.1:3000", b"127.0.0.1:3000"),
        (b"http://localhost:3000", b"localhost:3000"),
        (b"http://[::1]:3000", b"[::1]:3000"),
        (b"http://localhost", b"localhost:80"),
        (b"http://192.168.1.5:3000", b"192.168.1.5:3000"),
        (b"http://prosa:3000", b"prosa:3000"),
        (b"https://chat.example", b"whatever"),
    ],
)
def test_own_pages_are_own(origin: bytes, host: bytes) -> None:
    assert ORIGINS.kind(origin, host) is OriginKind.OWN


@pytest.mark.attack("G9", "B7")
def test_a_page_cant_become_own_by_pointing_its_name_here() -> None:
    assert ORIGINS.kind(b"http://evil.example:3000", b"evil.example:3000") is OriginKind.FOREIGN
    assert not ORIGINS.knows_host(b"evil.example:3000")
    assert not ORIGINS.knows_host(b"localhost.evil.example")
    assert not ORIGINS.knows_host(b"127.0.0.1.nip.io")
    assert not ORIGINS.knows_host(b"chat.example")
    assert ORIGINS.knows_host(b"localhost:3000") and ORIGINS.knows_host(b"host.docker.internal:3000") and ORIGINS.knows_host(None)


def test_no_page_is_no_origin() -> None:
    assert ORIGINS.kind(None, HOST) is OriginKind.NONE
