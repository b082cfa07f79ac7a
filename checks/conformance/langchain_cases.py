"""LangChain's standard tests for chat models, over its own client for OpenAI's APIs. Collected by `make conformance` alone."""

import base64
import os
from typing import Any
from unittest.mock import Mock

import pytest
from langchain_openai import ChatOpenAI
from langchain_tests.integration_tests import (  # type: ignore[import-not-found]  # of an environment that mypy doesn't see
    ChatModelIntegrationTests,
)

PICTURE = base64.b64decode("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==")
DOCUMENT = (
    b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj 2 0 obj<</Type/Pages/Count 0/Kids[]>>endobj\n"
    b"trailer<</Root 1 0 R>>\n%%EOF"
)


@pytest.fixture(autouse=True)
def things_that_they_show(monkeypatch: pytest.MonkeyPatch) -> None:
    """The cases fetch a picture and a document from sites of others; any picture and any document will do."""

    def get(url: str, **_: object) -> Mock:
        return Mock(content=DOCUMENT if url.endswith(".pdf") else PICTURE)

    monkeypatch.setattr("langchain_tests.integration_tests.chat_models.httpx.get", get)


class _OnProsa(ChatModelIntegrationTests):  # type: ignore[misc]  # mypy doesn't see it
    """What the model behind prosa can do."""

    @property
    def chat_model_class(self) -> type[ChatOpenAI]:
        """The client."""
        return ChatOpenAI

    @property
    def chat_model_params(self) -> dict[str, Any]:
        """How it is made."""
        address = {"base_url": os.environ["CONFORMANCE_BASE"], "api_key": os.environ["CONFORMANCE_KEY"]}
        return {"model": "conform", "max_retries": 0, "timeout": 30, "stream_usage": True, **address}

    @property
    def model_override_value(self) -> str:
        """Another model, for one call."""
        return "mock-echo"

    @property
    def supports_image_inputs(self) -> bool:
        """Pictures are passed on."""
        return True

    @property
    def supports_image_urls(self) -> bool:
        """So are their addresses."""
        return True

    @property
    def supports_anthropic_inputs(self) -> bool:
        """The client translates Anthropic's form."""
        return True

    @property
    def supports_json_mode(self) -> bool:
        """Any JSON object can be asked for."""
        return True


class TestChatCompletions(_OnProsa):
    """`/v1/chat/completions`."""


class TestResponses(_OnProsa):
    """`/v1/responses`."""

    @property
    def chat_model_params(self) -> dict[str, Any]:
        """How it is made."""
        return super().chat_model_params | {"use_responses_api": True, "output_version": "responses/v1"}

    @property
    def supports_pdf_inputs(self) -> bool:
        """Documents are passed on."""
        return True

    @property
    def supports_image_tool_message(self) -> bool:
        """A function's output may hold pictures."""
        return True

    @property
    def supports_pdf_tool_message(self) -> bool:
        """And documents."""
        return True
