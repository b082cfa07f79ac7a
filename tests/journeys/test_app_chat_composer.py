"""Writing in the chat in a real browser: files, keys, a phone, and a chat of which nothing stays."""

import base64

import pytest
from playwright.async_api import FilePayload, Page, expect

from tests.journeys.app import PHONE, Look, app, fine_in_both_themes
from tests.journeys.chatting import FIELD, answers, ask, counting, questions, until_ended, until_said

pytestmark = pytest.mark.browser

PNG = base64.b64encode(
    bytes.fromhex(
        "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c489"
        "0000000d49444154789c6360000002000001e221bc330000000049454e44ae426082"
    )
).decode()

# A real event with real files: what a hand does with the mouse can't be done without one.
HAND_OVER = """([how, files]) => {
  const carried = new DataTransfer();
  for (const [name, type, data] of files) {
    carried.items.add(new File([Uint8Array.from(atob(data), (letter) => letter.charCodeAt(0))], name, { type }));
  }
  const field = document.querySelector("textarea[data-composer]");
  if (how === "paste") {
    field.dispatchEvent(new ClipboardEvent("paste", { clipboardData: carried, bubbles: true, cancelable: true }));
    return;
  }
  for (const name of ["dragenter", "dragover", ...(how === "drop" ? ["drop"] : [])]) {
    document.body.dispatchEvent(new DragEvent(name, { dataTransfer: carried, bubbles: true, cancelable: true }));
  }
}"""
PASTE_TEXT = """(text) => {
  const carried = new DataTransfer();
  carried.setData("text/plain", text);
  const field = document.querySelector("textarea[data-composer]");
  field.dispatchEvent(new ClipboardEvent("paste", { clipboardData: carried, bubbles: true, cancelable: true }));
}"""

FILES = "fetch('/v1/files').then((answer) => answer.json()).then((page) => page.data)"


async def hand_over(page: Page, how: str, *files: tuple[str, str, str]) -> None:
    await page.evaluate(HAND_OVER, [how, [list(each) for each in files]])


