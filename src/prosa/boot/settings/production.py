"""What production refuses at start, and what development only warns of (attacks.md, M1)."""

import ipaddress
from pathlib import Path

from prosa.boot.settings.errors import SettingRefused
from prosa.boot.settings.models import Settings
from prosa.boot.settings.providers import is_loopback
from prosa.boot.settings.sources import everybody_reads


def refuse(settings: Settings, secret_files: tuple[Path, ...]) -> None:
    """Raise SettingRefused for the first thing that production must not start with."""
    server, identity = settings.server, settings.identity
    if server.reload:
        raise SettingRefused("PROSA_RELOAD=true: expected false in production")
    for proxy in identity.trusted_proxies:
        if "/" in proxy and ipaddress.ip_network(proxy).prefixlen == 0:
            raise SettingRefused(f"PROSA_TRUSTED_PROXIES={proxy}: expected your proxies' own addresses, not everybody's")
    if not is_loopback(server.host) and not identity.keys and not identity.anonymous:
        raise SettingRefused(
            f"PROSA_HOST={server.host}: expected API_KEY, API_KEYS or PROSA_ANONYMOUS before it listens beyond this machine"
        )
    for path in secret_files:
        if everybody_reads(path):
            raise SettingRefused(f"{path.name} holds secrets and everybody on this machine can read it: chmod 600 {path}")
