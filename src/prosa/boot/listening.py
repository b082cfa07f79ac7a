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
    return bound(server.host, server.port, "PROSA_PORT")


def bound(host: str, port: int, setting: str) -> socket.socket:
    """A listening socket on a port that `setting` names. Raises StartRefused."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        every = host == "::" and socket.has_dualstack_ipv6()  # "every address" of both kinds, as the banner says
        return socket.create_server((host, port), family=family, backlog=BACKLOG, dualstack_ipv6=every)
    except OSError as error:
        raise StartRefused(_explained(host, port, setting, error)) from error


def _inherited(number: int) -> socket.socket:
    try:
        return socket.socket(fileno=number)
    except OSError as error:
        raise StartRefused(f"{INHERITED}={number}: expected no such setting; it is between prosa's own processes") from error


def _explained(host: str, port: int, setting: str, error: OSError) -> str:
    if error.errno == errno.EADDRINUSE:
        another = port + 1 if port < 65535 else 3000
        return f"port {port} is in use, perhaps by another prosa; choose another: {setting}={another} make run"
    if error.errno == errno.EACCES:
        return f"port {port} needs rights that this user doesn't have; choose one above 1023, such as {setting}=3000"
    return f"PROSA_HOST={host}: expected an address of this machine"


def raise_file_limit() -> None:
    """As many open files as the system lets this process have: each connection is one."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft != hard:
        try:
            resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
        except (OSError, ValueError):
            return  # macOS names a hard limit that it doesn't grant; the soft one stays
