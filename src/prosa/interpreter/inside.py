"""What runs in the jail: takes cells, runs them in IPython, tells what they print, show and write.

Started by `jail.py` with its bounds as one JSON argument. Asked on standard input, and answering on standard output, in frames: a
length of four bytes, then JSON; the content of a file is the frame behind the one that names it. Imports prosa's `fence` as the
file beside it, and IPython of the interpreter's own environment; nothing else of prosa is there.
"""

import ctypes
import json
import os
import queue
import resource
import shutil
import signal
import stat
import struct
import sys
import threading
from base64 import b64encode
from collections.abc import Iterator
from contextlib import suppress
from typing import Any, BinaryIO, Final

import fence  # type: ignore[import-not-found]  # the file beside this one, as it lies in the jail

WORK: Final = "/mnt/data"
FONTS: Final = "/tmp/matplotlib"  # noqa: S108  # the jail's own; as MPLCONFIGDIR has it, which jail.py sets
_LENGTH: Final = struct.Struct(">I")
_MOST_FRAME: Final = 1 << 28
_PICTURES: Final = ("image/png", "image/jpeg", "image/svg+xml")
_TEXTS: Final = ("text/markdown", "text/plain")
_DEEPEST: Final = 8  # folders below the working one that are looked through
_DUMPABLE, _DROP_BOUND, _AMBIENT, _CLEAR_ALL = 4, 24, 47, 4  # linux/prctl.h
_CAPABILITIES: Final = (
    0x20080522  # _LINUX_CAPABILITY_VERSION_3: a head of two words, and six of effective, permitted, inheritable
)


class Line:
    """The way out: frames, within a bound for each cell."""

    def __init__(self, out: BinaryIO, bounds: dict[str, int]) -> None:
        self._out = out
        self._bounds = bounds
        self._lock = threading.Lock()
        self.begin()

    def begin(self) -> None:
        """A new cell."""
        self._text, self._pictures, self.cut = self._bounds["text_bytes"], self._bounds["picture_bytes"], False

    def tell(self, message: dict[str, Any], content: bytes | None = None) -> None:
        """One message."""
        body = json.dumps(message).encode()
        with self._lock:
            self._out.write(_LENGTH.pack(len(body)) + body)
            if content is not None:
                self._out.write(_LENGTH.pack(len(content)) + content)
            self._out.flush()

    def text(self, kind: str, text: str) -> None:
        """Text that was printed, shown or raised; what is beyond the bound is left out."""
        size = len(text.encode("utf-8", "replace"))
        if size > self._text:
            self.cut, text = True, text.encode("utf-8", "replace")[: self._text].decode("utf-8", "ignore")
        self._text = max(0, self._text - size)
        if text:
            self.tell({"kind": kind, "text": text.encode("utf-8", "replace").decode()})

    def show(self, bundle: dict[str, Any]) -> None:
        """What is displayed, in the form that says most: a picture, else text."""
        for form in _PICTURES:
            data = bundle.get(form)
            if data is not None:
                whole = b64encode(data).decode() if isinstance(data, bytes) else str(data)
                if len(whole) <= self._pictures:
                    self._pictures -= len(whole)
                    self.tell({"kind": "picture", "form": form, "data": whole})
                    return
                self.cut = True
        for form in _TEXTS:
            if form in bundle:
                self.text("result", str(bundle[form]) + "\n")
                return


class Printing:
    """Stands for standard output and error."""

    encoding, errors, closed, newlines = "utf-8", "replace", False, None

    def __init__(self, line: Line, kind: str) -> None:
        self._line = line
        self._kind = kind

    def write(self, text: str) -> int:
        """As files do."""
        self._line.text(self._kind, str(text))
        return len(text)

    def writelines(self, lines: list[str]) -> None:
        """As files do."""
        self.write("".join(lines))

    def flush(self) -> None:
        """Nothing is held back."""

    def isatty(self) -> bool:
        """Nobody looks at it."""
        return False

    def writable(self) -> bool:
        """It is."""
        return True


def main() -> None:
    """Take on the bounds, then cells until the end of the input."""
    bounds: dict[str, int] = json.loads(sys.argv[1])
    asking, answering = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    nothing = os.open(os.devnull, os.O_RDWR)
    for descriptor in (0, 1, 2):
        os.dup2(nothing, descriptor)
    _confine(bounds)
    line = Line(answering, bounds)
    with suppress(OSError):  # what matplotlib knows of the system's fonts, so that nobody waits for it
        shutil.copytree(os.path.join(sys.prefix, "matplotlib"), FONTS)
    shell = _shell(line)
    fence.raise_fence()
    os.chdir(WORK)
    orders = _listen(asking)
    line.tell({"kind": "ready"})
    seen: dict[str, tuple[int, int]] = {}
    while (order := orders.get()) is not None:
        message, content = order
        if message["do"] == "put":
            _put(message["name"], content or b"", seen)
        else:
            _run(shell, line, message, seen, bounds)


def _confine(bounds: dict[str, int]) -> None:
    os.nice(bounds["nice"])
    libc = ctypes.CDLL(None)
    power = 0
    while libc.prctl(_DROP_BOUND, power, 0, 0, 0) == 0:  # to the first that this kernel doesn't know, or that isn't ours to drop
        power += 1
    if os.getuid() == 0 and bounds["user"]:
        os.setgroups([])
        os.setresgid(bounds["user"], bounds["user"], bounds["user"])
        os.setresuid(bounds["user"], bounds["user"], bounds["user"])
    limits = (
        (resource.RLIMIT_AS, bounds["memory"]),
        (resource.RLIMIT_FSIZE, bounds["disk"]),
        (resource.RLIMIT_NPROC, bounds["threads"]),
        (resource.RLIMIT_NOFILE, 256),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_MEMLOCK, 0),
    )
    for which, most in limits:
        resource.setrlimit(which, (most, most))
    libc.prctl(_AMBIENT, _CLEAR_ALL, 0, 0, 0)
    if libc.capset((ctypes.c_uint32 * 2)(_CAPABILITIES, 0), (ctypes.c_uint32 * 6)()):
        raise OSError("the kernel's powers can't be given up")
    libc.prctl(_DUMPABLE, 0, 0, 0, 0)  # nobody of the same user looks in


