"""A folder as somebody saved it from the vendor's API: objects with the vendor's ids, and the contents of some files."""

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

ASSISTANT, CODER = "asst_9OvvXqM0LSLrSjWNOIwqMnzs", "asst_K2rLmPzQ8sTuVwXyZaBcDeFg"
THREAD, SHORT, LOST = "thread_Ab12Cd34Ef56Gh78Ij90Kl12", "thread_Zz99Yy88Xx77Ww66Vv55Uu44", "thread_Lost11Lost22Lost33Lost44"
QUESTION, REPLY, PICTURE = "msg_Q1w2E3r4T5y6U7i8O9p0A1s2", "msg_R1w2E3r4T5y6U7i8O9p0A1s2", "msg_P1w2E3r4T5y6U7i8O9p0A1s2"
RUN, NEVER = "run_T3yU4iO5pA6sD7fG8hJ9kL0z", "run_Never0Never0Never0Never0"
DRAWN, ALONE = "msg_D1w2E3r4T5y6U7i8O9p0A1s2", "msg_L1w2E3r4T5y6U7i8O9p0A1s2"
RULES, GONE_FILE, DRAWING = "file-A1b2C3d4E5f6G7h8I9j0K1", "file-Gone00Gone00Gone00Gone", "file-D1b2C3d4E5f6G7h8I9j0K1"
STORE, EMPTY, UNSAVED = "vs_a1B2c3D4e5F6g7H8i9J0k1L2", "vs_Empty0Empty0Empty0Empty0", "vs_Never0Never0Never0Never0"
SECRET = "sk-proj-never0taken0never0taken"
MARK = "【4:0†regras.txt】"
ANSWER = f"Os burros descansam às segundas{MARK}."


NOTED = {"n": "1"}


def assistant(id: str, **more: object) -> dict[str, object]:
    told: dict[str, object] = {
        "id": id,
        "object": "assistant",
        "created_at": 1_700_000_000,
        "name": "Regras",
        "description": None,
        "model": "gpt-4o-mini",
        "instructions": "Responda pelas regras.",
        "tools": [
            {"type": "file_search", "file_search": {"ranking_options": {"ranker": "default_2024_08_21", "score_threshold": 0.0}}}
        ],
        "tool_resources": {"file_search": {"vector_store_ids": [STORE]}},
        "metadata": {"casa": "12"},
        "top_p": 1.0,
        "temperature": 1.0,
        "response_format": "auto",
        "api_key": SECRET,
    }
    return told | more


def thread(id: str, **more: object) -> dict[str, object]:
    told: dict[str, object] = {"id": id, "object": "thread", "created_at": 1_700_000_100, "metadata": {}, "tool_resources": {}}
    return told | more


def text(value: str, annotations: Iterable[Mapping[str, object]] = ()) -> dict[str, object]:
    return {"type": "text", "text": {"value": value, "annotations": list(annotations)}}


def message(id: str, thread: str, role: str, content: object, at: int, **more: object) -> dict[str, object]:
    told: dict[str, object] = {
        "id": id,
        "object": "thread.message",
        "created_at": at,
        "thread_id": thread,
        "role": role,
        "content": content,
        "assistant_id": None,
        "run_id": None,
        "attachments": [],
        "metadata": {},
    }
    return told | more


def cited() -> dict[str, object]:
    begin = ANSWER.index(MARK)
    place = {"start_index": begin, "end_index": begin + len(MARK)}
    return {"type": "file_citation", "text": MARK, "file_citation": {"file_id": RULES}, **place}


def file(id: str, name: str, size: int, purpose: str = "assistants") -> dict[str, object]:
    told = {"id": id, "object": "file", "bytes": size, "created_at": 1_690_000_000, "filename": name, "purpose": purpose}
    return told | {"status": "processed"}


def store(id: str, name: str, **more: object) -> dict[str, object]:
    told: dict[str, object] = {
        "id": id,
        "object": "vector_store",
        "created_at": 1_695_000_000,
        "name": name,
        "metadata": {"a": "b"},
    }
    return told | {"status": "completed", "expires_after": None} | more


def member(store: str, file: str, **more: object) -> dict[str, object]:
    told: dict[str, object] = {"id": file, "object": "vector_store.file", "vector_store_id": store, "status": "completed"}
    return told | {"attributes": {"ano": 2024.0}} | more


