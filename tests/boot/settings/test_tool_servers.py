"""The operator's file of tool servers: read strictly, and nothing of it is told where it is refused."""

import json
from pathlib import Path

import pytest

from prosa.boot.settings import load
from prosa.boot.settings.errors import SettingRefused

CANARY = "canary-of-the-operator"


def given(folder: Path, text: str, **env: str) -> dict[str, str]:
    """The environment that names this file."""
    file = folder / "servers.json"
    file.write_text(text)
    file.chmod(0o600)
    return {"PROSA_TOOL_SERVERS": str(file)} | env


def test_servers_are_named_with_their_headers_and_policies(tmp_path: Path) -> None:
    policy = {"never": {"tool_names": ["read"]}}
    mail = {"url": "http://10.0.0.7:8931/mcp", "authorization": CANARY, "require_approval": policy, "allowed_tools": ["read"]}
    env = given(tmp_path, json.dumps({"mail": mail, "wiki": {"url": "https://wiki.example/"}}), PROSA_TOOL_SERVER_URLS="false")
    loaded = load(env, tmp_path)
    tools = loaded.settings.tools
    assert set(tools.named) == {"mail", "wiki"} and not tools.by_address
    assert tools.named["mail"].headers == (("authorization", f"Bearer {CANARY}"),)
    assert CANARY in loaded.settings.logs.secrets and CANARY not in repr(tools) and CANARY not in repr(loaded.lines)


@pytest.mark.attack("G1")
@pytest.mark.attack("M1")
def test_what_is_no_such_file_stops_the_start(tmp_path: Path) -> None:
    url = {"url": "https://x.example/"}
    cases: tuple[tuple[object, str], ...] = (
        ([], "expected a JSON object"),
        ({"a": {"command": "sh", "args": ["-c", "id"]}}, "starts no tool servers"),
        ({"a": url | {"env": {"K": CANARY}}}, "starts no tool servers"),
        ({"a b": url}, "expected a name"),
        ({"a": {}}, "missing required field `url`"),
        ({"a": url | {"secret": CANARY}}, "unknown field"),
        ({"a": {"url": f"ftp://{CANARY}.example/"}}, "expected an http or https address"),
        ({"a": url | {"headers": {"x": CANARY + "\n"}}}, "visible ASCII"),
        ({"a": url | {"require_approval": "perhaps"}}, "perhaps"),
    )
    for file, words in cases:
        with pytest.raises(SettingRefused) as caught:
            load(given(tmp_path, json.dumps(file)), tmp_path)
        assert words in str(caught.value) and CANARY not in str(caught.value), file
    with pytest.raises(SettingRefused):
        load({"PROSA_TOOL_SERVERS": str(tmp_path / "none.json")}, tmp_path)
    with pytest.raises(SettingRefused):
        load({"PROSA_TOOL_PRIVATE_HOSTS": "10.0.0.0/8"}, tmp_path)


@pytest.mark.attack("M1")
def test_a_file_that_everybody_reads_is_warned_of_and_stops_production(tmp_path: Path) -> None:
    env = given(tmp_path, '{"a": {"url": "https://x.example/"}}')
    Path(env["PROSA_TOOL_SERVERS"]).chmod(0o644)
    assert any("chmod 600" in warning for warning in load(env, tmp_path).warnings)
