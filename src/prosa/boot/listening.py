"""The port: bound first, so that a second start says at once what is wrong."""

import errno
import resource
import socket

from prosa.boot.server import BACKLOG
from prosa.boot.settings import ServerSettings, StartRefused

INHERITED = "PROSA_INHERITED_SOCKET"  # between `--reload`'s watcher and its child


def bind(server: ServerSettings, inherited: str | None = None) -> socket.socket:
    """A listening socket. Raises StartRefused when the port is taken or the address isn't this machine's."""
    if inherited is not None and inherited.isdigit():
        return _inherited(int(inherited))
    family = socket.AF_INET6 if ":" in server.host else socket.AF_INET
    try:
        every = server.host == "::" and socket.has_dualstack_ipv6()  # "every address" of both kinds, as the banner says
        return socket.create_server((server.host, server.port), family=family, backlog=BACKLOG, dualstack_ipv6=every)
    except OSError as error:
        raise StartRefused(_explained(server, error)) from error


def _inherited(number: int) -> socket.socket:
    try:
        return socket.socket(fileno=number)
    except OSError as error:
        raise StartRefused(f"{INHERITED}={number}: expected no such setting; it is between prosa's own processes") from error


def _explained(server: ServerSettings, error: OSError) -> str:
    if error.errno == errno.EADDRINUSE:
        another = server.port + 1 if server.port < 65535 else 3000
        return f"port {server.port} is in use, perhaps by another prosa; choose another: PROSA_PORT={another} make run"
    if error.errno == errno.EACCES:
        return f"port {server.port} needs rights that this user doesn't have; choose one above 1023, such as PROSA_PORT=3000"
    return f"PROSA_HOST={server.host}: expected an address of this machine"


def raise_file_limit() -> None:
    """As many open files as the system lets this process have: each connection is one."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft != hard:
        try:
            resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
        except (OSError, ValueError):
            return  # macOS names a hard limit that it doesn't grant; the soft one stays
