"""HTML: what a reader of the page sees of it."""

from prosa.drivers.documents.inside.decoding import decoded
from prosa.drivers.documents.inside.hypertext import written
from prosa.drivers.documents.inside.writing import Writer
from prosa.drivers.documents.models import Extracted
from prosa.drivers.documents.orders import Order


def read(content: bytes, order: Order) -> Extracted:
    """The document's text. Raises Refused."""
    writer = Writer(order.characters)
    written(decoded(content), writer)
    return writer.done(order.media_type)
