"""The interpreter over real jails: what cells can do, and what they can't whatever they try."""

import asyncio
import os
from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from prosa.interpreter import (
    Files,
    How,
    Interpreter,
    InterpreterBusy,
    InterpreterSettings,
    InterpreterUnavailable,
    Made,
    Ran,
    Said,
)
from prosa.interpreter.jail import why_not
from prosa.interpreter.kernel import plain_name
from prosa.kit.clock import SystemClock

SETTINGS = InterpreterSettings(folder=Path("build/interpreter"), seconds=20.0)
MISSING = why_not(SETTINGS)

pytestmark = pytest.mark.skipif(MISSING is not None, reason=f"no code can be run here: {MISSING}")


@pytest.fixture
async def interpreter() -> AsyncIterator[Interpreter]:
    """One whose kernels end with the test."""
    made = Interpreter(SETTINGS, SystemClock())
    yield made
    await made.stop()
    assert not jails(), "nothing outlives the service"


def jails() -> list[str]:
    """Command lines of this process's children that are jails."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                words = (entry / "cmdline").read_bytes()
                parent = (entry / "stat").read_text().rpartition(")")[2].split()[1]
            except OSError:
                continue
            if words.startswith(b"bwrap\0") and int(parent) == os.getpid():
                found.append(words.decode("utf-8", "replace"))
    return found


async def ran(interpreter: Interpreter, code: str, key: str = "one", files: Sequence[Made] = ()) -> Ran:
    """One cell of ana's."""

    async def fetch(ids: Sequence[str]) -> dict[str, Made]:
        return {file.name: file for file in files if file.name in ids}

    return await interpreter.run("ana", key, code, Files(tuple(file.name for file in files), fetch))


async def test_a_cell_goes_on_from_the_one_before_and_shows_text_pictures_and_files(interpreter: Interpreter) -> None:
    first = await ran(interpreter, "x = 20\nprint('Olá')\nx + 1", files=[Made("in.csv", b"a,b\n1,2\n")])
    assert (first.how, first.fresh, first.logs) == (How.DONE, True, "Olá\n21\n") and not first.files
    second = await ran(interpreter, "import pandas as pd\npd.read_csv('in.csv')")
    assert not second.fresh and second.logs.split() == ["a", "b", "0", "1", "2"]
    third = await ran(
        interpreter, "import matplotlib.pyplot as plt\nplt.plot([x, 1])\nplt.show()\nopen('out.txt', 'w').write('done')"
    )
    assert [picture.form for picture in third.pictures] == ["image/png"] and third.pictures[0].content.startswith(b"\x89PNG")
    assert third.files == (Made("out.txt", b"done"),)
    fourth = await ran(interpreter, "import sys\nprint('oops', file=sys.stderr)\n1 / 0")
    assert fourth.how is How.FAILED and fourth.texts[0].said is Said.STDERR and "ZeroDivisionError" in fourth.texts[-1].text
    assert not fourth.files, "what was told once isn't told again"


@pytest.mark.attack("G7")
async def test_nobody_sees_what_another_ones_code_left(interpreter: Interpreter) -> None:
    await ran(interpreter, "secret = 'canary'\nopen('left.txt', 'w').write(secret)\nopen('/tmp/left', 'w').write(secret)")
    look = "import os\nprint('secret' in globals(), os.path.exists('left.txt'), os.path.exists('/tmp/left'), os.getppid())"
    for space, key in (("ana", "two"), ("bento", "one")):
        other = await interpreter.run(space, key, look)
        assert other.fresh and other.logs.startswith("False False False")
    assert (await ran(interpreter, "secret")).logs == "'canary'\n"
    await interpreter.forget("ana", "one")
    again = await ran(interpreter, look)
    assert again.fresh and again.logs.startswith("False False False")


READS = (
    "/etc/passwd",
    "/proc/1/environ",
    "/proc/1/root/etc/passwd",
    "/root",
    "/home",
    "/var",
    "/run",
    "/sys",
    "/proc/kcore",
    "/dev/mem",
)


