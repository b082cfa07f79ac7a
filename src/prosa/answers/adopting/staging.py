"""Reading the folder: every object is looked at once, and laid out by what it is and belongs to."""

from collections.abc import Callable
from typing import Final

import msgspec

from prosa.answers.adopting.folder import Fields, Folder, Record
from prosa.answers.adopting.models import SavedGround, SavedReport, Unreadable
from prosa.answers.adopting.stage_store import Stage
from prosa.answers.adopting.steps import STEP, is_of_tools
from prosa.kit.ids import brought_id
from prosa.knowledge import STORE

FILE: Final = "file-"
RUN: Final = "run_"
_LONGEST: Final = 256
_LATEST: Final = 253_402_300_800
_OBJECTS: Final = {
    "assistants": "assistant",
    "threads": "thread",
    "messages": "thread.message",
    "runs": "thread.run",
    "run_steps": "thread.run.step",
    "files": "file",
    "vector_stores": "vector_store",
    "vector_store_files": "vector_store.file",
}
_encode: Final = msgspec.json.Encoder().encode


class Staging:
    """Fills a stage from a folder."""

    def __init__(self, ground: SavedGround, report: SavedReport, stage: Stage) -> None:
        self._ground = ground
        self._report = report
        self._stage = stage
        self._ways: dict[str, Callable[[Fields], bool]] = {
            "files": lambda fields: stage.put("files", _stored(fields, "id", FILE), _body(fields)),
            "vector_stores": lambda fields: stage.put("vector_stores", _stored(fields, "id", STORE), _body(fields)),
            "vector_store_files": self._member,
            "assistants": self._assistant,
            "threads": self._thread,
            "messages": self._message,
            "runs": lambda fields: stage.put("runs", _stored(fields, "id", RUN), _body(fields)),
            "run_steps": self._step,
        }

    def read(self, folder: Folder) -> int:
        """Lay everything out; how many objects there are."""
        count = 0
        for kind in self._ways:
            for record in folder.records(kind):
                count += record.fields is not None
                self._take(kind, record)
        self._stage.arrange()
        return count

    def _take(self, kind: str, record: Record) -> None:
        fields = record.fields
        try:
            if fields is None:
                raise Unreadable(record.why)
            told = fields.get("object")
            if told is not None and told != _OBJECTS[kind]:
                raise Unreadable(f"expected an object of the kind {_OBJECTS[kind]!r}")
            self._report.repeated += not self._ways[kind](fields)
        except Unreadable as error:
            self._report.unreadable += 1
            self._ground.tell(f"{record.where}: {error}")

    def _assistant(self, fields: Fields) -> bool:
        self._want(fields)
        return self._stage.put("assistants", _named(fields, "id", "asst_"), _body(fields))

    def _thread(self, fields: Fields) -> bool:
        id = _named(fields, "id", "thread_")
        self._want(fields)
        inside = fields.pop("messages", None)
        if isinstance(inside, dict):
            inside = inside.get("data")
        for message in inside if isinstance(inside, list) else ():
            place = f"a message of {id}"
            told: Fields | None = {"thread_id": id, **message} if isinstance(message, dict) else None
            self._take("messages", Record(place, told))
        return self._stage.put("threads", id, _body(fields))

    def _step(self, fields: Fields) -> bool:
        body = _body(fields)
        key, run = _stored(fields, "id", STEP), _stored(fields, "run_id", RUN)
        return not is_of_tools(body) or self._stage.put_step(key, run, _moment(fields), body)

    def _message(self, fields: Fields) -> bool:
        moment = _moment(fields)
        id, thread = _named(fields, "id", "msg_"), _named(fields, "thread_id", "thread_")
        return self._stage.put_message(id, thread, moment, str(fields.get("role"))[:20], _body(fields))

    def _member(self, fields: Fields) -> bool:
        store = _stored(fields, "vector_store_id", STORE)
        self._stage.want("vector_stores", store)
        return self._stage.put_member(store, _stored(fields, "id", FILE), _body(fields))

    def _want(self, fields: Fields) -> None:
        """Note which stores it searches."""
        resources = fields.get("tool_resources")
        search = resources.get("file_search") if isinstance(resources, dict) else None
        ids = search.get("vector_store_ids") if isinstance(search, dict) else None
        for each in ids if isinstance(ids, list) else ():
            id = brought_id(each, STORE) if isinstance(each, str) else None
            if id is not None:
                self._stage.want("vector_stores", id)


def _moment(fields: Fields) -> int:
    made = fields.get("created_at")
    return int(made) if isinstance(made, int | float) and 0 < made < _LATEST else 0


def _named(fields: Fields, member: str, prefix: str) -> str:
    id = fields.get(member)
    if not isinstance(id, str) or not id.startswith(prefix) or not id.isprintable() or not len(prefix) < len(id) <= _LONGEST:
        raise Unreadable(f"its {member} is missing, or none that begins with {prefix}")
    return id


def _stored(fields: Fields, member: str, prefix: str) -> str:
    found = brought_id(_named(fields, member, prefix), prefix)
    if found is None:
        raise Unreadable(f"its {member} isn't {prefix} with letters and digits")
    return found


def _body(fields: Fields) -> bytes:
    return _encode(fields)
