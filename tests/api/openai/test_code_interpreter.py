"""`code_interpreter` in Responses and in runs of threads, in real jails, with a scripted model."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx2
import pytest

from prosa.identity import OPERATOR, Role
from prosa.interpreter import InterpreterSettings
from prosa.interpreter.jail import why_not
from tests.contracts.people import MARIA
from tests.serving import Running, running

FOLDER = Path("build/interpreter").absolute()
MISSING = why_not(InterpreterSettings(folder=FOLDER))
ENV = {"PROSA_INTERPRETER_DIR": str(FOLDER)}
TOOL = {"type": "code_interpreter", "container": {"type": "auto"}}

pytestmark = pytest.mark.skipif(MISSING is not None, reason=f"no code can be run here: {MISSING}")


def runs(code: str, text: str = "Feito.") -> str:
    """A message upon which the model runs this code, and then says this."""
    return (
        f"[[mock text={json.dumps(text)} tool_calls={json.dumps([{'name': 'code_interpreter', 'arguments': {'code': code}}])}]]"
    )


@asynccontextmanager
async def lab(env: dict[str, str] | None = None) -> AsyncIterator[tuple[httpx2.AsyncClient, Running]]:
    async with running(ENV | (env or {})) as found, httpx2.AsyncClient(base_url=found.base, timeout=60) as client:
        yield client, found


async def respond(client: httpx2.AsyncClient, text: str, **fields: object) -> dict[str, Any]:
    answer = await client.post("/v1/responses", json={"model": "mock", "input": text, "tools": [TOOL]} | fields)
    assert answer.status_code == 200, answer.text
    told: dict[str, Any] = answer.json()
    return told


def called(told: dict[str, Any]) -> dict[str, Any]:
    """The call of a response; the mock says its words before it, and again behind it."""
    (call,) = [item for item in told["output"] if item["type"] == "code_interpreter_call"]
    found: dict[str, Any] = call
    return found


@pytest.mark.contract("A03")
async def test_code_is_run_and_its_output_files_and_pictures_come_back() -> None:
    code = "import matplotlib.pyplot as plt\nprint(6 * 7)\nopen('soma.csv', 'w').write('a,b')\nplt.plot([1, 2])\nplt.show()"
    async with lab() as (client, _):
        told = await respond(
            client, runs(code, "Veja [a soma](sandbox:/mnt/data/soma.csv)."), include=["code_interpreter_call.outputs"]
        )
        call, message = called(told), told["output"][-1]
        assert (call["type"], call["status"], call["code"]) == ("code_interpreter_call", "completed", code)
        assert call["container_id"].startswith("cntr_") and call["outputs"][0] == {"type": "logs", "logs": "42\n"}
        linked, picture = message["content"][0]["annotations"]
        assert picture["type"] == linked["type"] == "container_file_citation"
        text = message["content"][0]["text"]
        assert (
            text[linked["start_index"] : linked["end_index"]] == "sandbox:/mnt/data/soma.csv" and linked["filename"] == "soma.csv"
        )
        assert (await client.get(f"/v1/files/{linked['file_id']}/content")).content == b"a,b"
        assert (await client.get(f"/v1/files/{picture['file_id']}/content")).content.startswith(b"\x89PNG")
        assert (await client.get(f"/v1/files/{linked['file_id']}")).json()["purpose"] == "assistants_output"


async def test_a_conversation_keeps_its_variables_and_gets_its_files() -> None:
    async with lab() as (client, _):
        file = (await client.post("/v1/files", files={"file": ("n.csv", b"n\n20\n22\n")}, data={"purpose": "assistants"})).json()[
            "id"
        ]
        conversation = (await client.post("/v1/conversations", json={})).json()["id"]
        tool = {"type": "code_interpreter", "container": {"type": "auto", "file_ids": [file]}}
        more: dict[str, object] = {"conversation": conversation, "tools": [tool], "include": ["code_interpreter_call.outputs"]}
        await respond(client, runs("import pandas as pd\ns = pd.read_csv('n.csv').n.sum()"), **more)
        told = await respond(client, runs("print(s)"), **more)
        assert called(told)["outputs"] == [{"type": "logs", "logs": "42\n"}]
        other = await respond(client, runs("print('s' in globals())"), include=["code_interpreter_call.outputs"])
        assert called(other)["outputs"] == [{"type": "logs", "logs": "False\n"}]
        unknown = {"type": "code_interpreter", "container": {"type": "auto", "file_ids": ["file-none"]}}
        refused = await client.post("/v1/responses", json={"model": "mock", "input": "x", "tools": [unknown]})
        assert refused.status_code == 404


@pytest.mark.contract("A03")
async def test_a_thread_shows_what_code_did_as_steps_files_and_pictures() -> None:
    code = "import matplotlib.pyplot as plt\nopen('x.txt', 'w').write('x')\nplt.plot([1, 2]); plt.show()\nprint('ok')"
    async with lab() as (client, _):
        made = await client.post("/v1/assistants", json={"model": "mock", "tools": [{"type": "code_interpreter"}]})
        ask = {"messages": [{"role": "user", "content": runs(code, "Aqui: sandbox:/mnt/data/x.txt")}]}
        begun = await client.post("/v1/threads/runs", json={"assistant_id": made.json()["id"], "thread": ask, "stream": True})
        assert begun.text.rstrip().endswith("data: [DONE]") and "thread.run.completed" in begun.text, begun.text[-500:]
        thread = json.loads(begun.text.split("data: ")[1].split("\n")[0])["id"]
        message = (await client.get(f"/v1/threads/{thread}/messages")).json()["data"][0]
        kinds = [part["type"] for part in message["content"]]
        assert sorted(kinds) == ["image_file", "text"]
        text = message["content"][kinds.index("text")]["text"]
        (path,) = text["annotations"]
        assert path["type"] == "file_path" and path["text"] == "sandbox:/mnt/data/x.txt"
        assert (await client.get(f"/v1/files/{path['file_path']['file_id']}/content")).content == b"x"
        run = (await client.get(f"/v1/threads/{thread}/runs")).json()["data"][0]["id"]
        steps = (await client.get(f"/v1/threads/{thread}/runs/{run}/steps?order=asc")).json()["data"]
        assert [step["type"] for step in steps] == ["message_creation", "tool_calls", "message_creation"]
        ran = steps[1]["step_details"]["tool_calls"][0]["code_interpreter"]
        assert ran["input"] == code and {each["type"] for each in ran["outputs"]} >= {"logs"}


async def test_where_no_code_can_be_run_the_model_is_told_why() -> None:
    async with lab({"PROSA_INTERPRETER": "false"}) as (client, _):
        told = await respond(client, runs("1"))
        assert told["status"] == "completed" and called(told)["status"] == "failed"


async def test_a_container_is_named_again_by_its_id_and_an_unknown_one_is_refused() -> None:
    async with lab() as (client, _):
        first = called(await respond(client, runs("x = 41")))
        named = {"type": "code_interpreter", "container": first["container_id"]}
        more: dict[str, object] = {"tools": [named], "include": ["code_interpreter_call.outputs"]}
        again = called(await respond(client, runs("print(x + 1)"), **more))
        assert again["container_id"] == first["container_id"] and again["outputs"] == [{"type": "logs", "logs": "42\n"}]
        unsaved = called(await respond(client, runs("y = 1"), store=False))
        kept = {"type": "code_interpreter", "container": unsaved["container_id"]}
        assert (await respond(client, runs("y"), tools=[kept]))["status"] == "completed"
        for odd in ("cntr_" + "0" * 32, "cntr_mine", "mine", ""):
            tool = {"type": "code_interpreter", "container": odd}
            refused = await client.post("/v1/responses", json={"model": "mock", "input": "x", "tools": [tool]})
            told = refused.json()["error"]
            assert (refused.status_code, told["message"]) == (404, f"Container with id '{odd}' not found."), odd
        tool = {"type": "code_interpreter", "container": "cntr_" + "0" * 60}
        assert (await client.post("/v1/responses", json={"model": "mock", "input": "x", "tools": [tool]})).status_code == 400


@pytest.mark.attack("G7")
async def test_a_kernel_ends_with_its_conversation_or_thread() -> None:
    async with lab() as (client, place):
        interpreter = place.system.features.interpreter
        conversation = (await client.post("/v1/conversations", json={})).json()["id"]
        await respond(client, runs("x = 1"), conversation=conversation)
        assert interpreter.knows("local", conversation.removeprefix("conv_"))
        assert (await client.delete(f"/v1/conversations/{conversation}")).status_code == 200
        assert not interpreter.holds("local")
        thread = (await client.post("/v1/threads", json={})).json()["id"]
        await respond(client, runs("x = 1"), conversation=thread.replace("thread_", "conv_"))
        assert interpreter.holds("local") and (await client.delete(f"/v1/threads/{thread}")).status_code == 200
        assert not interpreter.holds("local")


async def test_a_kernel_ends_with_its_account() -> None:
    async with lab() as (_, place):
        interpreter, accounts = place.system.features.interpreter, place.system.people.identity.accounts
        ana = await accounts.create(OPERATOR, replace(MARIA, email="ana@exemplo.br", username="ana", role=Role.USER))
        await interpreter.run(ana.space, "one", "x = 1")
        await accounts.delete(OPERATOR, ana.id)
        for _ in range(400):
            if not interpreter.holds(ana.space):
                break
            await asyncio.sleep(0.05)
        assert not interpreter.holds(ana.space)
