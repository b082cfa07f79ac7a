"""Fetching what a caller's address holds: hop by hop, within bounds (attacks C7, D4, D7, D10)."""

import zlib

import pytest

from prosa.drivers.outbound import (
    AddressRefused,
    AnswerTooLarge,
    BadAnswer,
    Client,
    ConnectionLost,
    FetchTerms,
    OutboundError,
    OutboundRequest,
    Reply,
    Target,
    Timeouts,
    TotalTimeout,
    Transport,
    fetch,
)
from tests.drivers.outbound.origin import Origin, Peer, plain, repeating, serving

KEYS = (("authorization", "Bearer k"), ("cookie", "a=b"), ("x-api-key", "k"), ("accept", "text/html"))


def redirecting(*locations: str, end: bytes = b"end", status: str = "302 Found") -> "Redirects":
    """Sends each request on to the next of these places; then answers."""
    return Redirects(list(locations), end, status)


class Redirects:
    """The script, and the paths that were asked for."""

    def __init__(self, locations: list[str], end: bytes, status: str) -> None:
        self.locations = locations
        self.end = end
        self.status = status
        self.asked: list[bytes] = []

    async def __call__(self, peer: Peer) -> None:
        while True:
            request = await peer.request()
            self.asked.append(request.split(b" ")[1])
            if self.locations:
                await peer.send(plain(b"moved", f"location: {self.locations.pop(0)}", status=self.status))
            else:
                await peer.send(plain(self.end))


@pytest.mark.parametrize("status", ["301 x", "302 x", "303 x", "307 x", "308 x"])
async def test_a_relative_redirect_is_followed_where_it_stands(client: Client, status: str) -> None:
    script = redirecting("../b?x=1", "/c#part", "d", status=status)
    async with serving(script) as origin:
        found = await fetch(client, f"http://127.0.0.1:{origin.port}/a/a", most=100, private=True)
        assert (found.status, found.body, found.url) == (200, b"end", f"http://127.0.0.1:{origin.port}/d")
        assert script.asked == [b"/a/a", b"/b?x=1", b"/c", b"/d"]


async def test_an_answer_that_is_no_redirect_is_the_result_whatever_its_status(client: Client) -> None:
    for status in ("404 Not Found", "304 Not Modified", "300 Multiple Choices"):
        async with serving(repeating(plain(b"", status=status))) as origin:
            found = await fetch(client, f"http://127.0.0.1:{origin.port}/", most=100, private=True)
            assert found.status == int(status[:3])


@pytest.mark.attack("D4")
async def test_more_than_three_hops_are_too_many(client: Client) -> None:
    script = redirecting(*["/again"] * 20)
    async with serving(script) as origin:
        with pytest.raises(BadAnswer):
            await fetch(client, f"http://127.0.0.1:{origin.port}/", most=100, private=True)
        assert len(script.asked) == 4


@pytest.mark.attack("D4", "D10")
@pytest.mark.parametrize(
    "location",
    [
        "http://127.0.0.1:{inner}/",
        "//127.0.0.1:{inner}/",
        "http://localhost:{inner}/",
        "http://2130706433:{inner}/",
        "http://[::ffff:127.0.0.1]:{inner}/",
        "http://127.0.0.1:{inner}@127.0.0.1:{own}/",
        "http://127.0.0.1:{own}@127.0.0.1:{inner}/",
        "http://127.0.0.1:{own}\\@127.0.0.1:{inner}/",
        "https://127.0.0.1:{own}/",
        "http://[::1",
        "file:///etc/passwd",
        "gopher://127.0.0.1:{inner}/",
        "ftp://127.0.0.1:{inner}/",
        "data:text/html,x",
        "javascript:alert(1)",
        "http://127.0.0.1:{inner}/\xe9",
        "",
    ],
)
async def test_a_redirect_to_a_place_inside_is_refused_even_from_a_trusted_one(
    client: Client, bystander: Origin, location: str
) -> None:
    async def script(peer: Peer) -> None:
        await peer.request()
        place = location.format(inner=bystander.port, own=origin.port)
        await peer.send(plain(b"", f"location: {place}", status="302 Found"))

    async with serving(script) as origin:
        with pytest.raises(AddressRefused):
            await fetch(client, f"http://127.0.0.1:{origin.port}/", most=100, private=True)


