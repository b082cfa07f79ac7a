"""As `test_fuzz`, with every value that the document describes and more random ones."""

from typing import Any

import pytest
import schemathesis

from tests.api.app.test_fuzz import PATHS, Seat, check, seat
from tests.api.fuzzing import described, examples

__all__ = ["seat"]
pytestmark = pytest.mark.faults

schema = described(whole=True, path_regex=PATHS)


@pytest.mark.attack("J10")
@schema.parametrize()
@examples(10)
def test_no_call_of_many_makes_a_server_error(case: schemathesis.Case[Any], seat: Seat) -> None:
    check(case, seat)
