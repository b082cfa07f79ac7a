"""No socket goes out of this machine while the tests run, whoever opens it."""

import socket
from pathlib import Path

import pytest

from tests.offline import REFUSED


@pytest.mark.attack("D12")
@pytest.mark.parametrize("host", ["192.0.2.1", "10.0.0.1", "2001:db8::1"])
def test_a_connection_to_elsewhere_is_refused_before_a_packet(host: str) -> None:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as door, pytest.raises(RuntimeError, match=REFUSED):
        door.connect((host, 80))


@pytest.mark.attack("D12")
@pytest.mark.parametrize("host", ["192.0.2.1", "2001:db8::1"])
def test_a_datagram_to_elsewhere_is_refused_too(host: str) -> None:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_DGRAM) as door:
        with pytest.raises(RuntimeError, match=REFUSED):
            door.sendto(b"x", (host, 53))
        with pytest.raises(RuntimeError, match=REFUSED):
            door.sendmsg([b"x"], [], 0, (host, 53))


def test_a_datagram_to_a_socket_of_this_machine_is_not(tmp_path: Path) -> None:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as ear, socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as mouth:
        ear.bind(str(tmp_path / "s"))
        mouth.sendto(b"x", str(tmp_path / "s"))
        assert ear.recv(2) == b"x"


def test_a_connection_to_this_machine_is_not() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server, socket.create_connection(server.getsockname()) as client:
        assert client.getpeername() == server.getsockname()
