"""The ways in, in a real browser: set-up, registration, sign-in, a forgotten password."""

import asyncio
import time

import httpx2
import pytest
from playwright.async_api import Page, Request, expect

from prosa.identity import OPERATOR, NewInvite, Role
from tests.journeys.app import ENGLISH, PASSWORD, PHONE, App, app
from tests.upstream import DONE, Asked, chunk, completion, saying, streaming, upstream

pytestmark = pytest.mark.browser

CODE = "K7QD-AAAA-BBBB-CCCC"
FRESH = "um rio calmo ao meio-dia"


async def fill_in(page: Page, email: str = "ana@exemplo.br", name: str = "Ana Lima") -> None:
    await page.get_by_label("Nome", exact=True).fill(name)
    await page.get_by_label("E-mail").fill(email)
    await page.get_by_label("Senha", exact=True).fill(PASSWORD)


async def sign_in(page: Page, password: str = PASSWORD, login: str = "ana@exemplo.br") -> None:
    await page.get_by_label("E-mail ou nome de usuário").fill(login)
    await page.get_by_label("Senha", exact=True).fill(password)
    await page.get_by_role("button", name="Entrar").click()


def codes_told(made: list[Request], secret: str) -> list[str]:
    """The requests whose address or headers hold the secret."""
    return [request.url for request in made if secret in request.url or secret in str(request.headers)]


@pytest.mark.contract("A15", "A16")
@pytest.mark.attack("B13", "M4")
async def test_an_empty_installation_leads_to_its_first_chat_within_a_minute(chromium: str) -> None:
    async with app(chromium, {"PROSA_SETUP_CODE": CODE}) as prosa, prosa.page() as page:
        began = time.monotonic()
        await page.goto("/")
        await page.wait_for_url("**/set-up")
        made: list[Request] = []
        page.on("request", lambda request: made.append(request))
        await page.goto(f"/set-up#code={CODE}")
        await page.get_by_text("O código de configuração veio com o link.").wait_for()
        assert CODE not in page.url
        await fill_in(page)
        await page.get_by_role("button", name="Criar conta e continuar").click()
        await page.get_by_role("heading", name="Escolha um modelo").wait_for()
        await page.get_by_role("button", name="Experimentar com o modelo simulado").click()
        await page.wait_for_url("**/chat")
        assert time.monotonic() - began < 60
        assert codes_told(made, CODE) == []
        me = await page.evaluate("fetch('/api/v1/me').then((answer) => answer.json())")
        assert (me["role"], me["language"], me["time_zone"]) == ("admin", "pt-BR", "America/Sao_Paulo")
        await asyncio.sleep(0.3)  # the log is written a few times a second
        assert CODE not in prosa.running.log.getvalue() and PASSWORD not in prosa.running.log.getvalue()
        await page.goto("/set-up")
        await page.get_by_text("Este servidor já foi configurado.").wait_for()


@pytest.mark.contract("A16")
async def test_the_first_visit_connects_a_provider_whose_model_answers_the_first_question(chromium: str) -> None:
    refused = saying({"error": {"message": "Incorrect API key provided."}}, 401)
    listed = saying({"object": "list", "data": [{"id": "qwen3", "object": "model"}]})
    spoken = streaming(chunk("Aqui fala "), chunk("o laboratório."), chunk(None, "stop"), DONE)

    async def answer(asked: Asked, writer: asyncio.StreamWriter) -> None:
        if asked.headers.get("authorization") != "Bearer sk-of-the-lab":
            await refused(asked, writer)
        elif asked.method == "GET":
            await listed(asked, writer)
        else:
            await (spoken if asked.fields.get("stream") else saying(completion("Oi!")))(asked, writer)

    env = {"PROSA_SETUP_CODE": CODE, "PROSA_PRIVATE_HOSTS": "127.0.0.1"}
    async with upstream(answer) as lab, app(chromium, env) as prosa, prosa.page() as page:
        await page.goto("/set-up")
        await page.get_by_label("Código de configuração").fill(CODE.lower())
        await fill_in(page)
        await page.get_by_role("button", name="Criar conta e continuar").click()
        await page.get_by_label("Provedor", exact=True).select_option("openai_compatible")
        await page.get_by_role("button", name="Testar e começar").click()
        await expect(page.get_by_role("alert").first).to_have_text("Diga o endereço do servidor.")
        await page.get_by_label("Endereço do servidor").fill(lab.url)
        await page.get_by_label("Chave de API do provedor").fill("sk-wrong")
        await page.get_by_role("button", name="Testar e começar").click()
        await page.get_by_text("A chave foi recusada.").wait_for()
        await page.get_by_label("Chave de API do provedor").fill("sk-of-the-lab")
        await page.get_by_role("button", name="Testar e começar").click()
        await page.wait_for_url("**/chat")
        await page.get_by_role("textbox").first.fill("Quem fala?")
        await page.keyboard.press("Enter")
        await page.get_by_text("Aqui fala o laboratório.").first.wait_for()


