"""A log told again in the words of the Assistants API: what the stream helpers of the SDK make of it, and where it was cut."""

import json
from typing import Any

import msgspec
from openai.types.beta.threads.runs import RunStep

from prosa.answers.assisting.hearing import heard_of, prompt_room
from prosa.answers.assisting.pinned import Pinned, Truncation
from prosa.answers.assisting.showing import Facts
from prosa.answers.assisting.story import PIECE, Story
from prosa.answers.models import Asked
from prosa.answers.responses import ResponseRequest
from prosa.answers.responses.events import TextDelta
from prosa.runs import Run, RunState
from tests.answers.house import input_message
from tests.answers.sdk_types import check_as

AT = 1_760_000_000
PINNED = Pinned("asst_ana", 1, "ana")
MESSAGE = {"type": "message", "id": "msg_m", "status": "in_progress", "role": "assistant", "content": []}
CITATION = {"type": "file_citation", "file_id": "file-f", "filename": "ata.pdf", "index": 6}


def story() -> Story:
    request = ResponseRequest(model="mock")
    asked = Asked(msgspec.Raw(request.stored()), "mock", AT, "mock", assisting=PINNED)
    run = Run(
        *("r" * 32, "ana", "answer", RunState.RUNNING, 1, None, 1, "c" * 32, None, None, None),
        *(asked.stored().decode(), None, None, AT * 1_000_000, None, False),
    )
    return Story(Facts.of(run, "thread_t", 600.0))


def event(type: str, **fields: Any) -> bytes:
    return json.dumps({"type": type, "sequence_number": 0} | fields).encode()


def item(type: str, id: str, **fields: Any) -> dict[str, Any]:
    return {"type": type, "id": id, "status": "in_progress"} | fields


def fed(tale: Story, *events: bytes) -> list[tuple[str, dict[str, Any]]]:
    return [(name.removeprefix("thread."), json.loads(data)) for each in events for name, data in tale.feed(each)]


def shown(tale: Story, place: int, *, results: bool = False) -> dict[str, Any]:
    facts = tale.facts
    step = tale.steps[place].shown(facts.id, facts.assistant_id, facts.thread_id, results=results)
    found: dict[str, Any] = json.loads(msgspec.json.encode(step))
    check_as(found, RunStep)
    return found


def test_pieces_of_a_text_are_told_alike_at_once_and_one_by_one() -> None:
    slow, quick = story(), story()
    for tale in (slow, quick):
        fed(tale, event("response.output_item.added", output_index=0, item=MESSAGE))
    for words in ("Olá, ", 'a "mill"\n', "\N{PILCROW SIGN}\N{OX}"):
        data = msgspec.json.encode(TextDelta(7, "msg_m", 0, 0, words, []))
        [(name, line)] = slow.feed(data)
        assert (
            name.encode() == PIECE
            and quick.piece(data) == line
            and json.loads(line)["delta"]["content"][0]["text"]["value"] == words
        )
    assert quick.piece(event("response.output_text.done", text="x")) is None and story().piece(data) is None
    cited = event("response.output_text.annotation.added", output_index=0, annotation_index=0, annotation=CITATION)
    assert fed(slow, cited) == fed(quick, cited) != []


