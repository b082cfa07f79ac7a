"""The vocabulary of OpenAI's Responses API: requests, items, the response, its events, and what is said while it grows."""

from prosa.answers.responses.content import (
    InputFile,
    InputImage,
    InputText,
    Logprob,
    OutputText,
    ReasoningText,
    Refusal,
    SummaryText,
    TopLogprob,
)
from prosa.answers.responses.errors import (
    InvalidType,
    InvalidValue,
    MissingParameter,
    ToolCallMissing,
    ToolOutputMissing,
    UnknownParameter,
    UnsupportedParameter,
    UnsupportedTool,
)
from prosa.answers.responses.folding import fold
from prosa.answers.responses.hosted import ITEMS, Place, Source, citation, queries_of
from prosa.answers.responses.input import input_items, normal_item, normal_items
from prosa.answers.responses.items import (
    TOOL_CALL,
    CodeCall,
    CodeImage,
    CodeLogs,
    FileSearchCall,
    FunctionCall,
    FunctionOutput,
    HostedCall,
    Message,
    OutputItem,
    OwnCall,
    Reasoning,
    SearchResult,
    ToolCall,
    stored_form,
)
from prosa.answers.responses.request import ResponseRequest
from prosa.answers.responses.response import (
    RESPONSE,
    Failure,
    Reason,
    Response,
    Status,
    end,
    failure,
    new_response,
    response_json,
)
from prosa.answers.responses.said import Growth, Said
from prosa.answers.responses.scribe import Scribe, Shown
from prosa.answers.responses.tools import Choice, FunctionTool
from prosa.answers.responses.usage import Tokens, tokens

__all__ = [
    "RESPONSE",
    "TOOL_CALL",
    "Choice",
    "Failure",
    "FunctionCall",
    "FunctionOutput",
    "FunctionTool",
    "Growth",
    "InputFile",
    "InputImage",
    "InputText",
    "InvalidType",
    "InvalidValue",
    "Logprob",
    "Message",
    "MissingParameter",
    "OutputItem",
    "OutputText",
    "Reason",
    "Reasoning",
    "ReasoningText",
    "Refusal",
    "Response",
    "ResponseRequest",
    "Said",
    "Scribe",
    "Status",
    "SummaryText",
    "Tokens",
    "ToolCall",
    "ToolCallMissing",
    "ToolOutputMissing",
    "TopLogprob",
    "UnknownParameter",
    "UnsupportedParameter",
    "UnsupportedTool",
    "end",
    "failure",
    "fold",
    "input_items",
    "new_response",
    "normal_item",
    "normal_items",
    "response_json",
    "stored_form",
    "tokens",
]
