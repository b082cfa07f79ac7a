"""`prosa user`, `key`, `invite` and `demo`, as an operator types them."""

import json
import re
from datetime import UTC, datetime, timedelta

import pytest

from prosa.cli.keys_work import WrongEnd, ending
from tests.cli.terminal import Terminal

PASSWORD = "uma frase que só eu sei".encode()
ANA = ("user", "add", "ana@exemplo.br", "--password-stdin")


def people(terminal: Terminal, *words: str) -> list[dict[str, object]]:
    found: list[dict[str, object]] = json.loads(terminal.works("user", "list", "--json", *words))
    return found


def test_a_person_is_added_listed_suspended_restored_and_deleted(terminal: Terminal) -> None:
    added = terminal.works(*ANA, "--username", "ana", "--name", "Ana Lima", "--role", "analyst", stdin=PASSWORD)
    assert "ana@exemplo.br" in added and "analyst" in added
    (ana,) = people(terminal)
    assert (ana["email"], ana["username"], ana["name"]) == ("ana@exemplo.br", "ana", "Ana Lima")
    assert (ana["role"], ana["status"]) == ("analyst", "active")
    assert re.fullmatch("user_[0-9a-f]{32}", str(ana["id"]))
    assert "analyst" in terminal.works("user", "list")
    terminal.works("user", "suspend", "ana@exemplo.br")
    assert people(terminal)[0]["status"] == "suspended"
    assert people(terminal, "--status", "active") == []
    terminal.works("user", "restore", "ANA@exemplo.br")
    assert people(terminal, "--search", "lima")[0]["status"] == "active"
    asked = terminal.type("user", "delete", "ana@exemplo.br")
    assert asked.status == 1 and "--yes" in asked.err
    terminal.works("user", "delete", "ana@exemplo.br", "--yes")
    assert people(terminal, "--status", "active") == []


def test_without_a_name_the_account_has_the_one_before_the_at(terminal: Terminal) -> None:
    terminal.works(*ANA, stdin=PASSWORD + b"\n")
    assert people(terminal)[0]["name"] == "ana"


@pytest.mark.parametrize(
    ("words", "stdin", "told"),
    [
        (ANA, b"short", "8 characters"),
        (ANA, b"", "nothing came by standard input"),
        (ANA, b"\xff\xfe\xfa\xfb-\xff\xff\xff\xff", "UTF-8"),
        (("user", "add", "ana@exemplo.br"), PASSWORD, "--password-stdin"),
        (("user", "add", "not-an-address", "--password-stdin"), PASSWORD, "e-mail address"),
        ((*ANA, "--role", "king"), PASSWORD, "--role 'king': expected admin, analyst, user"),
        (("user", "suspend", "nobody@exemplo.br"), b"", "there is no account with the e-mail address nobody@exemplo.br"),
        (("key", "list", "--user", "nobody@exemplo.br"), b"", "there is no account"),
        (("invite", "revoke", "inv_1"), b"", "no such invitation"),
        (("invite", "create", "--days", "0"), b"", "days"),
    ],
)
def test_what_cannot_be_done_is_one_clear_line(terminal: Terminal, words: tuple[str, ...], stdin: bytes, told: str) -> None:
    done = terminal.type(*words, stdin=stdin)
    assert done.status == 1
    assert told in done.err and done.err.startswith("prosa: ") and done.err.count("\n") == 1
    assert done.out == ""


def test_a_taken_address_or_name_is_told(terminal: Terminal) -> None:
    terminal.works(*ANA, "--username", "ana", stdin=PASSWORD)
    assert "exists" in terminal.type(*ANA, stdin=PASSWORD).err
    other = terminal.type("user", "add", "b@exemplo.br", "--username", "ANA", "--password-stdin", stdin=PASSWORD)
    assert "taken" in other.err


