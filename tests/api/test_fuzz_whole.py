"""As `test_fuzz`, with every value that the document describes and more random ones."""

from typing import Any

import pytest
import schemathesis

from tests.api.fuzzing import described, examples
from tests.api.test_fuzz import base, check

__all__ = ["base"]
pytestmark = pytest.mark.faults

schema = described(whole=True)


@pytest.mark.attack("J10")
@schema.parametrize()
@examples(20)
def test_no_call_of_many_makes_a_server_error(case: schemathesis.Case[Any], base: str) -> None:
    check(case, base)
