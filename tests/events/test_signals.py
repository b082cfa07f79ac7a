"""Wake-ups within a process and between the processes of a machine."""

import asyncio
import os
import socket
import stat
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from prosa.drivers.sql import Database
from prosa.events import Signals
from tests.events.conftest import Heard, neighbour

Maker = Callable[[], Signals]


async def test_subscribers_of_the_process_are_called_at_once(started: Maker) -> None:
    signals, heard, other = started(), Heard(), Heard()
    signals.subscribe("news", heard)
    leave = signals.subscribe("news", other)
    signals.publish("news", "1")  # not even started
    await signals.start()
    signals.publish("news", "2")
    leave()
    leave()
    signals.publish("news", "3")
    signals.publish("nobody")
    assert (heard.payloads, other.payloads) == (["1", "2", "3"], ["1", "2"])


async def test_a_subscriber_may_leave_while_it_is_called(started: Maker) -> None:
    signals, heard = started(), Heard()
    leaving: list[Callable[[], None]] = []
    leaving.append(signals.subscribe("news", lambda _: leaving[0]()))
    signals.subscribe("news", heard)
    signals.publish("news", "1")
    signals.publish("news", "2")
    assert heard.payloads == ["1", "2"]


async def test_other_processes_hear_and_are_heard(started: Maker, tmp_path: Path) -> None:
    signals, heard = started(), Heard()
    signals.subscribe("news", heard)
    await signals.start()
    place = str(tmp_path / "prosa.db")
    async with neighbour(tmp_path / "signals", place) as one, neighbour(tmp_path / "signals", place) as two:
        began = time.monotonic()
        signals.publish("news", "from here")
        assert await one.told() == ["news", "from here"]
        assert await two.told() == ["news", "from here"]
        assert time.monotonic() - began < 0.2
        await one.publish("news", "from there")
        await heard.until("from there")
        assert await two.told() == ["news", "from there"]


async def test_a_killed_neighbour_is_forgotten_and_its_socket_removed(started: Maker, tmp_path: Path) -> None:
    signals = started()
    await signals.start()
    async with neighbour(tmp_path / "signals", str(tmp_path / "prosa.db")) as one:
        assert len(os.listdir(tmp_path / "signals")) == 2
        one.process.kill()
        await one.process.wait()
        signals.publish("news", "anybody?")
        await asyncio.sleep(0.01)
        assert len(os.listdir(tmp_path / "signals")) == 1


async def test_a_neighbour_that_sleeps_costs_it_the_wake_ups_and_nobody_else_anything(started: Maker, tmp_path: Path) -> None:
    signals, heard = started(), Heard()
    await signals.start()
    third = started()
    third.subscribe("news", heard)
    await third.start()
    async with neighbour(tmp_path / "signals", str(tmp_path / "prosa.db")) as one:
        one.process.send_signal(19)
        began = time.monotonic()
        for number in range(500):
            signals.publish("news", str(number))
            await asyncio.sleep(0)
        await heard.until("499")
        assert time.monotonic() - began < 2
        one.process.send_signal(18)
        assert await one.told() == ["news", "0"]


async def test_what_one_turn_of_the_loop_publishes_goes_out_together(started: Maker, tmp_path: Path) -> None:
    signals, other, heard = started(), started(), Heard()
    other.subscribe("news", heard)
    await signals.start()
    await other.start()
    for number in range(300):
        signals.publish("news", f"{number:04d}" * 20)
        signals.publish("news", f"{number:04d}" * 20)
    await heard.until("0299" * 20)
    assert heard.payloads == [f"{number:04d}" * 20 for number in range(300)]


@pytest.mark.parametrize(("topic", "payload", "told"), [("news", "ü" * 600, ""), ("news", "\ud800", ""), ("x" * 300, "y", None)])
async def test_messages_are_bounded(started: Maker, topic: str, payload: str, told: str | None) -> None:
    signals, other, heard, long = started(), started(), Heard(), Heard()
    other.subscribe("news", heard)
    other.subscribe("x" * 300, long)
    await signals.start()
    await other.start()
    signals.publish(topic, payload)
    signals.publish("news", "last")
    await heard.until("last")
    assert heard.payloads == [*([] if told is None else [told]), "last"]
    assert long.payloads == []


@pytest.mark.parametrize(
    "packet",
    [b"", b"\xff\xfe", b"[]", b'["me",[["news"]]]', b'["me",[["news",1]]]', b'{"a":1}', b"[" * 9000, b"x" * 60_000],
)
async def test_packets_of_strangers_are_left_alone(started: Maker, tmp_path: Path, packet: bytes) -> None:
    signals, heard = started(), Heard()
    signals.subscribe("news", heard)
    await signals.start()
    (name,) = os.listdir(tmp_path / "signals")
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as stranger:
        stranger.sendto(packet, str(tmp_path / "signals" / name))
        stranger.sendto(b'["me",[["news","good"]]]', str(tmp_path / "signals" / name))
    await heard.until("good")
    assert heard.payloads == ["good"]


