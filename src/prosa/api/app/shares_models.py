"""Shares as the API shows them: to their owner, and to whoever has the link."""

from typing import Annotated

from fastapi import Path
from pydantic import BaseModel, Field

from prosa import conversations as feature
from prosa.api.app.shapes import EXAMPLE_ID, Body, FutureMoment, Moment, example
from prosa.kit import moments

SHARE = feature.SHARE
LINK = "/s/"
EXAMPLE_SHARE = SHARE + EXAMPLE_ID
EXAMPLE_CONVERSATION = feature.CONVERSATION + EXAMPLE_ID
EXAMPLE_TOKEN = "Zk3uJ0qT5rX8mB1nV7cL2aY9sD4fG6hP"  # noqa: S105  # of the API document

ShareId = Annotated[str, Path(examples=[EXAMPLE_SHARE])]
Token = Annotated[str, Path(description="What the link ends with.", examples=[EXAMPLE_TOKEN])]
FileNumber = Annotated[str, Path(description="`number` of an attachment.", examples=["0"])]


class ShareWish(Body):
    """What to share, and for how long."""

    model_config = example(files=False)

    files: bool = Field(default=False, description="Share attachments too: those of the messages that are shared.")
    leaf: str | None = Field(
        default=None,
        max_length=100,
        description="Share the path that ends at this item instead of the chosen one.",
        examples=[None],
    )
    expires_at: FutureMoment | None = Field(default=None, description="When the link ends by itself; null: when it is revoked.")


class Share(BaseModel):
    """A link, without its text: that is shown once, when it is made."""

    id: str = Field(examples=[EXAMPLE_SHARE])
    conversation_id: str = Field(examples=[EXAMPLE_CONVERSATION])
    title: str | None = Field(examples=["Capitais"])
    messages: int = Field(description="How many messages it shows.", examples=[2])
    files: int = Field(description="How many attachments it shows.", examples=[0])
    created_at: Moment
    expires_at: Moment | None


class MadeShare(Share):
    """A link that was just made."""

    token: str = Field(description="Its text. It is shown this once and stored nowhere.", examples=[EXAMPLE_TOKEN], repr=False)
    path: str = Field(description="The page of this server that shows it.", examples=[LINK + EXAMPLE_TOKEN], repr=False)


class CopyWish(Body):
    """Whose conversation to go on with."""

    model_config = example(token=EXAMPLE_TOKEN)

    token: str = Field(max_length=512, description="What the link ends with.", repr=False)


class Copied(BaseModel):
    """One's own copy."""

    conversation_id: str = Field(examples=[EXAMPLE_CONVERSATION])
    title: str | None = Field(examples=["Capitais"])
    created_at: Moment


class SharedMessage(BaseModel):
    """Something that was said; addresses of mail and of places inside a network are left out of its text."""

    role: str = Field(description="`user` or `assistant`.", examples=["user"])
    text: str = Field(examples=["Qual é a capital do Ceará?"])
    files: list[int] = Field(description="Numbers of its attachments.", examples=[[]])


class SharedFile(BaseModel):
    """An attachment."""

    number: int = Field(examples=[0])
    name: str = Field(examples=["mapa.png"])
    media_type: str = Field(examples=["image/png"])
    bytes: int = Field(examples=[2048])
    path: str = Field(examples=[LINK + EXAMPLE_TOKEN + "/files/0"])


class Shared(BaseModel):
    """A conversation as it was when it was shared."""

    title: str | None = Field(examples=["Capitais"])
    created_at: Moment
    expires_at: Moment | None
    messages: list[SharedMessage]
    files: list[SharedFile]


def share_shown(share: feature.Share) -> Share:
    """A share as its owner sees it."""
    return Share(
        id=SHARE + share.id,
        conversation_id=feature.CONVERSATION + share.conversation_id,
        title=share.title,
        messages=share.messages,
        files=share.files,
        created_at=moments.shown(moments.stored(share.created_at)),
        expires_at=None if share.expires_at is None else moments.shown(moments.stored(share.expires_at)),
    )


def shared_shown(shared: feature.Shared, token: str) -> Shared:
    """What a link shows."""
    told, place = share_shown(shared.share), f"{LINK}{token}/files/"
    snapshot = shared.snapshot
    return Shared(
        title=told.title,
        created_at=told.created_at,
        expires_at=told.expires_at,
        messages=[SharedMessage(role=each.role, text=each.text, files=list(each.files)) for each in snapshot.messages],
        files=[
            SharedFile(number=number, name=each.name, media_type=each.media_type, bytes=each.bytes, path=f"{place}{number}")
            for number, each in enumerate(snapshot.files)
        ],
    )
