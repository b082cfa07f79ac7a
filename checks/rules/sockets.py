"""Connections are opened in five places only, each for its own purpose and by its own means.

Reason: drivers/outbound resolves once, checks the address, connects to what it checked, follows no redirect and knows no proxy of
the environment; every other HTTP client or socket in the product would be a way around it. Four more places need a wire of
their own kind, to an address that the operator alone sets: drivers/sql the database's (asyncpg), drivers/mail the mail server's
(aiosmtplib), events a datagram socket in the data folder, drivers/neighbours a stream socket
there. None of them may do what another does. What boot/socket.py takes of
websockets opens nothing: it reads and writes the frames of connections that came in.
"""

import ast
from collections.abc import Iterator

from checks.repository import Finding, Module, Repository, dotted, imported

DOOR = ("src/prosa/drivers/outbound/",)
CLIENTS = frozenset(
    {"requests", "httpx", "httpx2", "aiohttp", "urllib3", "websocket", "pycurl", "ftplib", "smtplib", "telnetlib"}
    | {"niquests", "socketserver", "xmlrpc", "imaplib", "poplib", "nntplib", "paramiko", "psycopg", "psycopg2"}
)
MODULES = ("urllib.request", "http.client", "websockets.client", "websockets.asyncio", "websockets.sync", "websockets.legacy")
CALLS = frozenset(
    {"create_connection", "open_connection", "open_unix_connection", "create_unix_connection", "create_datagram_endpoint"}
    | {"sock_connect", "connect_ex", "start_tls"}
)
# A client that is good in one place, and who else may name it: the journal knows the errors of the connection that it is handed.
PLACED = {
    "asyncpg": ("src/prosa/drivers/sql/", "src/prosa/drivers/journal/"),
    "aiosmtplib": ("src/prosa/drivers/mail/",),
    "websockets": ("src/prosa/boot/socket.py",),
}
DIALLING = {"asyncpg.connect": "src/prosa/drivers/sql/", "asyncpg.create_pool": "src/prosa/drivers/sql/"}
NEIGHBOURS = ("open_unix_connection", "src/prosa/drivers/neighbours/")
LOCAL = "src/prosa/events/"
LOCAL_KIND = ("socket.AF_UNIX", "socket.SOCK_DGRAM")


def find(repository: Repository) -> Iterator[Finding]:
    """Clients imported, sockets made and connections opened, outside the places for them."""
    for module in repository.product:
        if module.within(*DOOR):
            continue
        yield from _imports(module)
        for node in module.nodes:
            if isinstance(node, ast.Call):
                yield from _call(module, node)


def _imports(module: Module) -> Iterator[Finding]:
    for name, line in imported(module):
        top = name.partition(".")[0]
        if top in CLIENTS or name.startswith(MODULES) or name.rpartition(".")[2] in CALLS or name == "socket.socket":
            yield Finding(module.path, line, f"{name}: connections outward go through prosa.drivers.outbound")
        elif top in PLACED and not module.within(*PLACED[top]):
            yield Finding(module.path, line, f"{name}: only {PLACED[top][0]} talks to its server")
        elif name in DIALLING and not module.within(DIALLING[name]):
            yield Finding(module.path, line, f"{name}: only {DIALLING[name]} opens it")


def _call(module: Module, node: ast.Call) -> Iterator[Finding]:
    name = dotted(node.func)
    if isinstance(node.func, ast.Attribute) and node.func.attr in CALLS and not _is_neighbours(module, node.func.attr):
        yield Finding(module.path, node.lineno, f"{name}: only prosa.drivers.outbound opens connections")
    elif name in DIALLING and not module.within(DIALLING[name]):
        yield Finding(module.path, node.lineno, f"{name}: only {DIALLING[name]} opens it")
    elif name == "socket.socket" and not _is_inherited(node) and not (module.within(LOCAL) and _is_local(node)):
        yield Finding(
            module.path, node.lineno, "a socket of one's own: only prosa.drivers.outbound makes them, events a local one"
        )


def _is_neighbours(module: Module, name: str) -> bool:
    return name == NEIGHBOURS[0] and module.within(NEIGHBOURS[1])


def _is_inherited(node: ast.Call) -> bool:
    """`socket.socket(fileno=…)`: one that is open already, as a listener from the parent process."""
    return not node.args and [keyword.arg for keyword in node.keywords] == ["fileno"]


def _is_local(node: ast.Call) -> bool:
    """A datagram socket of this machine's file system, by the words that stand there."""
    return not node.keywords and tuple(dotted(argument) for argument in node.args) == LOCAL_KIND