@pytest.mark.contract("A16")
async def test_a_wrong_code_is_told_at_its_field_and_the_link_of_former_days_still_leads_there(chromium: str) -> None:
    async with app(chromium, {"PROSA_SETUP_CODE": CODE}) as prosa, prosa.page(look=PHONE) as page:
        await page.goto("/register?code=WRONG")
        await page.wait_for_url("**/set-up")
        await fill_in(page)
        await page.get_by_role("button", name="Criar conta e continuar").click()
        field = page.get_by_label("Código de configuração")
        await expect(field).to_have_attribute("aria-invalid", "true")
        await expect(page.get_by_role("alert")).to_contain_text("Este código não vale")
        assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth")


@pytest.mark.contract("A15", "A17", "A75")
async def test_somebody_invited_registers_by_the_link_where_nobody_else_may(chromium: str) -> None:
    async with app(chromium, {"PROSA_REGISTRATION": "invite"}) as prosa, prosa.page() as page:
        await prosa.person("root@exemplo.br", Role.ADMIN)
        _, text = await prosa.running.system.people.identity.invites.create(OPERATOR, None, NewInvite())
        made: list[Request] = []
        page.on("request", lambda request: made.append(request))
        await page.goto("/register")
        await page.get_by_text("Para se registrar aqui é preciso um convite.").wait_for()
        await page.goto(f"/register#invite={text}")
        await page.get_by_text("Você recebeu um convite.").wait_for()
        assert text not in page.url
        await page.get_by_role("button", name="Registrar").click()
        await expect(page.get_by_role("alert").first).to_have_text("Diga o seu nome.")
        await expect(page.get_by_label("Nome", exact=True)).to_be_focused()
        await fill_in(page, "bia@exemplo.br", "Bia Reis")
        await page.get_by_role("button", name="Registrar").click()
        await page.wait_for_url("**/dashboard")
        await page.get_by_role("heading", level=1).get_by_text("Bia").wait_for()
        assert codes_told(made, text) == []


@pytest.mark.contract("A15", "C49")
async def test_where_nobody_may_register_the_page_says_so_and_whom_to_ask(chromium: str) -> None:
    async with app(chromium, {"PROSA_REGISTRATION": "closed"}) as prosa, prosa.page(look=ENGLISH) as page:
        await prosa.person("root@exemplo.br", Role.ADMIN)
        await page.goto("/register")
        await page.get_by_text("Nobody registers here by themselves.").wait_for()
        await page.get_by_role("button", name="Português").click()
        await page.get_by_text("Aqui ninguém se registra por conta própria.").wait_for()
        assert await page.evaluate("document.documentElement.lang") == "pt-BR"
        await page.goto("/reset")
        await page.get_by_text("Este servidor não envia e-mails.").wait_for()
        await page.goto("/confirm-email")
        await page.get_by_text("O link está incompleto.").wait_for()


@pytest.mark.contract("A15")
@pytest.mark.attack("B10", "K10")
async def test_wrong_passwords_are_told_calmly_then_counted_and_the_way_goes_on_to_where_one_wanted(
    chromium: str,
) -> None:
    async with app(chromium, {"PROSA_SIGNIN_PER_MINUTE": "3"}) as prosa, prosa.page() as page:
        await prosa.person("root@exemplo.br", Role.ADMIN)
        await prosa.person()
        await page.goto("/profile/keys")
        await page.wait_for_url("**/sign-in?next=%2Fprofile%2Fkeys")
        await page.get_by_role("button", name="Entrar").click()
        await expect(page.get_by_label("E-mail ou nome de usuário")).to_be_focused()
        await sign_in(page, "errada, errada")
        await expect(page.get_by_role("alert")).to_have_text("Não deu certo. Confira o e-mail e a senha.")
        await page.get_by_role("button", name="Mostrar a senha").click()
        await expect(page.get_by_label("Senha", exact=True)).to_have_attribute("type", "text")
        await sign_in(page)
        await page.wait_for_url("**/profile/keys")
        await page.get_by_role("heading", name="Minhas API Keys").wait_for()
        await page.context.clear_cookies()
        await page.goto("/sign-in?next=//evil.example/")
        for _ in range(5):
            async with page.expect_response("**/auth/sign-in"):
                await sign_in(page, "errada, errada", "ninguem@exemplo.br")
        await page.get_by_text("Muitas tentativas. Tente de novo em").first.wait_for()
        await sign_in(page)  # another account is not in its way, and nobody leads elsewhere
        await page.wait_for_url(prosa.base + "/dashboard")


