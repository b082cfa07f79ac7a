"""A program as people wrote it for OpenAI's Assistants API; run beside a server, with the SDK of its age on its path."""

import os
import warnings
from typing import Any

import openai
from openai import AssistantEventHandler
from openai.types.beta import AssistantStreamEvent
from openai.types.beta.threads import Text, TextDelta
from openai.types.beta.threads.runs import ToolCall

warnings.simplefilter("ignore", DeprecationWarning)
sdk = openai.OpenAI(base_url=os.environ["BASE_URL"], api_key="sk-anything", max_retries=0)
WEATHER: Any = {
    "type": "function",
    "function": {
        "name": "weather",
        "description": "How it is outside.",
        "parameters": {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]},
    },
}


class Teller(AssistantEventHandler):
    """Gathers what is told, and answers calls with another stream, as the vendor's guide showed it."""

    def __init__(self) -> None:
        super().__init__()
        self.text = ""
        self.seen: list[str] = []
        self.events: list[str] = []

    def on_event(self, event: AssistantStreamEvent) -> None:
        """Every event; where the run waits, the outputs go out."""
        if not event.event.endswith(".delta"):
            self.events.append(event.event)
        if event.event == "thread.run.requires_action":
            action = event.data.required_action
            assert action is not None
            outputs: Any = [{"tool_call_id": call.id, "output": "sol"} for call in action.submit_tool_outputs.tool_calls]
            place: Any = {"thread_id": event.data.thread_id, "run_id": event.data.id}
            with sdk.beta.threads.runs.submit_tool_outputs_stream(**place, tool_outputs=outputs, event_handler=Teller()) as more:
                more.until_done()
                print("then", more.text, more.events[-1])

    def on_text_created(self, text: Text) -> None:
        """A text begins."""
        self.seen.append("text")

    def on_text_delta(self, delta: TextDelta, snapshot: Text) -> None:
        """A piece of it."""
        self.text += delta.value or ""

    def on_text_done(self, text: Text) -> None:
        """It is whole."""
        assert text.value == self.text

    def on_tool_call_created(self, tool_call: ToolCall) -> None:
        """A call begins."""
        self.seen.append(tool_call.type)


def newest(thread_id: str) -> str:
    """The newest message's text."""
    block = sdk.beta.threads.messages.list(thread_id).data[0].content[0]
    return block.text.value if block.type == "text" else block.type


print(openai.__version__.split(".")[0])
echo = sdk.beta.assistants.create(model="mock-echo", name="Eco", instructions="Repeat.")
thread = sdk.beta.threads.create()
sdk.beta.threads.messages.create(thread.id, role="user", content="Olá, mundo", metadata={"n": "1"})
run = sdk.beta.threads.runs.create_and_poll(thread_id=thread.id, assistant_id=echo.id, poll_interval_ms=50)
assert run.usage is not None and run.usage.total_tokens > 0 and run.last_error is None
print(run.status, newest(thread.id))
steps = sdk.beta.threads.runs.steps.list(run.id, thread_id=thread.id).data
print([step.type for step in steps], [step.status for step in steps])

sdk.beta.threads.messages.create(thread.id, role="user", content=[{"type": "text", "text": "De novo, açaí"}])
with sdk.beta.threads.runs.stream(thread_id=thread.id, assistant_id=echo.id, event_handler=Teller()) as stream:
    stream.until_done()
print(stream.text, stream.seen, stream.events[0], stream.events[-1])
said = list(sdk.beta.threads.messages.list(thread.id, order="asc", limit=1))
print([message.role for message in said], [message.assistant_id == echo.id for message in said], said[0].metadata)

caller = sdk.beta.assistants.create(model="mock-tools", tools=[WEATHER])
first: Any = {"messages": [{"role": "user", "content": "Como está o tempo?"}]}
waiting = sdk.beta.threads.create_and_run_poll(assistant_id=caller.id, thread=first, poll_interval_ms=50)
assert waiting.required_action is not None
calls = waiting.required_action.submit_tool_outputs.tool_calls
print(waiting.status, [call.function.name for call in calls])
outputs: Any = [{"tool_call_id": call.id, "output": "chuva"} for call in calls]
done = sdk.beta.threads.runs.submit_tool_outputs_and_poll(
    run_id=waiting.id, thread_id=waiting.thread_id, tool_outputs=outputs, poll_interval_ms=50
)
print(
    done.status,
    "chuva" in newest(done.thread_id),
    [step.type for step in sdk.beta.threads.runs.steps.list(done.id, thread_id=done.thread_id)],
)
with sdk.beta.threads.create_and_run_stream(assistant_id=caller.id, thread=first, event_handler=Teller()) as stream:
    stream.until_done()
print(stream.seen, stream.events[0], stream.events[-1])

slow = sdk.beta.assistants.create(model="mock-stall")
sdk.beta.threads.messages.create(thread.id, role="user", content="Devagar")
long = sdk.beta.threads.runs.create(thread.id, assistant_id=slow.id)
try:
    sdk.beta.threads.runs.create(thread.id, assistant_id=echo.id)
except openai.BadRequestError as error:
    body: Any = error.body
    print(body["message"] == f"Thread {thread.id} already has an active run {long.id}.")
sdk.beta.threads.runs.cancel(long.id, thread_id=thread.id)
print(sdk.beta.threads.runs.poll(long.id, thread_id=thread.id, poll_interval_ms=50).status)

file = sdk.files.create(file=("a.txt", b"Os burros e as mulas."), purpose="assistants")
with_file: Any = [{"file_id": file.id, "tools": [{"type": "file_search"}]}]
sdk.beta.threads.messages.create(thread.id, role="user", content="Leia", attachments=with_file)
resources = sdk.beta.threads.retrieve(thread.id).tool_resources
assert resources is not None and resources.file_search is not None and resources.file_search.vector_store_ids is not None
print(len(resources.file_search.vector_store_ids))
print(sdk.beta.threads.delete(thread.id).deleted, sdk.beta.assistants.delete(echo.id).deleted)
try:
    sdk.beta.threads.runs.retrieve(run.id, thread_id=thread.id)
except openai.NotFoundError as error:
    print(error.code)
