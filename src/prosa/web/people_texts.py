"""The words of the pages around an account, in English and Brazilian Portuguese. Plain text: the pages escape it."""

from dataclasses import dataclass

from prosa.web.language import Language
from prosa.web.people_errors import ERRORS_ENGLISH, ERRORS_PORTUGUESE


@dataclass(frozen=True, slots=True)
class PeopleTexts:
    """One language's words. Names that begin with `say_` are told by the pages' scripts, which find `{this}` filled in."""

    language: Language
    errors: dict[str, str]  # by code; for every other code the server's own sentence is shown
    needs_script: str
    home: str
    name: str
    email: str
    login: str
    password: str
    new_password: str
    current_password: str
    show: str
    hide: str
    password_hint: str
    register: str
    register_intro: str
    register_button: str
    setup_code: str
    setup_hint: str
    invited: str
    have_account: str
    sign_in: str
    sign_in_button: str
    no_account: str
    forgotten: str
    welcome: str
    first_key: str
    later: str
    key_name: str
    key_name_example: str
    scopes: str
    scope_read: str
    scope_write: str
    scope_admin: str
    expires: str
    never: str
    days_30: str
    days_90: str
    days_365: str
    create_key: str
    key_once: str
    copy: str
    copied: str
    try_it: str
    to_account: str
    account: str
    sign_out: str
    keys: str
    no_keys: str
    revoke: str
    sessions: str
    this_session: str
    end_session: str
    sign_out_everywhere: str
    change_password: str
    change_button: str
    changed: str
    confirm_title: str
    confirm: str
    cancel: str
    reset_title: str
    reset_intro: str
    reset_button: str
    reset_done: str
    request_button: str
    requested: str
    no_mail: str
    email_title: str
    email_intro: str
    email_button: str
    email_done: str
    no_token: str
    say_key_line: str
    say_never_used: str
    say_expires: str
    say_session_line: str
    say_revoke: str
    say_wait: str
    say_closed: str
    say_invite_only: str


ENGLISH = PeopleTexts(
    language="en",
    errors=ERRORS_ENGLISH,
    needs_script="This page needs JavaScript. Programs and the command line can do the same: see docs/guides/accounts.md.",
    home="To the start page",
    name="Name",
    email="E-mail",
    login="E-mail or user name",
    password="Password",  # noqa: S106  # a label
    new_password="New password",  # noqa: S106  # a label
    current_password="Current password",  # noqa: S106  # a label
    show="Show",
    hide="Hide",
    password_hint="At least 8 characters; 15 or more are safer. Any sentence that only you know will do.",  # noqa: S106  # a hint
    register="Create your account",
    register_intro="It takes your name, an address and a password.",
    register_button="Register",
    setup_code="Set-up code",
    setup_hint="The server prints it when it starts. It makes you the first administrator.",
    invited="You come with an invitation.",
    have_account="I have an account",
    sign_in="Sign in",
    sign_in_button="Sign in",
    no_account="Create an account",
    forgotten="I forgot my password",
    welcome="Welcome!",
    first_key="From now on programs need a key to call this server. Create your first one here.",
    later="Later",
    key_name="Name of the key",
    key_name_example="my laptop",
    scopes="What it may do",
    scope_read="Read: models and what was stored with it",
    scope_write="Write: call models",
    scope_admin="Administer: people and invitations",
    expires="Expires",
    never="never",
    days_30="in 30 days",
    days_90="in 90 days",
    days_365="in a year",
    create_key="Create a new API key",
    key_once="This is your key. Copy it now: it is shown only this once.",
    copy="Copy",
    copied="Copied",
    try_it="Try it in a terminal",
    to_account="To my account",
    account="My account",
    sign_out="Sign out",
    keys="My API keys",
    no_keys="You have no key yet.",
    revoke="Revoke",
    sessions="Where I am signed in",
    this_session="this browser",
    end_session="End",
    sign_out_everywhere="Sign out everywhere",
    change_password="Change my password",  # noqa: S106  # a title
    change_button="Change",
    changed="Your password is changed. Every other session has ended.",
    confirm_title="Please confirm",
    confirm="Confirm",
    cancel="Cancel",
    reset_title="Set a new password",
    reset_intro="Tell us your e-mail address, and a link comes by mail.",
    reset_button="Set the password",
    reset_done="Your new password is set. Sign in with it.",
    request_button="Send me a link",
    requested="If an account has this address, a mail with a link is on its way.",
    no_mail="This server sends no mail: ask its administrator for a link.",
    email_title="Confirm your e-mail address",
    email_intro="One click, and this address is the one that you sign in with.",
    email_button="Confirm",
    email_done="Your address is confirmed.",
    no_token="The link is not whole. Open it again from the mail.",  # noqa: S106  # a sentence
    say_key_line="{scopes} · made {made} · last used {used}",
    say_never_used="never",
    say_expires="expires {moment}",
    say_session_line="{address} · last used {used}",
    say_revoke="Programs that use the key “{name}” stop working at once.",
    say_wait="Too many tries. Please wait {seconds} seconds.",
    say_closed="Nobody can register here by themselves. Ask the administrator for an account.",
    say_invite_only="Registering here needs an invitation. Ask the administrator for one.",
)

