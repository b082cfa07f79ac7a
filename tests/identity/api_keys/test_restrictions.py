"""What may be written on a key: names, scopes, models, networks, an end."""

from datetime import UTC, datetime, timedelta

import pytest

from prosa.identity.api_keys import restrictions
from prosa.kit.errors import BadRequest

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("given", "stored"),
    [
        ("192.0.2.7", "192.0.2.7/32"),
        ("192.0.2.7/24", "192.0.2.0/24"),
        (" 10.0.0.0/8 ", "10.0.0.0/8"),
        ("2001:DB8::/32", "2001:db8::/32"),
        ("2001:db8::1", "2001:db8::1/128"),
        ("::ffff:192.0.2.0/120", "192.0.2.0/24"),
        ("::ffff:192.0.2.7", "192.0.2.7/32"),
        ("0.0.0.0/0", "0.0.0.0/0"),
        ("::/0", "::/0"),
    ],
)
def test_networks_are_stored_in_one_form(given: str, stored: str) -> None:
    assert restrictions.checked_addresses((given, given)) == (stored,)


@pytest.mark.attack("C2")
@pytest.mark.parametrize(
    "given", ["", "example.org", "192.0.2.0/33", "192.0.2", "1.2.3.4-1.2.3.9", "*", "fe80::1%eth0/64", "01.2.3.4"]
)
def test_what_is_no_network_is_refused_by_the_name_of_its_field(given: str) -> None:
    with pytest.raises(BadRequest) as refused:
        restrictions.checked_addresses(("192.0.2.7", given))
    assert refused.value.param == "addresses"


@pytest.mark.attack("C2")
def test_an_empty_list_could_mean_all_or_none_and_is_refused() -> None:
    for check, field in ((restrictions.checked_addresses, "addresses"), (restrictions.checked_models, "models")):
        assert check(None) is None
        for given in ((), tuple(f"10.0.{number}.1" for number in range(101))):
            with pytest.raises(BadRequest) as refused:
                check(given)
            assert refused.value.param == field


@pytest.mark.parametrize("given", ["", "  ", "a\nb", "a\x00", "m" * 201, "\u202e"])
def test_a_model_is_named_in_printable_characters(given: str) -> None:
    assert restrictions.checked_models((" gpt-4o ", "gpt-4o", "llama3.2:3b")) == ("gpt-4o", "llama3.2:3b")
    with pytest.raises(BadRequest) as refused:
        restrictions.checked_models(("gpt-4o", given))
    assert refused.value.param == "models"


@pytest.mark.parametrize("given", ["", "   ", "n" * 65, "a\nb", "a\x1b[31m", "\ud800"])
def test_a_name_stands_on_one_line(given: str) -> None:
    assert restrictions.checked_name("  Relatórios  ") == "Relatórios"
    assert restrictions.checked_name("Relato\u0301rios") == "Relatórios"
    with pytest.raises(BadRequest) as refused:
        restrictions.checked_name(given)
    assert refused.value.param == "name"


def test_a_key_is_made_for_something() -> None:
    with pytest.raises(BadRequest) as refused:
        restrictions.checked_scopes(frozenset())
    assert refused.value.param == "scopes"


@pytest.mark.parametrize("given", [NOON, NOON - timedelta(days=1), datetime(2030, 1, 1), datetime.min])
def test_the_end_is_a_moment_to_come_with_its_zone(given: datetime) -> None:
    assert restrictions.checked_expiry(None, NOON) is None
    assert restrictions.checked_expiry(NOON + timedelta(seconds=1), NOON) == NOON + timedelta(seconds=1)
    with pytest.raises(BadRequest) as refused:
        restrictions.checked_expiry(given, NOON)
    assert refused.value.param == "expires_at"
