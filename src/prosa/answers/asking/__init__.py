"""From what was said to a model call in chat form, and from the model's chunks back to what is said."""

from prosa.answers.asking.call import Described, chat_call
from prosa.answers.asking.chunks import Fault
from prosa.answers.asking.teller import Teller, Telling, telling_of

__all__ = ["Described", "Fault", "Teller", "Telling", "chat_call", "telling_of"]
