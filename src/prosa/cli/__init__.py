"""The command line: the same features without HTTP."""

from prosa.cli.commands import build
from prosa.cli.port import BootPort, ConfigLine, Configuration, ServeOptions, Storage, Workshop

__all__ = ["BootPort", "ConfigLine", "Configuration", "ServeOptions", "Storage", "Workshop", "build"]
