"""Running code that models write: in a jail, with state for as long as it is used."""

from prosa.interpreter.environment import InstallationFailed, install, installed
from prosa.interpreter.errors import InterpreterBusy, InterpreterUnavailable
from prosa.interpreter.jail import Obstacle
from prosa.interpreter.models import How, Made, Picture, Ran, Said, Text
from prosa.interpreter.service import Files, Interpreter
from prosa.interpreter.settings import MB, InterpreterSettings

__all__ = [
    "MB",
    "Files",
    "How",
    "InstallationFailed",
    "Interpreter",
    "InterpreterBusy",
    "InterpreterSettings",
    "InterpreterUnavailable",
    "Made",
    "Obstacle",
    "Picture",
    "Ran",
    "Said",
    "Text",
    "install",
    "installed",
]
