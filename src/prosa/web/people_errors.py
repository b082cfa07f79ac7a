"""What the pages tell when the server says no, by the error's code."""

from typing import Final

ERRORS_ENGLISH: Final = {
    "unreachable": "The server can't be reached. Please try again.",
    "sign_in_failed": "That didn't work: check the address and the password.",
    "too_many_sign_ins": "Too many tries. Please wait {seconds} seconds.",
    "rate_limit_exceeded": "Too many tries. Please wait {seconds} seconds.",
    "setup_code_invalid": "This set-up code isn't valid (any more).",
    "invite_invalid": "This invitation isn't valid (any more).",
    "registration_closed": "Nobody can register here by themselves. Ask the administrator for an account.",
    "wrong_password": "The current password is wrong.",
    "link_invalid": "This link has been used or has expired. Ask for a new one.",
    "last_admin": "You are the last administrator: appoint another one first.",
    "password_too_short": "The password needs at least 8 characters.",
    "password_too_common": "Somebody would try this password among the first. Please choose another.",
    "invalid_email": "This is no e-mail address that can be used here.",
    "email_taken": "An account has this address already.",
    "insecure_connection": "Signing in needs HTTPS, or a browser on the server's own machine. The operator can change that.",
    "sign_in_outdated": "Please sign in again.",
    "session_ended": "You are signed out. Please sign in again.",
    "registered_before": "If you registered with this address before, sign in, or ask for a new password.",
}
ERRORS_PORTUGUESE: Final = {
    "unreachable": "Não foi possível falar com o servidor. Tente de novo.",
    "sign_in_failed": "Não deu certo: confira o endereço e a senha.",
    "too_many_sign_ins": "Tentativas demais. Aguarde {seconds} segundos.",
    "rate_limit_exceeded": "Tentativas demais. Aguarde {seconds} segundos.",
    "setup_code_invalid": "Este código de configuração não vale (mais).",
    "invite_invalid": "Este convite não vale (mais).",
    "registration_closed": "Ninguém pode se registrar sozinho aqui. Peça uma conta ao administrador.",
    "wrong_password": "A senha atual está errada.",
    "link_invalid": "Este link já foi usado ou expirou. Peça um novo.",
    "last_admin": "Você é o último administrador: nomeie outro antes.",
    "password_too_short": "A senha precisa de pelo menos 8 caracteres.",
    "password_too_common": "Esta senha está entre as primeiras que alguém tentaria. Escolha outra.",
    "invalid_email": "Este endereço de e-mail não pode ser usado aqui.",
    "email_taken": "Uma conta já tem este endereço.",
    "insecure_connection": "Para entrar é preciso HTTPS, ou um navegador na máquina do servidor. O operador pode mudar isso.",
    "sign_in_outdated": "Entre de novo, por favor.",
    "session_ended": "A sua sessão terminou. Entre de novo.",
    "registered_before": "Se você já se registrou com este endereço, entre, ou peça uma nova senha.",
}
