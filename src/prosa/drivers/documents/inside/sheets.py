"""XLSX, XLS and ODS: each sheet a table under its name."""

import datetime
import io
from collections.abc import Iterator

from python_calamine import CalamineError, CalamineWorkbook, PasswordError, SheetTypeEnum

from prosa.drivers.documents.inside.packages import opened
from prosa.drivers.documents.inside.writing import Writer
from prosa.drivers.documents.models import Extracted
from prosa.drivers.documents.orders import Order, Refused

_ZIP = b"PK"


def read(content: bytes, order: Order) -> Extracted:
    """The document's text. Raises Refused."""
    if content.startswith(_ZIP):
        opened(content)
    writer = Writer(order.characters)
    try:
        with CalamineWorkbook.from_filelike(io.BytesIO(content)) as book:
            for sheet in book.sheets_metadata:
                if sheet.typ is SheetTypeEnum.WorkSheet:
                    _sheet(book, sheet.name, writer)
    except PasswordError as error:
        raise Refused("locked") from error
    except CalamineError as error:
        raise Refused("damaged") from error
    return writer.done(order.media_type)


def _sheet(book: CalamineWorkbook, name: str, writer: Writer) -> None:
    rows = list(_rows(book, name))
    if any(any(row) for row in rows):
        writer.heading(2, name)
        writer.table(rows)


def _rows(book: CalamineWorkbook, name: str) -> Iterator[list[str]]:
    for row in book.get_sheet_by_name(name).to_python(skip_empty_area=True):
        yield [_shown(value) for value in row]


def _shown(value: object) -> str:
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
    if isinstance(value, datetime.datetime):
        return value.date().isoformat() if value.time() == datetime.time() else value.isoformat(" ", "seconds")
    return str(value)
