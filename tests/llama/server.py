"""`python -m tests.llama.server FOLDER`: a real llama.cpp server over the tiny model, its address on standard output."""

import sys
import threading
from pathlib import Path

import xllamacpp  # type: ignore[import-untyped]  # the wheel ships no types

from tests.llama.tiny_model import write_tiny_llama


def main(folder: str) -> None:
    """Make the model in FOLDER, serve it on a free port of loopback, print the address and stay."""
    path = Path(folder) / "tiny.gguf"
    write_tiny_llama(path)
    params = xllamacpp.CommonParams()
    params.model.path = str(path)
    params.n_ctx = 2048
    params.n_parallel = 2
    params.cpuparams.n_threads = 1
    params.hostnames = ["127.0.0.1"]
    params.port = 0
    server = xllamacpp.Server(params)
    print(server.listening_address, flush=True)
    threading.Event().wait()


if __name__ == "__main__":
    main(sys.argv[1])
