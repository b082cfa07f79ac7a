"""One module for each protocol that providers speak."""

from prosa.gateway.models import Wire
from prosa.gateway.wires.anthropic_messages import AnthropicMessages
from prosa.gateway.wires.ollama import Ollama
from prosa.gateway.wires.openai_chat import OpenAIChat
from prosa.gateway.wires.openai_responses import OpenAIResponses

WIRES: dict[str, Wire] = {
    "openai_chat": OpenAIChat(),
    "openai_responses": OpenAIResponses(),
    "anthropic_messages": AnthropicMessages(),
    "ollama": Ollama(),
}

__all__ = ["WIRES", "OpenAIResponses"]
