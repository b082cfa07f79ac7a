"""`prosa import openai-assistants`: what somebody saved of the vendor's API moves in, and goes on under its old ids."""

import asyncio
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final

import openai
import pytest

from prosa.drivers.sql import DatabaseAddress, look
from tests.answers.adopting import saved
from tests.assistants import original
from tests.cli.terminal import Terminal
from tests.databases import KINDS, an_address, environment
from tests.serving import running

pytestmark = pytest.mark.filterwarnings("ignore:(deprecated|The Assistants API):DeprecationWarning")
TABLES = (
    "assistants",
    "conversations",
    "items",
    "second_names",
    "runs",
    "run_events",
    "files",
    "vector_stores",
    "vector_store_files",
)
QUIET = {"PROSA_ANONYMOUS_REQUESTS_PER_MINUTE": "0"}


class Desk:
    """A terminal beside a database, and the folder."""

    def __init__(self, terminal: Terminal, address: DatabaseAddress) -> None:
        self.terminal, self.address = terminal, address
        self.env = dict(environment(address)) if address.url else {}
        self.folder = saved.written(terminal.folder / "saved")

    def imports(self, *options: str) -> str:
        done = self.terminal.type("import", "openai-assistants", str(self.folder), *options, env=self.env)
        assert done.status == 0, done.err
        return done.out

    def everything(self) -> dict[str, list[tuple[object, ...]]]:
        found = {table: asyncio.run(look(self.address, f"SELECT * FROM {table}")) for table in TABLES}
        return {table: sorted(rows, key=repr) for table, rows in found.items()}


@pytest.fixture
def desk(terminal: Terminal) -> Desk:
    return Desk(terminal, DatabaseAddress(path=terminal.folder / "data" / "prosa.db"))


@pytest.mark.contract("A01")
@pytest.mark.parametrize("kind", KINDS)
def test_everything_comes_once_and_a_dry_run_writes_nothing(kind: str, terminal: Terminal) -> None:
    with an_address(kind) as address:
        desk = Desk(terminal, address if kind == "postgresql" else DatabaseAddress(path=terminal.folder / "data" / "prosa.db"))
        before = desk.everything()
        told = desk.imports("--dry-run")
        assert "nothing was written" in told and desk.everything() == before
        for line in ("2  assistants would be added", "3  threads would be added", "5  messages would be added"):
            assert line in told
        first = desk.imports()
        for line in (
            *("2  assistants added", "3  threads added", "5  messages added", "1  runs added", "2  files added"),
            *("1  files can't come", "3  vector stores added", "1  files in vector stores, which the server reads anew"),
            f"{saved.GONE_FILE} (perdida.png): its content wasn't saved",
            f"{saved.LOST}: it wasn't saved itself",
            f"{saved.EMPTY}: it stands empty",
            f"{saved.UNSAVED}: it wasn't saved itself",
            f"{saved.PICTURE}: the picture {saved.GONE_FILE} wasn't saved",
            f"{saved.CODER}: {saved.GONE_FILE}, which its code interpreter had, isn't here",
        ):
            assert line in first, first
        after = desk.everything()
        assert saved.SECRET not in repr(after)
        again = desk.imports()
        assert desk.everything() == after and " added" not in again and "5  messages were here already" in again


@pytest.mark.contract("A01")
def test_an_unmodified_sdk_goes_on_with_an_old_thread_by_its_old_id(desk: Desk) -> None:
    desk.imports()
    asyncio.run(goes_on(desk.terminal))


