"""`/auth/integration-login/…`: where another system sends its people, signed in by that alone (contracts: assistant, §3)."""

from typing import Annotated, Final

from fastapi import APIRouter, Path, Response

from prosa.api.app.auth import end_former
from prosa.api.app.cookies import device_of, set_session, way_of_link
from prosa.api.app.documents import problems
from prosa.api.app.errors import InsecureConnection
from prosa.api.app.routing import AppRoute
from prosa.api.app.surroundings import Anybody, People, TheExchange
from prosa.api.edge import Exchange
from prosa.identity import LinkRefused, TooManySignIns
from prosa.kit.errors import ProsaError

INSIDE: Final = "/dashboard"
# What the sign-in page says, by what went wrong.
_WHY: Final[dict[type[ProsaError], str]] = {
    LinkRefused: "link_invalid",
    TooManySignIns: "too_many_sign_ins",
    InsecureConnection: "insecure_connection",
}
_PRIVATE: Final = {"cache-control": "no-store", "referrer-policy": "no-referrer", "x-robots-tag": "noindex"}

router = APIRouter(prefix="/auth/integration-login", tags=["Sign-in"], route_class=AppRoute)

LinkToken = Annotated[str, Path(description="The link's token.", examples=["k3JvT0hYQk5mUWxwZ2RzYXpXeGNybXVpT2tFSnlQd1A"])]


@router.get(
    "/{link_token}",
    operation_id="integrationLogin",
    summary="Sign in by a lasting link",
    status_code=302,
    response_class=Response,
    responses=problems(),
)
async def integration_login(_anybody: Anybody, link_token: LinkToken, exchange: TheExchange, people: People) -> Response:
    """Begin a session in the browser that follows the link, and go on to the app; for a link that isn't good, to the sign-in.

    Links come by an import from another installation. They stand in the list of one's sessions, and are revoked there; signing
    out everywhere and a new password revoke them too.
    """
    try:
        _require_navigation(exchange)
        way_of_link(exchange)
        cookie = await people.links.sign_in(link_token, device_of(exchange))
    except tuple(_WHY) as error:
        return _to(f"/sign-in?error={_WHY[type(error)]}")
    await end_former(exchange, people)
    answer = _to(INSIDE)
    set_session(answer, exchange, cookie)
    return answer


def _require_navigation(exchange: Exchange) -> None:
    """A page that is opened, by a program or by a person. What another site's page loads in passing, as a picture or in a frame,
    and what a browser only fetches ahead, signs nobody in. Raises LinkRefused."""
    there = exchange.header(b"sec-fetch-dest") in (None, b"document")
    ahead = b"prefetch" in (exchange.header(b"sec-purpose") or exchange.header(b"purpose") or b"")
    if not there or ahead:
        raise LinkRefused


def _to(place: str) -> Response:
    return Response(status_code=302, headers=_PRIVATE | {"location": place})
