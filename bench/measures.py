"""The rows of the table: what is measured, in which unit, and what prosa has promised about it."""

from dataclasses import dataclass

import msgspec

Figures = dict[str, float]


@dataclass(frozen=True, slots=True)
class Sizes:
    """How much each case does; seconds of load, streams, and streams opened a second."""

    seconds: float = 5.0
    live: int = 5_000
    most: int = 9_500
    workers_live: int = 10_000
    peer_live: int = 500
    ramp: int = 1_000
    hold: float = 6.0
    concurrent: int = 1_000
    rounds: int = 5  # of cases that are measured in turn
    people: int = 10_000  # with five keys each
    deeds: int = 50  # of one kind in a round
    checks: int = 5_000
    sign_ins: int = 200
    appends: int = 12_800
    items: int = 1_000_000  # stored
    searchers: int = 1_000  # people with a hundred messages each
    passages: int = 100_000  # of one vector store


QUICK = Sizes(
    seconds=2.0,
    live=1_000,
    most=0,
    workers_live=2_000,
    peer_live=200,
    ramp=1_000,
    hold=3.0,
    rounds=3,
    people=2_000,
    deeds=20,
    checks=1_000,
    sign_ins=50,
    appends=3_840,
    items=100_000,
    searchers=100,
    passages=10_000,
)
FULL = Sizes()


@dataclass(frozen=True, slots=True)
class Measure:
    """One row. `most` or `least` is the goal; `promise` names the promises it shows; {live} and the like are sizes."""

    id: str
    title: str
    unit: str = ""
    most: float | None = None
    least: float | None = None
    promise: str = ""

    def goal(self) -> str:
        """The goal as text."""
        if self.most is not None:
            return f"≤ {self.most:g}"
        return f"≥ {self.least:g}" if self.least is not None else ""

    def met(self, value: float) -> bool | None:
        """Whether a value reaches the goal; None when there is none."""
        if self.most is not None:
            return value <= self.most
        return value >= self.least if self.least is not None else None


def _crowded(kind: str, name: str) -> tuple[Measure, ...]:
    """What is done among many people: its CPU (PostgreSQL's own included), and how many times that among 100."""
    deeds = {
        "sign_in": "sign-in beside the hash",
        "find_key": "finding a key that is not remembered",
        "list_people": "a page of people",
        "list_keys": "a page of one's keys",
        "list_every_key": "two pages of everybody's keys",
    }
    rows = []
    for deed, title in deeds.items():
        rows.append(Measure(f"{kind}_{deed}_us", f"{name}, {{people:,}} people: {title}, CPU", "µs"))
        rows.append(Measure(f"{kind}_{deed}_ratio", "… times that with 100 people", "×", most=1.3))
    return tuple(rows)


def _journalled(kind: str, name: str) -> tuple[Measure, ...]:
    rows = []
    for case, title in (("16", "16 wait"), ("64", "64 wait"), ("128", "128 wait"), ("turn", "64 wait, three rows each")):
        rows.append(Measure(f"{kind}_journal_{case}_us", f"{name}: an append to the journal, {title}: CPU", "µs", most=55))
        rows.append(Measure(f"{kind}_journal_{case}_server_us", "… of the database server beside it", "µs"))
    return tuple(rows)


def _turned(kind: str, name: str, most: float) -> tuple[Measure, ...]:
    """A durable turn of 50 pieces: its CPU beyond that of the relay, and the delay of a piece through the log."""
    rows = []
    for case, title in (("turn", "a piece each 20 ms, 50 at once"), ("turn_burst", "in bursts, 32 at once")):
        rows.append(Measure(f"{kind}_{case}_ms", f"{name}: a durable turn, {title}: CPU beyond the relay", "ms", most=most))
        rows.append(Measure(f"{kind}_{case}_relay_ms", "… the relay itself", "ms"))
        rows.append(Measure(f"{kind}_{case}_server_ms", "… of the database server beside it", "ms"))
    rows.append(Measure(f"{kind}_run_lag_p50_ms", f"{name}, 200 live runs: added delay of a piece, p50", "ms", most=15))
    rows.append(Measure(f"{kind}_run_lag_p99_ms", "… p99", "ms", most=60))
    rows.append(Measure(f"{kind}_run_first_p50_ms", "… of the first piece, p50", "ms"))
    return tuple(rows)


