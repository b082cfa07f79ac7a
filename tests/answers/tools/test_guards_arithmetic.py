"""Each bound of the calculator by itself."""

import pytest

from prosa.answers.tools.arithmetic import DEEPEST, LONGEST, WrongExpression, evaluate


@pytest.mark.parametrize(
    ("good", "bad", "why"),
    [
        ("1" + "+1" * (LONGEST // 2 - 1), "1" + "+1" * (LONGEST // 2), "characters"),
        ("(" * (DEEPEST - 1) + "1" + ")" * (DEEPEST - 1), "(" * DEEPEST + "1" + ")" * DEEPEST, "nested"),
        ("-" * (DEEPEST - 1) + "1", "-" * DEEPEST + "1", "nested"),
        ("1000!", "1001!", "factorial"),
        ("(-1) ^ 2", "(-1)!", "factorial"),
        ("1", "1.5!", "factorial"),
        ("1e9998 * 9", "1e9998 * 100", "too large"),
        ("10 ^ 9999", "10 ^ 10000", "too large"),
        ("sin(1)", "sin(1, 2)", "another number"),
        (f"max({','.join('1' * 100)})", f"max({','.join('1' * 101)})", "another number"),
    ],
)
def test_an_expression_has_bounds(good: str, bad: str, why: str) -> None:
    assert evaluate(good)
    with pytest.raises(WrongExpression, match=why):
        evaluate(bad)