async def test_nobody_else_may_enter_the_folder(started: Maker, tmp_path: Path) -> None:
    (tmp_path / "signals").mkdir(mode=0o777)
    (tmp_path / "signals").chmod(0o777)
    await started().start()
    (name,) = os.listdir(tmp_path / "signals")
    assert stat.S_IMODE(os.stat(tmp_path / "signals").st_mode) == 0o700
    assert stat.S_IMODE(os.stat(tmp_path / "signals" / name).st_mode) == 0o600


async def test_a_folder_that_cant_be_is_said_and_the_process_goes_on(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    (tmp_path / "file").write_text("")
    signals, heard = Signals(tmp_path / "file", Database(tmp_path / "prosa.db")), Heard()
    signals.subscribe("news", heard)
    await signals.start()
    signals.publish("news", "here")
    await asyncio.sleep(0)
    await signals.stop()
    assert heard.payloads == ["here"]
    assert "no wake-ups from other processes of this machine" in caplog.text


async def test_a_folder_of_another_user_is_not_used(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "signals").mkdir()
    monkeypatch.setattr(os, "geteuid", lambda: os.getuid() + 1)
    signals = Signals(tmp_path / "signals", Database(tmp_path / "prosa.db"))
    await signals.start()
    await signals.stop()
    assert os.listdir(tmp_path / "signals") == []
    assert "belongs to another user" in caplog.text


async def test_a_folder_may_lie_deeper_than_a_sockets_path_is_long(tmp_path: Path) -> None:
    folder = tmp_path / ("deep" * 30) / ("deeper" * 30) / "signals"
    place = str(tmp_path / "prosa.db")
    signals, heard = Signals(folder, Database(tmp_path / "prosa.db")), Heard()
    signals.subscribe("news", heard)
    await signals.start()
    async with neighbour(folder, place) as one:
        signals.publish("news", "down there")
        assert await one.told() == ["news", "down there"]
        await one.publish("news", "up here")
        await heard.until("up here")
    await signals.stop()
    assert len(os.listdir(folder)) == 1  # the neighbour was killed; whoever sends to it next removes it


async def test_a_folder_that_was_removed_is_made_anew(started: Maker, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("prosa.events.signals.TEND_SECONDS", 0.02)
    signals, other, heard = started(), started(), Heard()
    other.subscribe("news", heard)
    await signals.start()
    await other.start()
    for name in os.listdir(tmp_path / "signals"):
        os.unlink(tmp_path / "signals" / name)
    os.rmdir(tmp_path / "signals")
    signals.publish("news", "lost")
    await asyncio.sleep(0.1)
    signals.publish("news", "back")
    await heard.until("back")
    assert heard.payloads == ["back"]


async def test_stopping_sends_what_waits_and_leaves_nothing(started: Maker, tmp_path: Path) -> None:
    other, heard = started(), Heard()
    other.subscribe("news", heard)
    await other.start()
    files = len(os.listdir("/proc/self/fd"))
    tasks = len(asyncio.all_tasks())
    signals = started()
    await signals.start()
    signals.publish("news", "last words")
    await signals.stop()
    await signals.stop()
    signals.publish("news", "after")
    await heard.until("last words")
    assert len(os.listdir("/proc/self/fd")) == files
    assert len(asyncio.all_tasks()) == tasks
    assert len(os.listdir(tmp_path / "signals")) == 1
    await signals.start()
    signals.publish("news", "again")
    await heard.until("again")
    assert "after" not in heard.payloads


async def test_what_died_while_it_was_coming_is_swept(started: Maker, tmp_path: Path) -> None:
    folder = tmp_path / "signals"
    folder.mkdir()
    for name, age in (("n-old", 3600), ("n-new", 0)):
        (folder / name).write_text("")
        os.utime(folder / name, (time.time() - age,) * 2)
    await started().start()
    assert sorted(name[:2] for name in os.listdir(folder)) == ["n-", sorted(os.listdir(folder))[1][:2]]


async def test_a_forked_child_is_a_process_of_its_own(started: Maker, tmp_path: Path) -> None:
    signals, other, heard, others = started(), started(), Heard(), Heard()
    signals.subscribe("news", heard)
    other.subscribe("news", others)
    await signals.start()
    await other.start()
    child = os.fork()
    if child == 0:
        signals.publish("news", "before it has started")
        asyncio.run(one_word(signals))
        os._exit(0)
    await others.until("from the child")
    await heard.until("from the child")
    assert (await asyncio.to_thread(os.waitpid, child, 0))[1] == 0
    assert len(os.listdir(tmp_path / "signals")) == 2
    other.publish("news", "still here")
    await heard.until("still here")
    assert heard.payloads == ["from the child", "still here"]


async def one_word(signals: Signals) -> None:
    """What the child does with the Signals that it inherited."""
    await signals.start()
    signals.publish("news", "from the child")
    await signals.stop()
