"""Which addresses and URLs are refused, and that no reading of them differs from another (attacks D1, D2, D3, D6)."""

from ipaddress import ip_address

import pytest
from hypothesis import given
from hypothesis import strategies as st

from prosa.drivers.outbound import AddressRefused, Target, is_public, parse_url
from prosa.drivers.outbound.addresses import is_own, literal
from prosa.drivers.outbound.urls import check_target

PRIVATE_HOSTS = [
    *("127.0.0.1", "127.255.255.254", "0.0.0.0", "0.1.2.3", "10.0.0.1", "172.16.0.1", "172.31.255.255", "192.168.1.1"),
    *("100.64.0.1", "100.127.255.255", "169.254.169.254", "192.0.0.192", "192.0.2.1", "198.18.0.1", "203.0.113.9"),
    *("224.0.0.1", "239.255.255.255", "240.0.0.1", "255.255.255.255", "192.88.99.1", "168.63.129.16"),
    *("[::1]", "[::]", "[fd00:ec2::254]", "[fc00::1]", "[fe80::1]", "[fec0::1]", "[ff02::1]", "[2001:db8::1]"),
    *("localhost", "LOCALHOST", "app.localhost", "metadata.google.internal", "printer.local", "router.lan", "db", "metadata"),
]

WRAPPED_HOSTS = [
    *("[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "[::ffff:169.254.169.254]", "[::ffff:8.8.8.8]", "[::127.0.0.1]", "[::7f00:1]"),
    *("[64:ff9b::7f00:1]", "[64:ff9b::127.0.0.1]", "[64:ff9b:1::7f00:1]", "[2002:7f00:1::]", "[2002:a9fe:a9fe::1]"),
    *("[2001:0:7f00:1::]", "[0:0:0:0:0:ffff:127.0.0.1]", "[0000::1]"),
]

ODD_HOSTS = [
    *("2130706433", "0x7f000001", "0x7f.0.0.1", "0x7f.1", "017700000001", "0177.0.0.1", "127.1", "127.0.1", "127.0.0.01"),
    *("127.0.0.1.", "localhost.", "127.0.0.0x1", "1.2.3.4.5", "256.1.1.1", "0x", "8.8.8.8.", "08.8.8.8", "8.8.8.010"),
    *("[fe80::1%eth0]", "[fe80::1%25eth0]", "[::1", "::1", "[127.0.0.1]", "[8.8.8.8]", "[]", "[v1.x]", "[::1]x", "[g::1]"),
    *("１２７.０.０.１", "127。0。0。1", "①②⑦.0.0.1", "８.８.８.８", "ｌｏｃａｌｈｏｓｔ", "⑧.8.8.8", "ⓛocalhost"),
    *("-a.test", "a-.test", "a..test", ".a.test", "a_b .test", "%3127.0.0.1", "127.0.0.1%00.test", "a,b.test", "a;b.test"),
    *("a" * 64 + ".test", ".".join(["a" * 60] * 5), "ex%61mple.test", "a*b.test", "x@y", "a&b.test"),
]

ODD_URLS = [
    *(
        "http://a@b.test/",
        "http://user:pw@b.test/",
        "http://b.test@127.0.0.1/",
        "http://a.test@b.test@c.test/",
        "http://@b.test/",
    ),
    *(
        "http://a.test\\@127.0.0.1/",
        "http://a.test\\.b.test/",
        "http:\\\\a.test/",
        "http:/a.test/",
        "http:a.test",
        "http:///a.test",
    ),
    *("http://", "http:///", "http://:80/", "http://?", "http://#", "//a.test/", "/path", "", "a.test", "http://a.test:/"),
    *("http://a.test:0/", "http://a.test:65536/", "http://a.test:-1/", "http://a.test:+80/", "http://a.test:８０/"),
    *("http://a.test:80:80/", "http://a.test:8 0/", "http://a.test:99999/", "http://a.test:000000080/"),
    *(
        "http://a.test/\r\nhost: b",
        "http://a.test/\tx",
        "http://a.te\tst/",
        "http://a.test\n/",
        " http://a.test/",
        "http://a.test/ ",
    ),
    *("http://a.test/\x00", "http://a.test/\x7f", "http://a.test/\u2028", "ht\ntp://a.test/", "http://a.test%2f@b.test/"),
    *(
        "http://a.test%2eb.test/",
        "http://a.test%00/",
        "http://a.test/\ud800",
        "http://\ud800.test/",
        "http://a.test/" + "x" * 9000,
    ),
]

SCHEMES = [
    *("file:///etc/passwd", "data:text/plain,x", "gopher://a.test/", "dict://a.test/", "ftp://a.test/", "jar:http://a.test!/"),
    *(
        "unix:/var/run/docker.sock",
        "javascript:alert(1)",
        "\\\\a.test\\share",
        "ws://a.test/",
        "httpx://a.test/",
        "http+unix://x/",
    ),
    *("hTTp+s://a.test/", "view-source:http://a.test/", "ldap://a.test/", "ssh://a.test/", "blob:http://a.test/x"),
]


@pytest.mark.attack("D1")
@pytest.mark.parametrize("host", PRIVATE_HOSTS)
def test_a_private_place_is_refused_unless_the_operator_names_it(host: str) -> None:
    with pytest.raises(AddressRefused):
        parse_url(f"http://{host}/", private=False)
    target, path = parse_url(f"http://{host}:8080/x?y=1", private=True)
    assert (target.port, target.private, path) == (8080, True, "/x?y=1")


@pytest.mark.attack("D2")
@pytest.mark.parametrize("host", WRAPPED_HOSTS)
def test_an_address_inside_an_address_is_refused(host: str) -> None:
    with pytest.raises(AddressRefused):
        parse_url(f"http://{host}/", private=False)


@pytest.mark.attack("D2")
def test_an_ipv4_address_is_never_written_as_an_ipv6_one() -> None:
    with pytest.raises(AddressRefused):
        parse_url("http://[::ffff:127.0.0.1]/", private=True)


@pytest.mark.attack("D2")
@pytest.mark.parametrize("private", [False, True])
@pytest.mark.parametrize("host", ODD_HOSTS)
def test_a_host_in_disguise_is_refused_from_everybody(host: str, private: bool) -> None:
    with pytest.raises(AddressRefused):
        parse_url(f"http://{host}/", private=private)


@pytest.mark.attack("D3")
@pytest.mark.parametrize("url", ODD_URLS)
def test_a_url_that_two_readers_could_read_in_two_ways_is_refused(url: str) -> None:
    with pytest.raises(AddressRefused):
        parse_url(url, private=True)


@pytest.mark.attack("D6")
@pytest.mark.parametrize("url", SCHEMES)
def test_only_http_and_https_are_spoken(url: str) -> None:
    with pytest.raises(AddressRefused):
        parse_url(url, private=True)


@pytest.mark.parametrize(
    "url, host, port, path",
    [
        ("https://api.test/v1", "api.test", 443, "/v1"),
        ("HTTP://API.Test", "api.test", 80, "/"),
        ("http://api.test?x=1#part", "api.test", 80, "/?x=1"),
        ("http://api.test/a%20b/%2e%2e/ç?q=é#@b", "api.test", 80, "/a%20b/%2e%2e/%C3%A7?q=%C3%A9"),
        ("https://8.8.8.8:8443/", "8.8.8.8", 8443, "/"),
        ("https://[2606:4700::1111]/", "2606:4700::1111", 443, "/"),
        ("https://[2606:4700:0:0::1111]:1/", "2606:4700::1111", 1, "/"),
        ("https://bücher.test/", "xn--bcher-kva.test", 443, "/"),
        ("https://xn--bcher-kva.test/", "xn--bcher-kva.test", 443, "/"),
        ("https://a_b.c-d.test/@x:y@z", "a_b.c-d.test", 443, "/@x:y@z"),
    ],
)
def test_a_proper_url_is_read_once_and_for_all(url: str, host: str, port: int, path: str) -> None:
    target, rest = parse_url(url, private=False)
    assert (target.host, target.port, rest) == (host, port, path)
    check_target(target)


@pytest.mark.attack("D3")
@given(st.text(max_size=40))
def test_no_text_whatever_gives_a_target_that_is_not_proper(text: str) -> None:
    for url in (text, "http://" + text, "http://api.test" + text):
        try:
            target, path = parse_url(url, private=False)
        except AddressRefused:
            continue
        check_target(target)
        assert target.host.isascii() and path.isascii() and path.startswith("/")
        address = literal(target.host)
        assert address is None or is_public(address)


@pytest.mark.attack("D8")
def test_every_refusal_reads_the_same() -> None:
    texts = set()
    for url in ("http://127.0.0.1/", "http://10.0.0.1:22/", "file:///x", "http://db/", "http://a@b.test/"):
        with pytest.raises(AddressRefused) as caught:
            parse_url(url, private=False)
        texts.add((str(caught.value), caught.value.code, caught.value.status))
    assert len(texts) == 1


@pytest.mark.parametrize(
    "address", ["8.8.8.8", "1.1.1.1", "172.15.255.255", "172.32.0.1", "100.128.0.1", "2606:4700::1", "2a00::1"]
)
def test_public_addresses_are_public(address: str) -> None:
    assert is_public(ip_address(address))
    assert ":" not in address or not is_public(ip_address(address + "%1"))


@pytest.mark.attack("D1")
def test_addresses_of_this_machine_are_known_as_its_own() -> None:
    assert is_own(ip_address("127.0.0.1"))
    assert not is_own(ip_address("8.8.8.8"))


@pytest.mark.parametrize(
    "target",
    [
        Target("ftp", "api.test", 21),
        Target("http", "api.test", 0),
        Target("http", "API.test", 80),
        Target("http", "127.1", 80, private=True),
        Target("http", "a b", 80, private=True),
        Target("http", "10.0.0.1", 80),
    ],
)
def test_a_target_made_by_hand_is_checked_like_a_url(target: Target) -> None:
    with pytest.raises(AddressRefused):
        check_target(target)
