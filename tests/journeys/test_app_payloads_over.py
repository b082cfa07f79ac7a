"""Hostile texts in what opens over the app's pages, and in tables of figures: the palette, what a model was sent, usage."""

import random
from collections.abc import Sequence

import pytest
from playwright.async_api import Page, expect

from prosa.identity import Account, NewKey, Reach, Role, Scope
from tests.journeys.app import App, app
from tests.journeys.chatting import FIELD, answers, ask, until_ended
from tests.journeys.payloads import PAYLOADS, TRACES, Payload
from tests.journeys.planting import MARK, Planter
from tests.journeys.test_app_payloads import listening, planting

pytestmark = pytest.mark.browser

SAMPLE = 6
LONGEST = 100


async def still(page: Page) -> None:
    """Nothing has come to life."""
    await page.wait_for_timeout(250)
    assert await page.evaluate(TRACES) == []


async def palette(page: Page, planter: Planter, payloads: Sequence[Payload]) -> None:
    for payload in payloads:
        await planter.conversation(planter.text(payload, LONGEST))
    await page.goto("/chat")
    await page.locator(FIELD).focus()
    await page.keyboard.press("Control+k")
    await page.get_by_role("combobox", name="Buscar e ir para").press_sequentially(MARK)
    await expect(page.get_by_role("option").filter(has_text=MARK).first).to_be_visible()
    await still(page)


async def window(page: Page, planter: Planter, payloads: Sequence[Payload]) -> None:
    """What a model was sent: instructions and messages, as they were."""
    conversation = await planter.conversation()
    said = [planter.text(payload, 2_000) for payload in payloads]
    items = [{"type": "message", "role": "user", "content": [{"type": "input_text", "text": text}]} for text in said]
    await planter.say(conversation, items)
    changed = {"settings": {"instructions": "\n".join(said)[:4_000]}}
    await planter.send(f"/api/v1/conversations/{conversation}", changed, "PATCH")
    await page.goto(f"/chat/{conversation}")
    await ask(page, "Olá")
    await until_ended(page)
    await answers(page).last.get_by_role("button", name="Mais opções").click()
    await page.get_by_role("menuitem", name="Ver o que o modelo recebeu").click()
    await expect(page.get_by_role("dialog").filter(has_text=MARK)).to_be_visible()
    await still(page)


async def figures(page: Page, place: App, who: Account, names: Sequence[str]) -> None:
    """Usage by key and by person, whose names are what somebody wrote."""
    keys = place.running.system.people.identity.keys
    for name in names:
        _, text = await keys.create(Reach(who.id), NewKey(who.id, name, frozenset({Scope.READ, Scope.WRITE})))
        body = {"model": "mock", "messages": [{"role": "user", "content": "Oi"}]}
        answer = await page.request.post("/v1/chat/completions", data=body, headers={"authorization": f"Bearer {text}"})
        assert answer.ok
    await place.running.system.metering.recorder.flush()
    await page.goto("/admin/usage")
    await page.get_by_role("combobox", name="Também por").select_option("key")
    await expect(page.get_by_role("table").filter(has_text=MARK).first).to_be_attached()
    await still(page)


@pytest.mark.attack("E1", "E2", "E3", "E8", "E14")
async def test_no_text_comes_to_life_over_a_page_or_among_figures(chromium: str) -> None:
    payloads = random.Random(11).sample(PAYLOADS, SAMPLE)
    async with app(chromium, {"PROSA_KEY_LIMIT": "0"}) as place:
        ana = await place.person(role=Role.ADMIN, name=f"{MARK} <img src=x onerror=alert(1)>")
        async with listening() as (host, heard), planting(place, ana, host) as planter, place.page(ana) as page:
            await palette(page, planter, payloads)
            await window(page, planter, payloads)
            named = [f"{number} {planter.text(payload, LONGEST)}" for number, payload in enumerate(payloads)]
            await figures(page, place, ana, [name for name in named if name.isprintable()])
        assert heard == []
