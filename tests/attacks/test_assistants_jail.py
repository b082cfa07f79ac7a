"""The code interpreter under many who come at once: no more kernels than there may be, and none that nobody ends."""

import asyncio
from dataclasses import replace

import pytest

from prosa.interpreter import How, Interpreter, InterpreterBusy
from prosa.kit.clock import SystemClock
from tests.interpreter.test_interpreter import MISSING, SETTINGS, jails

pytestmark = pytest.mark.skipif(MISSING is not None, reason=f"no code can be run here: {MISSING}")


@pytest.mark.attack("G5", "J13")
async def test_who_asks_for_many_kernels_at_once_gets_no_more_than_may_be() -> None:
    interpreter = Interpreter(replace(SETTINGS, kernels=3, space_kernels=2), SystemClock())
    try:
        await asyncio.gather(*(interpreter.run("ana", key, "1") for key in ("idle", "idle too")))
        cells = [interpreter.run("ana", f"key {number}", "1") for number in range(4)]
        found = await asyncio.gather(*cells, interpreter.run("bia", "one", "2"), return_exceptions=True)
        assert not [each for each in found[:-1] if isinstance(each, BaseException) and not isinstance(each, InterpreterBusy)]
        assert not isinstance(found[-1], BaseException) and found[-1].logs == "2\n", "another one's is not taken"
        assert len(jails()) <= 3
    finally:
        await interpreter.stop()
    assert not jails()


@pytest.mark.attack("G5", "G7")
async def test_cells_of_one_key_that_come_at_once_share_one_kernel_also_after_it_died() -> None:
    interpreter = Interpreter(SETTINGS, SystemClock())
    try:
        cells = ["import os; os._exit(1)", "x = 1", "x = 2", "print(3)"]
        found = await asyncio.gather(*(interpreter.run("ana", "one", code) for code in cells))
        assert [each.how for each in found] == [How.DIED, How.DONE, How.DONE, How.DONE]
        assert (await interpreter.run("ana", "one", "4")).how is How.DONE and len(jails()) == 1  # whichever came last before
    finally:
        await interpreter.stop()
    assert not jails(), "each kernel is in a seat, so that it ends"
