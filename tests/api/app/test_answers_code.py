"""What code made in a conversation of the app: its outputs in the list of items, its pictures and files for the person alone."""

import json
from pathlib import Path

import pytest

from prosa.interpreter import InterpreterSettings
from prosa.interpreter.jail import why_not
from tests.api.app.house import house
from tests.api.app.test_answers import begun
from tests.api.app.test_answers_assistants import made

FOLDER = Path("build/interpreter").absolute()
MISSING = why_not(InterpreterSettings(folder=FOLDER))
PNG = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
CODE = f"""import base64
from IPython.display import Image, display
print(6 * 7)
open('soma.html', 'w').write('<b>7</b>')
display(Image(data=base64.b64decode('{PNG}')))"""

pytestmark = pytest.mark.skipif(MISSING is not None, reason=f"no code can be run here: {MISSING}")


@pytest.mark.attack("A1", "F2")
async def test_the_person_sees_pictures_and_downloads_files_of_a_run_and_nobody_else_does() -> None:
    async with house({"PROSA_INTERPRETER_DIR": str(FOLDER)}) as home:
        ana, bia = await home.person("ana"), await home.person("bia")
        assistant = await made(ana, tools=[{"type": "code_interpreter"}])
        talk = await begun(ana, settings={"assistant": assistant})
        calls = json.dumps([{"name": "code_interpreter", "arguments": {"code": CODE}}])
        text = json.dumps("Veja [a soma](sandbox:/mnt/data/soma.html).")
        await talk.ask(input=f"[[mock text={text} tool_calls={calls}]] Desenhe")
        said, call = (await talk.items("?include=code_interpreter_call.outputs"))[:2]
        assert (call["item"]["type"], call["item"]["code"]) == ("code_interpreter_call", CODE)
        logs, image = call["item"]["outputs"]
        assert logs == {"type": "logs", "logs": "42\n"} and image["type"] == "image"
        cited = {each["filename"]: each for each in said["item"]["content"][0]["annotations"]}
        assert {each["type"] for each in cited.values()} == {"container_file_citation"}
        drawn = next(each for name, each in cited.items() if name.endswith(".png"))
        assert drawn["file_id"] == image["url"]
        for named, kind in ((drawn, "image/png"), (cited["soma.html"], "application/octet-stream")):
            path = f"/v1/files/{named['file_id']}/content"
            given = await ana.browser.get(path)
            assert (given.status_code, given.headers["content-type"]) == (200, kind)
            assert (
                given.headers["content-disposition"].startswith("attachment")
                and given.headers["x-content-type-options"] == "nosniff"
            )
            assert given.headers["content-security-policy"].startswith("sandbox")
            shown = await ana.browser.get(
                path, headers={"x-prosa-csrf": "", "sec-fetch-dest": "image", "sec-fetch-mode": "no-cors"}
            )
            assert shown.content == given.content, "as an <img> asks for it"
            assert (await bia.browser.get(path)).status_code == 404
        assert (await talk.items())[1]["item"].get("outputs") is None
        # What the code of a passing question leaves, passes.
        before = {each["id"] for each in (await ana.browser.get("/v1/files")).json()["data"]}
        await ana.ask("POST", "/answers", {"input": f"[[mock text={text} tool_calls={calls}]]", "assistant": assistant})
        left = [each for each in (await ana.browser.get("/v1/files")).json()["data"] if each["id"] not in before]
        assert len(left) == 2 and all(0 < each["expires_at"] - each["created_at"] <= 3_600 for each in left)
