"""Sign-in links that came with an installation: what a person sees of one that is good, and of one that isn't."""

from pathlib import Path

import pytest
from playwright.async_api import expect

from prosa.assistants import AdoptingGround, AssistantInstallation
from prosa.identity import Arrivals
from tests.assistants import original
from tests.journeys.app import App, app

pytestmark = pytest.mark.browser
LINK = "/auth/integration-login/"


async def moved_in(prosa: App, folder: Path) -> None:
    people, features = prosa.running.system.people, prosa.running.system.features
    ground = AdoptingGround(people.database, people.journal, people.identity, features.feed, people.clock.now())
    await AssistantInstallation(ground, Arrivals(keep_admins=True)).take(original.written(folder))


@pytest.mark.contract("A67")
@pytest.mark.attack("B6")
async def test_a_link_signs_in_is_told_apart_among_the_sessions_and_is_revoked_there(chromium: str, tmp_path: Path) -> None:
    async with app(chromium) as prosa:
        await moved_in(prosa, tmp_path)
        async with prosa.page() as page:
            await page.goto(LINK + "wrong")
            await expect(page.get_by_text("Este link de acesso não vale, ou não vale mais.")).to_be_visible()
            await page.goto("/sign-in?error=%3Cb%3Eoutro")
            await expect(page.get_by_role("button", name="Entrar", exact=True)).to_be_visible()
            await expect(page.get_by_text("outro")).to_have_count(0)
            await page.goto(LINK + original.TOKEN)
            await page.wait_for_url("**/dashboard")
            await page.goto("/profile/sessions")
            row = page.get_by_role("listitem").filter(has_text="portal: Portal do morador")
            await expect(row.get_by_text("Link de acesso")).to_be_visible()
            await row.get_by_role("button", name="Revogar").click()
            await page.get_by_role("alertdialog").or_(page.get_by_role("dialog")).get_by_role("button", name="Revogar").click()
            await expect(row).to_have_count(0)
            await expect(page.get_by_text("Este navegador", exact=True)).to_be_visible()
            for _ in range(100):  # the page doesn't wait for the server
                over = await page.request.get(LINK + original.TOKEN, max_redirects=0)
                if over.headers["location"] == "/sign-in?error=link_invalid":
                    break
                await page.wait_for_timeout(100)
            else:
                raise AssertionError("a revoked link still signs in")
