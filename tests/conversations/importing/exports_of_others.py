"""Exports as other products make them, written by hand after their forms."""

from typing import Any


def chatgpt_node(id: str, parent: str | None, role: str, text: str, **more: Any) -> dict[str, Any]:
    """A node of ChatGPT's `mapping`."""
    content = more.pop("content", {"content_type": "text", "parts": [text]})
    told = {
        "id": id,
        "author": {"role": role, "name": None, "metadata": {}},
        "create_time": more.pop("at", 1_756_000_001.5),
        "update_time": None,
        "content": content,
        "status": "finished_successfully",
        "weight": 1.0,
        "metadata": more.pop("metadata", {}),
        "recipient": more.pop("recipient", "all"),
        "channel": None,
    }
    return {"id": id, "message": told, "parent": parent, "children": []}


def chatgpt() -> list[dict[str, Any]]:
    """A conversation with an edited question, a tool, a thought, a picture, and instructions."""
    context = {"content_type": "user_editable_context", "user_profile": "An SRE.", "user_instructions": "Be brief."}
    picture = {
        "content_type": "multimodal_text",
        "parts": [{"content_type": "image_asset_pointer", "asset_pointer": "x"}, "What?"],
    }
    nodes = [
        {"id": "root", "message": None, "parent": None, "children": ["sys"]},
        chatgpt_node("sys", "root", "system", "", metadata={"is_visually_hidden_from_conversation": True}),
        chatgpt_node("ctx", "sys", "user", "", content=context, metadata={"is_visually_hidden_from_conversation": True}),
        chatgpt_node("u1", "ctx", "user", "first wording", at=1_756_000_001.0),
        chatgpt_node("a1", "u1", "assistant", "first answer", at=1_756_000_002.0),
        chatgpt_node("u2", "ctx", "user", "", content=picture, at=1_756_000_003.0),
        chatgpt_node("t1", "u2", "assistant", "", content={"content_type": "thoughts", "thoughts": []}),
        chatgpt_node("c1", "t1", "assistant", "", content={"content_type": "code", "text": "search()"}, recipient="web"),
        chatgpt_node("o1", "c1", "tool", "found", at=1_756_000_004.0),
        chatgpt_node("a2", "o1", "assistant", "second answer", at=1_756_000_005.0, metadata={"model_slug": "o4-mini"}),
    ]
    return [
        {
            "title": "Burros\u0000 e\nmulas",
            "create_time": 1_756_000_000.123456,
            "update_time": 1_756_000_400.5,
            "mapping": {node["id"]: node for node in nodes},
            "current_node": "a2",
            "conversation_id": "6b0f0d9c-0000-4000-8000-000000000001",
            "id": "6b0f0d9c-0000-4000-8000-000000000001",
            "default_model_slug": "gpt-5",
            "is_archived": True,
            "is_starred": None,
        },
        {"title": "without a mapping", "create_time": 1.0, "id": "6b0f0d9c-0000-4000-8000-000000000002"},
    ]


def claude() -> list[dict[str, Any]]:
    """One with links between messages and a regenerated answer, and an old one without links."""
    root = "00000000-0000-4000-8000-000000000000"

    def told(uuid: str, sender: str, text: str, second: int, parent: str | None) -> dict[str, Any]:
        block: dict[str, Any] = {"type": "text", "text": text, "citations": [], "start_timestamp": None, "stop_timestamp": None}
        linked = {} if parent is None else {"parent_message_uuid": parent}
        moment = f"2026-03-29T07:06:{second:02}.552627Z"
        return {
            "uuid": uuid,
            "text": text,
            "content": [block],
            "sender": sender,
            "created_at": moment,
            "updated_at": moment,
            "attachments": [],
            "files": [],
            **linked,
        }

    question = told("m1", "human", "Olá?", 1, root)
    question["attachments"] = [{"file_name": "nota.txt", "file_size": 3, "file_type": "txt", "extracted_content": "pasted"}]
    thinking = told("m3", "assistant", "Second", 3, "m1")
    thinking["content"][:0] = [{"type": "thinking", "thinking": "hm"}, {"type": "tool_use", "name": "x", "input": {}}]
    new = [question, told("m2", "assistant", "First", 2, "m1"), thinking]
    old = [told("n1", "human", "one", 1, None), told("n2", "assistant", "two", 2, None)]
    account = {"uuid": "11111111-0000-4000-8000-000000000000"}
    return [
        {
            "uuid": "c1",
            "name": "Saudação",
            "summary": "",
            "created_at": "2026-03-29T07:06:00Z",
            "updated_at": "2026-03-29T07:07:00Z",
            "account": account,
            "chat_messages": new,
        },
        {"uuid": "c2", "name": "", "created_at": "2024-01-01T00:00:00Z", "account": account, "chat_messages": old},
    ]