def _assisted(kind: str, name: str, most: float | None) -> tuple[Measure, ...]:
    """A run of an assistant with 50 pieces: its CPU beyond that of the relay."""
    rows = []
    for case, title in (("assistant", "a piece each 20 ms, 50 at once"), ("assistant_burst", "in bursts, 32 at once")):
        row = f"{name}: an assistant's run and its thread, {title}: CPU beyond the relay"
        rows.append(Measure(f"{kind}_{case}_ms", row, "ms", most=most))
        rows.append(Measure(f"{kind}_{case}_relay_ms", "… the relay itself", "ms"))
        rows.append(Measure(f"{kind}_{case}_server_ms", "… of the database server beside it", "ms"))
    rows.append(Measure(f"{kind}_assistant_three_ms", "… in bursts; message, run and steps in three requests", "ms"))
    return tuple(rows)


def _stored(kind: str, name: str) -> tuple[Measure, ...]:
    """What is done among many stored items: its CPU (PostgreSQL's own included), and how many times that among 1,000."""
    rows = []
    for deed, title in (("open", "opening a conversation"), ("list", "a list of conversations"), ("append", "adding a message")):
        rows.append(Measure(f"{kind}_talk_{deed}_us", f"{name}, {{items:,}} items: {title}, CPU", "µs"))
        rows.append(Measure(f"{kind}_talk_{deed}_ratio", "… times that with 1,000 items", "×", most=1.5))
    rows.append(Measure(f"{kind}_talk_long_ms", f"{name}: the newest page of a conversation of 10,000 items", "ms", most=30))
    return tuple(rows)


def _found(kind: str, name: str) -> tuple[Measure, ...]:
    """A search by one of many people, with what is shown of each hit; and what indexing a message costs, afterwards."""
    return (
        Measure(f"{kind}_search_p95_ms", f"{name}, {{searchers:,}} people with 100 messages each: a search, p95", "ms", most=50),
        Measure(f"{kind}_search_p50_ms", "… p50", "ms"),
        Measure(f"{kind}_search_index_us", "… indexing a message, CPU", "µs"),
        Measure(f"{kind}_search_index_server_us", "… of the database server beside it", "µs"),
    )


def _known(kind: str, name: str) -> tuple[Measure, ...]:
    """Sixty questions over documents made for them, with a small English model; and searches in a large store."""
    rows = []
    for language, title in (("english", "English"), ("portuguese", "Portuguese")):
        for ranker, way in (("hybrid", "words and vectors"), ("words", "words alone"), ("vectors", "vectors alone")):
            rows.append(Measure(f"{kind}_{language}_{ranker}_recall", f"{name}, 30 {title} questions, {way}: recall@5"))
            rows.append(Measure(f"{kind}_{language}_{ranker}_rank", "… mean reciprocal rank"))
    store = f"{name}, {{passages:,}} passages"
    rows.append(Measure(f"{kind}_passages_hybrid_p95_ms", f"{store}: a search by words and vectors, p95", "ms", most=60))
    rows.append(Measure(f"{kind}_passages_hybrid_p50_ms", "… p50", "ms"))
    rows.append(Measure(f"{kind}_passages_hybrid_cpu_ms", "… CPU, p50", "ms"))
    rows.append(Measure(f"{kind}_passages_hybrid_cpu_p95_ms", "… CPU, p95", "ms"))
    rows.append(Measure(f"{kind}_passages_words_p95_ms", "… by words alone, p95", "ms"))
    rows.append(Measure(f"{kind}_passages_vectors_p95_ms", "… by vectors alone, p95", "ms"))
    rows.append(Measure(f"{kind}_passages_first_ms", "… the first one of a process", "ms"))
    rows.append(Measure(f"{kind}_passages_memory_mb", "… memory that the store takes", "MB", most=150))
    rows.append(Measure(f"{kind}_passages_put_ms", "… keeping a passage, CPU", "ms"))
    return tuple(rows)


def _searched() -> tuple[Measure, ...]:
    """Searches over HTTP in a large store."""
    return (
        Measure("sqlite_search_http_p95_ms", "SQLite, {passages:,} passages: a search over HTTP by words and vectors, p95", "ms"),
        Measure("sqlite_search_http_p50_ms", "… p50", "ms"),
        Measure("sqlite_search_http_cpu_ms", "… CPU of the server, mean", "ms"),
        Measure("sqlite_search_http_mb", "… memory that the server takes beyond before", "MB"),
    )


