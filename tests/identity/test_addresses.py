"""Whose address counts."""

import pytest

from prosa.identity import TrustedProxies, bucket_of, is_loopback, parse_address

CLOUDFLARE_EDGE = "172.64.1.1"
NGINX = TrustedProxies(["127.0.0.1", "10.0.0.0/8"])
BEHIND_CLOUDFLARE = TrustedProxies(["cloudflare", "127.0.0.1"])
NOBODY = TrustedProxies()


@pytest.mark.contract("B13")
def test_a_trusted_proxy_tells_the_client() -> None:
    assert NGINX.client("127.0.0.1", {b"x-forwarded-for": b"203.0.113.9"}) == "203.0.113.9"
    assert NGINX.client("10.1.2.3", {b"x-forwarded-for": b"203.0.113.9, 10.7.7.7"}) == "203.0.113.9"
    assert NGINX.client("10.1.2.3", {b"forwarded": b'for="[2001:db8::9]:4711";proto=https, for=10.0.0.2'}) == "2001:db8::9"
    assert NGINX.client("10.1.2.3", {}) == "10.1.2.3"
    assert NGINX.client("10.1.2.3", {b"x-forwarded-for": b"10.9.9.9"}) == "10.9.9.9"


@pytest.mark.attack("J4", "C12")
@pytest.mark.parametrize(
    "headers",
    [
        {b"x-forwarded-for": b"1.2.3.4"},
        {b"forwarded": b"for=1.2.3.4"},
        {b"x-real-ip": b"1.2.3.4"},
        {b"cf-connecting-ip": b"1.2.3.4"},
        {b"true-client-ip": b"1.2.3.4"},
        {b"x-client-ip": b"1.2.3.4"},
    ],
)
def test_nobody_else_is_believed(headers: dict[bytes, bytes]) -> None:
    assert NOBODY.client("203.0.113.9", headers) == "203.0.113.9"
    assert NGINX.client("203.0.113.9", headers) == "203.0.113.9"
    assert BEHIND_CLOUDFLARE.client("203.0.113.9", headers) == "203.0.113.9"


@pytest.mark.attack("J4")
def test_what_a_client_wrote_itself_is_not_believed_behind_a_proxy() -> None:
    assert NGINX.client("127.0.0.1", {b"x-forwarded-for": b"1.2.3.4, 5.6.7.8, 203.0.113.9"}) == "203.0.113.9"
    assert NGINX.client("127.0.0.1", {b"x-forwarded-for": b"1.2.3.4, garbage"}) == "127.0.0.1"
    assert NGINX.client("127.0.0.1", {b"x-forwarded-for": b"1.2.3.4", b"cf-connecting-ip": b"9.9.9.9"}) == "1.2.3.4"
    both = {b"x-forwarded-for": b"203.0.113.9", b"forwarded": b"for=1.2.3.4"}
    assert NGINX.client("127.0.0.1", both) == "127.0.0.1"
    assert NGINX.client("127.0.0.1", {b"x-forwarded-for": b",".join([b"10.0.0.1"] * 10_000)}) == "10.0.0.1"
    assert BEHIND_CLOUDFLARE.client("127.0.0.1", {b"x-forwarded-for": b"5.5.5.5", b"cf-connecting-ip": b"9.9.9.9"}) == "5.5.5.5"


@pytest.mark.contract("B13")
def test_cloudflare_counts_only_where_its_own_hop_says_it() -> None:
    header = {b"cf-connecting-ip": b"203.0.113.9"}
    assert BEHIND_CLOUDFLARE.client(CLOUDFLARE_EDGE, header) == "203.0.113.9"
    assert BEHIND_CLOUDFLARE.client("2606:4700::1", header) == "203.0.113.9"
    assert BEHIND_CLOUDFLARE.client("127.0.0.1", {**header, b"x-forwarded-for": b"1.2.3.4, 172.64.1.1"}) == "203.0.113.9"
    assert BEHIND_CLOUDFLARE.client(CLOUDFLARE_EDGE, {b"x-forwarded-for": b"203.0.113.9"}) == "203.0.113.9"
    assert NGINX.client(CLOUDFLARE_EDGE, header) == CLOUDFLARE_EDGE
    assert not BEHIND_CLOUDFLARE.trusts(CLOUDFLARE_EDGE) and BEHIND_CLOUDFLARE.trusts("127.0.0.1")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("::ffff:203.0.113.9", "203.0.113.9"),
        ("[::1]:3000", "::1"),
        ("203.0.113.9:4711", "203.0.113.9"),
        ("fe80::1%eth0", "fe80::1"),
        ('"203.0.113.9"', "203.0.113.9"),
        ("", None),
        ("unknown", None),
        ("0x7f.1", None),
        ("127.1", None),
        ("１２７.0.0.1", None),
        ("1.2.3.4" * 100, None),
    ],
)
def test_addresses_are_read_strictly(text: str, expected: str | None) -> None:
    found = parse_address(text)
    assert (str(found) if found else None) == expected


@pytest.mark.attack("J4")
def test_the_64_of_an_ipv6_address_is_one_bucket() -> None:
    assert bucket_of("2001:db8:1:2:3:4:5:6") == bucket_of("2001:db8:1:2::") == "2001:db8:1:2::/64"
    assert bucket_of("2001:db8:1:3::") != bucket_of("2001:db8:1:2::")
    assert bucket_of("::ffff:203.0.113.9") == bucket_of("203.0.113.9") == "203.0.113.9"
    assert bucket_of("garbage") == bucket_of("") == "unknown"


def test_loopback_is_this_machine_only() -> None:
    assert is_loopback("127.0.0.1") and is_loopback("127.9.9.9") and is_loopback("::1") and is_loopback("::ffff:127.0.0.1")
    assert not any(map(is_loopback, ("", "10.0.0.1", "128.0.0.1", "::2", "localhost")))


def test_a_wrong_entry_is_refused() -> None:
    with pytest.raises(ValueError, match="does not appear"):
        TrustedProxies(["nginx"])
