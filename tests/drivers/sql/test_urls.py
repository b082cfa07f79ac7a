"""Addresses as operators write them: all of libpq's forms, nothing of a password in a complaint."""

from pathlib import Path
from typing import Any

import pytest

from prosa.drivers.sql import parse_database
from prosa.drivers.sql.urls import server_address

DATA = Path("/data")


def place(url: str) -> dict[str, Any]:
    assert parse_database(url, DATA).url == url
    return server_address(url).place


def test_nothing_is_a_file_in_the_data_folder() -> None:
    for url in (None, ""):
        address = parse_database(url, DATA)
        assert (address.path, address.kind) == (Path("/data/prosa.db"), "sqlite")


def test_a_sqlite_address_is_a_path_from_here_or_an_absolute_one() -> None:
    assert parse_database("sqlite:////var/lib/prosa.db", DATA).path == Path("/var/lib/prosa.db")
    assert parse_database("sqlite:///a%20b.db", DATA).path == Path("a b.db")
    assert parse_database("sqlite+aiosqlite:////x.db", DATA).path == Path("/x.db")


@pytest.mark.parametrize(
    "url", ["sqlite://", "sqlite:///", "sqlite:///:memory:", "sqlite:////x.db?mode=ro", "sqlite://host/x.db"]
)
def test_a_sqlite_address_that_is_no_file_is_refused(url: str) -> None:
    with pytest.raises(ValueError, match=r"expected a file"):
        parse_database(url, DATA)


@pytest.mark.parametrize("scheme", ["postgresql", "postgres", "postgresql+asyncpg", "postgresql+psycopg2", "POSTGRESQL"])
def test_every_way_of_naming_postgresql_is_understood(scheme: str) -> None:
    assert place(f"{scheme}://ana:s3cret@db.example:6543/prosa") == {
        "host": "db.example",
        "port": 6543,
        "user": "ana",
        "password": "s3cret",
        "database": "prosa",
    }


def test_parts_are_percent_decoded_and_hosts_may_be_sockets_or_numbers() -> None:
    assert place("postgresql://a%40b:p%2F%3A%23%3F%25w@h/d%20b") == {
        "host": "h",
        "user": "a@b",
        "password": "p/:#?%w",
        "database": "d b",
    }
    assert place("postgresql://[2001:db8::1]:5433/x") == {"host": "2001:db8::1", "port": 5433, "database": "x"}
    for url in ("postgresql:///prosa?host=/run/postgresql&user=ana", "postgresql://ana@%2Frun%2Fpostgresql/prosa"):
        assert place(url) == {"host": "/run/postgresql", "user": "ana", "database": "prosa"}
    assert place("postgresql://") == {}
    assert place("postgresql://ana@h/x?user=bia&password=q&port=1&dbname=y&host=i") == {
        "host": "i",
        "port": 1,
        "user": "bia",
        "password": "q",
        "database": "y",
    }


def test_options_reach_the_driver_in_its_own_words() -> None:
    address = server_address(
        "postgresql://h/x?sslmode=verify-full&sslrootcert=/ca.pem&application_name=ours&options=-csearch_path%3Dprosa"
        "&connect_timeout=3&target_session_attrs=read-write&keepalives=1&channel_binding=require"
    )
    assert address.tls == "postgresql://?sslmode=verify-full&sslrootcert=%2Fca.pem"
    assert address.settings == {"application_name": "ours", "options": "-csearch_path=prosa"}
    assert (address.connect_seconds, address.session_attributes) == (3.0, "read-write")
    plain = server_address("postgresql://h/x?target_session_attrs=any&connect_timeout=0")
    assert (plain.tls, plain.settings, plain.connect_seconds) == ("postgresql://?", {"application_name": "prosa"}, 10.0)
    assert plain.session_attributes is None
    assert server_address("postgresql://h/x?ssl=true").tls == "postgresql://?sslmode=require"
    assert server_address("postgresql://h/x?sslmode=verify-full&sslrootcert=system").tls is None


@pytest.mark.parametrize(
    ("url", "complaint"),
    [
        ("mysql://h/x", "expected postgresql://"),
        ("s3cret", "expected postgresql://"),
        ("postgresql://a:s3cret@one,two/x", "expected one host"),
        ("postgresql://a:s3cret@one:1,two:2/x", "expected"),
        ("postgresql:///x?host=one,two", "expected one host"),
        ("postgresql://a:s3cret@h:port/x", "written %2F"),
        ("postgresql://a:s3cret/b@h/x", "written %2F"),
        ("postgresql://a:s3cret#b@h/x", "written %2F"),
        ("postgresql://a:s3cret?b@h/x", "written %2F"),
        ("postgresql://a:123?s3cret=1@h/x", "isn't one of"),
        ("postgresql://a:s3cret@[::1/x", "expected"),
        ("postgresql://a:s3cret@h/x/y", "written %2F"),
        ("postgresql://a:s3cret@h/x?sslmode=maybe", "sslmode: expected one of"),
        ("postgresql://a:s3cret@h/x?ssl=maybe", "sslmode: expected one of"),
        ("postgresql://a:s3cret@h/x?pool=9", "isn't one of"),
        ("postgresql://a:s3cret@h/x?port=99999", "port: expected"),
        ("postgresql://a:s3cret@h/x?port=x", "port: expected"),
        ("postgresql://a:s3cret@h/x?connect_timeout=soon", "connect_timeout: expected"),
        ("postgresql://a:s3cret@h/x?gssencmode=require", "GSSAPI"),
        ("postgresql://a:s3cret@h/x?sslrootcert=system&sslmode=require", "sslmode=verify-full"),
        ("postgresql://a:s3cret%00@h/x", "control characters"),
        ("postgresql://a:s3cret@h/x?user", "name=value"),
    ],
)
def test_what_cannot_be_understood_is_refused_without_a_word_of_it(url: str, complaint: str) -> None:
    with pytest.raises(ValueError, match=complaint) as caught:
        parse_database(url, DATA)
    assert "s3cret" not in str(caught.value)
    assert caught.value.__cause__ is None


def test_an_address_keeps_its_password_to_itself() -> None:
    address = parse_database("postgresql://a:s3cret@h/x", DATA)
    assert "s3cret" not in repr(address)
    assert "s3cret" not in repr(server_address("postgresql://a:s3cret@h/x?sslpassword=s3cret"))
