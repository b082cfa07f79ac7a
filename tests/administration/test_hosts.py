"""Where a provider that is stored may be, by the operator's list."""

from collections.abc import Sequence

import pytest

from prosa.administration import AddressNotAllowed, AdministrationSettings, Hosts, Unfit
from prosa.boot.settings.kinds import PRIVATE
from prosa.drivers.outbound import AddressRefused, Client, OutboundRequest, Timeouts
from prosa.gateway import ProviderSettings, configured


def hosts(listed: str = "", **more: object) -> Hosts:
    found = PRIVATE.parse(listed) if listed else ()
    return Hosts(AdministrationSettings(private_hosts=found, **more))  # type: ignore[arg-type]  # fields by their names


@pytest.mark.parametrize(
    ("listed", "url", "right"),
    [
        ("127.0.0.1", "http://127.0.0.1:8000/v1", "http://127.0.0.1:8000/v1"),
        ("127.0.0.1", "HTTP://127.0.0.1:80/v1/", "http://127.0.0.1/v1"),
        ("127.0.0.1:8000", "http://127.0.0.1:8000", "http://127.0.0.1:8000"),
        ("10.0.0.0/8", "https://10.200.3.4/v1", "https://10.200.3.4/v1"),
        ("gpu.internal", "http://GPU.internal:8000/v1", "http://gpu.internal:8000/v1"),
        ("fd00::/8", "http://[fd00::1]:8000/v1", "http://[fd00::1]:8000/v1"),
        ("::1", "http://[::1]/v1", "http://[::1]/v1"),
        ("[::1]:11434", "http://[::1]:11434", "http://[::1]:11434"),
        ("localhost", "http://localhost:1234/v1", "http://localhost:1234/v1"),
    ],
)
def test_what_the_operator_names_is_taken_in_one_form(listed: str, url: str, right: str) -> None:
    address = hosts(listed).judged(url)
    assert (address.url, address.private) == (right, True)


@pytest.mark.attack("D1", "D2", "D10")
@pytest.mark.parametrize(
    ("listed", "url"),
    [
        ("127.0.0.1:8000", "http://127.0.0.1:8001/v1"),
        ("127.0.0.1", "http://127.0.0.2/v1"),
        ("127.0.0.1", "http://localhost/v1"),
        ("localhost", "http://127.0.0.1/v1"),
        ("10.0.0.0/8", "http://11.0.0.1@10.0.0.1/v1"),
        ("10.0.0.0/8", "http://192.168.0.1/v1"),
        ("gpu.internal", "http://other.gpu.internal/v1"),
        ("gpu.internal", "http://gpu.internal.evil.internal/v1"),
        ("10.0.0.0/8", "http://[::ffff:10.0.0.1]/v1"),
        ("::/0", "http://127.0.0.1/v1"),
        ("", "http://169.254.169.254/latest/meta-data"),
    ],
)
def test_and_nothing_else(listed: str, url: str) -> None:
    with pytest.raises(AddressNotAllowed):
        hosts(listed).judged(url)


def test_what_is_public_needs_nobodys_word_and_stays_checked() -> None:
    address = hosts().judged("https://LLM.example:443/v1/")
    assert (address.url, address.private) == ("https://llm.example/v1", False)
    for url in ("https://llm.example/v1?key=1", "https://llm.example/v1#x"):
        with pytest.raises(Unfit):
            hosts().judged(url)


@pytest.mark.attack("D5")
async def test_a_public_name_that_means_this_machine_is_not_connected_to() -> None:
    async def inward(_host: str, _port: int) -> Sequence[str]:
        return ["93.184.215.14", "127.0.0.1"]

    address = hosts().judged("http://rebinding.example/v1")
    provider = configured(ProviderSettings("lab", "openai_compatible", address.url, private=address.private))
    assert not provider.target.private
    client = Client(resolver=inward)
    try:
        with pytest.raises(AddressRefused):
            await client.open(provider.target, OutboundRequest("GET", "/v1/models"), Timeouts(total=5))
    finally:
        await client.aclose()


@pytest.mark.parametrize("text", ["http://x/", "a b", "10.0.0.0/99", "x:0", "x:99999", "user@x", "a/b"])
def test_a_list_with_something_else_in_it_stops_the_start(text: str) -> None:
    with pytest.raises(ValueError):
        PRIVATE.parse(text)
