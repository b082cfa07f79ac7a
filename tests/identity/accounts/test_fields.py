"""The fields of an account: what may stand in them."""

import pytest

from prosa.identity.accounts.errors import InvalidField
from prosa.identity.accounts.fields import (
    parse_age,
    parse_cpf,
    parse_language,
    parse_text,
    parse_time_zone,
    parse_username,
)


@pytest.mark.contract("M01")
def test_a_user_name_is_known_in_any_case_and_form() -> None:
    assert parse_username(" José ") == ("José", "josé")
    assert parse_username("Jose\u0301").key == parse_username("JOSÉ").key
    assert parse_username("x" * 64).shown == "x" * 64
    assert parse_username("ana maria").shown == "ana maria"


@pytest.mark.parametrize(
    "text", ["", "  ", "x" * 65, "ana@example.org", "ana＠x", "a\nb", "a\0b", "a\u200bb", "\ud800", "x" * 100_000]
)
def test_what_could_be_taken_for_something_else_is_no_user_name(text: str) -> None:
    with pytest.raises(InvalidField) as caught:
        parse_username(text)
    assert caught.value.param == "username" and caught.value.status == 400


def test_a_name_is_one_line() -> None:
    assert parse_text("name", " João da Silva ") == "João da Silva"
    for text in ("", " ", "a\nb", "a\0b", "x" * 201, "x" * 1_000_000):
        with pytest.raises(InvalidField):
            parse_text("name", text)


def test_a_language_is_one_that_prosa_speaks() -> None:
    assert [parse_language(text) for text in ("en", "pt-br", "PT-BR")] == ["en", "pt-BR", "pt-BR"]
    for text in ("", "pt", "de", "pt-PT"):
        with pytest.raises(InvalidField):
            parse_language(text)


def test_a_time_zone_is_one_of_the_iana_database() -> None:
    for text in ("America/Fortaleza", "America/Argentina/Buenos_Aires", "UTC", "Etc/GMT+3"):
        assert parse_time_zone(text) == text
    for text in ("", "America", "America/Nowhere", "../../etc/passwd", "/etc/localtime", "america/fortaleza", "A\0B", "X" * 1000):
        with pytest.raises(InvalidField):
            parse_time_zone(text)


@pytest.mark.contract("C60")
def test_a_cpf_is_eleven_digits_of_which_two_check_the_others() -> None:
    assert parse_cpf("529.982.247-25") == parse_cpf(" 52998224725 ") == "52998224725"
    for text in (
        "",
        "52998224724",
        "52998224735",
        "11111111111",
        "5299822472",
        "529982247255",
        "٥٢٩٩٨٢٢٤٧٢٥",
        "abc",
        "9" * 10_000,
    ):
        with pytest.raises(InvalidField):
            parse_cpf(text)


@pytest.mark.contract("C60")
def test_an_age_is_a_persons() -> None:
    assert [parse_age(age) for age in (0, 35, 150)] == [0, 35, 150]
    for age in (-1, 151, 10**30):
        with pytest.raises(InvalidField):
            parse_age(age)