def _read() -> tuple[Measure, ...]:
    """A PDF of a thousand pages, without embeddings."""
    return (
        Measure("read_pdf_cpu_s", "reading a PDF of 1,000 pages: CPU of the process that reads it", "s", most=15),
        Measure("read_pdf_own_cpu_ms", "… of the server's own", "ms"),
        Measure("read_pdf_chunks_cpu_ms", "… cutting it into passages", "ms"),
        Measure("read_p99_alone_ms", "… 200 calls a second to a server that reads nothing: p99", "ms"),
        Measure("read_p99_beside_ms", "… to one that reads documents into vector stores", "ms"),
        Measure("read_p99_ratio", "… times the first, median", "×", most=1.2),
        Measure("read_beside_files", "… documents of 200 pages that were read meanwhile", ""),
    )


def _painted() -> tuple[Measure, ...]:
    """The web app in Chromium, over loopback."""
    return (
        Measure("app_paint_s", "web app: a new chat, nothing kept, CPU four times slower", "s", most=1.5),
        Measure("app_task_ms", "… an answer of 3,000 tokens at 200/s behind 80 messages: longest task", "ms", most=200),
        Measure("app_tasks", "… tasks over 50 ms", ""),
        Measure("app_key_p95_ms", "… from a key to the next frame meanwhile, p95", "ms", most=50),
        Measure("app_open_s", "… a conversation of 2,000 messages is open", "s"),
        Measure("app_scroll_task_ms", "… longest task while going up in it", "ms", most=200),
    )


def _used(kind: str, name: str) -> tuple[Measure, ...]:
    """A year of a million calls a month, by a thousand people, asked for."""
    titles = {"day": "everybody's by day", "model": "… by model", "person": "… by person", "key": "… by key", "own": "one's own"}
    before = f"{name}, usage of a year, a million calls a month: "
    return tuple(
        Measure(f"{kind}_usage_{case}_ms", title if title.startswith("…") else before + title, "ms", most=100)
        for case, title in titles.items()
    )


