"""The table, the goals, and the comparison with an earlier run."""

from pathlib import Path

import pytest

from bench.compile import BenchError
from bench.measures import FULL, MEASURES, QUICK, Measure, Outcome, Report
from bench.people import PEOPLE
from bench.report import comparison, load, missed, notes, number, ratio, save, table
from bench.run import against_litellm, choose, chosen, main, parse
from bench.subjects import MODEL, Site, by_command, prosa


def report(**figures: float) -> Report:
    """A run with prosa and one peer that is ten times as slow."""
    slow = {name: value * 10 for name, value in figures.items()}
    outcomes = [Outcome("prosa", "1", dict(figures), []), Outcome("litellm", "2", slow, ["plain: late 3"])]
    return Report("now", "two cores", "full", outcomes, {"ogx": "wants storage"})


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, "–"),
        (0.0, "0"),
        (0.0534, "0.053"),
        (1.234, "1.23"),
        (45.67, "45.7"),
        (345.6, "346"),
        (12345.6, "12,346"),
        (-0.5, "-0.500"),
    ],
)
def test_numbers_show_three_digits_that_matter(value: float | None, text: str) -> None:
    assert number(value) == text


def test_a_ratio_to_nothing_is_left_empty() -> None:
    assert ratio(0.05, 0.5) == "10×"
    assert ratio(0.0, 0.5) == ratio(None, 0.5) == ratio(0.5, None) == ""


def test_each_row_says_goal_value_verdict_and_ratio() -> None:
    lines = table(report(plain_cpu_ms=0.05, burst_cpu_s=12.0), FULL, "prosa").splitlines()
    assert lines[0].split() == ["unit", "prosa", "goal", "met", "litellm", "litellm:prosa"]
    assert lines[2].split() == ["plain", "request:", "CPU", "ms", "0.050", "≤", "0.1", "yes", "0.500", "10×"]
    assert lines[3].split()[-7:] == ["s", "12", "≤", "10", "NO", "120", "10×"]
    assert len(lines) == 4


def test_the_promises_of_speed_each_have_a_row_with_a_goal() -> None:
    shown = {promise for measure in MEASURES for promise in measure.promise.split() if measure.goal()}
    assert {"B19", "B20", "B21", "B22", "B23", "S14", "S15", "S16"} <= shown
    assert len({measure.id for measure in MEASURES}) == len(MEASURES)


def test_a_goal_can_be_a_floor_or_a_ceiling_or_none() -> None:
    assert Measure("a", "a", least=5).met(5) is True
    assert Measure("a", "a", most=5).met(5.1) is False
    assert Measure("a", "a").met(5) is None
    assert [measure.id for measure in missed({"plain_rps": 10.0, "plain_cpu_ms": 0.01})] == ["plain_rps"]


def test_failures_and_who_is_left_out_are_told_in_words() -> None:
    assert list(notes(report(plain_rps=1.0))) == ["litellm: plain: late 3", "ogx left out: wants storage"]


def test_titles_name_the_sizes_of_the_run() -> None:
    assert "1,000 live streams" in table(report(live_lost=0.0), QUICK, "prosa")


def test_litellms_cost_is_counted_in_prosas() -> None:
    outcomes = report(plain_cpu_ms=0.08).outcomes
    against_litellm(outcomes)
    assert outcomes[0].figures["plain_litellm"] == pytest.approx(10)
    assert "plain_litellm" not in outcomes[1].figures


def test_a_report_is_kept_and_compared(tmp_path: Path) -> None:
    path = tmp_path / "kept" / "latest.json"
    save(report(plain_cpu_ms=0.05), path)
    lines = comparison(report(plain_cpu_ms=0.06), load(path)).splitlines()
    assert lines[2].split() == ["plain_cpu_ms", "prosa", "ms", "0.050", "0.060", "+20", "%"]


def test_a_file_that_is_no_report_stops_the_run(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "none.json"
    path.write_text("{}")
    with pytest.raises(BenchError, match="no report"):
        load(path)
    assert main(["--against", str(path)]) == 2
    assert "no report of `make bench`" in capsys.readouterr().err


def test_an_unknown_case_is_refused() -> None:
    with pytest.raises(SystemExit):
        parse(["--only", "everything"])


def test_cases_are_named_one_by_one_or_as_a_group() -> None:
    assert chosen(parse([])) == []
    assert chosen(parse(["plain", "--only", "burst"])) == ["plain", "burst"]
    assert chosen(parse(["people"])) == list(PEOPLE)
    assert chosen(parse(["--only", "people"])) == list(PEOPLE)
    with pytest.raises(SystemExit):
        parse(["everything"])


def test_people_are_measured_without_peers_unless_these_are_asked_for() -> None:
    assert [subject.name for subject in choose(parse(["people"]))[0]] == ["prosa"]
    assert [subject.name for subject in choose(parse(["keys", "plain"]))[0]][:2] == ["direct", "prosa"]


def test_a_server_by_command_line_gets_its_ports(tmp_path: Path) -> None:
    subject = by_command("other@/ready=serve --port {port} --to {upstream}")
    assert (subject.name, subject.ready_path, subject.launch is not None) == ("other", "/ready", True)
    assert subject.launch is not None
    assert subject.launch(Site(1, 2, tmp_path)).argv == ("serve", "--port", "1", "--to", "2")
    with pytest.raises(BenchError, match="NAME=COMMAND"):
        by_command("other")


def test_prosa_is_measured_with_its_guards_on(tmp_path: Path) -> None:
    subject = prosa()
    assert subject.launch is not None
    launch = subject.launch(Site(1, 2, tmp_path, 4))
    assert launch.env["API_KEYS"] == subject.key
    assert launch.env["PROSA_WORKERS"] == "4"
    assert launch.env["OPENAI_BASE_URL"] == "http://127.0.0.1:2/v1"
    assert int(launch.env["PROSA_REQUESTS_PER_MINUTE"]) > 0
    assert subject.aim(Site(1, 2, tmp_path)).model == f"openai/{MODEL}"
    without = prosa(API_KEYS="").launch
    assert without is not None and without(Site(1, 2, tmp_path)).env["API_KEYS"] == ""
