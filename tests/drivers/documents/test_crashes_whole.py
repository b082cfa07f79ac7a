"""The full counts: a thousand readers that crash, some hundred damaged documents."""

import pytest

from tests.drivers.documents.test_crashes import crashed, quiet
from tests.drivers.documents.test_hostile import fuzzed

__all__ = ["quiet"]

pytestmark = [pytest.mark.faults, pytest.mark.unmeasured, pytest.mark.timeout(3_600)]


@pytest.mark.attack("F14")
@pytest.mark.usefixtures("quiet")
async def test_a_thousand_crashes_leave_nothing_behind() -> None:
    await crashed(1_000)


@pytest.mark.attack("F6")
async def test_six_hundred_damaged_documents_are_read_or_refused() -> None:
    await fuzzed(150)