async def goes_on(terminal: Terminal) -> None:
    async with running(QUIET, terminal.folder) as prosa, openai.AsyncOpenAI(base_url=f"{prosa.base}/v1", api_key="x") as sdk:
        old = await sdk.beta.assistants.retrieve(saved.ASSISTANT)
        assert (old.id, old.name, old.metadata, old.created_at) == (saved.ASSISTANT, "Regras", {"casa": "12"}, 1_700_000_000)
        assert old.tool_resources and old.tool_resources.file_search
        assert old.tool_resources.file_search.vector_store_ids == [saved.STORE]
        thread = await sdk.beta.threads.retrieve(saved.THREAD)
        assert (thread.id, thread.metadata, thread.created_at) == (saved.THREAD, {"cliente": "7"}, 1_700_000_100)
        said = [each async for each in sdk.beta.threads.messages.list(saved.THREAD, order="asc")]
        assert [each.id for each in said] == [saved.QUESTION, saved.REPLY, saved.PICTURE, saved.DRAWN]
        question, reply, picture, drawn = said
        assert question.metadata == {"n": "1"} and question.attachments and question.attachments[0].file_id == saved.RULES
        assert (reply.assistant_id, reply.run_id, reply.created_at) == (saved.ASSISTANT, saved.RUN, 1_700_000_203)
        assert reply.content[0].to_dict() == saved.text(saved.ANSWER, [saved.cited()])
        assert [each.type for each in picture.content] == ["text", "text"]
        assert [each.type for each in drawn.content] == ["image_file", "text"] and drawn.run_id == saved.NEVER
        only = await sdk.beta.threads.messages.list(saved.THREAD, run_id=saved.RUN)
        assert [each.id for each in only.data] == [saved.REPLY]
        assert (await sdk.beta.threads.messages.retrieve(saved.REPLY, thread_id=saved.THREAD)).id == saved.REPLY
        before = await sdk.beta.threads.runs.retrieve(saved.RUN, thread_id=saved.THREAD)
        assert (before.status, before.completed_at, before.metadata) == ("completed", 1_700_000_203, {"turno": "1"})
        assert before.usage and before.usage.total_tokens == 38 and before.temperature == 0.5
        called, step = (await sdk.beta.threads.runs.steps.list(saved.RUN, thread_id=saved.THREAD, order="asc")).data
        assert called.id == saved.STEP and called.step_details.to_dict() == saved.STEP_OBJECT["step_details"]
        assert step.step_details.type == "message_creation" and step.step_details.message_creation.message_id == saved.REPLY
        titles = await prosa.system.people.database.fetch("SELECT title FROM conversations ORDER BY title")
        assert [row[0] for row in titles if row[0]] == ["Quando descansam?", "Sem conversa"]

        await sdk.beta.threads.messages.create(saved.THREAD, role="user", content="E as mulas?")
        run = await sdk.beta.threads.runs.create_and_poll(thread_id=saved.THREAD, assistant_id=saved.ASSISTANT, model="mock")
        assert run.status == "completed" and run.thread_id == saved.THREAD and run.assistant_id == saved.ASSISTANT
        [newest] = (await sdk.beta.threads.messages.list(saved.THREAD, limit=1)).data
        assert newest.run_id == run.id and newest.thread_id == saved.THREAD
        assert len((await sdk.beta.threads.messages.list(saved.THREAD, after=saved.REPLY, order="asc")).data) == 4


OLD: Final = """
import os, sys, warnings
warnings.simplefilter("ignore", DeprecationWarning)
import openai
sdk = openai.OpenAI(base_url=os.environ["BASE_URL"], api_key="any", max_retries=0)
thread, assistant = sys.argv[1:]
sdk.beta.threads.messages.create(thread, role="user", content="E as mulas?")
run = sdk.beta.threads.runs.create_and_poll(thread_id=thread, assistant_id=assistant, poll_interval_ms=50, model="mock")
said = sdk.beta.threads.messages.list(thread, order="asc").data
cited = said[1].content[0].text.annotations[0].file_citation.file_id
print(openai.__version__.split(".")[0], run.status, len(said), said[1].id, cited)
"""


@pytest.mark.slow
@pytest.mark.contract("A01")
@pytest.mark.parametrize("age", ["1", "2"])
def test_older_sdks_do_so_too(age: str, desk: Desk, need: Callable[[str], str]) -> None:
    desk.imports()
    env = {"PYTHONPATH": need(f"openai{age}")}
    assert asyncio.run(said(desk.terminal, env)).split() == [age, "completed", "6", saved.REPLY, saved.RULES]


async def said(terminal: Terminal, env: dict[str, str]) -> str:
    async with running(QUIET, terminal.folder) as prosa:
        command = [sys.executable, "-c", OLD, saved.THREAD, saved.ASSISTANT]
        env |= {"BASE_URL": f"{prosa.base}/v1"}
        done = await asyncio.to_thread(subprocess.run, command, env=env, capture_output=True, text=True, timeout=240)
    assert done.returncode == 0, done.stderr
    return str(done.stdout)


