"""Keys that pass the bar of their address because they came from there before."""

from prosa.api.edge.bars import Bars


def test_a_key_is_known_where_it_came_from_and_nowhere_else() -> None:
    bars = Bars()
    bars.remember("203.0.113.1", "settings-1")
    assert bars.knows("203.0.113.1", "settings-1")
    assert not bars.knows("203.0.113.1", "settings-2") and not bars.knows("203.0.113.2", "settings-1")


def test_it_stays_small() -> None:
    bars = Bars(most=10)
    for number in range(1000):
        bars.remember(f"a{number}", "settings-1")
    assert len(bars._proven) <= 10 and bars.knows("a999", "settings-1")
