"""`kill -9` while files are stored and deleted: what was acknowledged is there, whole, and nothing is there by half."""

import concurrent.futures
import hashlib
import random
import signal
import time
from pathlib import Path

import httpx2
import pytest

from tests.boot.process import environ, started, until
from tests.commanding import command
from tests.databases import KINDS, an_address, environment

KILLS = 3


class Uploader:
    """Stores and deletes as fast as it can until the server is gone; remembers what it was told."""

    def __init__(self, port: int, seed: int) -> None:
        self._base = f"http://127.0.0.1:{port}"
        self._dice = random.Random(seed)
        self.there: dict[str, str] = {}  # id → SHA-256
        self.gone: set[str] = set()
        self.unsure: set[str] = set()

    def work(self) -> None:
        """Until the connection breaks."""
        with httpx2.Client(base_url=self._base, timeout=60) as client:
            while True:
                try:
                    self._step(client)
                except (httpx2.TransportError, httpx2.RemoteProtocolError):
                    return

    def _step(self, client: httpx2.Client) -> None:
        if self.there and self._dice.random() < 0.3:
            file_id = self._dice.choice(list(self.there))
            del self.there[file_id]
            self.unsure.add(file_id)
            if client.delete(f"/v1/files/{file_id}").status_code == 200:
                self.unsure.discard(file_id)
                self.gone.add(file_id)
            return
        content = self._dice.randbytes(self._dice.choice((10, 1000, 700_000)))
        made = client.post("/v1/files", files={"file": ("a.bin", b"\0" + content)}, data={"purpose": "user_data"})
        if made.status_code == 200:
            self.there[made.json()["id"]] = hashlib.sha256(b"\0" + content).hexdigest()


@pytest.mark.slow
@pytest.mark.parametrize("kind", KINDS)
def test_what_was_acknowledged_survives_and_rows_and_contents_agree(kind: str, tmp_path: Path) -> None:
    dice = random.Random(20)
    with an_address(kind, migrated=False) as address:
        more = environment(address) if kind == "postgresql" else {}
        done: list[Uploader] = []
        for turn in range(KILLS):
            with started(tmp_path, **more) as process, concurrent.futures.ThreadPoolExecutor(3) as pool:
                uploaders = [Uploader(process.port, turn * 10 + number) for number in range(3)]
                for uploader in uploaders:
                    pool.submit(uploader.work)
                until(lambda: any(uploader.there for uploader in uploaders), 60)  # noqa: B023  # called within the round
                time.sleep(dice.uniform(0.2, 1.0))
                process.stop(signal.SIGKILL)
            done += uploaders
        assert sum(len(uploader.there) for uploader in done) > KILLS
        with (
            started(tmp_path, **more) as process,
            httpx2.Client(base_url=f"http://127.0.0.1:{process.port}", timeout=60) as client,
        ):
            for uploader in done:
                for file_id, digest in uploader.there.items():
                    assert hashlib.sha256(client.get(f"/v1/files/{file_id}/content").content).hexdigest() == digest
                assert {client.get(f"/v1/files/{file_id}").status_code for file_id in uploader.gone} <= {404}
            for file in client.get("/v1/files").json()["data"]:
                assert len(client.get(f"/v1/files/{file['id']}/content").content) == file["bytes"]
        verified = command(tmp_path, ("verify",), environ(tmp_path, **more))
        assert verified.returncode == 0, verified.stdout + verified.stderr  # at most a warning: content that no row names
