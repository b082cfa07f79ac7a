"""Every router of the application, in the order in which the API document shows them."""

from typing import Final

from fastapi import APIRouter

from prosa.api import openai
from prosa.api.legacy import serverless

ROUTERS: Final[tuple[APIRouter, ...]] = (openai.served(), serverless.served())
