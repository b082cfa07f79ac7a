"""Exchanges of an original serverless installation, taken over."""

from prosa.interactions.importing.models import ImportReport
from prosa.interactions.importing.service import import_sqlite

__all__ = ["ImportReport", "import_sqlite"]
