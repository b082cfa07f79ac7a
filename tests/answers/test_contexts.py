"""What a model is asked with: bounded, whole, and within one space."""

from typing import Any

import msgspec
import pytest

from prosa.answers import AnswerSettings, CompactionUnreadable, ContextTooLarge
from prosa.answers.context import paired, weight
from prosa.answers.responses import ToolCallMissing, ToolOutputMissing
from prosa.drivers.sql import Database
from prosa.gateway import GatewaySettings, ProviderSettings
from prosa.gateway.providers.mock import MockServer
from prosa.kit.errors import BadRequest, ProsaError
from tests.answers.house import ANA, BEN, House, a_house, asked, file_part, json, stored_file, text_of


def item(**fields: Any) -> bytes:
    """An item as it is stored."""
    return msgspec.json.encode(fields)


def message(text: str, role: str = "user") -> bytes:
    """A message as it is stored."""
    return item(type="message", role=role, content=[{"type": "input_text", "text": text}])


CALL = item(type="function_call", call_id="c1", name="f", arguments="{}", status="completed")
BROKEN = item(type="function_call", call_id="c1", name="f", arguments='{"a', status="incomplete")
OUTPUT = item(type="function_call_output", call_id="c1", output="1")


def test_calls_and_outputs_belong_together() -> None:
    assert paired([message("a"), CALL, OUTPUT]) == [message("a"), CALL, OUTPUT]
    assert paired([message("a"), BROKEN]) == [message("a")]
    assert paired([CALL, message("a")], strict=False) == [message("a")]
    assert paired([OUTPUT, message("a")], strict=False) == [message("a")]
    with pytest.raises(ToolOutputMissing):
        paired([CALL, message("a")])
    with pytest.raises(ToolCallMissing):
        paired([OUTPUT, CALL])


def test_pictures_weigh_what_models_count_not_what_they_measure() -> None:
    picture = item(
        type="message", role="user", content=[{"type": "input_image", "image_url": "data:image/png;base64," + "A" * 100_000}]
    )
    assert 1_000 <= weight(picture) < 1_100 and weight(message("x" * 400)) < 200
    cited = (
        b'{"type":"output_text","text":"a","annotations":[' + b",".join([b'{"type":"file_citation","file_id":"f"}'] * 9) + b"]}"
    )
    assert weight(cited) < 200


async def test_what_is_oldest_is_left_out_where_that_is_allowed(database: Database) -> None:
    async with a_house(database, settings=AnswerSettings(items=4, bytes=10_000)) as house:
        many = [{"role": "developer", "content": "Rules"}] + [{"role": "user", "content": f"say {n}"} for n in range(10)]
        with pytest.raises(ContextTooLarge) as refused:
            await house.create(input=many)
        assert refused.value.code == "context_length_exceeded"
        prepared = await house.answers._starter.look(ANA, asked(house.answers, input=many, truncation="auto"))
        said = [json(one)["content"][0]["text"] for one in prepared.items]
        assert said == ["Rules", "say 7", "say 8", "say 9"]
        with pytest.raises(ContextTooLarge):
            await house.create(input="x" * 20_000)
        assert (await house.ask(input=many, truncation="auto"))["truncation"] == "auto"


async def test_a_provider_that_knows_its_bound_is_asked_with_less(database: Database) -> None:
    small = ProviderSettings("small", "ollama", "http://127.0.0.1:9/", models=("m",), context_length=100)
    async with a_house(database, gateway=GatewaySettings(providers=(small,), retries=0)) as house:
        many = [{"role": "user", "content": f"{n} " + "word " * 20} for n in range(10)]
        prepared = await house.answers._starter.look(
            ANA, asked(house.answers, model="small/m", input=many, truncation="auto", max_output_tokens=16)
        )
        assert 1 <= len(prepared.context) < 4 and json(prepared.context[-1])["content"][0]["text"].startswith("9 ")
        whole = await house.answers._starter.look(ANA, asked(house.answers, model="small/m", input=many))
        assert len(whole.context) == 10