PORTUGUESE = PeopleTexts(
    language="pt-BR",
    errors=ERRORS_PORTUGUESE,
    needs_script="Esta página precisa de JavaScript. Programas e a linha de comando fazem o mesmo: veja docs/guides/accounts.md.",
    home="Para a página inicial",
    name="Nome",
    email="E-mail",
    login="E-mail ou nome de usuário",
    password="Senha",  # noqa: S106  # a label
    new_password="Nova senha",  # noqa: S106  # a label
    current_password="Senha atual",  # noqa: S106  # a label
    show="Mostrar",
    hide="Ocultar",
    password_hint="Pelo menos 8 caracteres; 15 ou mais são mais seguros. Serve qualquer frase que só você conheça.",  # noqa: S106  # a hint
    register="Crie a sua conta",
    register_intro="Bastam o seu nome, um endereço e uma senha.",
    register_button="Registrar",
    setup_code="Código de configuração",
    setup_hint="O servidor o mostra ao iniciar. Com ele você se torna o primeiro administrador.",
    invited="Você vem com um convite.",
    have_account="Já tenho uma conta",
    sign_in="Entrar",
    sign_in_button="Entrar",
    no_account="Criar uma conta",
    forgotten="Esqueci minha senha",
    welcome="Boas-vindas!",
    first_key="A partir de agora os programas precisam de uma chave para chamar este servidor. Crie a primeira aqui.",
    later="Depois",
    key_name="Nome da chave",
    key_name_example="meu notebook",
    scopes="O que ela pode fazer",
    scope_read="Ler: modelos e o que foi guardado com ela",
    scope_write="Escrever: chamar modelos",
    scope_admin="Administrar: pessoas e convites",
    expires="Expira",
    never="nunca",
    days_30="em 30 dias",
    days_90="em 90 dias",
    days_365="em um ano",
    create_key="Gerar Nova API Key",
    key_once="Esta é a sua chave. Copie agora: ela só aparece desta vez.",
    copy="Copiar",
    copied="Copiada",
    try_it="Experimente no terminal",
    to_account="Para o meu perfil",
    account="Perfil",
    sign_out="Sair",
    keys="Minhas API Keys",
    no_keys="Você ainda não tem nenhuma chave.",
    revoke="Revogar",
    sessions="Onde estou conectado",
    this_session="este navegador",
    end_session="Encerrar",
    sign_out_everywhere="Sair de todos os lugares",
    change_password="Trocar minha senha",  # noqa: S106  # a title
    change_button="Trocar",
    changed="A sua senha foi trocada. As outras sessões foram encerradas.",
    confirm_title="Confirme, por favor",
    confirm="Confirmar",
    cancel="Cancelar",
    reset_title="Defina uma nova senha",
    reset_intro="Diga o seu endereço de e-mail, e um link chega por mensagem.",
    reset_button="Definir a senha",
    reset_done="A nova senha está definida. Entre com ela.",
    request_button="Enviar um link",
    requested="Se uma conta tiver este endereço, uma mensagem com um link está a caminho.",
    no_mail="Este servidor não envia e-mails: peça um link ao administrador.",
    email_title="Confirme o seu endereço de e-mail",
    email_intro="Um clique, e é com este endereço que você entra.",
    email_button="Confirmar",
    email_done="O seu endereço está confirmado.",
    no_token="O link está incompleto. Abra-o de novo a partir da mensagem.",  # noqa: S106  # a sentence
    say_key_line="{scopes} · criada em {made} · último uso {used}",
    say_never_used="nunca",
    say_expires="expira em {moment}",
    say_session_line="{address} · último uso {used}",
    say_revoke="Os programas que usam a chave “{name}” param de funcionar na hora.",
    say_wait="Tentativas demais. Aguarde {seconds} segundos.",
    say_closed="Ninguém pode se registrar sozinho aqui. Peça uma conta ao administrador.",
    say_invite_only="Para se registrar aqui é preciso um convite. Peça um ao administrador.",
)


def people_texts(language: Language) -> PeopleTexts:
    """The words of a language."""
    return PORTUGUESE if language == "pt-BR" else ENGLISH
