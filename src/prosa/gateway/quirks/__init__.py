"""What one family of models or one vendor needs, a few lines each."""

from prosa.gateway.quirks.continuing import continued
from prosa.gateway.quirks.message_repair import repair_messages
from prosa.gateway.quirks.parameters import for_provider
from prosa.gateway.quirks.reasoning import ReasoningRelay, reasoned, without_tags

__all__ = ["ReasoningRelay", "continued", "for_provider", "reasoned", "repair_messages", "without_tags"]
