"""The figures of one process: plain dictionaries that are counted into, rendered when somebody asks."""

import os
from collections.abc import Iterable
from typing import Protocol

import msgspec

from prosa.drivers.telemetry.families import OTHER, Counter, Family, Gauge, Histogram
from prosa.drivers.telemetry.process import ProcessFigures, host_figures, process_figures
from prosa.drivers.telemetry.records import RequestRecord

CONTENT_TYPE = b"text/plain; version=0.0.4; charset=utf-8"

_SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 120.0, 300.0)
_LAGS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 5.0)
_MOST_MODELS = 200


class TokenCount(Protocol):
    """Tokens of a call as the gateway tells them."""

    @property
    def prompt_tokens(self) -> int: ...

    @property
    def completion_tokens(self) -> int: ...


class SettledCall(Protocol):
    """What is counted of a call to a provider; the gateway's CallRecord is one."""

    @property
    def kind(self) -> str: ...

    @property
    def model(self) -> str: ...

    @property
    def provider(self) -> str: ...

    @property
    def status(self) -> str: ...

    @property
    def usage(self) -> TokenCount | None: ...

    @property
    def first_byte_seconds(self) -> float | None: ...

    @property
    def fault_code(self) -> str | None: ...


class Snapshot(msgspec.Struct, array_like=True):
    """One process's figures, to be summed with others: values by family, and the process they come from."""

    pid: int
    born: int
    values: dict[str, list[tuple[tuple[str, ...], list[float]]]]


class Metrics:
    """Counts requests, calls to providers, tokens, refusals and lag. Labels have few values, whatever callers send."""

    def __init__(self, version: str = "", known_models: Iterable[str] = ()) -> None:
        self.version = version
        self._models = set(known_models)
        self.requests = Counter("prosa_requests_total", "HTTP requests answered.", ("dialect", "route", "status"))
        self.seconds = Histogram(
            "prosa_request_seconds", "Time from a request's head to its answer's end.", _SECONDS, ("dialect",)
        )
        self.first_byte = Histogram("prosa_first_byte_seconds", "Time until an answer began.", _SECONDS, ("dialect",))
        self.bytes_out = Counter("prosa_answer_bytes_total", "Bytes of answers' bodies.", ("dialect",))
        self.streams = Gauge("prosa_streams_open", "Answers being streamed now.")
        self.in_flight = Gauge("prosa_requests_open", "Requests being answered now.")
        self.calls = Counter("prosa_upstream_calls_total", "Calls to model providers.", ("provider", "kind", "status"))
        self.call_first_byte = Histogram(
            "prosa_upstream_first_byte_seconds", "Time until a provider's answer began.", _SECONDS, ("provider",)
        )
        self.errors = Counter("prosa_upstream_errors_total", "Calls to providers that failed, by kind.", ("provider", "kind"))
        self.tokens = Counter("prosa_tokens_total", "Tokens, by model and direction.", ("model", "direction"))
        self.limited = Counter("prosa_limiter_refusals_total", "Requests refused by a rate limit.", ("door",))
        self.refused = Counter("prosa_auth_refusals_total", "Requests refused for who sent them.", ("door", "reason"))
        self.dropped_logs = Counter("prosa_log_records_dropped_total", "Request records that no log line was written for.")
        self.lag = Histogram("prosa_event_loop_lag_seconds", "How late the event loop ran a timer.", _LAGS)
        self.backup_success = Gauge("prosa_backup_last_success_timestamp_seconds", "When the newest scheduled backup was made.")
        self.backup_failures = Counter("prosa_backup_failures_total", "Scheduled backups that failed.")
        self.jobs_open = Gauge("prosa_jobs_open", "Background jobs that are still to be done, by state.", ("state",))
        self.jobs_oldest = Gauge("prosa_jobs_oldest_seconds", "For how long the oldest waiting background job has waited.")
        self.jobs_ended = Counter("prosa_jobs_total", "Background jobs that ended, by name and outcome.", ("job", "outcome"))
        self.jobs_success = Gauge("prosa_jobs_last_success_timestamp_seconds", "When a background job was last done.", ("job",))
        self.jobs_paused = Gauge("prosa_purge_paused_seconds", "For how long nothing is purged yet, because the clock leapt.")
        self.runs_driven = Gauge("prosa_runs_driven", "Runs that are being driven now.")
        self.runs_followed = Gauge("prosa_runs_followed", "Runs that somebody follows now.")
        self.runs_ended = Counter("prosa_runs_ended_total", "Runs that ended, by kind and state.", ("kind", "state"))
        self.runs_taken_over = Counter("prosa_runs_taken_over_total", "Runs that went on after their driver's death.", ("kind",))
        self.usage_waiting = Gauge("prosa_usage_rows_waiting", "Calls that have still to be written down.")
        self.usage_dropped = Counter("prosa_usage_rows_dropped_total", "Calls that were not written down.")
        # The numbers that a request of one kind counts into, found once: labels have few values, so these are few too.
        self._request_cells: dict[tuple[str, str, int], tuple[list[float], ...]] = {}
        self._call_cells: dict[tuple[str, str, str, str], tuple[list[float], ...]] = {}
        self._families: tuple[Family, ...] = tuple(value for value in vars(self).values() if isinstance(value, Family))

    def observe(self, record: RequestRecord) -> None:
        """Count a request that has ended."""
        key = (record.dialect, record.path, record.status)
        cells = self._request_cells.get(key)
        if cells is None:
            dialect = (record.dialect,)
            cells = self._request_cells[key] = (
                self.requests.cell((record.dialect, record.path, str(record.status))),
                self.seconds.cell(dialect),
                self.first_byte.cell(dialect),
                self.bytes_out.cell(dialect),
            )
        cells[0][0] += 1
        self.seconds.count(cells[1], record.seconds)
        if record.first_byte_seconds is not None:
            self.first_byte.count(cells[2], record.first_byte_seconds)
        cells[3][0] += record.bytes_out

    def call_settled(self, call: SettledCall) -> None:
        """Count a call to a provider that has ended, however it did."""
        usage = call.usage
        # A name that never answered may be anything that a caller made up.
        key = (call.provider, call.kind, call.status, OTHER if usage is None else self._model(call.model))
        cells = self._call_cells.get(key)
        if cells is None:
            cells = self._call_cells[key] = (
                self.calls.cell((call.provider, str(call.kind), str(call.status))),
                self.call_first_byte.cell((call.provider,)),
                self.tokens.cell((key[3], "in")),
                self.tokens.cell((key[3], "out")),
            )
        cells[0][0] += 1
        if call.first_byte_seconds is not None:
            self.call_first_byte.count(cells[1], call.first_byte_seconds)
        if call.fault_code is not None:
            self.errors.add((call.provider, call.fault_code))
        if usage is not None:
            cells[2][0] += usage.prompt_tokens
            cells[3][0] += usage.completion_tokens

    def know_models(self, names: Iterable[str]) -> None:
        """Models that the catalogue lists have a series of their own; of others the first two hundred that answered."""
        self._models.update(names)

    def snapshot(self) -> Snapshot:
        """This process's figures as they are now."""
        own = process_figures()
        values = {family.name: list(family.values.items()) for family in self._families if family.values}
        return Snapshot(os.getpid(), own.born if own else 0, values)

    def adopt(self, snapshot: Snapshot) -> None:
        """Count on from what a process before this one had counted; what was open then is not."""
        for family in self._families:
            if family.kind != "gauge":
                family.merge(dict(snapshot.values.get(family.name, ())))

    def render(self, others: Iterable[Snapshot] = ()) -> bytes:
        """The text that Prometheus reads: this process and `others` added up."""
        total = Metrics(self.version)
        processes = [process_figures()]
        for snapshot in (self.snapshot(), *others):
            living = process_figures(snapshot.pid) if snapshot.pid != os.getpid() else None
            if living is not None and living.born == snapshot.born:
                processes.append(living)
            for family in total._families:
                if family.kind != "gauge" or snapshot.pid == os.getpid() or living is not None:
                    family.merge(dict(snapshot.values.get(family.name, ())))
        families = (*total._families, *_machine([figures for figures in processes if figures], self.version))
        return "".join(f"{line}\n" for family in families for line in family.lines()).encode()

    def _model(self, name: str) -> str:
        if name in self._models:
            return name
        if len(self._models) >= _MOST_MODELS:
            return OTHER
        self._models.add(name)
        return name


