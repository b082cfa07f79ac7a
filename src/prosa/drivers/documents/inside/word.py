"""DOCX: by mammoth to HTML, which knows styles, lists and tables, and from there as a page."""

import io
import xml.dom.expatbuilder  # noqa: F401  # Python imports it when the first document is parsed, and then the door is shut
from typing import Final

import mammoth  # type: ignore[import-untyped]  # it has no types

from prosa.drivers.documents.inside.hypertext import written
from prosa.drivers.documents.inside.packages import opened
from prosa.drivers.documents.inside.writing import Writer
from prosa.drivers.documents.models import Extracted
from prosa.drivers.documents.orders import Order, Refused

_STYLES: Final = "p[style-name='Title'] => h1:fresh\np[style-name='Subtitle'] => h2:fresh"


def read(content: bytes, order: Order) -> Extracted:
    """The document's text. Raises Refused."""
    if "word/document.xml" not in opened(content).namelist():
        raise Refused("damaged")
    html = mammoth.convert_to_html(
        io.BytesIO(content), style_map=_STYLES, convert_image=mammoth.images.img_element(_nothing), ignore_empty_paragraphs=True
    ).value
    writer = Writer(order.characters)
    written(html, writer)
    return writer.done(order.media_type)


def _nothing(image: object) -> dict[str, str]:
    return {}
