"""Another origin on the same site, in a real browser: the session's cookie travels along, and nothing comes of it."""

import pytest
from playwright.async_api import expect

from tests.browsing import site_of
from tests.journeys.app import app

pytestmark = pytest.mark.browser

ATTACKS = """
<form id=f method=post enctype="text/plain" target=hidden action="{base}/api/v1/auth/sign-out-everywhere">
<input name='{"name":"Eve","x":"' value='"}'></form>
<iframe name=hidden></iframe>
<script>
async function attack() {
  const json = JSON.stringify({name: "Eve"});
  const tries = [
    ["/me", {method: "PATCH", body: json, headers: {"content-type": "application/json", "x-prosa-csrf": "1"}}],
    ["/auth/sign-out-everywhere", {method: "POST", mode: "no-cors"}],
    ["/auth/sign-out", {method: "POST", mode: "no-cors", body: json, headers: {"content-type": "text/plain"}}],
    ["/me", {method: "GET"}],
    ["/me", {method: "GET", mode: "no-cors"}],
  ];
  const read = [];
  for (const [path, options] of tries) {
    const asked = fetch("{base}/api/v1" + path, {credentials: "include", ...options});
    read.push(await asked.then((answer) => answer.text(), () => "refused"));
  }
  document.getElementById("f").submit();
  return read;
}
async function framed(address) {
  const frame = document.createElement("iframe");
  frame.src = address;
  document.body.append(frame);
  await new Promise((resolve) => { frame.onload = resolve; setTimeout(resolve, 2000); });
  try { return frame.contentDocument.body.innerText; } catch { return "kept apart"; }
}
async function embedded(address) {
  const script = document.createElement("script");
  script.src = address;
  const came = new Promise((resolve) => { script.onload = () => resolve("ran"); script.onerror = () => resolve("refused"); });
  document.body.append(script);
  return came;
}
</script>
"""


@pytest.mark.contract("A25")
@pytest.mark.attack("B6", "B7", "E13")
async def test_a_page_of_another_origin_on_the_same_site_does_nothing_with_the_session(chromium: str) -> None:
    async with app(chromium) as prosa:
        ana = await prosa.person()
        async with prosa.device(ana) as (context, watch):
            page = await context.new_page()
            await page.goto("/profile/account")
            await expect(page.get_by_label("Nome", exact=True)).to_have_value("Ana Souza")
            script = await page.locator("script[type=module]").first.get_attribute("src")
            # Another port is another origin and yet the same site: the cookie travels along.
            async with site_of(ATTACKS.replace("{base}", prosa.base).encode()) as elsewhere:
                await page.goto(f"{elsewhere}/")
                read = await page.evaluate("attack()")
                assert not any("ana@exemplo.br" in text for text in read), read
                assert await page.evaluate(f"framed('{prosa.base}/dashboard')") == "kept apart"
                assert await page.evaluate(f"embedded('{prosa.base}{script}')") == "refused"
            await page.goto("/profile/account")
            await expect(page.get_by_label("Nome", exact=True)).to_have_value("Ana Souza")
            watch.foreign.clear()  # that other origin
            watch.errors.clear()
            watch.violations.clear()
