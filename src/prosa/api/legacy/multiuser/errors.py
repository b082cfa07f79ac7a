"""M's errors: one Portuguese sentence in `detail`; a list only for malformed bodies (contracts: multiuser, §1, M22)."""

from typing import Final

import msgspec

from prosa.api.bodies import Detail, InvalidBody, finding
from prosa.api.edge import Header
from prosa.identity import InvalidEmail
from prosa.kit.errors import ProsaError

_encode: Final = msgspec.json.Encoder().encode
_BEARER: Final[tuple[Header, ...]] = ((b"www-authenticate", b"Bearer"),)
# Its page shows `detail` to people as it is. By the error's code; what isn't here tells its own English sentence.
SENTENCES: Final = {
    "username_taken": "Este nome de usuário já está em uso.",
    "email_taken": "Este e-mail já está cadastrado.",
    "sign_in_failed": "Nome de usuário ou senha incorretos.",
    "sign_in_outdated": "Nome de usuário ou senha incorretos.",  # suspended, or given another password, meanwhile
    "too_many_sign_ins": "Muitas tentativas. Aguarde um pouco e tente de novo.",
    "rate_limit_exceeded": "Muitas chamadas em pouco tempo. Aguarde um pouco e tente de novo.",
    "registration_closed": "O cadastro não está aberto. Peça um convite a quem administra este servidor.",
    "password_too_short": "A senha precisa ter pelo menos 8 caracteres.",
    "password_too_long": "A senha pode ter no máximo 4096 caracteres.",
    "password_too_common": "Esta senha é fácil de adivinhar. Escolha outra.",
    "csrf_refused": "Pedido recusado: ele não veio desta página.",
    "too_many_waiting": "Há muitas perguntas à espera nesta conversa. Aguarde uma resposta.",
    "too_many_runs": "Há muitas respostas em andamento. Aguarde uma delas.",
    "context_length_exceeded": "A mensagem é longa demais para o modelo.",
    "passwords_busy": "O servidor está ocupado. Tente de novo em um momento.",
    "database_unavailable": "O servidor não consegue responder agora. Tente de novo em um momento.",
    "payload_too_large": "O pedido é grande demais.",
    "missing_api_key": "Não autenticado: entre de novo.",
    "token_expired": "A sessão expirou: entre de novo.",
    "permission_denied": "Sem permissão para isto.",
    "internal_error": "Erro interno do servidor.",
}
NOT_THERE: Final = "Conversa não encontrada."
NO_ANSWER: Final = "O modelo não conseguiu responder agora. Tente de novo em um momento."
NOT_VALID: Final = "A sessão não é válida: entre de novo."
WRONG_USERNAME: Final = "Este nome de usuário não pode ser usado: de 1 a 64 caracteres, sem '@'."
WRONG_EMAIL: Final = "value is not a valid email address"
# What no person who fills in the form can have caused; told with 409 elsewhere, with 400 here.
CONFLICT: Final = 409
_SIGN_INS: Final = frozenset({"sign_in_failed", "sign_in_outdated"})
_REPEATING: Final = frozenset({"input"})


class AnswerFailed(ProsaError):
    """The model said nothing, or broke off; what was asked isn't shown in the conversation."""

    code = "answer_failed"
    status = 502

    def __init__(self, why: str) -> None:
        """`why`: the code by which the answer ended."""
        super().__init__(f"The answer ended without success ({why}).")


class ModelMissing(ProsaError):
    """No model answers in this dialect now; nobody who asks can do anything about it."""

    code = "no_provider"
    status = 503

    def __init__(self) -> None:
        super().__init__("No model is configured that could answer.")


class MultiuserDialect:
    """Renders errors as M's page reads them; what was sent is never repeated, for it may be a password."""

    name = "multiuser"
    content_type = b"application/json"

    def render(self, error: ProsaError, request_id: str) -> tuple[int, bytes]:
        """Status and body."""
        if isinstance(error, InvalidBody):
            return 422, _encode({"detail": [_without_input(found) for found in error.details]})
        if isinstance(error, InvalidEmail):
            return 422, _encode({"detail": [finding("value_error", ("body", "email"), WRONG_EMAIL)]})
        return 400 if error.status == CONFLICT else error.status, _encode({"detail": _sentence(error)})

    def headers(self, error: ProsaError) -> tuple[Header, ...]:
        """What a missing or wrong token is answered with; a failed sign-in is none (§1)."""
        return _BEARER if error.status == 401 and error.code not in _SIGN_INS else ()


def _sentence(error: ProsaError) -> str:
    if error.param == "username" and error.code == "invalid_field":
        return WRONG_USERNAME
    if error.status == 401 and error.code not in SENTENCES:
        return NOT_VALID
    if error.status == 404:
        return NOT_THERE
    if error.status >= 500 and error.code not in SENTENCES:
        return NO_ANSWER
    return SENTENCES.get(error.code, error.message)


def _without_input(found: Detail) -> Detail:
    return {name: value for name, value in found.items() if name not in _REPEATING}
