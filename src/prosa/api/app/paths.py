"""Ids in paths. What can't be an id is no other error than an id that nothing has."""

from typing import Annotated

from fastapi import Path

from prosa.api.app.account_models import EXAMPLE_USER
from prosa.api.app.conversation_models import EXAMPLE_CONVERSATION, EXAMPLE_FOLDER
from prosa.api.app.key_models import EXAMPLE_KEY
from prosa.api.app.run_models import EXAMPLE_RUN
from prosa.api.app.session_models import EXAMPLE_SESSION
from prosa.api.app.shapes import EXAMPLE_ID

INVITE = "inv_"
EXAMPLE_INVITE = INVITE + EXAMPLE_ID
EXAMPLE_ITEM = "msg_" + EXAMPLE_ID

UserId = Annotated[str, Path(examples=[EXAMPLE_USER])]
KeyId = Annotated[str, Path(examples=[EXAMPLE_KEY])]
SessionId = Annotated[str, Path(examples=[EXAMPLE_SESSION])]
InviteId = Annotated[str, Path(examples=[EXAMPLE_INVITE])]
RunId = Annotated[str, Path(examples=[EXAMPLE_RUN])]
ConversationId = Annotated[str, Path(examples=[EXAMPLE_CONVERSATION])]
TrashedId = Annotated[str, Path(examples=[EXAMPLE_CONVERSATION])]
FolderId = Annotated[str, Path(examples=[EXAMPLE_FOLDER])]
SummaryId = Annotated[str, Path(examples=["item_" + EXAMPLE_ID])]
PromptId = Annotated[str, Path(max_length=100, examples=["prompt_" + EXAMPLE_ID])]
MemoryId = Annotated[str, Path(examples=["mem_" + EXAMPLE_ID])]
ItemId = Annotated[str, Path(examples=[EXAMPLE_ITEM])]