@pytest.mark.attack("G3")
async def test_the_host_isn_t_there(interpreter: Interpreter) -> None:
    os.environ["PROSA_CANARY"] = "canary-of-the-environment"
    code = f"""
import os
def look(path):
    try:
        return os.listdir(path) if os.path.isdir(path) else open(path, 'rb').read(64)
    except OSError as error:
        return None
print([(path, found) for path in {READS!r} if (found := look(path)) not in (None, [], ['.pyenv'])])
print(sorted(os.environ))
print(os.path.exists('/proc'), os.getuid())
here = '{Path.cwd()}'
print([name for name in (os.listdir(here) if os.path.isdir(here) else []) if name != 'build'])
print([path for path, folders, files in os.walk('/') if '.git' in folders or 'prosa.db' in files])
"""
    try:
        seen = (await ran(interpreter, code)).logs.splitlines()
    finally:
        del os.environ["PROSA_CANARY"]
    assert seen[0] == "[]" and "CANARY" not in seen[1] and "PROSA" not in seen[1]
    assert seen[2].startswith("False ") and not seen[2].endswith(" 0")
    assert seen[3:] == ["[]", "[]"]


POWERS = """
import ctypes, sys
libc = ctypes.CDLL(None, use_errno=True)
data = (ctypes.c_uint32 * 6)()
print(libc.capget((ctypes.c_uint32 * 2)(0x20080522, 0), data), list(data))
print([power for power in range(64) if libc.prctl(23, power, 0, 0, 0) > 0], *(libc.prctl(word, 0, 0, 0, 0) for word in (39, 21)))
print(sys.prefix, sys.executable, sys.path)
"""


@pytest.mark.attack("G3", "G5")
async def test_no_power_of_the_kernel_s_is_left_and_no_words_tell_where_it_lies(interpreter: Interpreter) -> None:
    seen = (await ran(interpreter, POWERS)).logs.splitlines()
    # None effective, permitted or inheritable, none that could be gained, nothing new by any program, and the fence is up.
    assert seen[0] == "0 [0, 0, 0, 0, 0, 0]"
    assert seen[1] == "[] 1 2"
    here = str(Path.cwd())
    assert here not in seen[2] and "/opt/python" in seen[2]
    [words] = jails()
    assert here not in words and "/bin/python" in words


CALLS = """
import ctypes, os, socket, subprocess, multiprocessing, signal
libc = ctypes.CDLL(None, use_errno=True)
def attempt(name, do):
    try:
        found = do()
        print(name, 'refused' if found == -1 else f'WORKED {found}')
    except Exception as error:
        print(name, 'refused')
for family in (socket.AF_INET, socket.AF_INET6, socket.AF_UNIX, 16, 17):
    for kind in (socket.SOCK_STREAM, socket.SOCK_DGRAM, socket.SOCK_RAW):
        attempt(f'socket {family} {kind}', lambda: socket.socket(family, kind))
attempt('name', lambda: socket.getaddrinfo('example.com', 80))
attempt('fork', os.fork)
attempt('vfork', lambda: subprocess.run(['/usr/bin/true']))
attempt('exec', lambda: os.execv('/bin/true', ['true']))
attempt('spawn', lambda: os.posix_spawn('/bin/true', ['true'], {}))
attempt('pool', lambda: multiprocessing.get_context('fork').Process(target=print).start())
attempt('mount', lambda: libc.mount(b'none', b'/tmp', b'tmpfs', 0, None))
attempt('umount', lambda: libc.umount2(b'/proc', 2))
attempt('unshare', lambda: libc.unshare(0x10000000))
attempt('chroot', lambda: os.chroot('/tmp'))
attempt('ptrace', lambda: libc.ptrace(16, 1, 0, 0))
attempt('mknod', lambda: os.mknod('/tmp/node', 0o600 | 0o020000, 0x0101))
attempt('fifo', lambda: os.mkfifo('/tmp/fifo'))
attempt('setuid', lambda: os.setuid(0))
attempt('kill', lambda: os.kill(1, signal.SIGKILL))
attempt('io_uring', lambda: libc.syscall(425, 8, 0))
attempt('bpf', lambda: libc.syscall({'x86_64': 321}.get(os.uname().machine, 280), 0, 0, 0))
attempt('keyctl', lambda: libc.syscall({'x86_64': 250}.get(os.uname().machine, 219), 0, -3, 1))
attempt('userfaultfd', lambda: libc.syscall({'x86_64': 323}.get(os.uname().machine, 282), 0))
attempt('perf', lambda: libc.syscall({'x86_64': 298}.get(os.uname().machine, 241), 0, 0, -1, -1, 0))
attempt('clone3', lambda: libc.syscall(435, 0, 0))
attempt('memory file', lambda: libc.memfd_create(b'x', 0))
attempt('shared memory', lambda: libc.shmget(0, 1 << 20, 0o1600))
attempt('queue', lambda: libc.msgget(0, 0o1600))
attempt('module', lambda: libc.syscall({'x86_64': 313}.get(os.uname().machine, 273), 0, b'', 0))
for path in ('/x', '/usr/x', '/etc/x', '/dev/x', '/opt/prosa/inside.py', os.__file__):
    attempt(f'write {path}', lambda: open(path, 'a'))
"""


