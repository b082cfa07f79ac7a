"""The filter of a child's calls, read as the kernel reads it: on every architecture it lets through what its table names."""

import os
import struct

import pytest

from prosa.drivers.children.door import _TABLES, _program

ALLOW, REFUSE, KILL = 0x7FFF0000, 0x00050001, 0x80000000


def judged(program: bytes, architecture: int, number: int, first: int = 0, third: int = 0) -> int:
    """What a program of classic BPF answers to a call."""
    data = struct.pack("<IIQQQQQQQ", number, architecture, 0, first, 0, third, 0, 0, 0)
    steps = list(struct.iter_unpack("<HBBI", program))
    at = held = 0
    while True:
        code, yes, no, value = steps[at]
        if code == 0x06:
            return int(value)
        if code == 0x20:
            held = struct.unpack_from("<I", data, value)[0]
            at += 1
        else:
            at += 1 + (yes if (held == value if code == 0x15 else held & value) else no)


@pytest.mark.parametrize("machine", sorted(_TABLES))
def test_only_what_the_table_names_passes(machine: str) -> None:
    architecture, plain, mapping, signal = _TABLES[machine]
    program = _program(architecture, plain, mapping, signal)
    for number in range(600):
        named = number in plain or number in mapping
        assert judged(program, architecture, number) == (ALLOW if named else REFUSE), number
        assert judged(program, architecture ^ 1, number) == KILL
    for number in mapping:
        assert (
            judged(program, architecture, number, third=3) == ALLOW and judged(program, architecture, number, third=7) == REFUSE
        )
    assert judged(program, architecture, signal, first=os.getpid()) == ALLOW
    assert judged(program, architecture, signal, first=os.getppid()) == REFUSE
    assert judged(program, architecture, plain[0] | 0x40000000) == REFUSE  # the other way to name a call on x86-64
    assert len(set(plain)) == len(plain) == 25