async def _told_too_long(database: Database, truncation: str) -> tuple[dict[str, Any], House]:
    server = MockServer()
    port = await server.start()
    provider = ProviderSettings("far", "openai_compatible", f"http://127.0.0.1:{port}/v1", models=("m",))
    try:
        async with a_house(database, gateway=GatewaySettings(providers=(provider,), retries=0)) as house:
            words = "[[mock status=400 error='the maximum context length is 10 tokens' fail_first=1 key=long]]"
            many = [{"role": "user", "content": f"{n} " + "word " * 50} for n in range(4)] + [{"role": "user", "content": words}]
            return await house.ask(model="far/m", input=many, truncation=truncation), house
    finally:
        await server.stop()


async def test_a_provider_that_says_it_is_too_long_is_asked_with_half_or_it_is_a_typed_failure(database: Database) -> None:
    response, house = await _told_too_long(database, "auto")
    assert response["status"] == "completed" and len(house.records) == 2
    response, house = await _told_too_long(database, "disabled")
    assert response["status"] == "failed" and response["error"]["code"] == "invalid_prompt" and len(house.records) == 1


async def test_a_compacted_conversation_is_understood_again_and_by_nobody_else(database: Database) -> None:
    async with a_house(database, words={"text": "Ana likes strong tea."}) as house:
        first = await house.ask(input="My name is Ana.")
        request = asked(house.answers, previous_response_id=first["id"], input="Remember it.", instructions="Be exact.")
        compact = json(await house.answers.compact(ANA, request))
        assert compact["object"] == "response.compaction" and compact["usage"]["output_tokens"] > 0
        assert [one["type"] for one in compact["output"]] == ["message", "message", "compaction"]
        assert "strong tea" not in compact["output"][-1]["encrypted_content"]
        again = await house.create(input=[*compact["output"], {"role": "user", "content": "[[mock text=Ana]]Who am I?"}])
        prepared = await house.answers._starter.look(ANA, asked(house.answers, input=compact["output"]))
        assert "Ana likes strong tea." in json(prepared.context[-1])["content"][0]["text"]
        assert text_of(json(await again.response())) == "Ana"
        stored = await house.conversations.items_of_run("ana", again.run.id, made=False)
        assert "strong tea" not in stored[2].body.decode() and stored[2].type == "compaction"
        with pytest.raises(CompactionUnreadable):
            await house.create(BEN, input=compact["output"])
        sealed = compact["output"][-1]["encrypted_content"]
        for changed in (sealed[:-4] + "AAAA", "", "x" * 100, sealed.replace("v1:", "v2:")):
            with pytest.raises(BadRequest):
                await house.create(input=[{"type": "compaction", "encrypted_content": changed}])


async def test_a_model_that_gives_no_summary_is_a_typed_failure(database: Database) -> None:
    faults: list[dict[str, object]] = [{"status": 500}, {"text": ""}, {"text": "one two three", "error_after": 2}]
    for words in faults:
        async with a_house(database, words=words) as house:
            with pytest.raises(ProsaError) as refused:
                await house.answers.compact(ANA, asked(house.answers, input="Hello"))
            assert refused.value.status >= 400


async def test_tokens_are_counted_about_right_and_nothing_is_asked(database: Database) -> None:
    async with a_house(database) as house:
        short = await house.answers.count(ANA, asked(house.answers, input="Hello"))
        long = await house.answers.count(ANA, asked(house.answers, input="Hello " * 1000, instructions="Be brief. " * 100))
        assert 0 < short < 60 < 1_500 < long < 2_500
        assert house.records == []


async def test_files_together_are_bounded(database: Database) -> None:
    async with a_house(database, settings=AnswerSettings(file_bytes=1_000)) as house:
        file = "file-" + await stored_file(house, b"%PDF-1.4\n" + b"x" * 600, "paper.pdf")
        await house.ask(input=[file_part(file)])
        with pytest.raises(ProsaError) as refused:
            await house.create(input=[file_part(file), file_part(file)])
        assert 400 <= refused.value.status < 500