class Recorded:
    """A transport that answers from a table and notes what was asked of it: public hosts can't be had in a test."""

    def __init__(self, through: Transport, origin: Origin) -> None:
        self.through = through
        self.origin = origin
        self.asked: list[tuple[Target, tuple[tuple[str, str], ...]]] = []

    async def open(self, target: Target, request: OutboundRequest, timeouts: Timeouts) -> Reply:
        self.asked.append((target, request.headers))
        return await self.through.open(self.origin.target(), request, timeouts)


@pytest.mark.attack("C7", "D4")
async def test_credentials_stay_with_the_host_that_they_were_given_for(client: Client) -> None:
    async with serving(redirecting("/here", "https://other.test/", "https://public.test/")) as origin:
        recorded = Recorded(client, origin)
        await fetch(recorded, "https://public.test/", most=100, terms=FetchTerms(KEYS))
    hosts = [target.host for target, _ in recorded.asked]
    assert hosts == ["public.test", "public.test", "other.test", "public.test"]
    assert [headers for _, headers in recorded.asked] == [KEYS, KEYS, KEYS[3:], KEYS[3:]]
    assert not any(target.private for target, _ in recorded.asked)


@pytest.mark.attack("C7")
@pytest.mark.parametrize("location", ["http://public.test/", "http://public.test:443/", "http://other.test/"])
async def test_https_never_becomes_http(client: Client, location: str) -> None:
    async with serving(redirecting(location)) as origin:
        recorded = Recorded(client, origin)
        with pytest.raises(AddressRefused):
            await fetch(recorded, "https://public.test/", most=100)
        assert len(recorded.asked) == 1


def _packed(body: bytes) -> bytes:
    packer = zlib.compressobj(wbits=31)
    return packer.compress(body) + packer.flush()


CHUNKS = b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n"


@pytest.mark.attack("D7")
@pytest.mark.parametrize(
    "answer, error",
    [
        (plain(_packed(b"x" * 1000), "content-encoding: gzip"), BadAnswer),
        (plain(b"x", "content-encoding: br"), BadAnswer),
        (plain(b"x" * 1001), AnswerTooLarge),
        (b"HTTP/1.1 200 OK\r\ncontent-length: 10737418240\r\n\r\nx", AnswerTooLarge),
        (CHUNKS + b"400\r\n" + b"x" * 1024 + b"\r\n", AnswerTooLarge),
        (b"HTTP/1.1 101 Switching Protocols\r\nupgrade: x\r\nconnection: upgrade\r\n\r\n", BadAnswer),
        (b"HTTP/1.1 302 Found\r\nlocation: /" + b"x" * 9000 + b"\r\ncontent-length: 0\r\n\r\n", AddressRefused),
        (b"HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nx", ConnectionLost),
    ],
)
async def test_an_answer_out_of_bounds_is_refused(client: Client, answer: bytes, error: type[OutboundError]) -> None:
    async def script(peer: Peer) -> None:
        await peer.request()
        await peer.send(answer)

    async with serving(script) as origin:
        with pytest.raises(error):
            await fetch(client, f"http://127.0.0.1:{origin.port}/", most=1000, private=True)
        await origin.until_left()


@pytest.mark.attack("D7")
async def test_all_hops_together_have_one_time_bound(client: Client) -> None:
    async def script(peer: Peer) -> None:
        await peer.request()
        await peer.send(plain(b"", "location: /drip", status="302 Found"))
        await peer.request()
        await peer.send(CHUNKS)
        await peer.gone()

    async with serving(script) as origin:
        terms = FetchTerms(timeouts=Timeouts(total=0.2))
        with pytest.raises(TotalTimeout):
            await fetch(client, f"http://127.0.0.1:{origin.port}/", most=1000, private=True, terms=terms)
