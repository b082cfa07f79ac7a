"""`prosa import assistant`: an installation of A moves in, as a person does it."""

import asyncio
import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from prosa.drivers.sql import DatabaseAddress, look
from tests.assistants import original
from tests.cli.terminal import Terminal
from tests.databases import KINDS, an_address, environment


class Town:
    """A database of a kind, the terminal beside it, and A's file."""

    def __init__(self, terminal: Terminal, address: DatabaseAddress, folder: Path) -> None:
        self.terminal, self.address, self.folder = terminal, address, folder
        self.env = dict(environment(address)) if address.url else {}
        self.file = original.written(folder)

    def works(self, *words: str) -> str:
        done = self.terminal.type(*words, env=self.env)
        assert done.status == 0, done.err
        return done.out

    def imports(self, *options: str) -> str:
        return self.works("import", "assistant", str(self.file), *options)

    def rows(self, query: str) -> list[tuple[object, ...]]:
        return asyncio.run(look(self.address, query))

    def everything(self) -> dict[str, list[tuple[object, ...]]]:
        tables = (
            "accounts",
            "assistants",
            "assistant_versions",
            "assistant_grants",
            "vector_stores",
            "api_keys",
            "sign_in_links",
        )
        return {table: sorted(self.rows(f"SELECT * FROM {table}"), key=repr) for table in tables}


@pytest.fixture(params=KINDS)
def town(request: pytest.FixtureRequest, terminal: Terminal, tmp_path: Path) -> Iterator[Town]:
    """Each kind of database, empty."""
    if request.param == "sqlite":
        yield Town(terminal, DatabaseAddress(path=terminal.folder / "data" / "prosa.db"), tmp_path)
        return
    with an_address("postgresql") as address:
        yield Town(terminal, address, tmp_path)


@pytest.fixture
def place(terminal: Terminal, tmp_path: Path) -> Town:
    """SQLite, where the database makes no difference."""
    return Town(terminal, DatabaseAddress(path=terminal.folder / "data" / "prosa.db"), tmp_path)


@pytest.mark.contract("A66")
@pytest.mark.contract("A67")
def test_an_installation_moves_in_once_however_often_it_is_imported(town: Town) -> None:
    looked = town.imports("--dry-run", "--keep-admins")
    assert "a dry run: nothing was written" in looked and "5  people would be added" in looked
    assert not any(town.everything().values())
    told = town.imports("--keep-admins")
    assert "5  people added" in told and "4  assistants added" in told and "1  empty vector stores" in told
    assert "1  assistants were deleted there and are left out" in told and "assistant asst_oco: it names no model" in told
    assert "asst_jardim (12 - Jardim): its store vs_jardim is gone with the vendor: vs_" in told
    assert "asst_codigo (Cálculo): 2 files of its code interpreter are gone" in told and "its temperature can't be here" in told
    assert "admin (admin@condominio.example): the password is one that everybody knows" in told
    assert "2  API keys added" in told and "2  API keys were switched off or over" in told and "1  API keys are of nobody" in told
    assert "1  integration tokens added" in told and "1  integration tokens are of no form" in told
    people = town.rows("SELECT number, username, email, name, role, status, password_hash FROM accounts ORDER BY number")
    assert [row[:6] for row in people] == [
        (1, "admin", "admin@condominio.example", "Admin de Tal", "admin", "active"),
        (2, "zelia", "zelia@condominio.example", "Zelia de Tal", "admin", "active"),
        (7, "ana", "ana@condominio.example", "Ana Conceição", "user", "active"),
        (8, "bia", "user-8@import.invalid", "Bia de Tal", "user", "active"),
        (9, "caio", "caio@condominio.example", "Caio de Tal", "user", "suspended"),
    ]
    assert people[0][6] is None and all(str(row[6]).startswith("$sha256$argon2id$") for row in people[1:])
    before = town.everything()
    again = town.imports("--keep-admins")
    assert "5  people were here already" in again and "4  assistants were here already" in again and "added" not in again
    assert before == town.everything()


