"""What every test stands on: evidence of the promises, no network beyond this machine, no silent skip."""

import gc
import os
import shutil
import sys
import zlib
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest

from checks.evidence import Evidence
from checks.hanging import Hanging
from checks.measuring import Measuring
from tests.offline import watch_connections

HERE = Path(__file__).parent
FAMILIES = {
    "chromium": ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome", "google-chrome-stable"),
    "gcc": ("gcc", "cc"),
}
# SDKs that checks/clients.sh puts beside the environment, each in a folder of its own.
CLIENTS = {
    "openai1": Path("build/clients/openai1"),
    "openai2": Path("build/clients/openai2"),
    "assistants": Path("build/clients/assistants"),
    "node-openai": Path("build/clients/node"),
}


# Certificates that are looked up one by one: a client that reads the whole file of them takes as long as a small test.
CERTIFICATES = "/etc/ssl/certs"
SAMPLED = 4  # of so many cases of a test on PostgreSQL one, beside the first two
# Tests of these folders look at the whole from outside, at what other tests have gone through piece by piece, or at what
# isn't prosa.
UNMEASURED = frozenset({"attacks", "bench", "checks", "clients", "guard", "journeys"})
BROWSING = "journeys"


def pytest_addoption(parser: pytest.Parser) -> None:
    """`--measure`: in-process coverage, as `make test` asks for it."""
    parser.addoption("--measure", action="store_true", help="measure in-process coverage into build/coverage")


def pytest_configure(config: pytest.Config) -> None:
    """Start what watches the run: evidence, coverage (when asked for), connections outward."""
    config.pluginmanager.register(Evidence(config), "prosa-evidence")
    config.pluginmanager.register(Hanging(config), "prosa-hanging")
    if config.getoption("--measure"):
        config.pluginmanager.register(Measuring(config), "prosa-measuring")
    sys.addaudithook(watch_connections)
    if Path(CERTIFICATES).is_dir():
        os.environ.setdefault("SSL_CERT_DIR", CERTIFICATES)


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Modules whose cases take seconds to make, all of them with full counts, aren't read where those are left out."""
    left_out = "not faults" in config.getoption("markexpr", "")
    return True if left_out and collection_path.name.endswith("_whole.py") else None


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_collection() -> Iterator[None]:
    """What is imported and found stays to the end: the collector would go through it again and again as it grows."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.freeze()
        gc.set_threshold(20_000, 20, 50)  # much as a server has it (prosa.boot.server)
        gc.enable()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What is shown on both databases is shown on SQLite alone by `make quick`: the twin on PostgreSQL is a slow test.

    Of a test's long table of cases, all of which SQLite has, PostgreSQL has a sample, and the whole of it in `make faults`.
    """
    both = {_case(item) for item in items if "sqlite" in _parameters(item)}
    measured, twins = set(), Counter[tuple[Path, str]]()
    for item in items:
        case, twin = _case(item), "postgresql" in _parameters(item)
        if twin:
            twins[case] += 1
            item.add_marker(pytest.mark.slow)
            if case in both and twins[case] > 2 and zlib.crc32(item.nodeid.encode()) % SAMPLED:
                item.add_marker(pytest.mark.faults)
        # Measuring makes Python take up to twice as long, and a test's other cases hardly show more than its first one.
        if twin or case in measured or item.path.relative_to(HERE).parts[0] in UNMEASURED:
            item.add_marker(pytest.mark.unmeasured)
        measured.add(case)
    items[:] = _spread(items)


def _spread(items: Sequence[pytest.Item]) -> list[pytest.Item]:
    """Modules that start browsers stand evenly among the others: several browsers at once would be too much for two cores."""
    modules: dict[Path, list[pytest.Item]] = {}
    for item in items:
        modules.setdefault(item.path, []).append(item)
    browsing = [path for path in modules if path.relative_to(HERE).parts[0] == BROWSING]
    others = [path for path in modules if path.relative_to(HERE).parts[0] != BROWSING]
    place = {path: (number + 0.5) / len(browsing) for number, path in enumerate(browsing)}
    place |= {path: number / len(others) for number, path in enumerate(others)}
    return [item for path in sorted(modules, key=lambda path: place[path]) for item in modules[path]]


def _case(item: pytest.Item) -> tuple[Path, str]:
    """The test, whatever its parameters."""
    return item.path, getattr(item, "originalname", item.name)


def _parameters(item: pytest.Item) -> list[str]:
    """Those of a test's parameters that are texts."""
    values = item.callspec.params.values() if isinstance(item, pytest.Function) and hasattr(item, "callspec") else ()
    return [value for value in values if isinstance(value, str)]


@pytest.fixture(autouse=True, scope="module")
def nothing_to_collect() -> Iterator[None]:
    """What earlier modules left behind in this process is no business of the collector's, which would go through it each time."""
    yield
    gc.collect()
    gc.freeze()


@pytest.fixture(autouse=True, scope="session")
def quick_sign_in() -> Iterator[None]:
    """In this process a password's hash costs next to nothing, and what must take a whole number of half seconds takes fiftieths.

    Tests of the hash itself name their cost; those of the time ask for `whole_steps`; servers of their own have both as they are.
    """
    from prosa.identity.passwords import Cost

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("prosa.identity.accounts.pace.STEP", 0.02)
        patch.setattr("prosa.identity.passwords.service.Cost", lambda: Cost(memory_kib=64, passes=1))
        yield


@pytest.fixture
def whole_steps(monkeypatch: pytest.MonkeyPatch) -> None:
    """The steps of the product, for tests of the time that something takes."""
    monkeypatch.setattr("prosa.identity.accounts.pace.STEP", 0.5)


def in_ci() -> bool:
    """Whether a missing tool is an error: CI installs everything, so nothing may be skipped there."""
    return os.environ.get("PROSA_CI") == "1" or os.environ.get("CI", "").lower() in {"1", "true"}


@pytest.fixture(scope="session")
def need() -> Callable[[str], str]:
    """`need("chromium")` gives the tool's path; where it is missing the test is skipped, loudly, and in CI it fails."""

    def find(tool: str) -> str:
        client = CLIENTS.get(tool)
        if client is not None and (client.parent / "stamp").exists():
            return str(client.resolve())
        for name in FAMILIES.get(tool, (tool,)):
            beside = Path(sys.executable).with_name(name)
            path = str(beside) if beside.exists() else shutil.which(name)
            if path:
                return path
        if in_ci():
            pytest.fail(f"{tool} is missing, and CI must have it: .ci/run installs what tests need")
        pytest.skip(f"{tool} is missing here; install it to run this test")

    return find