MEASURES = (
    Measure("ready_cpu_s", "start: CPU until ready", "s", most=0.5),
    Measure("ready_s", "start: time until ready (cold start)", "s", most=0.5, promise="B22 S14"),
    Measure("ready_mb", "start: resident memory", "MB", most=60),
    Measure("plain_cpu_ms", "plain request: CPU", "ms", most=0.10),
    Measure("plain_litellm", "plain request: LiteLLM's CPU for each of prosa's", "×", least=10),
    Measure("plain_rps", "plain requests, 32 connections", "/s", least=7_000),
    Measure("plain_p50_ms", "plain requests, 32 connections: p50", "ms"),
    Measure("plain_p99_ms", "plain requests, 32 connections: p99", "ms"),
    Measure("half_p50_ms", "half of that rate: p50", "ms", most=200, promise="S14"),
    Measure("half_p99_ms", "half of that rate: p99", "ms", most=500, promise="S14"),
    Measure("half_added_p50_ms", "half of that rate: added to the direct call, p50", "ms", most=0.5),
    Measure("half_added_p99_ms", "half of that rate: added to the direct call, p99", "ms", most=3),
    Measure("embed_cpu_ms", "embedding: CPU", "ms", most=0.10),
    Measure("burst_cpu_s", "a million chunks in burst: CPU", "s", most=10),
    Measure("paced_cpu_s", "a million chunks at 2,500 a second: CPU", "s", most=35),
    Measure("paced_lag_p99_ms", "… a chunk's time on the way, p99", "ms"),
    Measure("concurrent_lost", "{concurrent:,} calls at once: not answered", "", most=0, promise="S15"),
    Measure("live_lost", "{live:,} live streams ({peer_live:,} at peers): lost", "", most=0),
    Measure("live_kb", "… memory of each", "KB", most=30),
    Measure("live_cpu_s", "… a million chunks: CPU", "s"),
    Measure("live_lag_p99_ms", "… a chunk's time on the way, p99", "ms", most=50),
    Measure("live_first_p99_ms", "… first chunk, p99", "ms", most=400),
    Measure("live_told_ms", "… all leave at once: until the provider is told of the last", "ms", most=1_000),
    Measure("most_lost", "{most:,} live streams: lost", "", most=0),
    Measure("most_mb", "… resident memory", "MB", most=300),
    Measure("most_cores", "… cores in use", "", most=0.45),
    Measure("most_lag_p99_ms", "… a chunk's time on the way, p99", "ms", most=50),
    Measure("most_first_p99_ms", "… first chunk, p99", "ms", most=400),
    Measure("told_p50_ms", "a client leaves: until the provider is told, p50", "ms"),
    Measure("told_most_ms", "a client leaves: until the provider is told, longest of 40", "ms", most=100),
    Measure("slow_mb", "slow reader: memory of each", "MB", most=1),
    Measure("slow_lost", "slow readers that lost something", "", most=0),
    Measure("workers_pss_mb", "four workers: proportional memory, idle", "MB", most=200, promise="B21"),
    Measure("workers_after_mb", "four workers: proportional memory, after plain load", "MB", most=200, promise="B21"),
    Measure("workers_rps", "four workers: plain requests, 256 connections", "/s", least=5_000, promise="B19"),
    Measure("workers_mean_ms", "four workers: mean latency of these", "ms", most=100, promise="B20"),
    Measure("workers_lost", "four workers: {workers_live:,} connections: lost", "", most=0, promise="B23"),
    Measure("workers_live_mb", "… proportional memory", "MB"),
    Measure("key_plain_cpu_ms", "plain request with a person's key: CPU", "ms", most=0.10),
    Measure("key_burst_cpu_s", "a million chunks in burst with a person's key: CPU", "s", most=10),
    Measure("key_over_settings_us", "a person's key: CPU beyond that of one in the settings", "µs", most=10),
    Measure("key_over_none_us", "a person's key: CPU beyond that of a server without keys", "µs", most=10),
    Measure("cookie_over_settings_us", "a browser's cookie: CPU beyond that of a key in the settings", "µs", most=150),
    Measure("check_key_us", "a person's key, remembered: the check alone", "µs", most=10),
    Measure("check_key_guard_us", "… the whole guard, limits included", "µs"),
    Measure("check_settings_guard_us", "… the same with a key of the settings", "µs"),
    Measure("check_key_fresh_us", "… the same with a person's key that is not remembered", "µs"),
    Measure("check_cookie_us", "a browser's cookie, remembered: the whole guard", "µs", most=150),
    Measure("check_cookie_fresh_us", "… not remembered", "µs", most=150),
    Measure("hash_ms", "a password's hash: CPU", "ms"),
    *_crowded("sqlite", "SQLite"),
    *_crowded("postgresql", "PostgreSQL"),
    Measure(
        "sign_in_slow_ratio", "{sign_ins} sign-ins at once: others' p99 (a provider of 0.2 s), times that without", "×", most=1.2
    ),
    Measure("sign_in_slow_alone_p99_ms", "… p99 without them", "ms"),
    Measure("sign_in_slow_p99_ms", "… p99 beside them", "ms"),
    Measure("sign_in_ratio", "… with a provider that answers at once: p99, times that without them", "×"),
    Measure("sign_in_alone_p99_ms", "… p99 without them", "ms"),
    Measure("sign_in_p99_ms", "… p99 beside them", "ms"),
    Measure("sign_in_seconds", "… all of them answered after", "s"),
    Measure("sign_in_rate", "… calls of others meanwhile", "/s"),
    Measure("sign_in_lost", "… refused or failed", "", most=0),
    *_journalled("sqlite", "SQLite"),
    *_journalled("postgresql", "PostgreSQL"),
    *_turned("sqlite", "SQLite", 1.5),
    *_turned("postgresql", "PostgreSQL", 2.5),
    *_assisted("sqlite", "SQLite", 2.5),
    *_assisted("postgresql", "PostgreSQL", None),
    Measure("readers_kb", "{live:,} readers of runs in one process: memory of each", "KB", most=80),
    Measure("readers_lost", "… that missed something", "", most=0),
    Measure("readers_lag_p99_ms", "… a piece's time on the way, p99", "ms"),
    *_stored("sqlite", "SQLite"),
    *_stored("postgresql", "PostgreSQL"),
    *_found("sqlite", "SQLite"),
    *_found("postgresql", "PostgreSQL"),
    *_known("sqlite", "SQLite"),
    *_known("postgresql", "PostgreSQL"),
    *_searched(),
    *_read(),
    *_used("sqlite", "SQLite"),
    *_used("postgresql", "PostgreSQL"),
    *_painted(),
    Measure("highest_mb", "highest resident memory of one process in all cases", "MB", most=512, promise="S16"),
    Measure("left_connections", "afterwards: connections and streams left over", "", most=0),
    Measure("left_files", "afterwards: open files beyond those before", "", most=0),
    Measure("failures", "answers that failed in all cases", "", most=0),
)


class Outcome(msgspec.Struct):
    """What one subject reached; `problems` are failures in words."""

    name: str
    version: str = ""
    figures: Figures = {}
    problems: list[str] = []


class Report(msgspec.Struct):
    """One run, as kept in build/bench/latest.json."""

    when: str
    machine: str
    size: str
    outcomes: list[Outcome] = []
    left_out: dict[str, str] = {}
