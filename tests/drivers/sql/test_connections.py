"""Ways to a PostgreSQL server: its socket, a port, TLS with everything that may be wrong with it."""

import asyncio
import ssl
import subprocess
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from urllib.parse import quote

import pytest

from prosa.drivers.sql import Database, DatabaseAddress, DatabaseUnavailable
from tests import postgres
from tests.databases import an_address

STATE = "SELECT current_setting('application_name'), current_setting('statement_timeout'), current_setting('lock_timeout')"
TLS_ASKED = (8).to_bytes(4, "big") + (80877103).to_bytes(4, "big")  # PostgreSQL's manual, "SSLRequest"


async def asked(url: str, sql: str = STATE) -> tuple[object, ...]:
    """What a database answers to whoever comes by this address."""
    database = Database(DatabaseAddress(url=url))
    try:
        await database.open()
        [row] = await database.fetch(sql)
        return row
    finally:
        await database.aclose()


async def test_a_socket_is_found_wherever_the_address_puts_it_and_sessions_are_bounded() -> None:
    with an_address("postgresql") as address:
        assert address.url is not None
        assert await asked(address.url) == ("prosa", "30s", "10s")
        folder, name = quote(str(postgres.server().folder), safe=""), address.url.partition("@/")[2].partition("?")[0]
        assert await asked(f"postgres://postgres@{folder}/{name}?application_name=a%20b") == ("a b", "30s", "10s")
        options = "statement_timeout=1234&options=-c%20lock_timeout%3D77"
        assert await asked(f"{address.url}&{options}") == ("prosa", "1234ms", "77ms")


async def test_nobody_there_is_an_error_that_names_no_password() -> None:
    port = postgres.free_port()
    for place in (f"127.0.0.1:{port}", "%2Fnowhere", "name.invalid"):
        with pytest.raises(DatabaseUnavailable) as caught:
            await asked(f"postgresql://ana:s3cret@{place}/x?connect_timeout=2")
        assert "s3cret" not in f"{caught.value!r} {caught.value.reason}"


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory, need: Callable[[str], str]) -> tuple[Path, Path]:
    """A certificate for localhost, and its key."""
    folder = tmp_path_factory.mktemp("certificate")
    path, key = folder / "cert.pem", folder / "key.pem"
    command = [need("openssl"), "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
    command += ["-keyout", str(key), "-out", str(path), "-days", "2", "-subj", "/CN=localhost"]
    command += ["-addext", "subjectAltName=DNS:localhost"]
    subprocess.run(command, check=True, capture_output=True)
    return path, key


@asynccontextmanager
async def port_of(server: postgres.Server, tls: ssl.SSLContext | None) -> AsyncIterator[int]:
    """A loopback port in front of the server's socket, which speaks TLS or says that it doesn't (the wheel's own has none)."""

    async def pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError):
            while data := await reader.read(65536):
                writer.write(data)
                await writer.drain()
        writer.close()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        inner_reader, inner_writer = await asyncio.open_unix_connection(str(server.folder / f".s.PGSQL.{server.port}"))
        try:
            first = await reader.readexactly(8)
            if first == TLS_ASKED:
                writer.write(b"N" if tls is None else b"S")
                await writer.drain()
                if tls is not None:
                    await writer.start_tls(tls)
            else:
                inner_writer.write(first)
            await asyncio.gather(pump(reader, inner_writer), pump(inner_reader, writer))
        except (OSError, asyncio.IncompleteReadError):
            pass  # the client didn't like what it saw
        finally:
            for end in (writer, inner_writer):
                end.close()

    listener = await asyncio.start_server(serve, "127.0.0.1", 0)
    try:
        yield listener.sockets[0].getsockname()[1]
    finally:
        listener.close()
        await asyncio.sleep(0.05)


async def test_tls_is_as_strict_as_the_address_says(certificate: tuple[Path, Path]) -> None:
    path, key = certificate
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(path, key)
    trusted = f"sslrootcert={quote(str(path), safe='')}"
    with an_address("postgresql") as address:
        name = (address.url or "").partition("@/")[2].partition("?")[0]
        async with port_of(postgres.server(), context) as port:
            for host, options in (
                ("localhost", "sslmode=prefer"),
                ("127.0.0.1", "sslmode=require"),
                ("127.0.0.1", f"sslmode=verify-ca&{trusted}"),
                ("localhost", f"sslmode=verify-full&{trusted}"),
            ):
                found = await asked(f"postgresql://postgres@{host}:{port}/{name}?{options}")
                assert found[0] == "prosa"
            for host, options in (
                ("127.0.0.1", f"sslmode=verify-full&{trusted}"),
                ("localhost", "sslmode=verify-full&sslrootcert=system"),
                ("localhost", "sslmode=verify-full&sslrootcert=/nowhere.pem"),
            ):
                with pytest.raises(DatabaseUnavailable):
                    await asked(f"postgresql://postgres@{host}:{port}/{name}?{options}")


async def test_tls_that_is_asked_for_is_never_left_out() -> None:
    with an_address("postgresql") as address:
        name = (address.url or "").partition("@/")[2].partition("?")[0]
        async with port_of(postgres.server(), None) as port:
            assert (await asked(f"postgresql://postgres@localhost:{port}/{name}"))[0] == "prosa"
            for mode in ("require", "verify-ca", "verify-full"):
                with pytest.raises(DatabaseUnavailable):
                    await asked(f"postgresql://postgres@localhost:{port}/{name}?sslmode={mode}")
