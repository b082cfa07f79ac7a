"""Programs as people wrote them with LangChain's, Semantic Kernel's and AutoGen's classes for OpenAI's assistants.

Run beside a server, with the frameworks on the path; the argument says which.
"""

import asyncio
import os
import sys
import tempfile
import warnings
from typing import Annotated, Any

import openai

warnings.simplefilter("ignore")
BASE = os.environ["BASE_URL"]


def weather(city: str) -> str:
    """How it is outside."""
    return f"sol em {city}"


def langchain() -> None:
    """The runnable asks, runs the tool by itself, and goes on in the same thread."""
    from langchain_classic.agents.openai_assistant import OpenAIAssistantRunnable  # type: ignore[import-not-found]  # beside the environment
    from langchain_core.tools import tool

    sdk = openai.OpenAI(base_url=BASE, api_key="sk-anything", max_retries=0)
    asking = {"client": sdk, "async_client": openai.AsyncOpenAI(base_url=BASE, api_key="x"), "check_every_ms": 50.0}
    plain = OpenAIAssistantRunnable.create_assistant("Eco", "Repeat.", [], "mock-echo", **asking)
    [first] = plain.invoke({"content": "Olá, mundo"})
    [second] = plain.invoke({"content": "De novo", "thread_id": first.thread_id})
    print(first.content[0].text.value, second.content[0].text.value, second.thread_id == first.thread_id)
    tools = [tool(weather)]
    agent: Any = OpenAIAssistantRunnable.create_assistant("Tempo", "Use tools.", tools, "mock-tools", as_agent=True, **asking)
    response = agent.invoke({"content": "Como está o tempo?"})
    print([action.tool for action in response])
    outputs = [{"output": tools[0].invoke(each.tool_input), "tool_call_id": each.tool_call_id} for each in response]
    place = {"run_id": response[0].run_id, "thread_id": response[0].thread_id}
    print("sol em" in agent.invoke({"tool_outputs": outputs} | place).return_values["output"])


async def semantic_kernel() -> None:
    """An agent with a plugin, whole and streamed, and its thread deleted."""
    from semantic_kernel.agents import AssistantAgentThread, OpenAIAssistantAgent  # type: ignore[import-not-found]  # beside the environment
    from semantic_kernel.agents.open_ai.run_polling_options import RunPollingOptions  # type: ignore[import-not-found]  # beside the environment
    from semantic_kernel.functions import kernel_function  # type: ignore[import-not-found]  # beside the environment

    class Weather:
        """A plugin."""

        @kernel_function(description="How it is outside.")  # type: ignore[untyped-decorator]  # likewise
        def weather(self, city: Annotated[str, "Where."]) -> str:
            """How it is outside."""
            return weather(city)

    async with openai.AsyncOpenAI(base_url=BASE, api_key="sk-anything", max_retries=0) as sdk:
        echo = await sdk.beta.assistants.create(model="mock-echo", name="Eco", instructions="Repeat.")
        agent = OpenAIAssistantAgent(client=sdk, definition=echo)
        agent.polling_options = RunPollingOptions()
        thread = AssistantAgentThread(client=sdk)
        answer = await agent.get_response(messages="Olá, mundo", thread=thread)
        print(answer.message.content)
        pieces = [str(each.message.content) async for each in agent.invoke_stream(messages="De novo", thread=thread)]
        print("".join(pieces))
        print([message.role.value async for message in thread.get_messages(sort_order="asc")])
        caller = await sdk.beta.assistants.create(model="mock-tools", name="Tempo")
        tooled = OpenAIAssistantAgent(client=sdk, definition=caller, plugins=[Weather()])
        other = AssistantAgentThread(client=sdk)
        said = [str(each.message.content) async for each in tooled.invoke(messages="Como está o tempo?", thread=other)]
        print("sol em" in said[-1])
        streamed = [str(each.message.content) async for each in tooled.invoke_stream(messages="E agora?", thread=other)]
        print("sol em" in "".join(streamed))
        await thread.delete()


async def autogen() -> None:
    """An agent with a function, asked twice, reset, with a file for search, and deleted."""
    from autogen_agentchat.messages import TextMessage  # type: ignore[import-not-found]  # beside the environment
    from autogen_core import CancellationToken  # type: ignore[import-not-found]  # beside the environment
    from autogen_ext.agents.openai import OpenAIAssistantAgent  # type: ignore[import-not-found]  # beside the environment

    async with openai.AsyncOpenAI(base_url=BASE, api_key="sk-anything", max_retries=0) as sdk:
        agent = OpenAIAssistantAgent(
            name="tempo",
            description="x",
            client=sdk,
            model="mock-tools",
            instructions="Use tools.",
            tools=[weather, "file_search"],
        )
        token = CancellationToken()
        for text in ("Como está o tempo?", "E agora?"):
            answer = await agent.on_messages([TextMessage(source="user", content=text)], token)
            assert isinstance(answer.chat_message, TextMessage)
            print("sol em" in answer.chat_message.content, [type(each).__name__ for each in answer.inner_messages or ()])
        with tempfile.NamedTemporaryFile("w", suffix=".txt") as file:
            file.write("Os burros e as mulas.")
            file.flush()
            await agent.on_upload_for_file_search([file.name], token)
        await agent.delete_uploaded_files(token)
        await agent.delete_vector_store(token)
        await agent.on_reset(token)
        await agent.delete_assistant(token)


if sys.argv[1] == "langchain":
    langchain()
else:
    asyncio.run({"semantic_kernel": semantic_kernel, "autogen": autogen}[sys.argv[1]]())