def _shell(line: Line) -> Any:
    """IPython without a terminal, without history, telling what is shown."""
    from IPython.core.displayhook import DisplayHook  # type: ignore[import-not-found]  # as its classes, below
    from IPython.core.displaypub import DisplayPublisher  # type: ignore[import-not-found]  # as its classes, below
    from IPython.core.interactiveshell import InteractiveShell  # type: ignore[import-not-found]  # as its classes, below
    from traitlets.config import Config  # type: ignore[import-not-found]  # as its classes, below

    class Shown(DisplayPublisher):  # type: ignore[misc]  # IPython isn't in the environment of the checks
        def publish(self, data: dict[str, Any], *_rest: Any, **_more: Any) -> None:
            line.show(data)

    class Result(DisplayHook):  # type: ignore[misc]  # as above
        def write_output_prompt(self) -> None:
            """There is none."""

        def write_format_data(self, format_dict: dict[str, Any], *_rest: Any, **_more: Any) -> None:
            line.show(format_dict)

    class Shell(InteractiveShell):  # type: ignore[misc]  # as above
        displayhook_class = Result
        display_pub_class = Shown

        def _showtraceback(self, _type: Any, _value: Any, stb: list[str]) -> None:
            line.text("error", "\n".join(stb) + "\n")

    config = Config()
    config.HistoryManager.enabled = False
    config.InteractiveShell.colors = "nocolor"
    config.InteractiveShell.xmode = "Context"
    config.InteractiveShell.history_load_length = 0
    shell = Shell.instance(config=config)
    sys.stdout, sys.stderr = Printing(line, "stdout"), Printing(line, "stderr")
    return shell


def _listen(asking: BinaryIO) -> "queue.SimpleQueue[tuple[dict[str, Any], bytes | None] | None]":
    """Orders as they come; one to interrupt is carried out at once."""
    orders: queue.SimpleQueue[tuple[dict[str, Any], bytes | None] | None] = queue.SimpleQueue()
    signal.signal(signal.SIGINT, signal.SIG_IGN)

    def listen() -> None:
        for message, content in _messages(asking):
            if message["do"] == "interrupt":
                os.kill(os.getpid(), signal.SIGINT)
            else:
                orders.put((message, content))
        orders.put(None)
        os._exit(0)  # nobody listens any more, whatever the cell is doing

    threading.Thread(target=listen, daemon=True).start()
    return orders


def _messages(asking: BinaryIO) -> Iterator[tuple[dict[str, Any], bytes | None]]:
    while (body := _frame(asking)) is not None:
        message = json.loads(body)
        yield message, _frame(asking) if message["do"] == "put" else None


def _frame(asking: BinaryIO) -> bytes | None:
    head = asking.read(_LENGTH.size)
    if len(head) < _LENGTH.size:
        return None
    (length,) = _LENGTH.unpack(head)
    return asking.read(length) if length <= _MOST_FRAME else None


def _put(name: str, content: bytes, seen: dict[str, tuple[int, int]]) -> None:
    place = os.path.join(WORK, name)
    with open(place, "wb") as file:
        file.write(content)
    told = os.stat(place)
    seen[name] = (told.st_mtime_ns, told.st_size)


def _run(shell: Any, line: Line, message: dict[str, Any], seen: dict[str, tuple[int, int]], bounds: dict[str, int]) -> None:
    line.begin()
    signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        ran = shell.run_cell(message["code"], store_history=False, silent=False)
        good = bool(ran.success)
    except KeyboardInterrupt:
        line.text("error", "KeyboardInterrupt\n")
        good = False
    finally:
        signal.signal(signal.SIGINT, signal.SIG_IGN)
    cut = _tell_files(line, seen, bounds)
    line.tell({"kind": "done", "id": message["id"], "good": good, "cut": line.cut or cut})


def _tell_files(line: Line, seen: dict[str, tuple[int, int]], bounds: dict[str, int]) -> bool:
    """Regular files that are new or changed; whether some were left out."""
    left, count, cut = bounds["file_bytes"], bounds["files"], False
    for name, place, told in _files(WORK, "", _DEEPEST):
        mark = (told.st_mtime_ns, told.st_size)
        if seen.get(name) == mark:
            continue
        seen[name] = mark
        if told.st_size > left or count <= 0:
            cut = True
            continue
        try:
            with open(os.open(place, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK), "rb") as file:
                content = file.read(left)
        except OSError:
            continue
        left, count = left - len(content), count - 1
        line.tell({"kind": "file", "name": name}, content)
    return cut


def _files(folder: str, before: str, depth: int) -> Iterator[tuple[str, str, os.stat_result]]:
    with os.scandir(folder) as entries:
        for number, entry in enumerate(entries):
            if number > 10_000:
                return
            if entry.name.startswith("."):
                continue
            told = entry.stat(follow_symlinks=False)
            if stat.S_ISREG(told.st_mode):
                yield before + entry.name, entry.path, told
            elif stat.S_ISDIR(told.st_mode) and depth:
                yield from _files(entry.path, f"{before}{entry.name}/", depth - 1)


if __name__ == "__main__":
    main()