def test_the_last_admin_stays(terminal: Terminal) -> None:
    terminal.works(*ANA, "--role", "admin", stdin=PASSWORD)
    for words in (("suspend", "ana@exemplo.br"), ("delete", "ana@exemplo.br", "--yes")):
        assert "last active admin" in terminal.type("user", *words).err


def test_a_reset_is_a_link_or_a_password_by_standard_input(terminal: Terminal) -> None:
    terminal.works(*ANA, stdin=PASSWORD)
    link = terminal.works("user", "reset", "ana@exemplo.br")
    assert re.fullmatch(r"http://127\.0\.0\.1:3000/reset#token=[A-Za-z0-9]+\n", link)
    assert "8 characters" in terminal.type("user", "reset", "ana@exemplo.br", "--password-stdin", stdin=b"x").err
    assert "new password" in terminal.works(
        "user", "reset", "ana@exemplo.br", "--password-stdin", stdin=b"another phrase of mine"
    )
    public = terminal.type("user", "reset", "ana@exemplo.br", env={"PROSA_PUBLIC_URL": "https://prosa.exemplo.br"})
    assert public.out.startswith("https://prosa.exemplo.br/")


@pytest.mark.contract("A18")
def test_a_key_is_made_listed_and_revoked(terminal: Terminal) -> None:
    terminal.works(*ANA, stdin=PASSWORD)
    made = terminal.type("key", "create", "--user", "ana@exemplo.br", "--name", "laptop", "--expires", "30d")
    assert made.status == 0
    assert re.fullmatch(r"prosa_sk_[A-Za-z0-9]{61}\n", made.out)  # standard output is the key and nothing else
    assert "not shown again" in made.err and made.out.strip() not in made.err
    quiet = terminal.type(
        *("key", "create", "--user", "ana@exemplo.br", "--name", "ci", "--scopes", "read", "--quiet"),
        *("--models", "mock, gpt-4o-mini", "--addresses", "10.0.0.0/8,192.0.2.7"),
    )
    assert quiet.err == "" and quiet.out.startswith("prosa_sk_")
    listed = terminal.works("key", "list", "--user", "ana@exemplo.br")
    assert "laptop" in listed and "never used" in listed and made.out.strip() not in listed
    keys = {key["name"]: key for key in json.loads(terminal.works("key", "list", "--user", "ana@exemplo.br", "--json"))}
    assert keys["laptop"]["scopes"] == ["read", "write"]
    assert keys["ci"]["models"] == ["mock", "gpt-4o-mini"]
    assert keys["ci"]["addresses"] == ["10.0.0.0/8", "192.0.2.7/32"]
    terminal.works("key", "revoke", "laptop", "--user", "ana@exemplo.br")
    assert "laptop" not in terminal.works("key", "list", "--user", "ana@exemplo.br")
    again = terminal.type("key", "revoke", "laptop", "--user", "ana@exemplo.br")
    assert again.status == 1 and "no such" in again.err.lower()


@pytest.mark.attack("C3")
@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("--scopes", "admin"), "admin"),
        (("--scopes", "read,root"), "--scopes 'root': expected read, write, admin"),
        (("--expires", "soon"), "--expires 'soon'"),
        (("--expires", "2020-01-31"), "--expires '2020-01-31'"),
        (("--addresses", "here"), "address"),
    ],
)
def test_a_key_that_cannot_be_is_refused(terminal: Terminal, words: tuple[str, ...], told: str) -> None:
    terminal.works(*ANA, stdin=PASSWORD)
    done = terminal.type("key", "create", "--user", "ana@exemplo.br", "--name", "x", *words)
    assert (done.status, done.out) == (1, "")
    assert told in done.err and done.err.count("\n") == 1


def test_two_living_keys_of_a_person_never_share_a_name(terminal: Terminal) -> None:
    terminal.works(*ANA, stdin=PASSWORD)
    create = ("key", "create", "--user", "ana@exemplo.br", "--name", "x")
    terminal.works(*create)
    assert "has this name" in terminal.type(*create).err


