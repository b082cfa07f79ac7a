"""The growing output of a response: the same whether it is said live or read back from the log.

Text grows in pieces that are joined when somebody looks, so that a long answer costs no more a piece than a short one.
"""

from typing import Final

import msgspec

from prosa.answers.responses.content import OutputPart, OutputText, ReasoningText, Refusal, SummaryText
from prosa.answers.responses.hosted import Arguments, Hosted, Source, filled, told_call
from prosa.answers.responses.items import FunctionCall, HostedCall, Message, OutputItem, Progress, Reasoning, ToolCall
from prosa.answers.responses.served import ApprovalRequest, ServedCall, Statusless, ToolList, cut_call, tool_key
from prosa.answers.responses.usage import Tokens

Growing = OutputText | Refusal | ReasoningText | SummaryText | FunctionCall | ToolCall | ServedCall | Arguments
_CALLED: Final = dict.fromkeys((FunctionCall, ToolCall, ServedCall, Arguments), "arguments")
_NEVER_LISTED: Final = "It broke off before the tools were listed."
_GROWS: Final[dict[type, str]] = {Refusal: "refusal", **_CALLED}


class Growth:
    """A text that is being said: a content part's, or a call's arguments."""

    __slots__ = ("field", "leaf", "pieces", "told")

    def __init__(self, leaf: Growing) -> None:
        self.leaf = leaf
        self.field = _GROWS.get(type(leaf), "text")
        self.pieces: list[str] = []
        self.told = False  # its end was told, though not yet that of its part

    def settle(self) -> str:
        """The text so far, put into its place."""
        if self.pieces:
            setattr(self.leaf, self.field, getattr(self.leaf, self.field) + "".join(self.pieces))
            self.pieces = []
        whole: str = getattr(self.leaf, self.field)
        return whole


