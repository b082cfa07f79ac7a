"""The settings of a start: typed, checked, each with the place it came from."""

from prosa.boot.settings.errors import SettingRefused, StartRefused
from prosa.boot.settings.loading import load, usual_settings
from prosa.boot.settings.models import BackupSettings, Line, Loaded, LogSettings, ServerSettings, Settings

__all__ = [
    "BackupSettings",
    "Line",
    "Loaded",
    "LogSettings",
    "ServerSettings",
    "SettingRefused",
    "Settings",
    "StartRefused",
    "load",
    "usual_settings",
]
