"""Calls made of the API document: of each operation a few where every change is tested, hundreds in `make faults`."""

from collections.abc import Callable
from typing import Any

import schemathesis
from hypothesis import HealthCheck, Phase, settings
from schemathesis.schemas import BaseSchema

from prosa.api.document import openapi_document

Test = Callable[..., None]


def described(*, whole: bool = False, path_regex: str = "") -> BaseSchema:
    """The document's operations; `whole`: with every value of every field that it describes, fit or not, besides random ones.

    Those are made when the tests are collected, which takes seconds: they are asked for in modules that `make test` leaves out.
    """
    schema = schemathesis.openapi.from_file(openapi_document().decode())
    schema.config.phases.coverage.enabled = whole
    return schema.include(path_regex=path_regex) if path_regex else schema


def examples(count: int) -> Callable[[Test], Any]:
    """So many random calls of each operation, the same each time, besides those of the document."""
    return settings(
        max_examples=count,
        deadline=None,
        derandomize=True,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
