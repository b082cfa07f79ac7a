"""The memory of addresses that tried too many keys."""

from prosa.api.edge.bars import Bars


def test_a_bar_lasts_its_time_and_spares_who_was_there_before() -> None:
    bars = Bars()
    assert bars.left("203.0.113.1", "settings-1", 10.0) == 0.0
    bars.bar("203.0.113.1", 12.0)
    assert bars.left("203.0.113.1", "settings-1", 10.0) == 0.0
    assert bars.left("203.0.113.1", "settings-2", 10.5) == 1.5
    assert bars.left("203.0.113.2", "settings-2", 10.5) == 0.0
    assert bars.left("203.0.113.1", "settings-2", 12.0) == 0.0


def test_it_stays_small() -> None:
    bars = Bars(most=10)
    for number in range(1000):
        bars.bar(f"a{number}", 99.0)
        bars.left(f"b{number}", "settings-1", 1.0)
    assert len(bars._until) == len(bars._proven) == 10