RUN_OBJECT: dict[str, object] = {
    "id": RUN,
    "object": "thread.run",
    "created_at": 1_700_000_201,
    "thread_id": THREAD,
    "assistant_id": ASSISTANT,
    "status": "completed",
    "completed_at": 1_700_000_203,
    "model": "gpt-4o-mini",
    "instructions": "Responda pelas regras.",
    "tools": [{"type": "file_search"}],
    "metadata": {"turno": "1"},
    "usage": {"prompt_tokens": 31, "completion_tokens": 7, "total_tokens": 38},
    "temperature": 0.5,
    "truncation_strategy": {"type": "auto", "last_messages": None},
    "response_format": "auto",
    "tool_choice": "auto",
    "parallel_tool_calls": True,
}
CALLS: list[dict[str, object]] = [
    {"id": "call_1", "type": "function", "function": {"name": "saldo", "arguments": "{}", "output": "42"}},
    {
        "id": "call_2",
        "type": "code_interpreter",
        "code_interpreter": {"input": "6*7", "outputs": [{"type": "logs", "logs": "42"}]},
    },
]
STEP = "step_T1w2E3r4T5y6U7i8O9p0A1s2"
STEP_OBJECT: dict[str, object] = {
    "id": STEP,
    "object": "thread.run.step",
    "created_at": 1_700_000_202,
    "run_id": RUN,
    "thread_id": THREAD,
    "type": "tool_calls",
    "status": "completed",
    "step_details": {"type": "tool_calls", "tool_calls": CALLS},
}
RULES_TEXT = "# Regras\n\nOs burros descansam às segundas-feiras. As mulas descansam às terças.\n".encode()
PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010806000000 1f15c4890000000d49444154789c63f8cfc0f01f00050001ff56c72f0d"
    "0000000049454e44ae426082".replace(" ", "")
)


def objects() -> dict[str, list[dict[str, Any]]]:
    """Everything in the folder, by its list."""
    drawn = [{"type": "image_file", "image_file": {"file_id": DRAWING}}, text("Um desenho.")]
    shown = [text("O que é isto?"), {"type": "image_file", "image_file": {"file_id": GONE_FILE, "detail": "low"}}]
    attached = [{"file_id": RULES, "tools": [{"type": "file_search"}]}]
    return {
        "assistants": [
            assistant(ASSISTANT),
            assistant(
                CODER,
                name=None,
                model="gpt-4o",
                tools=[{"type": "code_interpreter"}],
                tool_resources={
                    "code_interpreter": {"file_ids": [RULES, GONE_FILE]},
                    "file_search": {"vector_store_ids": [UNSAVED]},
                },
            ),
        ],
        "threads": [
            thread(THREAD, metadata={"cliente": "7"}, tool_resources={"file_search": {"vector_store_ids": [STORE]}}),
            thread(SHORT),
        ],
        "messages": [  # the newest first, as the API lists them
            message(DRAWN, THREAD, "assistant", drawn, 1_700_000_300, assistant_id=CODER, run_id=NEVER),
            message(PICTURE, THREAD, "user", shown, 1_700_000_300),
            message(REPLY, THREAD, "assistant", [text(ANSWER, [cited()])], 1_700_000_203, assistant_id=ASSISTANT, run_id=RUN),
            message(QUESTION, THREAD, "user", [text("Quando descansam?")], 1_700_000_200, attachments=attached, metadata=NOTED),
            message(ALONE, LOST, "user", [text("Sem conversa")], 1_700_000_400),
        ],
        "runs": [RUN_OBJECT],
        "run_steps": [STEP_OBJECT, STEP_OBJECT | {"id": "step_M1w2E3r4T5y6U7i8O9p0A1s2", "type": "message_creation"}],
        "files": [
            file(RULES, "regras.txt", len(RULES_TEXT)),
            file(GONE_FILE, "perdida.png", 5, "vision"),
            file(DRAWING, "desenho", len(PNG), "assistants_output"),
        ],
        "vector_stores": [store(STORE, "Regras"), store(EMPTY, "Vazia", expires_after={"anchor": "last_active_at", "days": 7})],
        "vector_store_files": [member(STORE, RULES), member(EMPTY, GONE_FILE)],
    }


def written(folder: Path, lists: Mapping[str, list[dict[str, Any]]] | None = None) -> Path:
    """The folder on disk."""
    folder.mkdir(exist_ok=True)
    for name, these in (lists or objects()).items():
        lines = "".join(json.dumps(each, ensure_ascii=False) + "\n" for each in these)
        (folder / f"{name}.jsonl").write_text(lines, encoding="utf-8")
    (folder / "files").mkdir(exist_ok=True)
    (folder / "files" / RULES).write_bytes(RULES_TEXT)
    (folder / "files" / f"{DRAWING}.png").write_bytes(PNG)
    (folder / "notes.txt").write_text(f"OPENAI_API_KEY={SECRET}")
    return folder