def encoded(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


async def test_files_come_by_paste_by_drop_and_by_the_button(chromium: str) -> None:
    async with app(chromium) as prosa, prosa.page(await prosa.person()) as page:
        await page.goto("/chat")
        await page.locator(FIELD).wait_for()
        files = page.get_by_role("list", name="Arquivos anexados")
        await hand_over(page, "paste", ("image.png", "image/png", PNG))
        await expect(files.get_by_text("67 bytes")).to_be_visible()
        await hand_over(page, "drag", ("notas.md", "text/markdown", encoded("# Notas")))
        await expect(page.get_by_text("Solte os arquivos para anexá-los")).to_be_visible()
        await hand_over(page, "drop", ("notas.md", "text/markdown", encoded("# Notas")))
        await expect(page.get_by_text("Solte os arquivos para anexá-los")).to_have_count(0)
        await page.set_input_files(
            "input[data-attach]", files=[FilePayload(name="som.mp3", mimeType="audio/mpeg", buffer=b"ID3")]
        )
        await expect(files.get_by_text("Só imagens (PNG, JPEG, GIF, WebP), PDF e texto.")).to_be_visible()
        await fine_in_both_themes(page)
        await page.locator(FIELD).press("Enter")  # not while something is wrong with a file
        await expect(files.get_by_role("listitem")).to_have_count(3)
        await page.get_by_role("button", name="Remover som.mp3").click()
        await expect(files.get_by_text("7 bytes", exact=True)).to_be_visible()
        # What is with the server already is kept with the draft.
        await page.locator(FIELD).fill("Veja isto")
        await page.wait_for_timeout(500)
        await page.reload()
        await expect(page.locator(FIELD)).to_have_value("Veja isto")
        await expect(files.get_by_role("listitem")).to_have_count(2)
        await page.locator(FIELD).press("Enter")
        await expect(answers(page).last).to_contain_text("image/png, 67 bytes; notas.md: text/markdown, 7 bytes")
        await expect(questions(page).last).to_contain_text("notas.md")
        await until_ended(page)
        await page.reload()
        await expect(questions(page).last.locator("img")).to_have_count(1)
        await fine_in_both_themes(page)


async def test_a_long_text_that_is_pasted_becomes_a_file_or_not(chromium: str) -> None:
    async with app(chromium) as prosa, prosa.page(await prosa.person()) as page:
        await page.goto("/chat")
        await page.locator(FIELD).wait_for()
        await page.evaluate(PASTE_TEXT, "linha longa\n" * 900)
        await expect(page.get_by_text("texto-colado.txt")).to_be_visible()
        await page.get_by_role("button", name="Colar como texto").click()
        await expect(page.get_by_text("texto-colado.txt")).to_have_count(0)
        assert (await page.locator(FIELD).input_value()).count("linha longa") == 900
        box = await page.locator(FIELD).bounding_box()
        assert box is not None and box["height"] < 450


async def test_nothing_of_a_temporary_chat_stays(chromium: str) -> None:
    async with app(chromium) as prosa, prosa.page(await prosa.person()) as page:
        await page.goto("/chat")
        await page.get_by_role("button", name="Conversa temporária").click()
        await expect(page.get_by_text("Conversa temporária: nada dela é guardado.")).to_be_visible()
        await ask(page, "Guarde segredo: abacaxi")
        await expect(answers(page).last).to_contain_text("abacaxi")
        await until_ended(page)
        await hand_over(page, "drop", ("notas.md", "text/markdown", encoded("# Notas")))
        await expect(page.get_by_role("list", name="Arquivos anexados").get_by_text("7 bytes")).to_be_visible()
        [file] = await page.evaluate(FILES)
        assert file["expires_at"] - file["created_at"] == 3_600
        await ask(page, "Veja isto")
        await expect(answers(page).last).to_contain_text("notas.md: text/markdown, 7 bytes")
        await until_ended(page)
        await fine_in_both_themes(page)
        await ask(page, counting(400))
        await until_said(page, "w2")
        await page.keyboard.press("Escape")
        await expect(page.get_by_text("Resposta interrompida.")).to_be_visible()
        assert page.url.endswith("/chat")
        for path in ("conversations", "runs", "trash"):
            kept = await page.evaluate("(path) => fetch('/api/v1/' + path).then((answer) => answer.json())", path)
            assert kept["data"] == [], path
        assert await page.evaluate("JSON.stringify(localStorage).includes('abacaxi')") is False
        await page.get_by_role("link", name="Início").click()
        await page.get_by_role("link", name="Nova conversa").first.click()
        await expect(questions(page)).to_have_count(0)
        await page.wait_for_function(f"async () => (await {FILES}).length === 0")


async def test_the_keyboard_alone_does_everything(chromium: str) -> None:
    async with app(chromium) as prosa, prosa.device(await prosa.person()) as (context, _):
        await context.grant_permissions(["clipboard-read", "clipboard-write"])
        page = await context.new_page()
        await page.goto("/chat")
        await expect(page.locator(FIELD)).to_be_focused()
        await page.keyboard.type('Código [[mock text="Aqui:\\n\\n```py\\nprint(1)\\n```\\n"]]')
        await page.keyboard.press("Enter")
        await expect(answers(page).last).to_contain_text("print(1)")
        await until_ended(page)
        await page.keyboard.press("Control+Shift+:")
        await expect(page.get_by_text("Código copiado.")).to_be_visible()
        assert await page.evaluate("navigator.clipboard.readText()") == "print(1)"
        await page.locator(FIELD).focus()
        await page.keyboard.press("Shift+Tab")
        assert await page.evaluate("document.activeElement.tagName") != "TEXTAREA"
        await page.keyboard.press("Shift+Escape")
        await expect(page.locator(FIELD)).to_be_focused()
        await page.keyboard.type("uma linha")
        await page.keyboard.press("Shift+Enter")
        await page.keyboard.type("outra")
        await expect(page.locator(FIELD)).to_have_value("uma linha\noutra")
        await page.locator(FIELD).fill("")
        await page.keyboard.press("ArrowUp")
        await expect(page.get_by_label("Texto da mensagem")).to_be_focused()
        await page.keyboard.press("Escape")
        await page.keyboard.press("Shift+Escape")
        await page.keyboard.type('Conte [[mock delay=0.05 repeat=99 text="w1 w2 w3 "]]')
        await page.keyboard.press("Enter")
        await until_said(page, "w3")
        await page.keyboard.press("Escape")
        await expect(page.get_by_text("Resposta interrompida.")).to_be_visible()


async def test_a_model_is_chosen_by_the_keyboard_and_kept_with_the_conversation(chromium: str) -> None:
    async with app(chromium) as prosa, prosa.page(await prosa.person()) as page:
        await page.goto("/chat")
        await ask(page, "Olá")
        await expect(answers(page).last).to_contain_text("Olá")
        await until_ended(page)
        await page.get_by_role("combobox", name="Modelo").focus()
        await page.keyboard.press("Enter")
        await expect(page.get_by_placeholder("Buscar assistente ou modelo")).to_be_focused()
        await fine_in_both_themes(page)
        await page.keyboard.type("mock")
        async with page.expect_response(lambda answer: answer.request.method == "PATCH") as changed:
            await page.keyboard.press("Enter")
        assert (await (await changed.value).json())["model"] == "mock"
        await expect(page.get_by_placeholder("Buscar assistente ou modelo")).to_have_count(0)
        await page.keyboard.press("Control+Shift+O")
        await page.wait_for_url("**/chat")


@pytest.mark.contract("A24")
async def test_on_a_phone_enter_is_a_new_line_and_nothing_is_wider_than_the_page(chromium: str) -> None:
    async with app(chromium) as prosa:
        ana = await prosa.person()
        async with prosa.page(ana, PHONE) as page:
            await page.goto("/chat")
            await page.locator(FIELD).tap()
            await page.keyboard.type("Primeira")
            await page.keyboard.press("Enter")
            await page.keyboard.type(
                'segunda [[mock text="| a | b | c |\\n|---|---|---|\\n| uma célula bem comprida | outra | mais uma |"]]'
            )
            await page.get_by_role("button", name="Enviar", exact=True).tap()
            await expect(answers(page).last.get_by_role("table")).to_be_visible()
            await until_ended(page)
            await expect(questions(page).last).to_contain_text("Primeira")
            await fine_in_both_themes(page)
            address = page.url
        async with prosa.page(ana, Look(320, 640, touch=True)) as page:
            await page.goto(address)
            await expect(answers(page)).to_have_count(1)
            await expect(page.get_by_role("heading", level=1)).to_contain_text("Primeira")
            assert await page.evaluate("document.documentElement.scrollWidth") <= 320
            await fine_in_both_themes(page)
