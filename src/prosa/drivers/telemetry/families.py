"""Families of figures and their text form, Prometheus' exposition format 0.0.4 (no client library needed for so little)."""

from bisect import bisect_left
from collections.abc import Iterable, Sequence

Labels = tuple[str, ...]
Values = dict[Labels, list[float]]

OTHER = "other"
_MOST_SERIES = 2000  # of one family; more than that is a mistake or an attack, and is counted together
_MOST_LABEL = 120


class Family:
    """Figures of one name, by labels. `values` holds a list for each: one number, or a histogram's buckets, sum and count."""

    kind = "gauge"

    def __init__(self, name: str, text: str, labels: Sequence[str] = ()) -> None:
        self.name = name
        self.text = text
        self.labels = tuple(labels)
        self.values: Values = {}

    def cell(self, labels: Labels) -> list[float]:
        """The numbers of these labels; those of `other` where there are too many already."""
        found = self.values.get(labels)
        if found is None:
            if len(self.values) >= _MOST_SERIES:
                labels = (OTHER,) * len(labels)
            found = self.values.setdefault(labels, self._empty())
        return found

    def merge(self, values: Values) -> None:
        """Add another process's figures; those of another form (an older version's) are left out."""
        for labels, numbers in values.items():
            if len(labels) == len(self.labels) and len(numbers) == len(self._empty()):
                own = self.cell(labels)
                own[:] = [a + b for a, b in zip(own, numbers, strict=True)]

    def lines(self) -> Iterable[str]:
        """The family's lines; none when it has no figures."""
        if not self.values:
            return
        yield f"# HELP {self.name} {_escaped_help(self.text)}"
        yield f"# TYPE {self.name} {self.kind}"
        for labels in sorted(self.values):
            yield from self._samples(labels, self.values[labels])

    def _empty(self) -> list[float]:
        return [0.0]

    def _samples(self, labels: Labels, numbers: list[float]) -> Iterable[str]:
        yield f"{self.name}{_braces(zip(self.labels, labels, strict=True))} {_number(numbers[0])}"


class Gauge(Family):
    """A figure that goes up and down."""

    def set(self, value: float, labels: Labels = ()) -> None:
        """Say what it is now."""
        self.cell(labels)[0] = value

    def add(self, value: float, labels: Labels = ()) -> None:
        """Change it by `value`."""
        self.cell(labels)[0] += value


class Counter(Family):
    """A figure that only grows. Its name ends in `_total`."""

    kind = "counter"

    def add(self, labels: Labels = (), value: float = 1.0) -> None:
        """Count one more, or `value` more."""
        self.cell(labels)[0] += value


class Histogram(Family):
    """How many observations lay at or below each bound."""

    kind = "histogram"

    def __init__(self, name: str, text: str, bounds: Sequence[float], labels: Sequence[str] = ()) -> None:
        super().__init__(name, text, labels)
        self.bounds = tuple(bounds)

    def observe(self, value: float, labels: Labels = ()) -> None:
        """Count one observation."""
        self.count(self.cell(labels), value)

    def count(self, numbers: list[float], value: float) -> None:
        """Count one observation into the numbers of some labels (see `cell`)."""
        numbers[bisect_left(self.bounds, value)] += 1
        numbers[-1] += value

    def _empty(self) -> list[float]:
        return [0.0] * (len(self.bounds) + 2)  # one a bound, one above them all, the sum

    def _samples(self, labels: Labels, numbers: list[float]) -> Iterable[str]:
        named = list(zip(self.labels, labels, strict=True))
        count = 0.0
        for bound, number in zip((*self.bounds, float("inf")), numbers[:-1], strict=True):
            count += number
            yield f"{self.name}_bucket{_braces([*named, ('le', _number(bound))])} {_number(count)}"
        yield f"{self.name}_sum{_braces(named)} {_number(numbers[-1])}"
        yield f"{self.name}_count{_braces(named)} {_number(count)}"


def _braces(pairs: Iterable[tuple[str, str]]) -> str:
    inside = ",".join(f'{name}="{_escaped(value)}"' for name, value in pairs)
    return "{" + inside + "}" if inside else ""


def _escaped(value: str) -> str:
    """A label's value: backslash, quote and newline escaped, other control characters and half characters shown as `?`."""
    text = "".join(char if char.isprintable() or char == "\n" else "?" for char in value[:_MOST_LABEL])
    return text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")


def _escaped_help(text: str) -> str:
    return text.replace("\\", "\\\\").replace("\n", "\\n")


def _number(value: float) -> str:
    if value == float("inf"):
        return "+Inf"
    return str(int(value)) if value == int(value) and abs(value) < 1e15 else repr(value)
