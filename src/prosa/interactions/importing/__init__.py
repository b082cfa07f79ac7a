"""Exchanges of an original serverless installation, taken over."""

from prosa.interactions.importing.models import ImportReport
from prosa.interactions.importing.service import import_sqlite, import_table

__all__ = ["ImportReport", "import_sqlite", "import_table"]
