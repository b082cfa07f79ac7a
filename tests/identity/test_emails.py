"""E-mail addresses: what is one, and which two are the same."""

import time

import pytest

from prosa.identity.emails import InvalidEmail, find_email, parse_email


@pytest.mark.contract("C05")
@pytest.mark.parametrize(
    ("text", "shown", "key"),
    [
        ("Ana@Example.COM", "Ana@example.com", "ana@example.com"),
        (" ana@example.com ", "ana@example.com", "ana@example.com"),
        ("ana+prosa@example.com", "ana+prosa@example.com", "ana@example.com"),
        ("ana＠example.com", "ana@example.com", "ana@example.com"),
        ("ANA+a+b@example.com", "ANA+a+b@example.com", "ana@example.com"),
        ("+ana@example.com", "+ana@example.com", "+ana@example.com"),
        ("o'hara_{x}@a-b.example.co", "o'hara_{x}@a-b.example.co", "o'hara_{x}@a-b.example.co"),
        ("ana@ação.com.br", "ana@xn--ao-siap.com.br", "ana@xn--ao-siap.com.br"),
        ("ana@AÇÃO.com.br", "ana@xn--ao-siap.com.br", "ana@xn--ao-siap.com.br"),
    ],
)
def test_an_address_is_shown_as_written_and_known_by_its_key(text: str, shown: str, key: str) -> None:
    found = parse_email(text)
    assert (found.shown, found.key) == (shown, key)
    assert found.domain == shown.partition("@")[2]


@pytest.mark.attack("B14")
def test_a_look_alike_domain_is_another_domain() -> None:
    assert parse_email("ana@exаmple.com").domain != "example.com"  # the second letter is Cyrillic


@pytest.mark.contract("C05")
@pytest.mark.attack("B14")
@pytest.mark.parametrize(
    "text",
    [
        *(
            "",
            "ana",
            "@",
            "ana@",
            "@example.com",
            "ana@example",
            "ana@localhost",
            "ana@.com",
            "ana@example..com",
            "a b@example.com",
        ),
        *(
            "ana@[127.0.0.1]",
            "ana@127.0.0.1",
            "ana@-x.com",
            "ana@x-.com",
            ".ana@example.com",
            "ana.@example.com",
            "a..b@example.com",
        ),
        *(
            "ana@example.com\nBcc: eva@example.com",
            "ana@exa mple.com",
            '"ana"@example.com',
            "ana<x>@example.com",
            "аna@example.com",
        ),
        *("ãna@example.com", "ana@example.com.", "x" * 65 + "@example.com", "a@" + "x" * 64 + ".com", "a@" + "x." * 130 + "com"),
        *("ana\0@example.com", "ana@exam\0ple.com", "\ud800@example.com", "ana@\ud800.com", "a" * 100_000 + "@example.com"),
    ],
    ids=range(32),
)
def test_what_is_no_address_is_refused(text: str) -> None:
    assert find_email(text) is None
    with pytest.raises(InvalidEmail):
        parse_email(text)


@pytest.mark.attack("K11")
def test_what_has_no_end_is_refused_at_once() -> None:
    signs = ("\u337f" * 1000, "".join(chr(0x4E00 + number) for number in range(1000)), "\ufdfb" * 1000)
    for sign in signs:  # one letter that stands for many, and many letters whose ASCII form is dear to find
        began = time.process_time()
        assert find_email(f"ana@{sign}.com") is None
        assert time.process_time() - began < 0.02