def test_a_search_and_code_are_steps_and_what_they_found_is_cited() -> None:
    tale = story()
    search = item("file_search_call", "fs_s", queries=["x"], results=None)
    found = [{"file_id": "file-f", "filename": "ata.pdf", "score": 0.5, "text": "the words", "attributes": {}}]
    code = item("code_interpreter_call", "ci_c", code="", container_id="t", outputs=None)
    outputs = [{"type": "logs", "logs": "42"}, {"type": "image", "url": "file-p"}]
    told = fed(
        tale,
        event("response.output_item.added", output_index=0, item=search),
        event("response.output_item.done", output_index=0, item=search | {"status": "completed", "results": found}),
        event("response.output_item.added", output_index=1, item=code),
        event("response.code_interpreter_call_code.delta", output_index=1, delta="6*7"),
        event("response.output_item.done", output_index=1, item=code | {"code": "6*7", "outputs": outputs}),
        event("prosa:model_call.told", at=AT + 2, usage={"input_tokens": 5, "output_tokens": 7, "total_tokens": 12}),
        event("prosa:model_call.completed", usage=None),
        event("response.output_item.added", output_index=2, item=MESSAGE),
        event("response.output_text.delta", output_index=2, content_index=0, delta="So it 【4:0†ata.pdf】"),
        event("response.output_text.annotation.added", output_index=2, content_index=0, annotation_index=0, annotation=CITATION),
    )
    names = [name for name, _ in told]
    assert names[:2] == ["run.step.created", "run.step.in_progress"] and names.count("run.step.delta") == 5
    [step] = [data for name, data in told if name == "run.step.completed"]
    assert step["completed_at"] == AT + 2 and step["usage"]["total_tokens"] == 12
    calls = shown(tale, 0)["step_details"]["tool_calls"]
    assert [call["type"] for call in calls] == ["file_search", "code_interpreter"]
    [result] = calls[0]["file_search"]["results"]
    assert result == {"file_id": "file-f", "file_name": "ata.pdf", "score": 0.5}
    [worded] = shown(tale, 0, results=True)["step_details"]["tool_calls"][0]["file_search"]["results"]
    assert worded["content"] == [{"text": "the words", "type": "text"}]
    ran = calls[1]["code_interpreter"]
    assert ran["input"] == "6*7" and [each["type"] for each in ran["outputs"]] == ["logs", "image"]
    assert ran["outputs"][1]["image"]["file_id"] == "file-p"
    [cited] = told[-1][1]["delta"]["content"][0]["text"]["annotations"]
    assert (cited["index"], cited["text"], cited["file_citation"]) == (0, "【4:0†ata.pdf】", {"file_id": "file-f"})


def test_a_message_that_another_driver_began_anew_is_incomplete_before_the_next() -> None:
    tale = story()
    cut = MESSAGE | {"status": "incomplete", "content": [{"type": "output_text", "text": "half", "annotations": []}]}
    told = fed(
        tale,
        event("response.output_item.added", output_index=0, item=MESSAGE),
        event("response.output_item.done", output_index=0, item=cut),
        event("response.output_item.added", output_index=1, item=MESSAGE | {"id": "msg_n"}),
    )
    names = [name for name, _ in told]
    assert names[4:] == ["message.incomplete", *("run.step.completed", "run.step.created"), *names[1:4]]
    assert told[4][1]["content"][0]["text"]["value"] == "half"


def test_what_nobody_listens_to_is_told_to_nobody_and_the_rest_is_the_same() -> None:
    events = [
        event("response.created"),
        event("response.in_progress"),
        event("response.output_item.added", output_index=0, item=MESSAGE),
        event("response.output_text.delta", output_index=0, content_index=0, delta="Olá"),
        event("response.completed", response={"status": "completed", "usage": None}),
    ]
    whole = [fed(tale, each) for tale in [story()] for each in events]
    for cut in range(len(events)):
        tale = story()
        for each in events[:cut]:
            assert tale.feed(each, telling=False) == []
        assert [fed(tale, each) for each in events[cut:]] == whole[cut:]


def test_a_run_hears_as_many_messages_as_it_asks_for() -> None:
    items = [input_message(str(number)) for number in range(4)]
    call = b'{"type":"function_call","call_id":"c","name":"f","arguments":"{}"}'
    thread = [*items[:3], call, items[3]]
    assert heard_of(None, thread) == heard_of(PINNED, thread) == thread
    newest = msgspec.structs.replace(PINNED, truncation=Truncation("last_messages", 2))
    assert heard_of(newest, thread) == [items[2], call, items[3]]
    assert heard_of(newest, items[:1]) == items[:1]
    assert prompt_room(msgspec.structs.replace(PINNED, max_prompt_tokens=300), 1000) == 300
    assert prompt_room(PINNED, 1000) == 1000 and prompt_room(None, None) is None
