"""What code in the jail can't ask of the kernel, whatever it runs: processes, programs, sockets, mounts, other processes' memory.

A seccomp filter (Documentation/userspace-api/seccomp_filter.rst of Linux). Imports nothing but the standard library: it is read
inside the jail, where prosa isn't.
"""

import ctypes
import errno
import platform
import struct
import sys
from typing import Final

# Of classic BPF (linux/bpf_common.h): load a word, jump if equal, if at least, if bits are set; return.
_LOAD, _EQUAL, _LEAST, _BITS, _RETURN = 0x20, 0x15, 0x35, 0x45, 0x06
_NUMBER, _ARCHITECTURE, _FIRST, _SECOND = 0, 4, 16, 24  # places in struct seccomp_data; arguments' lower halves (little-endian)
_ALLOW, _KILL, _ERROR = 0x7FFF0000, 0x80000000, 0x00050000
_REFUSE, _UNKNOWN = _ERROR | errno.EPERM, _ERROR | errno.ENOSYS
_THREAD: Final = 0x00010000  # CLONE_THREAD of linux/sched.h
_TIOCSTI, _TIOCLINUX = 0x5412, 0x541C  # what types into a terminal (asm-generic/ioctls.h)
_OTHER_ABI: Final = 0x40000000  # calls of x32 under the same architecture word
_NO_NEW_PRIVILEGES, _SECCOMP, _FILTER = 38, 22, 2  # linux/prctl.h, linux/seccomp.h

# The same numbers on both: those that came after the tables were joined (asm-generic/unistd.h).
_COMMON: Final = (
    *(424, 425, 426, 427, 428, 429, 430, 431, 432, 433, 434, 438, 442, 447),  # pidfd_*, io_uring_*, new mount calls, memfd_secret
)
_CLONE3: Final = 435
# Each: the word by which the kernel knows the architecture, clone, ioctl, and what is refused (asm/unistd.h), in this order: fork
# and vfork where there are; execve, execveat, ptrace, unshare, setns, mount, umount2, pivot_root, chroot, bpf, keyctl, add_key,
# request_key, userfaultfd, perf_event_open, process_vm_readv and _writev, open_by_handle_at, name_to_handle_at, kexec_load and
# _file_load, init_module, finit_module, delete_module, socket, quotactl, reboot, swapon, swapoff, syslog, acct, settimeofday,
# clock_settime, adjtimex, clock_adjtime, personality, vhangup, mknodat, kcmp, fanotify_init, migrate_pages, move_pages, mbind,
# set_mempolicy; memfd_create, shmget, msgget, mq_open, whose memory no bound counts; and on x86 mknod, iopl, ioperm, modify_ldt.
_TABLES: Final = {
    "x86_64": (
        0xC000003E,
        56,
        16,
        (
            *(57, 58, 59, 322, 101, 272, 308, 165, 166, 155, 161, 321, 250, 248, 249, 323, 298, 310, 311, 304, 303, 246, 320),
            *(175, 313, 176, 41, 179, 169, 167, 168, 103, 163, 164, 227, 159, 305, 135, 153, 259, 312, 300, 256, 279, 237, 238),
            *(319, 29, 68, 240),
            *(133, 172, 173, 154),
        ),
    ),
    "aarch64": (
        0xC00000B7,
        220,
        29,
        (
            *(221, 281, 117, 97, 268, 40, 39, 41, 51, 280, 219, 217, 218, 282, 241, 270, 271, 265, 264, 104, 294),
            *(105, 273, 106, 198, 60, 142, 224, 225, 116, 89, 170, 112, 171, 266, 92, 58, 33, 272, 262, 238, 239, 235, 237),
            *(279, 194, 186, 180),
        ),
    ),
}


class _Program(ctypes.Structure):
    """struct sock_fprog."""

    _fields_ = (("length", ctypes.c_ushort), ("filter", ctypes.c_char_p))


def known() -> bool:
    """Whether there is a fence for this machine."""
    return sys.platform == "linux" and platform.machine() in _TABLES


def raise_fence() -> None:
    """Refuse these calls to this process and all its threads, from now on and for good. Raises OSError where that can't be."""
    program = _program(*_TABLES[platform.machine()])
    libc = ctypes.CDLL(None, use_errno=True)
    told = _Program(len(program) // 8, program)
    if libc.prctl(_NO_NEW_PRIVILEGES, 1, 0, 0, 0) or libc.prctl(_SECCOMP, _FILTER, ctypes.byref(told), 0, 0):
        raise OSError(ctypes.get_errno(), "the kernel takes no filter")


def _program(architecture: int, clone: int, control: int, refused: tuple[int, ...]) -> bytes:
    """Jumps count the instructions between. What is refused is compared one by one, each with its own answer behind it."""
    steps: list[tuple[int, int, int, int]] = [
        (_LOAD, 0, 0, _ARCHITECTURE),
        (_EQUAL, 1, 0, architecture),
        (_RETURN, 0, 0, _KILL),
        (_LOAD, 0, 0, _NUMBER),
        (_LEAST, 0, 1, _OTHER_ABI),
        (_RETURN, 0, 0, _KILL),
        (_EQUAL, 0, 1, _CLONE3),  # whose flags lie in memory: libraries go on with clone
        (_RETURN, 0, 0, _UNKNOWN),
    ]
    for number in (*refused, *_COMMON):
        steps += [(_EQUAL, 0, 1, number), (_RETURN, 0, 0, _REFUSE)]
    steps += [
        (_EQUAL, 0, 4, clone),
        (_LOAD, 0, 0, _FIRST),
        (_BITS, 1, 0, _THREAD),
        (_RETURN, 0, 0, _REFUSE),
        (_RETURN, 0, 0, _ALLOW),
        (_EQUAL, 0, 4, control),
        (_LOAD, 0, 0, _SECOND),
        (_EQUAL, 1, 0, _TIOCSTI),
        (_EQUAL, 0, 1, _TIOCLINUX),
        (_RETURN, 0, 0, _REFUSE),
        (_RETURN, 0, 0, _ALLOW),
    ]
    return b"".join(struct.pack("<HBBI", *step) for step in steps)