@pytest.mark.attack("D11", "G4", "G5")
async def test_no_network_no_process_no_mount_no_device(interpreter: Interpreter) -> None:
    told = (await ran(interpreter, CALLS)).logs.splitlines()
    assert len(told) > 40 and [line for line in told if not line.endswith("refused")] in ([], ["kill WORKED None"])
    # The signal may be sent, and the first process of a namespace takes none from inside.
    assert (await ran(interpreter, "1")).logs == "1\n"


HOGS = (
    ("bytearray(4 << 30)", "MemoryError"),
    ("blocks = [bytearray(64 << 20) for _ in range(100)]", "MemoryError"),
    ("open('big', 'wb').write(b'x' * (300 << 20))", "File too large"),
    ("for n in range(10**9): open(f'f{n}', 'w').write('x' * 100_000)", "No space left"),
    ("open('/tmp/big', 'wb').write(b'x' * (80 << 20))", "No space left"),
    ("open('/dev/shm/big', 'wb').write(b'x' * (2 << 20))", "No space left"),
    ("held = [open('/dev/null') for _ in range(1000)]", "Too many open files"),
    (
        "import threading, time\nfor _ in range(5000): threading.Thread(target=time.sleep, args=(9,)).start()",
        "can't start new thread",
    ),
)


@pytest.mark.attack("G5")
async def test_what_takes_too_much_is_refused_and_the_kernel_lives_or_ends(interpreter: Interpreter) -> None:
    for number, (code, words) in enumerate(HOGS):
        found = await ran(interpreter, code, key=f"hog-{number % 2}")
        assert found.how is How.DIED or words in found.logs, code
        await interpreter.forget("ana", f"hog-{number % 2}")


@pytest.mark.attack("G5")
async def test_what_takes_too_long_is_interrupted_or_ended() -> None:
    interpreter = Interpreter(replace(SETTINGS, seconds=0.7), SystemClock())
    try:
        await interpreter.run("ana", "one", "kept = 'still here'")
        spun = await interpreter.run("ana", "one", "while True: pass")
        assert spun.how is How.TIMED_OUT and "KeyboardInterrupt" in spun.logs
        assert (await interpreter.run("ana", "one", "kept")).logs == "'still here'\n"
        stubborn = "import signal\nsignal.signal(signal.SIGINT, signal.SIG_IGN)\nwhile True: pass"
        assert (await interpreter.run("ana", "one", stubborn)).how is How.DIED
        assert not jails()
        assert (await interpreter.run("ana", "one", "'kept' in globals()")).logs == "False\n"
        assert (await interpreter.run("ana", "one", "import os\nos._exit(3)")).how is How.DIED
    finally:
        await interpreter.stop()


@pytest.mark.attack("G6")
async def test_what_is_printed_shown_and_left_is_bounded_and_of_regular_files(interpreter: Interpreter) -> None:
    printed = await ran(interpreter, "for _ in range(5000): print('x' * 1000)")
    assert printed.cut and len(printed.logs) <= SETTINGS.text_bytes
    odd = """
import os
os.symlink('/etc/hostname', 'link.txt'); os.symlink('/usr', 'folder'); os.makedirs('a/b'); open('a/b/deep.txt', 'w').write('deep')
open('.hidden', 'w').write('x'); open('bad\\x1b[2J<b>.html', 'w').write('<script>'); open('CON', 'w').write('x')
print('\\x1b[31mred\\udcff')
"""
    left = await ran(interpreter, odd)
    names = sorted(file.name for file in left.files)
    assert names == ["CON", "bad_[2J_b_.html", "deep.txt"] and all("/" not in name for name in names)
    many = await ran(interpreter, "for n in range(500): open(f'{n}.txt', 'w').write('x')")
    assert many.cut and len(many.files) == SETTINGS.files


