"""Other gateways: installed by `make bench-peers` into build/peers/, each in its own environment, and how each is started.

`LEFT_OUT` names those that are not measured, and why.
"""

import json
import shutil
import sys
from dataclasses import dataclass
from pathlib import Path

from bench import ogx
from bench.compile import BenchError
from bench.environments import PEERS, UV, install, python_of, run
from bench.subjects import CALLER_KEY, MODEL, PROVIDER_KEY, Launch, Site, Subject, environment

LITELLM = "1.109.1"
PORTKEY = "1.15.2"
HONO_SERVER = "1.13.8"  # with 1.19.19, the newest it admits, Portkey 1.15.2 answers every stream with 500
# The two names that litellm 1.109.1 pins may be missing on a mirror; neither is on the way of a request without a database.
LITELLM_FREED = ("certifi>=2026.1.1", "litellm-proxy-extras")


@dataclass(frozen=True, slots=True)
class Left:
    """A gateway that is not measured, and why."""

    name: str
    reason: str
    beside: tuple[str, ...] = ()  # as a subject has them


LEFT_OUT = (
    Left("open-webui", "wants an account and a database before it answers"),
    Left("tensorzero", "its wheel holds a client, not the server"),
)


def _launch_litellm(site: Site) -> Launch:
    provider = {"model": f"openai/{MODEL}", "api_base": f"http://127.0.0.1:{site.upstream}/v1", "api_key": PROVIDER_KEY}
    config = {
        "model_list": [{"model_name": MODEL, "litellm_params": provider}],
        "litellm_settings": {"telemetry": False},
        "general_settings": {"master_key": CALLER_KEY},
    }
    site.folder.mkdir(parents=True, exist_ok=True)
    path = site.folder / "litellm.json"  # JSON is YAML
    path.write_text(json.dumps(config))
    program = PEERS / "litellm" / "bin" / "litellm"
    argv = (
        str(program),
        "--config",
        str(path),
        "--host",
        "127.0.0.1",
        "--port",
        str(site.port),
        "--num_workers",
        str(site.workers),
    )
    return Launch(argv, environment(LITELLM_LOCAL_MODEL_COST_MAP="True", LITELLM_LOG="ERROR", LITELLM_TELEMETRY="False"))


def _portkey_program() -> Path:
    return PEERS / "portkey" / "node_modules" / "@portkey-ai" / "gateway" / "build" / "start-server.js"


def _launch_portkey(site: Site) -> Launch:
    return Launch(("node", str(_portkey_program()), "--headless", f"--port={site.port}"), environment(NODE_ENV="production"))


def _portkey_headers(site: Site) -> tuple[str, ...]:
    return ("x-portkey-provider: openai", f"x-portkey-custom-host: http://127.0.0.1:{site.upstream}/v1")


def installed() -> tuple[list[Subject], list[Left]]:
    """The peers that can be started here, and those that cannot, with the reason."""
    found: list[Subject] = []
    left = list(LEFT_OUT)
    if (PEERS / "litellm" / "bin" / "litellm").exists():
        found.append(Subject("litellm", _launch_litellm, LITELLM, ready_path="/health/liveliness", start_seconds=120))
    else:
        left.append(Left("litellm", "not installed: `make bench-peers`"))
    if _portkey_program().exists() and shutil.which("node"):
        found.append(Subject("portkey", _launch_portkey, PORTKEY, ready_path="/", headers=_portkey_headers))
    else:
        left.append(Left("portkey", "not installed: `make bench-peers` (needs node and npm)"))
    if ogx.PROGRAM.exists():
        found.append(ogx.subject())
    else:
        left.append(Left("ogx", "not installed: `make bench-peers` (needs Python 3.12 or newer)", ogx.CASES))
    return found, left


def install_litellm() -> None:
    """A virtual environment with LiteLLM's proxy."""
    home = PEERS / "litellm"
    python = python_of(home, sys.executable)
    freed = home / "freed.txt"
    freed.write_text("\n".join(LITELLM_FREED) + "\n")
    install(python, *(("--override", str(freed)) if UV.exists() else ()), f"litellm[proxy]=={LITELLM}")


def install_portkey() -> None:
    """A folder with Portkey's gateway for Node."""
    if not shutil.which("npm"):
        raise BenchError("no npm on PATH")
    home = PEERS / "portkey"
    home.mkdir(parents=True, exist_ok=True)
    (home / "package.json").write_text(json.dumps({"private": True, "overrides": {"@hono/node-server": HONO_SERVER}}))
    options = ["--no-fund", "--no-audit", "--ignore-scripts", "--prefix", str(home)]
    run(["npm", "install", *options, f"@portkey-ai/gateway@{PORTKEY}"])


def main() -> int:
    """Installs what it can; 1 when none could be."""
    done = 0
    for name, put in (("litellm", install_litellm), ("portkey", install_portkey), ("ogx", ogx.install_ogx)):
        try:
            put()
            done += 1
        except BenchError as error:
            print(f"{name}: left out: {error}")
    for left in LEFT_OUT:
        print(f"{left.name}: left out: {left.reason}")
    return 0 if done else 1


if __name__ == "__main__":
    sys.exit(main())
