"""HTML: what a reader of the page sees of it."""

from prosa.knowledge.extraction.inside.decoding import decoded
from prosa.knowledge.extraction.inside.hypertext import written
from prosa.knowledge.extraction.inside.writing import Writer
from prosa.knowledge.extraction.models import Extracted
from prosa.knowledge.extraction.orders import Order


def read(content: bytes, order: Order) -> Extracted:
    """The document's text. Raises Refused."""
    writer = Writer(order.characters)
    written(decoded(content), writer)
    return writer.done(order.media_type)
