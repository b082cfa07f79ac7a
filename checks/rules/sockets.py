"""Nothing but drivers/outbound opens a connection outward.

Reason: that door resolves once, checks the address, connects to what it checked, follows no redirect and knows no proxy of
the environment. Every other HTTP client or socket in the product would be a way around it.
"""

import ast
from collections.abc import Iterator

from checks.repository import Finding, Repository, dotted, imported

DOOR = ("src/prosa/drivers/outbound/",)
CLIENTS = frozenset(
    {"requests", "httpx", "httpx2", "aiohttp", "urllib3", "websockets", "websocket", "pycurl", "ftplib", "smtplib", "telnetlib"}
    | {"niquests", "socketserver", "xmlrpc"}
)
MODULES = ("urllib.request", "http.client")
CALLS = frozenset(
    {"create_connection", "open_connection", "open_unix_connection", "create_unix_connection", "create_datagram_endpoint"}
    | {"sock_connect", "connect_ex", "start_tls"}
)


def find(repository: Repository) -> Iterator[Finding]:
    """HTTP clients imported, and connections opened, outside the door."""
    for module in repository.product:
        if module.within(*DOOR):
            continue
        for name, line in imported(module):
            if name.partition(".")[0] in CLIENTS or name.startswith(MODULES) or name.rpartition(".")[2] in CALLS:
                yield Finding(module.path, line, f"{name}: connections outward go through prosa.drivers.outbound")
        for node in module.nodes:
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in CALLS:
                yield Finding(module.path, node.lineno, f"{dotted(node.func)}: only prosa.drivers.outbound opens connections")
