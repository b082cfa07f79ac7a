"""What administration is told at start."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from prosa.administration.models import Fixed


@dataclass(frozen=True, slots=True)
class AdministrationSettings:
    """`fixed`: by section and name as in prosa.toml, whatever was set where prosa is started; it wins over what is stored.

    `private_hosts` (PROSA_PRIVATE_HOSTS): hosts, `host:port` and networks of this machine and network where a provider that is
    stored may be. `own`: where this server itself answers, hosts and port, so that it never asks itself.
    """

    fixed: Mapping[str, Fixed] = field(default_factory=dict, compare=False)
    private_hosts: tuple[str, ...] = ()
    own_hosts: frozenset[str] = frozenset()
    own_port: int = 0
