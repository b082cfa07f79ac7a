"""Presence: devices of one owner learn of each other, also of those that other processes hold, and of nobody else's."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from prosa.drivers.sql import Database
from prosa.events import Presence, Signals
from prosa.events import presence as module


@asynccontextmanager
async def process(folder: Path) -> AsyncIterator[tuple[Presence, Signals]]:
    """The presence of one process."""
    signals = Signals(folder / "signals", Database(folder / "none.db"))
    await signals.start()
    presence = Presence(signals)
    try:
        yield presence, signals
    finally:
        await presence.stop()
        await signals.stop()


async def until(holds: Callable[[], bool]) -> None:
    """Wait for something."""
    for _ in range(2000):
        if holds():
            return
        await asyncio.sleep(0.01)
    raise AssertionError("it never came to be so")


def quiet() -> None:
    """A watcher that does nothing."""


async def test_devices_of_two_processes_know_each_other_and_what_they_do(tmp_path: Path) -> None:
    async with process(tmp_path) as (one, _), process(tmp_path) as (two, _):
        told: list[int] = []
        with one.enter("a", lambda: told.append(len(one.devices("a")))) as first:
            with two.enter("a", quiet) as second, two.enter("b", quiet):
                await until(lambda: len(one.devices("a")) == 2 and len(two.devices("a")) == 2)
                assert {device.id for device in two.devices("a")} == {first.device.id, second.device.id}
                assert [device.id for device in two.devices("b")] not in ([first.device.id], [second.device.id])
                second.change("typing", "conv_1")
                await until(lambda: ("typing", "conv_1") in [(each.state, each.place) for each in one.devices("a")])
            await until(lambda: len(one.devices("a")) == 1)
            assert told[:2] == [1, 2] and told[-1] == 1
        assert one.devices("a") == () and not told[len(told) :]


async def test_who_is_not_heard_of_any_more_is_gone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "HEARTBEAT", 0.02)
    monkeypatch.setattr(module, "GONE", 0.2)
    async with process(tmp_path) as (one, _), process(tmp_path) as (two, signals):
        with one.enter("a", quiet):
            stay = two.enter("a", quiet)
            await until(lambda: len(one.devices("a")) == 2)
            await asyncio.sleep(0.5)
            assert len(one.devices("a")) == 2  # it says again and again that it is there
            await two.stop()
            await signals.stop()  # as if the process had been killed
            await until(lambda: len(one.devices("a")) == 1)
            stay.__exit__()


async def test_what_is_no_word_of_ours_is_not_looked_at(tmp_path: Path) -> None:
    async with process(tmp_path) as (one, signals):
        with one.enter("a", quiet) as stay:
            for said in ("", "{", "{}", '{"device":1}', '{"device":{"id":1,"state":"","since":0}}'):
                signals.publish(module.topic_of("a"), said)
            stay.change("idle", "x" * 65)
            assert [(device.state, device.place) for device in one.devices("a")] == [("idle", None)]