@pytest.mark.attack("A2")
def test_files_and_stores_answer_under_their_old_ids_to_their_owner_alone(desk: Desk) -> None:
    keys = []
    for name in ("ana", "bia"):
        desk.terminal.works("user", "add", f"{name}@exemplo.br", "--password-stdin", stdin=b"uma frase que so eu sei")
        keys.append(desk.terminal.works("key", "create", "--user", f"{name}@exemplo.br", "--name", "ci", "--quiet").strip())
    assert desk.terminal.type("import", "openai-assistants", str(desk.folder)).status == 1, "nobody is an administrator"
    desk.imports("--owner", "ana@exemplo.br")
    again = desk.imports("--owner", "bia@exemplo.br")
    assert "2  assistants can't come" in again and "3  files can't come" in again and "1  runs can't come" in again
    asyncio.run(is_searched(desk.terminal, keys))


async def is_hidden(other: openai.AsyncOpenAI) -> None:
    for asked in (
        other.files.retrieve(saved.RULES),
        other.vector_stores.retrieve(saved.STORE),
        other.beta.assistants.retrieve(saved.ASSISTANT),
        other.beta.threads.runs.retrieve(saved.RUN, thread_id=saved.THREAD),
    ):
        with pytest.raises(openai.NotFoundError):
            await asked


async def is_searched(terminal: Terminal, keys: Sequence[str]) -> None:
    async with running(QUIET, terminal.folder) as prosa, openai.AsyncOpenAI(base_url=f"{prosa.base}/v1", api_key=keys[0]) as sdk:
        await is_hidden(sdk.with_options(api_key=keys[1]))
        mine = saved.THREAD.replace("thread_", "conv_")
        items = (await sdk.conversations.items.list(mine, order="asc")).data
        assert len(items) == 4 and (await sdk.conversations.retrieve(mine)).id.startswith("conv_")
        response = await sdk.responses.create(model="mock", conversation=mine, input="E hoje?")
        assert response.conversation and len((await sdk.conversations.items.list(response.conversation.id)).data) == 6
        file = await sdk.files.retrieve(saved.RULES)
        assert (file.id, file.filename, file.created_at, file.purpose) == (saved.RULES, "regras.txt", 1_690_000_000, "assistants")
        assert (await sdk.files.content(saved.RULES)).content == saved.RULES_TEXT
        with pytest.raises(openai.NotFoundError):
            await sdk.files.retrieve(saved.GONE_FILE)
        for _ in range(600):
            store = await sdk.vector_stores.retrieve(saved.STORE)
            if not store.file_counts.in_progress:
                break
            await asyncio.sleep(0.05)
        assert (store.name, store.created_at, store.file_counts.completed) == ("Regras", 1_695_000_000, 1)
        [listed] = (await sdk.vector_stores.files.list(saved.STORE)).data
        assert (listed.id, listed.vector_store_id, listed.attributes) == (saved.RULES, saved.STORE, {"ano": 2024.0})
        found = (await sdk.vector_stores.search(saved.STORE, query="Quando descansam as mulas?")).data
        assert found and found[0].file_id == saved.RULES
        empty = await sdk.vector_stores.retrieve(saved.EMPTY)
        assert empty.file_counts.total == 0 and empty.expires_after and empty.expires_after.days == 7
        assert (await sdk.vector_stores.files.retrieve(saved.RULES, vector_store_id=saved.STORE)).status == "completed"
        assert (await sdk.vector_stores.retrieve(saved.UNSAVED)).name == saved.UNSAVED
        await sdk.files.delete(saved.RULES)
        assert (await sdk.vector_stores.retrieve(saved.STORE)).file_counts.total == 0
        assert (await sdk.beta.threads.delete(saved.THREAD)).deleted
        with pytest.raises(openai.NotFoundError):
            await sdk.beta.threads.retrieve(saved.THREAD)
        mine = "SELECT second_names.name FROM second_names JOIN accounts ON accounts.id = space WHERE email LIKE 'ana%'"
        assert {str(name) for (name,) in await prosa.system.people.database.fetch(mine)} == {saved.SHORT, saved.LOST, saved.ALONE}


