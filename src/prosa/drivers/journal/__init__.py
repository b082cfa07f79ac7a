"""Rows that are many and small, written by one writer a process: what waits together becomes one transaction."""

from prosa.drivers.journal.errors import RowRefused
from prosa.drivers.journal.journal import Bounds, Journal
from prosa.drivers.journal.models import Part, Row, Statement

__all__ = ["Bounds", "Journal", "Part", "Row", "RowRefused", "Statement"]
