"""Pictures and documents in chat completions: what the model gets of them, by id or by content, and whose they may be."""

import base64
from collections.abc import AsyncIterator

import httpx2
import openai
import pytest

from tests.databases import KINDS, an_address, environment
from tests.samples import PDF, PNG
from tests.serving import Running, running


@pytest.fixture(params=KINDS)
async def prosa(request: pytest.FixtureRequest) -> AsyncIterator[Running]:
    with an_address(request.param) as address:
        env = {"PROSA_API_KEYS": "ana-key-0123456789abcdef,bia-key-0123456789abcdef"}
        async with running(env | environment(address)) as found:
            yield found


def sdk_of(prosa: Running, who: str) -> openai.AsyncOpenAI:
    return openai.AsyncOpenAI(base_url=f"{prosa.base}/v1", api_key=f"{who}-key-0123456789abcdef", max_retries=0)


async def answer(sdk: openai.AsyncOpenAI, *parts: dict[str, object]) -> str:
    messages = [{"role": "user", "content": [{"type": "text", "text": "What is this?"}, *parts]}]
    told = await sdk.chat.completions.create(model="mock", messages=messages)  # type: ignore[arg-type]  # plain dicts
    return told.choices[0].message.content or ""


async def test_a_model_gets_what_a_file_holds(prosa: Running) -> None:
    async with sdk_of(prosa, "ana") as ana:
        pdf = await ana.files.create(file=("contrato.pdf", PDF), purpose="user_data")
        png = await ana.files.create(file=("foto.png", PNG), purpose="vision")
        said = await answer(
            ana,
            {"type": "file", "file": {"file_id": pdf.id}},
            {"type": "file", "file": {"file_id": png.id}},
            {"type": "image_url", "image_url": {"url": "https://example.org/a.png"}},
        )
        assert f"contrato.pdf: application/pdf, {len(PDF)} bytes" in said
        assert f"image/png, {len(PNG)} bytes; https://example.org/a.png" in said
        whole = f"data:application/pdf;base64,{base64.b64encode(PDF).decode()}"
        said = await answer(ana, {"type": "file", "file": {"filename": "a.pdf", "file_data": whole}})
        assert f"a.pdf: application/pdf, {len(PDF)} bytes" in said


@pytest.mark.attack("A1")
async def test_a_file_of_another_key_is_none(prosa: Running) -> None:
    async with sdk_of(prosa, "ana") as ana, sdk_of(prosa, "bia") as bia:
        made = await ana.files.create(file=("contrato.pdf", PDF), purpose="user_data")
        told = []
        for file_id in (made.id, "file-" + "0" * 32):
            with pytest.raises(openai.NotFoundError) as refused:
                await answer(bia, {"type": "file", "file": {"file_id": file_id}})
            assert refused.value.param == "messages[0].content[1].file.file_id"
            told.append(refused.value.message)
        assert told[0] == told[1]
        await ana.files.delete(made.id)
        with pytest.raises(openai.NotFoundError):
            await answer(ana, {"type": "file", "file": {"file_id": made.id}})


async def test_older_dialects_cannot_name_files_of_the_operator_at_a_provider(prosa: Running) -> None:
    async with httpx2.AsyncClient(base_url=prosa.base) as client:
        parts = [{"type": "file", "file": {"file_id": "file-abc"}}]
        body = {"model": "mock", "messages": [{"role": "user", "content": parts}]}
        refused = await client.post("/api/chat/completions", json=body)
        assert refused.status_code in (400, 422)


async def test_a_response_gets_what_a_file_holds_and_stores_only_its_id(prosa: Running) -> None:
    async with sdk_of(prosa, "ana") as ana, sdk_of(prosa, "bia") as bia:
        pdf = await ana.files.create(file=("contrato.pdf", PDF), purpose="user_data")
        png = await ana.files.create(file=("foto.png", PNG), purpose="vision")
        parts = [{"type": "input_file", "file_id": pdf.id}, {"type": "input_image", "file_id": png.id, "detail": "auto"}]
        asked = [{"role": "user", "content": [{"type": "input_text", "text": "What is this?"}, *parts]}]
        told = await ana.responses.create(model="mock", input=asked)  # type: ignore[arg-type]  # plain dicts
        assert f"contrato.pdf: application/pdf, {len(PDF)} bytes; image/png, {len(PNG)} bytes" in told.output_text
        stored = await prosa.system.people.database.fetch("SELECT body FROM items")
        assert any(pdf.id in str(body) for (body,) in stored) and not any("JVBERi" in str(body) for (body,) in stored)
        with pytest.raises(openai.NotFoundError):
            await bia.responses.create(model="mock", input=asked)  # type: ignore[arg-type]  # likewise
