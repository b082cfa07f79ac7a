"""One module for each protocol that providers speak."""

from prosa.gateway.models import Wire
from prosa.gateway.wires.anthropic_messages import AnthropicMessages
from prosa.gateway.wires.ollama import Ollama
from prosa.gateway.wires.openai_chat import OpenAIChat

WIRES: dict[str, Wire] = {
    "openai_chat": OpenAIChat(),
    "anthropic_messages": AnthropicMessages(),
    "ollama": Ollama(),
}

__all__ = ["WIRES"]