@pytest.mark.attack("G6")
async def test_a_kernel_that_forges_its_answers_is_ended(interpreter: Interpreter) -> None:
    await ran(interpreter, "1")
    forged = r"""
import os, struct
for fd in range(3, 64):
    try:
        os.write(fd, struct.pack('>I', 2**31) + b'x' * 100)
    except OSError:
        pass
"""
    assert (await ran(interpreter, forged)).how is How.DIED
    assert (await ran(interpreter, "2")).logs == "2\n"


def test_a_files_name_leads_nowhere() -> None:
    for name, plain in (
        ("../../etc/passwd", "passwd"),
        ("a\\b\\c.txt", "c.txt"),
        ("..", "file"),
        ("x\0y.csv", "x_y.csv"),
        ("é.csv", "é.csv"),
    ):
        assert plain_name(name) == plain
    assert len(plain_name("x" * 4000 + ".csv")) == 120


async def test_kernels_are_few_and_who_is_idle_makes_room() -> None:
    interpreter = Interpreter(replace(SETTINGS, kernels=2, space_kernels=2), SystemClock())
    try:
        await interpreter.run("ana", "one", "n = 1")
        await interpreter.run("ana", "two", "n = 2")
        assert (await interpreter.run("ana", "three", "n = 3")).fresh and len(jails()) == 2
        assert (await interpreter.run("ana", "two", "n")).logs == "2\n"
        long = [asyncio.create_task(interpreter.run("ana", key, "import time\ntime.sleep(2)")) for key in ("two", "three")]
        await asyncio.sleep(0.3)
        with pytest.raises(InterpreterBusy):
            await interpreter.run("bento", "one", "1")
        await asyncio.gather(*long)
        assert (await interpreter.run("bento", "one", "1")).logs == "1\n"
    finally:
        await interpreter.stop()


async def test_without_its_environment_it_is_off_and_says_why(tmp_path: Path) -> None:
    interpreter = Interpreter(replace(SETTINGS, folder=tmp_path), SystemClock())
    with pytest.raises(InterpreterUnavailable, match="prosa doctor --install-interpreter"):
        await interpreter.run("ana", "one", "1")
    off = Interpreter(replace(SETTINGS, enabled=False), SystemClock())
    assert "switched off" in (off.why_not() or "")


async def test_processes_of_a_service_share_a_conversations_state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    one = Interpreter(SETTINGS, SystemClock(), tmp_path / "kernels")
    two = Interpreter(SETTINGS, SystemClock(), tmp_path / "kernels")
    assert two._meeting is not None
    two._meeting._name = "2"  # as another process would be called
    try:
        await one.run("ana", "talk", "x = 41")
        assert (await two.run("ana", "talk", "x + 1")).logs == "42\n" and len(jails()) == 1
        late = await ran(two, "open('late.txt').read()", "talk", [Made("late.txt", b"late")])
        assert late.logs == "'late'\n" and not late.fresh, "files reach a kernel that is there already, wherever it is"
        assert (await two.run("bento", "talk", "'x' in globals()")).logs == "False\n"
        assert (await one.run("bento", "talk", "1")).logs == "1\n" and len(jails()) == 2
        assert one.knows("bento", "talk") and not one.holds("bento") and two.holds("bento") and not two.knows("ana", "none")
        await one.forget("bento", "talk")
        assert not two.holds("bento") and len(jails()) == 1
        await one.stop()
        assert (await two.run("ana", "talk", "'x' in globals()")).logs == "False\n"
        (tmp_path / "kernels" / "9.sock").touch()  # of a process that was killed
        two._meeting._place("ana", "other").write_text("9")
        assert (await two.run("ana", "other", "3")).logs == "3\n"
    finally:
        await one.stop()
        await two.stop()
    assert [path.name for path in (tmp_path / "kernels").iterdir()] == [".lock"]
