"""Takes the pictures of the README and the guide: `make screenshots`. A house with people in it, on the day it is built."""

import asyncio
import os
import shutil
import sys
from dataclasses import replace
from pathlib import Path

import httpx2
from playwright.async_api import Page

from prosa.identity import Account, Device, Role
from tests.journeys.app import DARK, ENGLISH, PHONE, App, Look, app

WIDE = Look(1280, 800)
FOLDER = Path(__file__).parents[2] / "docs" / "images"
ANSWER = """\
Uma boa forma de ver isso é acompanhar **de onde vem a energia** e para onde ela vai:

1. A clorofila absorve luz, sobretudo vermelha e azul.
2. A energia separa a água: sobra oxigênio, que a planta solta.
3. No *ciclo de Calvin*, o gás carbônico vira açúcar.

$$6\\,CO_2 + 6\\,H_2O \\xrightarrow{\\text{luz}} C_6H_{12}O_6 + 6\\,O_2$$

| Etapa | Onde | Precisa de luz? |
| --- | --- | --- |
| Fase clara | Tilacoides | Sim |
| Ciclo de Calvin | Estroma | Não |

```python
def rendimento(fotons: int) -> float:
    \"\"\"Moléculas de açúcar por fótons absorvidos.\"\"\"
    return fotons / 48
```
"""
TITLES = (
    "Roteiro da oficina de leitura",
    "Edital de pequenas obras, em linguagem simples",
    "Planilha de gastos por secretaria",
    "Ata da reunião de segunda",
    "Perguntas frequentes do posto de saúde",
    "Tradução do convite",
    "Ideias para a semana do meio ambiente",
)
QUESTION = "Como explico a fotossíntese para uma turma do sétimo ano?"


async def furnish(place: App, who: Account) -> str:
    """Conversations as somebody would have them; gives the id of the one that is shown."""
    _, token = await place.running.system.people.identity.sessions.start(who.id, Device("127.0.0.1", "pictures"))
    headers = {"Cookie": f"prosa_session={token}", "X-Prosa-CSRF": "1"}
    async with httpx2.AsyncClient(base_url=place.base, headers=headers, timeout=60) as client:
        for title in TITLES:
            made = (await client.post("/api/v1/conversations", json={"title": title, "model": "mock"})).json()
            await client.post(f"/api/v1/conversations/{made['id']}/answers", json={"input": title, "stream": False})
        made = (await client.post("/api/v1/conversations", json={"title": "Fotossíntese no sétimo ano", "model": "mock"})).json()
        said = [
            {"type": "message", "role": "user", "content": [{"type": "input_text", "text": QUESTION}]},
            {"type": "message", "role": "assistant", "content": [{"type": "output_text", "text": ANSWER, "annotations": []}]},
        ]
        (await client.post(f"/api/v1/conversations/{made['id']}/items", json={"items": said})).raise_for_status()
        return str(made["id"])


async def shoot(page: Page, path: str, name: str) -> None:
    """One picture, once nothing moves any more."""
    await page.goto(path)
    await page.wait_for_timeout(3_000)  # the feed of changes stays open: the network is never idle
    await page.screenshot(path=FOLDER / f"{name}.png")
    print(f"{name}.png  {path}")


async def main() -> None:
    """All of them. Exits with a message where there is no Chromium."""
    found = [shutil.which(name) for name in ("chromium", "google-chrome", "chromium-browser")]
    chromium = next((path for path in found if path), None)
    if chromium is None:
        sys.exit("screenshots: Chromium is missing here; install it first")
    FOLDER.mkdir(parents=True, exist_ok=True)
    os.environ.pop("PROSA_UI_DIR", None)
    async with app(chromium) as place:
        ana = await place.person(role=Role.ADMIN, name="Ana Souza")
        chat = f"/chat/{await furnish(place, ana)}"
        async with place.page(ana, WIDE) as page:
            for path, name in (
                ("/dashboard", "dashboard"),
                ("/admin/usage", "admin-usage"),
                ("/admin/providers", "admin-providers"),
            ):
                await shoot(page, path, name)
            await shoot(page, chat, "chat")
        async with place.page(ana, replace(WIDE, theme=DARK.theme)) as page:
            await shoot(page, chat, "chat-dark")
        async with place.page(ana, PHONE) as page:
            await shoot(page, chat, "chat-phone")
        async with place.page(ana, replace(WIDE, language=ENGLISH.language)) as page:
            await shoot(page, "/profile/keys", "keys")


if __name__ == "__main__":
    asyncio.run(main())
