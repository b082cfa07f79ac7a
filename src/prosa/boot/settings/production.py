"""What production refuses at start, and what development only warns of (attacks.md, M1)."""

import ipaddress
from pathlib import Path

from prosa.boot.settings.errors import SettingRefused
from prosa.boot.settings.models import Settings
from prosa.boot.settings.sources import everybody_reads
from prosa.boot.settings.strength import is_well_known, passwords


def refuse(settings: Settings, secret_files: tuple[Path, ...]) -> None:
    """Raise SettingRefused for the first thing that production must not start with."""
    server, identity = settings.server, settings.identity
    if server.reload:
        raise SettingRefused("PROSA_RELOAD=true: expected false in production")
    for proxy in identity.trusted_proxies:
        if "/" in proxy and ipaddress.ip_network(proxy).prefixlen == 0:
            raise SettingRefused(f"PROSA_TRUSTED_PROXIES={proxy}: expected your proxies' own addresses, not everybody's")
    if any(is_well_known(password) for password in passwords(settings.database.url or "")):
        raise SettingRefused("PROSA_DATABASE_URL (value not shown): expected a password that nobody guesses")
    for path in secret_files:
        if everybody_reads(path):
            raise SettingRefused(f"{path.name} holds secrets and everybody on this machine can read it: chmod 600 {path}")