@pytest.mark.contract("A66")
def test_assistants_keep_their_ids_and_wallets_become_grants(place: Town) -> None:
    place.imports("--keep-admins")
    rows = place.rows("SELECT foreign_id, body, audience, created_at, space, id FROM assistants ORDER BY foreign_id")
    assert [row[0] for row in rows] == ["asst_codigo", "asst_gemeo", "asst_jardim", "asst_magro"]
    code, twin, garden, lean = (json.loads(str(row[1])) for row in rows)
    assert garden["model"] == "gpt-4o-mini" and garden["instructions"] == "Responda como 12 - Jardim."
    assert [tool["type"] for tool in code["tools"]] == ["code_interpreter", "function"] and "temperature" not in code
    assert lean["instructions"] == "só colunas" and garden["store_ids"] == twin["store_ids"] and "store_ids" not in code
    assert rows[2][3] == 1_751_000_000_000_000
    [(store, name, metadata)] = place.rows("SELECT id, name, metadata FROM vector_stores")
    assert (
        [store] == garden["store_ids"] and name == "12 - Jardim" and json.loads(str(metadata)) == {"imported_from": "vs_jardim"}
    )
    [(admin,)] = place.rows("SELECT id FROM accounts WHERE number = 1")
    assert {row[4] for row in rows} == {admin}  # the first administrator
    ana, caio = (row[0] for row in place.rows("SELECT id FROM accounts WHERE number IN (7, 9) ORDER BY number"))
    grants = place.rows("SELECT assistant_id, kind, told, grantee, may FROM assistant_grants ORDER BY told")
    assert grants == [
        (rows[2][5], "person", "ana@condominio.example", ana, "use"),
        (rows[2][5], "person", "caio@condominio.example", caio, "use"),
    ]
    assert [row[2] for row in rows] == ["private", "private", "chosen", "private"]


@pytest.mark.contract("A66")
def test_a_later_run_takes_what_came_since_and_lets_edits_be(place: Town) -> None:
    place.imports("--keep-admins")
    new = original.user(10, "davi", original.PASSWORD, carteira=1)
    more = original.assistant("asst_novo", "Novo", "vs_novo")
    place.file = original.written(place.folder, users=(*original.USERS, new), assistants=(*original.ASSISTANTS, more))
    before = place.rows("SELECT id, body, version FROM assistants ORDER BY id")
    told = place.imports("--keep-admins")
    assert "1  people added" in told and "1  assistants added" in told and "1  times somebody is let in" in told
    assert set(before) < set(place.rows("SELECT id, body, version FROM assistants"))
    assert ("davi@condominio.example",) in place.rows("SELECT told FROM assistant_grants")


@pytest.mark.contract("A66")
@pytest.mark.attack("A15")
def test_administrators_and_the_assistants_owner_are_so_only_where_that_is_said(place: Town) -> None:
    refused = place.terminal.type("import", "assistant", str(place.file))
    assert refused.status == 1 and "--owner E-MAIL" in refused.err
    assert not any(place.everything().values())
    unknown = place.terminal.type("import", "assistant", str(place.file), "--owner", "ninguem@condominio.example")
    assert unknown.status == 1 and "nobody has this address" in unknown.err
    told = place.imports("--owner", "ana@condominio.example")
    assert told.count("was an administrator and is none here") == 2
    assert "API key 'erp' of zelia@condominio.example is none of an administrator any more" in told
    assert {row[0] for row in place.rows("SELECT role FROM accounts")} == {"user"}
    [(ana,)] = place.rows("SELECT id FROM accounts WHERE number = 7")
    assert {row[0] for row in place.rows("SELECT space FROM assistants")} == {ana}
    scopes = {str(row[0]): row[1] for row in place.rows("SELECT account_id, scopes FROM api_keys")}
    assert scopes[str(ana)] == '["read"]' and '["read","write"]' in scopes.values()


@pytest.mark.contract("A67")
@pytest.mark.attack("N1")
def test_no_clear_text_comes_along(place: Town) -> None:
    place.imports("--keep-admins")
    folder = place.terminal.folder / "data"
    stored = b"".join(file.read_bytes() for file in folder.rglob("*") if file.is_file() and file.suffix != ".sock")
    for secret in (original.CLEAR, original.TOKEN, original.VENDOR_KEY, original.KEY, original.sha256(original.PASSWORD)):
        assert secret.encode() not in stored
    [(digest, lookup)] = place.rows("SELECT digest, lookup FROM api_keys WHERE expires_at IS NOT NULL")
    assert original.sha256(original.KEY_OF_ANA) != digest and original.KEY_OF_ANA[4:16] not in str(lookup)


@pytest.mark.attack("L8")
def test_files_that_are_none_are_refused(place: Town, tmp_path: Path) -> None:
    file = tmp_path / "some"
    for content in (b"", b"PK\x03\x04", b"SQLite format 3\x00" + b"x" * 5000):
        file.write_bytes(content)
        done = place.terminal.type("import", "assistant", str(file))
        assert (done.status, done.out) == (1, "") and done.err.startswith("prosa: This file can't be imported"), content[:20]
    assert place.terminal.type("import", "assistant", str(tmp_path / "nowhere")).status == 1
    assert not any(place.everything().values())
