"""The API document tells of the app's routes: who may, what comes back, and examples that are good as they stand."""

import json
from typing import Any

import pytest
from fastapi.routing import APIRoute

from prosa.api.app import served
from prosa.api.app.documents import REASONS
from prosa.api.document import openapi_document

DOCUMENT: dict[str, Any] = json.loads(openapi_document())
OPERATIONS = [
    pytest.param(path, method, operation, id=operation["operationId"])
    for path, operations in DOCUMENT["paths"].items()
    if path.startswith("/api/v1/")
    for method, operation in operations.items()
]
ROUTES = {route.operation_id: route for route in served().routes if isinstance(route, APIRoute)}
KINDS_OF_IDS = {
    "user",
    "key",
    "sess",
    "inv",
    "run",
    "conv",
    "folder",
    "msg",
    "share",
    "mem",
    "item",
    "exp",
    "imp",
    "asst",
    "prompt",
    "vs",
}


def resolved(schema: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = DOCUMENT["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
    return found


@pytest.mark.parametrize(("path", "method", "operation"), OPERATIONS)
def test_a_route_tells_what_it_asks_and_every_error_is_a_problem(path: str, method: str, operation: dict[str, Any]) -> None:
    assert operation["description"] and operation["tags"]
    public = operation["x-prosa-permission"] == "public"
    assert (operation["security"] == []) == public
    errors = {int(status): answer for status, answer in operation["responses"].items() if int(status) >= 400}
    assert {400, 422, 429, 503} <= errors.keys() <= REASONS.keys()
    assert public or 401 in errors
    for answer in errors.values():
        assert answer["content"].keys() == {"application/problem+json"}
    # A picture is there or isn't, a file is told whole or in part; of everything else there is one way to be well.
    assert len([status for status in operation["responses"] if int(status) < 400]) == (
        1 + (operation["operationId"] in {"getMyPicture", "getAssistantPicture", "downloadExport"})
    )


@pytest.mark.attack("A7")
@pytest.mark.parametrize(("path", "method", "operation"), OPERATIONS)
def test_a_body_is_closed_and_its_example_is_good(path: str, method: str, operation: dict[str, Any]) -> None:
    if "requestBody" not in operation:
        assert method in {"get", "put", "delete", "post"}
        return
    if "application/json" not in operation["requestBody"]["content"]:
        assert operation["operationId"] in {"setMyPicture", "setAssistantPicture", "startImport"}
        return
    if operation["operationId"] == "importAssistant":  # a file, which the feature judges
        return
    whole = operation["requestBody"]["content"]["application/json"]["schema"]
    schema = resolved(next(each for each in (whole, *whole.get("anyOf", ())) if "$ref" in each))
    assert schema["additionalProperties"] is False and len(schema["examples"]) == 1
    field = ROUTES[operation["operationId"]].body_field
    assert field is not None
    assert field.validate(schema["examples"][0])[1] == []


@pytest.mark.parametrize(("path", "method", "operation"), OPERATIONS)
def test_ids_in_a_path_have_an_example_of_their_kind(path: str, method: str, operation: dict[str, Any]) -> None:
    found = [parameter for parameter in operation.get("parameters", ()) if parameter["in"] == "path"]
    assert [f"{{{parameter['name']}}}" in path for parameter in found] == [True] * path.count("{")
    for parameter in found:
        example = parameter["schema"]["examples"][0]
        # No ids: a proof, names that people give, numbers of versions.
        if parameter["name"] in ("data_proof", "model", "provider_name", "version_number", "number", "version"):
            continue
        kind, _, rest = example.partition("-" if example.startswith("file-") else "_")
        assert kind in KINDS_OF_IDS | {"file"} and len(rest) == 32


def test_the_cookie_is_a_way_in() -> None:
    assert DOCUMENT["components"]["securitySchemes"]["session"]["in"] == "cookie"
    assert {"session": []} in DOCUMENT["paths"]["/api/v1/me"]["get"]["security"]