@pytest.mark.contract("A15")
@pytest.mark.attack("B12")
async def test_a_forgotten_password_is_replaced_by_an_admins_link_once(chromium: str) -> None:
    async with app(chromium) as prosa, prosa.page() as page:
        await prosa.person("root@exemplo.br", Role.ADMIN)
        ana = await prosa.person()
        token = await prosa.running.system.people.identity.accounts.issue_reset(OPERATOR, ana.id)
        made: list[Request] = []
        page.on("request", lambda request: made.append(request))
        await page.goto(f"/reset#token={token}")
        field = page.get_by_role("textbox", name="Nova senha")
        await field.fill("curta")
        assert token not in page.url
        await page.get_by_role("button", name="Salvar a nova senha").click()
        await expect(page.get_by_role("alert")).to_contain_text("pelo menos 8 caracteres; esta tem 5")
        await field.fill(FRESH)
        await page.get_by_role("button", name="Salvar a nova senha").click()
        await page.get_by_role("heading", name="Senha trocada").wait_for()
        await page.get_by_role("link", name="Entrar").click()
        await sign_in(page, FRESH)
        await page.wait_for_url("**/dashboard")
        assert codes_told(made, token) == []
        await page.goto(f"/reset#token={token}")
        await page.get_by_role("textbox", name="Nova senha").fill("outra frase bem comprida")
        await page.get_by_role("button", name="Salvar a nova senha").click()
        await expect(page.get_by_role("alert")).to_contain_text("já foi usado ou expirou")


@pytest.mark.attack("B12", "K10")
async def test_no_page_holds_a_word_of_its_link_and_no_referrer_leaves_it(chromium: str) -> None:
    async with app(chromium) as prosa:
        await prosa.person("root@exemplo.br", Role.ADMIN)
        async with httpx2.AsyncClient(base_url=prosa.base, headers={"accept": "text/html"}) as client:
            for path in ("/set-up", "/sign-in", "/register", "/reset", "/confirm-email"):
                plain = await client.get(path)
                full = await client.get(path + "?code=SECRET&invite=SECRET&token=SECRET&next=https://evil.example/")
                assert full.content == plain.content
                assert full.headers["referrer-policy"] == "no-referrer"


@pytest.mark.contract("A15")
async def test_everything_can_be_done_with_the_keyboard_alone(chromium: str) -> None:
    async with app(chromium) as prosa, prosa.page() as page:
        await prosa.person("root@exemplo.br", Role.ADMIN)
        await page.goto("/register")
        await expect(page.get_by_label("Nome", exact=True)).to_be_focused()
        for text in ("Caio Dias", "caio@exemplo.br", PASSWORD):
            await page.keyboard.insert_text(text)
            await page.keyboard.press("Tab")
        await page.keyboard.press("Enter")  # "show the password", which takes the focus back to its field
        await expect(page.get_by_label("Senha", exact=True)).to_have_value(PASSWORD)
        await page.keyboard.press("Enter")
        await page.wait_for_url("**/dashboard")
        await made_a_key_by_keyboard(page, prosa)


async def made_a_key_by_keyboard(page: Page, prosa: App) -> None:
    await page.goto("/profile/keys")
    await page.get_by_role("button", name="Gerar Nova API Key").focus()
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("dialog")).to_be_visible()
    await page.get_by_label("Nome da chave").focus()
    await page.keyboard.insert_text("por teclado")
    await page.get_by_label("Senha atual").focus()
    await page.keyboard.insert_text(PASSWORD)
    await page.keyboard.press("Enter")
    await page.get_by_role("heading", name="A chave “por teclado” está pronta").wait_for()
    await page.keyboard.press("Escape")  # a slip: the key is still there
    await expect(page.get_by_label("A nova chave")).to_be_visible()
    await page.get_by_role("button", name="Já guardei a chave").press("Enter")
    await expect(page.get_by_role("dialog")).to_be_hidden()
    await expect(page.get_by_role("button", name="Gerar Nova API Key")).to_be_focused()