def _machine(processes: list[ProcessFigures], version: str) -> Iterable[Family]:
    """What the processes use, one series a worker, and what the host has left."""
    cpu = Counter("process_cpu_seconds_total", "CPU time of a process.", ("pid",))
    memory = Gauge("process_resident_memory_bytes", "Memory of a process that is resident.", ("pid",))
    files = Gauge("process_open_fds", "Open file descriptors of a process.", ("pid",))
    for figures in processes:
        labels = (str(figures.pid),)
        cpu.add(labels, figures.cpu_seconds)
        memory.set(figures.resident_bytes, labels)
        files.set(figures.open_files, labels)
    build = Gauge("prosa_build_info", "Always 1; the version in a label.", ("version",))
    build.set(1, (version,))
    return (build, cpu, memory, files, *_host())


def _host() -> Iterable[Family]:
    figures = host_figures()
    if figures is None:
        return ()
    cpu = Counter("host_cpu_seconds_total", "CPU time of the host, by use.", ("mode",))
    cpu.add(("busy",), figures.cpu_busy_seconds)
    cpu.add(("idle",), figures.cpu_idle_seconds)
    cpus = Gauge("host_cpus", "Processors of the host.")
    cpus.set(figures.cpus)
    memory = Gauge("host_memory_bytes", "Memory of the host.")
    memory.set(figures.memory_bytes)
    free = Gauge("host_memory_available_bytes", "Memory of the host that can be had without swapping.")
    free.set(figures.memory_free_bytes)
    load = Gauge("host_load1", "Processes that want to run, averaged over a minute.")
    load.set(figures.load)
    return (cpus, cpu, memory, free, load)
