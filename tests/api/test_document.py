"""The API document tells of everything that a program may call, hot routes too."""

import json
import subprocess
import sys
from typing import Any

import pytest

from prosa.api.document import openapi_document
from tests.serving import asking

DOCUMENT: dict[str, Any] = json.loads(openapi_document())


def resolved(schema: dict[str, Any]) -> dict[str, Any]:
    name = schema["$ref"].rpartition("/")[2]
    found: dict[str, Any] = DOCUMENT["components"]["schemas"][name]
    return found


@pytest.mark.contract("B06", "S03")
async def test_the_document_is_served_as_it_is_made_without_a_server() -> None:
    async with asking() as client:
        served = await client.get("/openapi.json")
    assert served.headers["content-type"].startswith("application/json")
    assert served.content == openapi_document()


def test_hot_routes_have_schemas_streams_errors_and_examples() -> None:
    operation = DOCUMENT["paths"]["/v1/chat/completions"]["post"]
    request = resolved(operation["requestBody"]["content"]["application/json"]["schema"])
    assert request["properties"]["messages"]["examples"] == [[{"role": "user", "content": "Olá!"}]]
    assert request["required"] == ["messages"]
    assert operation["responses"]["200"]["content"].keys() == {"application/json", "text/event-stream"}
    assert {"400", "401", "404", "429", "502", "503", "504"} <= operation["responses"].keys()
    envelope = resolved(operation["responses"]["401"]["content"]["application/json"]["schema"])
    assert "error" in envelope["properties"]
    bitaca = DOCUMENT["paths"]["/api/chat/completions"]["post"]
    fields = resolved(bitaca["requestBody"]["content"]["application/json"]["schema"])["properties"]
    defaults = {name: fields[name]["default"] for name in ("temperature", "max_tokens", "top_p", "stream")}
    assert defaults == {"temperature": 0.7, "max_tokens": 500, "top_p": 0.9, "stream": True}


def test_keys_are_described_and_every_operation_has_a_name_of_its_own() -> None:
    assert DOCUMENT["components"]["securitySchemes"].keys() == {"bearer", "apiKey", "session"}
    assert DOCUMENT["info"]["title"] == "prosa"
    assert "Bitaca Cinema Chatbot API" in DOCUMENT["info"]["description"]
    names = [operation["operationId"] for path in DOCUMENT["paths"].values() for operation in path.values()]
    assert len(names) == len(set(names)) > 50


@pytest.mark.attack("K12")
def test_the_document_names_no_server_and_no_path_of_this_machine() -> None:
    assert "servers" not in DOCUMENT
    for text in ("/home/", "/tmp/", "localhost", "127.0.0.1"):
        assert text not in openapi_document().decode()


def test_the_application_and_its_document_load_neither_database_nor_migrations() -> None:
    code = (
        "import sys, prosa.api.application as a; a.openapi_document();"
        "sys.exit(any(name.split('.')[0] in {'sqlalchemy', 'alembic', 'aiosqlite'} for name in sys.modules))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
