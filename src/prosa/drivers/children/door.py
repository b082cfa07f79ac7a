"""The door of a child: shut, it can compute and answer, and nothing else. No files, sockets, processes, no code from memory.

A seccomp filter (Documentation/userspace-api/seccomp_filter.rst of Linux) that allows what a table names and answers the
rest with "not permitted". Imports nothing but the standard library.
"""

import _thread
import ctypes
import errno
import mmap
import os
import platform
import resource
import struct
import sys
from collections.abc import Callable
from contextlib import suppress
from typing import Final

# Of classic BPF (linux/bpf_common.h): load a word, jump if equal, jump if bits are set, return.
_LOAD, _EQUAL, _BITS, _RETURN = 0x20, 0x15, 0x45, 0x06
# Places in struct seccomp_data; of the arguments the lower half, as both architectures are little-endian.
_NUMBER, _ARCHITECTURE, _FIRST, _THIRD = 0, 4, 16, 32
_ALLOW, _KILL, _REFUSE = 0x7FFF0000, 0x80000000, 0x00050000 | errno.EPERM
_EXECUTE: Final = 4  # PROT_EXEC
_NO_NEW_PRIVILEGES, _SECCOMP, _FILTER = 38, 22, 2  # linux/prctl.h, linux/seccomp.h

# The numbers stand in this order: read write writev close fstat lseek munmap brk mremap madvise futex rt_sigaction rt_sigprocmask
# rt_sigreturn sigaltstack sched_yield getpid gettimeofday clock_gettime getrandom rseq restart_syscall exit exit_group gettid;
# mmap mprotect, which may map no code; tgkill, by which a process that gives up ends itself, and may end no other.
# Before them the word by which the kernel knows the architecture (linux/audit.h); the numbers are those of asm/unistd.h.
_TABLES: Final = {
    "x86_64": (
        0xC000003E,
        (0, 1, 20, 3, 5, 8, 11, 12, 25, 28, 202, 13, 14, 15, 131, 24, 39, 96, 228, 318, 334, 219, 60, 231, 186),
        (9, 10),
        234,
    ),
    "aarch64": (
        0xC00000B7,
        (63, 64, 66, 57, 80, 62, 215, 214, 216, 233, 98, 134, 135, 139, 132, 124, 172, 169, 113, 278, 293, 128, 93, 94, 178),
        (222, 226),
        131,
    ),
}


class _Program(ctypes.Structure):
    """struct sock_fprog."""

    _fields_ = (("length", ctypes.c_ushort), ("filter", ctypes.c_char_p))


def shut_door() -> bool:
    """Allow nothing but computing, and reading and writing what is open, from now on and for good. False: this system can't, and
    nothing has changed. What is to be imported must be before."""
    table = _TABLES.get(platform.machine()) if sys.platform == "linux" else None
    if table is None:
        return False
    program = _program(*table)
    libc = ctypes.CDLL(None, use_errno=True)
    told = _Program(len(program) // 8, program)
    if libc.prctl(_NO_NEW_PRIVILEGES, 1, 0, 0, 0) != 0:
        return False
    return bool(libc.prctl(_SECCOMP, _FILTER, ctypes.byref(told), 0, 0) == 0)


def _program(architecture: int, plain: tuple[int, ...], mapping: tuple[int, int], signal: int) -> bytes:
    """Jumps count the instructions between: forward, to one of the ends."""
    steps: list[tuple[int, int, int, int]] = [
        (_LOAD, 0, 0, _ARCHITECTURE),
        (_EQUAL, 1, 0, architecture),
        (_RETURN, 0, 0, _KILL),
        (_LOAD, 0, 0, _NUMBER),
    ]
    for at, number in enumerate(plain):
        steps.append((_EQUAL, len(plain) - at + 8, 0, number))  # to the last line
    steps += [
        (_EQUAL, 5, 0, mapping[0]),
        (_EQUAL, 4, 0, mapping[1]),
        (_EQUAL, 0, 2, signal),
        (_LOAD, 0, 0, _FIRST),
        (_EQUAL, 4, 0, os.getpid()),
        (_RETURN, 0, 0, _REFUSE),
        (_LOAD, 0, 0, _THIRD),
        (_BITS, 0, 1, _EXECUTE),
        (_RETURN, 0, 0, _REFUSE),
        (_RETURN, 0, 0, _ALLOW),
    ]
    return b"".join(struct.pack("<HBBI", *step) for step in steps)


def _socket() -> None:
    """A local one, asked of the system itself. Raises OSError."""
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.socket(1, 1, 0) < 0:
        raise OSError(ctypes.get_errno(), "socket")


def lower() -> None:
    """Let others go first: with the processor, and where memory runs out."""
    with suppress(OSError):
        os.nice(10)
    with suppress(OSError), open("/proc/self/oom_score_adj", "w", encoding="ascii") as file:
        file.write("1000")


def holes() -> list[str]:
    """What this process can do all the same, though the door should be shut: words, none where all is well."""
    found = []
    tries: dict[str, Callable[[], object]] = {
        "open a file": lambda: os.close(os.open("/", os.O_RDONLY)),
        "open a socket": _socket,
        "start a process": lambda: os._exit(0) if os.fork() == 0 else None,
        "start a thread": lambda: _thread.start_new_thread(int, ()),
        "run a program": lambda: os.execv("/bin/true", ["true"]),  # noqa: S606  # to see it refused
        "signal others": lambda: os.kill(os.getppid(), 0),
        "map code": lambda: mmap.mmap(-1, 4096, prot=mmap.PROT_READ | mmap.PROT_EXEC),
        "change its bounds": lambda: resource.setrlimit(resource.RLIMIT_CORE, (0, 0)),
        "make a folder": lambda: os.mkdir("prosa-hole"),
        "look at a folder": lambda: os.listdir("."),
    }
    for what, attempt in tries.items():
        try:
            attempt()
        except (OSError, RuntimeError, ValueError):
            continue
        found.append(what)
    return found
