"""Every router of the application, in the order in which the API document shows them."""

from typing import Final

from fastapi import APIRouter

from prosa.api import app, openai
from prosa.api.legacy import assistant, chatai, multiuser, serverless

ROUTERS: Final[tuple[APIRouter, ...]] = (
    openai.served(),
    app.served(),
    assistant.served(),
    chatai.served(),
    multiuser.served(),
    serverless.served(),
)
