"""Processes of our own for work on what others wrote: bounded in time and memory, without the environment, ended with us."""

from prosa.drivers.children.child import Bounds, ChildFailed, answer, talking
from prosa.drivers.children.confinement import confine, frame, frames
from prosa.drivers.children.door import holes, lower, shut_door

__all__ = ["Bounds", "ChildFailed", "answer", "confine", "frame", "frames", "holes", "lower", "shut_door", "talking"]
