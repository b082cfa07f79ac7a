"""No socket goes out of this machine while the tests run, whoever opens it."""

import socket

import pytest

from tests.offline import REFUSED


@pytest.mark.attack("D12")
@pytest.mark.parametrize("host", ["192.0.2.1", "10.0.0.1", "2001:db8::1"])
def test_a_connection_to_elsewhere_is_refused_before_a_packet(host: str) -> None:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as door, pytest.raises(RuntimeError, match=REFUSED):
        door.connect((host, 80))


def test_a_connection_to_this_machine_is_not() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server, socket.create_connection(server.getsockname()) as client:
        assert client.getpeername() == server.getsockname()