class Said:
    """Items in the order in which they began. An item in progress has a growing text or is between two of them."""

    def __init__(self) -> None:
        self._items: list[OutputItem] = []
        self._growths: dict[int, Growth] = {}
        self.usage: Tokens | None = None  # of all model calls so far
        self.calls = 0  # model calls that are over, as the log tells of them
        self.started: set[int] = set()  # own tool calls that may have had an effect
        self.hosted: dict[int, Hosted] = {}  # beside the calls of hosted tools
        self.sources: dict[str, Source] = {}  # what may be cited, by its mark
        self.listed: dict[str, str] = {}  # by the id of a list of tools: the server and what of it was asked for
        self.served = False  # lists and approved calls that stand before the first words are over
        self._begun: set[int] = set()  # items in progress that have no status

    def __len__(self) -> int:
        return len(self._items)

    @property
    def items(self) -> list[OutputItem]:
        """All items with their text so far."""
        for growth in self._growths.values():
            growth.settle()
        return self._items

    @property
    def output(self) -> list[OutputItem]:
        """All items, as a response shows them that ended here: what is in progress is incomplete."""
        return [_cut(item) if self._is_open(index, item) else item for index, item in enumerate(self.items)]

    @property
    def text(self) -> str:
        """All text of all messages."""
        return "".join(
            part.text for item in self.items if isinstance(item, Message) for part in item.content if type(part) is OutputText
        )

    def open(self) -> list[int]:
        """The places of items in progress."""
        return [index for index, item in enumerate(self._items) if self._is_open(index, item)]

    def _is_open(self, index: int, item: OutputItem) -> bool:
        return item.status == "in_progress" or index in self._begun

    def asking(self) -> list[tuple[int, ApprovalRequest]]:
        """Calls that somebody has to approve, whose arguments are whole, and that nobody has been asked of yet."""
        found = ((index, self._items[index]) for index in sorted(self._begun) if index not in self._growths)
        return [(index, item) for index, item in found if isinstance(item, ApprovalRequest)]

    def waiting(self) -> list[tuple[int, ToolCall]]:
        """Own tools' calls whose arguments are whole and which have no result yet."""
        found = []
        for index, item in enumerate(self._items):
            if (
                isinstance(item, ToolCall | HostedCall | ServedCall)
                and item.status == "in_progress"
                and index not in self._growths
            ):
                found.append((index, self._called(index, item)))
        return found

    def heard(self) -> list[OutputItem]:
        """All items as the model hears of them: calls of hosted tools with what came of them."""
        return [self._called(index, item) if isinstance(item, HostedCall) else item for index, item in enumerate(self.items)]

    def output_of(self, item_id: str) -> str | None:
        """What the model was told of a hosted call."""
        found = (beside for index, beside in self.hosted.items() if self._items[index].id == item_id)
        beside = next(found, None)
        return None if beside is None else beside.output

    def _called(self, index: int, item: ToolCall | HostedCall | ServedCall) -> ToolCall:
        if isinstance(item, ServedCall):
            call_id = "call_" + item.id[item.id.rfind("_") + 1 :]
            return ToolCall(item.id, call_id, tool_key(item.server_label, item.name), item.arguments)
        return item if isinstance(item, ToolCall) else told_call(item, self.hosted.get(index))

    def continuable(self) -> str | None:
        """The text of an answer that alone stands open, so that a model could go on with it; else None. Before its first word it
        is "": the model is asked as if for the first time, and its words go into the same message."""
        last = self._items[-1] if self._items else None
        if self.open() != [len(self._items) - 1] or not isinstance(last, Message):
            return None
        if not last.content:
            return ""
        growth = self._growths.get(len(self._items) - 1)
        if growth is None or growth.told or not isinstance(growth.leaf, OutputText) or len(last.content) != 1:
            return None
        return growth.settle()

    def item(self, index: int) -> OutputItem:
        """The item at a place, with its text so far."""
        growth = self._growths.get(index)
        if growth is not None:
            growth.settle()
        return self._items[index]

    def id_at(self, index: int) -> str:
        """The id of the item at a place."""
        return self._items[index].id

    def part_place(self, index: int) -> int:
        """The place, within its item, of the part that began last."""
        item = self._items[index]
        if isinstance(item, Message):
            return len(item.content) - 1
        return max(len(item.content), len(item.summary)) - 1 if isinstance(item, Reasoning) else 0

    def add(self, item: OutputItem) -> Growth | None:
        """Begin an item; a call's arguments can grow at once."""
        self._items.append(item)
        if isinstance(item, Statusless):
            self._begun.add(len(self._items) - 1)
        if isinstance(item, FunctionCall | ToolCall | ServedCall):
            return self.grow_in(len(self._items) - 1, item)
        if isinstance(item, HostedCall | ApprovalRequest):
            return self.grow_in(len(self._items) - 1, Arguments())
        return None

    def wanted(self, index: int, arguments: str) -> None:
        """The arguments of the hosted call at this place are whole."""
        item = self._items[index]
        if isinstance(item, ApprovalRequest):
            item.arguments = arguments
        elif isinstance(item, HostedCall):
            self.hosted.setdefault(index, Hosted()).arguments = arguments
            filled(item, arguments)

    def answered(self, index: int, output: str, sources: "list[Source]") -> None:
        """What the model is told of it, and what it may cite."""
        self.hosted.setdefault(index, Hosted()).output = output
        self.sources.update((source.mark, source) for source in sources)

    def add_part(self, index: int, part: OutputPart | ReasoningText | SummaryText) -> Growth:
        """Begin a content part, or a summary's, of the item at this place."""
        item = self._items[index]
        if isinstance(item, Message):
            assert isinstance(part, OutputText | Refusal)
            item.content.append(part)
        elif isinstance(part, SummaryText):
            assert isinstance(item, Reasoning)
            item.summary.append(part)
        else:
            assert isinstance(item, Reasoning) and isinstance(part, ReasoningText)
            item.content.append(part)
        return self.grow_in(index, part)

    def grow_in(self, index: int, leaf: Growing) -> Growth:
        """What is said next of the item at this place goes into this leaf."""
        growth = self._growths[index] = Growth(leaf)
        return growth

    def growth(self, index: int) -> Growth | None:
        """What grows of the item at this place."""
        return self._growths.get(index)

    def end_part(self, index: int) -> None:
        """What grew of the item is whole."""
        growth = self._growths.pop(index, None)
        if growth is not None:
            growth.settle()

    def end(self, index: int, item: OutputItem) -> None:
        """The item at this place is over, and stays as it is told here."""
        self._growths.pop(index, None)
        self._begun.discard(index)
        self._items[index] = item

    def spent(self, tokens: Tokens) -> None:
        """A model call is over that cost this much."""
        self.usage = tokens if self.usage is None else self.usage + tokens


def over(item: OutputItem, *, whole: bool) -> OutputItem:
    """An item that is in progress no more."""
    if not whole:
        return _cut(item)
    if not isinstance(item, Statusless):
        item.status = "completed"
    return item


def _cut(item: OutputItem) -> OutputItem:
    if isinstance(item, ApprovalRequest):
        return cut_call(item, "incomplete")
    if isinstance(item, ToolList):
        return msgspec.structs.replace(item, error=item.error or _NEVER_LISTED)
    status: Progress = "incomplete"
    return msgspec.structs.replace(item, status=status)