def test_pieces_in_other_forms_come_too(desk: Desk) -> None:
    lists = saved.objects()
    (desk.folder / "messages.jsonl").unlink()
    (desk.folder / "messages").mkdir()
    bare = [{name: value for name, value in each.items() if name != "thread_id"} for each in lists["messages"][:4]]
    (desk.folder / "messages" / f"{saved.THREAD}.json").write_text(json.dumps(bare))
    (desk.folder / "assistants.jsonl").unlink()
    (desk.folder / "assistants.json").write_text(json.dumps({"object": "list", "data": lists["assistants"]}))
    (desk.folder / "files" / saved.RULES).rename(desk.folder / "files" / "regras.txt")
    with (desk.folder / "threads.jsonl").open("a") as file:
        file.write(
            '{"id": "thread_x y"}\n{"id": 7}\n{"id": "asst_1"}\n{"object": "assistant", "id": "thread_abc"}\n{"id": "thread_cut'
        )
    told = desk.imports()
    for line in ("2  assistants added", "4  messages added", "2  files added", "3  threads added", "cut off in the middle"):
        assert line in told, told
    assert "4  records can't be read" in told


def test_an_import_that_was_killed_goes_on(desk: Desk) -> None:
    threads = [f"thread_{number:024d}" for number in range(40)]
    lists = {
        "threads": [saved.thread(each) for each in threads],
        "messages": [
            saved.message(f"msg_{each[-4:]}{number:020d}", each, "user", [saved.text("palavra")], 1_700_000_000 + number)
            for each in threads
            for number in range(100)
        ],
    }
    saved.written(desk.folder, saved.objects() | lists)
    command = [sys.executable, "-m", "prosa", "import", "openai-assistants", str(desk.folder)]
    env = {"PROSA_DATA_DIR": str(desk.terminal.folder / "data"), "PROSA_OLLAMA_DISCOVERY": "false", "PATH": os.environ["PATH"]}
    counted = "SELECT count(*), count(DISTINCT conversation_id) FROM items"
    with subprocess.Popen(command, env=env, stdout=subprocess.DEVNULL) as process:
        while process.poll() is None and not asyncio.run(look(desk.address, counted))[0][0]:
            time.sleep(0.02)
        process.kill()
    desk.imports()
    assert asyncio.run(look(desk.address, counted)) == [(4000, 40)]
    chained = "SELECT count(*) FROM items a JOIN items b ON a.parent_id = b.id AND a.position = b.position + 1"
    assert asyncio.run(look(desk.address, chained)) == [(3960,)]
    heads = "SELECT count(*) FROM conversations c JOIN items i ON i.id = c.head_id WHERE i.position = 100"
    assert asyncio.run(look(desk.address, heads)) == [(40,)]


def test_an_assistant_that_moved_in_before_gets_its_store(desk: Desk) -> None:
    desk.terminal.works("import", "assistant", str(original.written(desk.terminal.folder)), "--keep-admins")
    lists = {
        "assistants": [saved.assistant("asst_jardim", tool_resources={"file_search": {"vector_store_ids": ["vs_jardim"]}})],
        "vector_stores": [saved.store("vs_jardim", "Jardim")],
        "vector_store_files": [saved.member("vs_jardim", saved.RULES)],
    }
    saved.written(desk.folder, saved.objects() | lists)
    stands = "SELECT body, version FROM assistants WHERE foreign_id = 'asst_jardim'"
    [(before, _)] = asyncio.run(look(desk.address, stands))
    assert "takes the place of the empty one" in desk.imports("--dry-run")
    assert asyncio.run(look(desk.address, stands)) == [(before, 1)]
    assert "1  assistants were here already" in desk.imports()
    [(after, version)] = asyncio.run(look(desk.address, stands))
    known = json.loads(str(before)) | {"store_ids": ["jardim"]}
    assert (json.loads(str(after)), version) == (known, 2), "and nothing else of it is changed"
    assert "takes the place" not in desk.imports()


def test_what_is_no_such_folder_is_refused(desk: Desk, tmp_path: Path) -> None:
    empty = tmp_path / "empty"
    empty.mkdir()
    for place in (empty, tmp_path / "nowhere"):
        done = desk.terminal.type("import", "openai-assistants", str(place))
        assert done.status == 1 and done.err.startswith("prosa: "), done.err
    unknown = desk.terminal.type("import", "openai-assistants", str(desk.folder), "--owner", "ninguem@exemplo.br")
    assert unknown.status == 1 and "no account" in unknown.err