def test_an_end_is_a_span_or_the_end_of_a_day() -> None:
    now = datetime(2026, 1, 30, 12, tzinfo=UTC)
    assert ending("12h", now) == now + timedelta(hours=12)
    assert ending("30D", now) == now + timedelta(days=30)
    assert ending("2026-01-31", now) == datetime(2026, 2, 1, tzinfo=UTC)
    for word in ("0d", "2026-01-29", "99999d9", "-1d", "2026-02-30", "9999-12-31"):
        with pytest.raises(WrongEnd):
            ending(word, now)


def test_an_invitation_is_made_listed_and_taken_back(terminal: Terminal) -> None:
    made = terminal.type("invite", "create", "--email", "bia@exemplo.br", "--role", "analyst", "--days", "3")
    assert re.fullmatch(r"http://127\.0\.0\.1:3000/register#invite=[A-Za-z0-9]{43}\n", made.out)
    assert "bia@exemplo.br" in made.err
    assert terminal.type("invite", "create", "--quiet").err == ""
    listed = json.loads(terminal.works("invite", "list", "--json"))
    assert {(invite["email"], invite["role"], invite["status"]) for invite in listed} == {
        ("bia@exemplo.br", "analyst", "open"),
        (None, "user", "open"),
    }
    first = str(listed[0]["id"])
    assert "revoked" in terminal.works("invite", "revoke", first)
    assert "revoked" in terminal.works("invite", "list")


@pytest.mark.contract("C07", "C32")
def test_the_demo_users_come_once_with_their_names_ids_and_short_passwords(terminal: Terminal) -> None:
    first = terminal.works("demo")
    for word in ("admin@observatorio.fiec.org.br", "admin123", "analyst123", "user123"):
        assert word in first
    assert terminal.works("demo").count("was here already") == 3
    found = {str(person["email"]): person for person in people(terminal)}
    told = {email: (person["name"], person["role"], str(person["id"])[5:29]) for email, person in found.items()}
    assert told == {
        "admin@observatorio.fiec.org.br": ("Admin User", "admin", "64a1b2c3d4e5f6789a0b1c2d"),
        "maria.silva@observatorio.fiec.org.br": ("Maria Silva", "analyst", "64a1b2c3d4e5f6789a0b1c2e"),
        "joao.santos@empresa.com.br": ("João Santos", "user", "64a1b2c3d4e5f6789a0b1c2f"),
    }


@pytest.mark.contract("C07")
def test_production_has_no_demo_users(terminal: Terminal) -> None:
    env = {
        "PROSA_ENV": "production",
        "PROSA_SECRET": "9Wq-x0LrT2mVbN7yKpZs4HdF",
        "API_KEY": "Jf8sQ2wErTyU3iOpLkMnBvCx",
        "OPENAI_API_KEY": "x",
        "PROSA_PUBLIC_URL": "https://prosa.exemplo.br",
    }
    refused = terminal.type("demo", env=env)
    assert refused.status == 1 and "production" in refused.err, refused
    assert people(terminal) == []


@pytest.mark.attack("M3")
def test_a_password_among_the_arguments_is_refused_and_not_repeated(terminal: Terminal) -> None:
    for words in (("--password", "canary"), ("--password=canary",), ("--password-stdin=canary",), ("--password-stdin=true",)):
        done = terminal.type("user", "add", "ana@exemplo.br", *words)
        assert done.status == 2
        assert "doesn't belong on the command line" in done.err and "canary" not in done.err


@pytest.mark.attack("C10")
def test_another_servers_secret_changes_nothing(terminal: Terminal) -> None:
    terminal.works(*ANA, stdin=PASSWORD)
    done = terminal.type(
        "key", "create", "--user", "ana@exemplo.br", "--name", "x", env={"PROSA_SECRET": "9Wq-x0LrT2mVbN7yKpZs4HdF"}
    )
    assert done.status == 2 and "secret" in done.err and done.out == ""
