"""A's errors: `{"error": …}` on every route, in Portuguese where people read them (contracts: assistant, §1, §2)."""

from typing import Final

import msgspec

from prosa.answers import ThreadNotFound
from prosa.assistants import AssistantNotFound
from prosa.files import FileNotFound
from prosa.kit.errors import BadRequest, ProsaError

_encode: Final = msgspec.json.Encoder().encode
MISSING: Final = "API key obrigatória"
INVALID: Final = "API key inválida ou expirada"
FORBIDDEN: Final = "Permissões insuficientes para esta operação"
_WORDS: Final = {
    "model_not_found": "Modelo não encontrado",
    "invalid_password": "Senha incorreta",
    "rate_limited": "Muitas requisições. Aguarde um pouco e tente de novo.",
}
# What isn't there and what isn't the caller's, by what it is: all of them have one code.
_NOTHING: Final = (
    (AssistantNotFound, "Assistente não encontrado"),
    (ThreadNotFound, "Conversa não encontrada"),
    (FileNotFound, "Arquivo não encontrado"),
)
_HOW: Final = "Envie a chave no cabeçalho Authorization: Bearer <chave>; crie uma em Perfil → Minhas API Keys."


class Missing(BadRequest):
    """What has to be in a body isn't; the message is the contract's own."""


class AssistantDialect:
    """Renders errors as A's clients read them."""

    name = "assistant"
    content_type = b"application/json"

    def render(self, error: ProsaError, request_id: str) -> tuple[int, bytes]:
        """Status and body."""
        return error.status, _encode(_told(error))


def _told(error: ProsaError) -> dict[str, str]:
    if error.status == 401:
        missing = error.code == "missing_api_key"
        return {"error": MISSING if missing else INVALID, "message": _HOW}
    if error.status == 403 and error.code in ("permission_denied", "insufficient_permissions"):
        return {"error": FORBIDDEN}
    for kind, words in _NOTHING:
        if isinstance(error, kind):
            return {"error": words}
    return {"error": _WORDS.get(error.code, error.message)}