NOBODY = "00000000-0000-0000-0000-000000000000"


def librechat(*, recursive: bool) -> dict[str, Any]:
    """One with two versions of the first question."""

    def told(id: str, parent: str, text: str, second: int, *, user: bool) -> dict[str, Any]:
        return {
            "messageId": id,
            "parentMessageId": parent,
            "text": text,
            "isCreatedByUser": user,
            "error": False,
            "sender": "User" if user else "GPT-4",
            "model": None if user else "gpt-4o",
            "user": "64d4f005d73ef522e1f48818",
            "createdAt": f"2024-05-28T18:08:{second:02}.014Z",
            "_id": "6615516574dc2ddcdebe40b6",
            "endpoint": "azureOpenAI",
        }

    flat = [
        told("q1", NOBODY, "tell me a story", 1, user=True),
        told("a1", "q1", "Of course!", 2, user=False),
        told("q2", NOBODY, "tell me a long story", 3, user=True),
        told("a2", "q2", 'Here {"it": [goes]}', 4, user=False),
    ]
    made = {
        "conversationId": "27b593be-9500-479c-94cb-050cab8f5033",
        "endpoint": "azureOpenAI",
        "title": "Original",
        "exportAt": "08:12:16 GMT-0400",
        "branches": True,
        "recursive": recursive,
        "options": {"model": "gpt-4o", "promptPrefix": "You are a bard.", "temperature": 1},
    }
    if not recursive:
        return {**made, "messages": flat}
    leaf = [{**flat[1], "children": []}, {**flat[3], "children": []}]
    return {**made, "messagesTree": [{**flat[0], "children": [leaf[0]]}, {**flat[2], "children": [leaf[1]]}]}


def openwebui() -> list[dict[str, Any]]:
    """One with a tree, a thought and a tool, and one of a time before trees."""

    def told(id: str, parent: str | None, children: list[str], role: str, content: str, at: int) -> dict[str, Any]:
        return {
            "id": id,
            "parentId": parent,
            "childrenIds": children,
            "role": role,
            "content": content,
            "timestamp": at,
            **({"model": "llama3.1:latest"} if role == "assistant" else {"models": ["llama3.1:latest"]}),
        }

    thought = '<details type="reasoning" done="true" duration="3">\n<summary>Thought</summary>\n&gt; hm\n</details>\n255'
    tool = '<details type="tool_calls" done="true">\n<summary>Tool Executed</summary>\n</details>\nagain 255'
    messages = [
        told("u1", None, ["a1", "a2"], "user", "What is 15 * 17?", 1_700_000_000),
        told("a1", "u1", [], "assistant", thought, 1_700_000_010),
        told("a2", "u1", [], "assistant", tool, 1_700_000_020),
    ]
    chat = {
        "title": "Sums",
        "models": ["llama3.1:latest"],
        "params": {"system": "Count."},
        "tags": ["maths"],
        "history": {"currentId": "a1", "messages": {each["id"]: each for each in messages}},
        "messages": messages[:1],
        "timestamp": 1_700_000_000_000,
    }
    shelf = {"user_id": "u1", "share_id": None, "archived": False, "pinned": True, "meta": {"tags": ["maths"]}, "folder_id": "f"}
    plain = [{"role": "user", "content": "Hi"}, {"role": "assistant", "content": "Hello"}]
    return [
        {"id": "w1", "title": "Sums", "chat": chat, "created_at": 1_700_000_000, "updated_at": 1_700_000_020, **shelf},
        {"id": "w2", "title": "Old", "chat": {"title": "Old", "messages": plain}, "created_at": 1, "updated_at": 2},
    ]
