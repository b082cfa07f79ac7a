"""The kind of run that asks a model: what it hears, the tools it calls, what it says, and what stays of it."""

from prosa.answers.adopting import SavedGround, SavedImport, SavedReport
from prosa.answers.assisting.asking import Ask, Asking
from prosa.answers.assisting.attaching import Attaching
from prosa.answers.assisting.beginning import Begun, RunParts
from prosa.answers.assisting.messages import message_json
from prosa.answers.assisting.pinned import Pending, Pinned
from prosa.answers.assisting.resource_request import ChangedResources, GivenResources
from prosa.answers.assisting.resource_request import changed as changed_resources
from prosa.answers.assisting.resource_request import wanted as wanted_resources
from prosa.answers.assisting.resources import Resources
from prosa.answers.assisting.retelling import DONE
from prosa.answers.assisting.run_request import Edit as RunEdit
from prosa.answers.assisting.run_request import Include as StepInclude
from prosa.answers.assisting.run_request import Outputs, RunWish, ThreadRunWish
from prosa.answers.assisting.showing import Facts
from prosa.answers.assisting.speakers import Speaker, Speakers
from prosa.answers.assisting.speaking import FOUND, spoken
from prosa.answers.assisting.standing import Standing
from prosa.answers.assisting.steps import Step
from prosa.answers.assisting.thread_errors import ThreadNotFound
from prosa.answers.assisting.thread_request import read_change as read_thread_change
from prosa.answers.assisting.thread_request import read_message, read_note, read_thread
from prosa.answers.assisting.thread_runs import PageQuery as RunPageQuery
from prosa.answers.assisting.thread_runs import RunPage, Stretch, ThreadRuns
from prosa.answers.assisting.threads import AddOptions, Thread, ThreadService
from prosa.answers.assisting.translating import Ground
from prosa.answers.chat import CHAT, ChatService, CompletionNotFound, Listing, Page, Wish
from prosa.answers.context import Contexts
from prosa.answers.errors import (
    AccessEnded,
    AssistantUnavailable,
    CompactionUnreadable,
    ContextTooLarge,
    ItemNotInInput,
    PreviousResponseNotFound,
    PreviousResponseOpen,
    ReferencedItemNotFound,
    ResponseNotFound,
    ToolNamedTwice,
    TooManyAnswers,
)
from prosa.answers.given import Given
from prosa.answers.models import ANSWER, StillAllowed, StillLent
from prosa.answers.parts import AnswerParts
from prosa.answers.responses import InvalidValue, MissingParameter, ResponseRequest, input_items, normal_items
from prosa.answers.responses.checking import check_depth, checked
from prosa.answers.responses.request import Metadata
from prosa.answers.sealing import Sealer
from prosa.answers.servers import (
    Allowed,
    Approval,
    Approvals,
    Label,
    NamedServer,
    ToolServers,
    ToolServerSettings,
    header_lines,
)
from prosa.answers.servers.ownership import erase_approvals, inherit_approvals
from prosa.answers.service import AnswerService, ItemPage
from prosa.answers.settings import AnswerSettings
from prosa.answers.starting import CreateOptions
from prosa.answers.talking import Fate, Question, Reply, Saying, Talking, saying
from prosa.answers.tools import BUILT_IN, CodeInterpreter, Containing, FileSearch
from prosa.answers.upkeep import Upkeep

__all__ = [
    "ANSWER",
    "BUILT_IN",
    "CHAT",
    "DONE",
    "FOUND",
    "AccessEnded",
    "AddOptions",
    "Allowed",
    "AnswerParts",
    "AnswerService",
    "AnswerSettings",
    "Approval",
    "Approvals",
    "Ask",
    "Asking",
    "AssistantUnavailable",
    "Attaching",
    "Begun",
    "ChangedResources",
    "ChatService",
    "CodeInterpreter",
    "CompactionUnreadable",
    "CompletionNotFound",
    "Containing",
    "ContextTooLarge",
    "Contexts",
    "CreateOptions",
    "Facts",
    "Fate",
    "FileSearch",
    "Given",
    "GivenResources",
    "Ground",
    "InvalidValue",
    "ItemNotInInput",
    "ItemPage",
    "Label",
    "Listing",
    "Metadata",
    "MissingParameter",
    "NamedServer",
    "Outputs",
    "Page",
    "Pending",
    "Pinned",
    "PreviousResponseNotFound",
    "PreviousResponseOpen",
    "Question",
    "ReferencedItemNotFound",
    "Reply",
    "Resources",
    "ResponseNotFound",
    "ResponseRequest",
    "RunEdit",
    "RunPage",
    "RunPageQuery",
    "RunParts",
    "RunWish",
    "SavedGround",
    "SavedImport",
    "SavedReport",
    "Saying",
    "Sealer",
    "Speaker",
    "Speakers",
    "Standing",
    "Step",
    "StepInclude",
    "StillAllowed",
    "StillLent",
    "Stretch",
    "Talking",
    "Thread",
    "ThreadNotFound",
    "ThreadRunWish",
    "ThreadRuns",
    "ThreadService",
    "TooManyAnswers",
    "ToolNamedTwice",
    "ToolServerSettings",
    "ToolServers",
    "Upkeep",
    "Wish",
    "changed_resources",
    "check_depth",
    "checked",
    "erase_approvals",
    "header_lines",
    "inherit_approvals",
    "input_items",
    "message_json",
    "normal_items",
    "read_message",
    "read_note",
    "read_thread",
    "read_thread_change",
    "saying",
    "spoken",
    "wanted_resources",
]
