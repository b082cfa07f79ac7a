"""Which passwords may be chosen: length and familiarity decide, and nothing else does."""

import pytest

from prosa.identity.passwords import (
    LONGEST,
    PasswordGuessable,
    PasswordTooLong,
    PasswordTooShort,
    check_new_password,
)

ABOUT = ("maria.silva@exemplo.br", "msilva", "Maria Aparecida Silva")


@pytest.mark.attack("B17")
@pytest.mark.parametrize(
    "password",
    [
        "k3 jq9wz",
        "só minúsculas e espaços",
        "密码密码密码很长的一句话",
        "🐎🔋📎✔️🐖🌵🧊🎈",
        "with\0nul inside it",
        "tab\tand\nnewline ok",
        " leading and trailing ",
        "jcvbnaqo" * 128,
        "x" * LONGEST,
        "zk" * 20,
        "\ud800 lone surrogate",
    ],
    ids=range(11),
)
def test_any_characters_make_a_password_if_there_are_enough(password: str) -> None:
    check_new_password(password, ABOUT)


@pytest.mark.attack("B17")
@pytest.mark.parametrize("password", ["", "sevenxx", "１２３４５６７", "ﬁﬁﬁ", "e\u0301" * 7])
def test_less_than_eight_characters_are_too_few_however_many_bytes_they_have(password: str) -> None:
    with pytest.raises(PasswordTooShort) as caught:
        check_new_password(password)
    assert caught.value.status == 400 and "8" in caught.value.message


@pytest.mark.attack("B17")
def test_more_than_the_most_are_refused_and_never_cut() -> None:
    with pytest.raises(PasswordTooLong):
        check_new_password("x" * (LONGEST + 1))
    with pytest.raises(PasswordTooLong):
        check_new_password("\ufdfa" * LONGEST)  # one character that is eighteen when it is normalised


@pytest.mark.attack("B17")
@pytest.mark.parametrize(
    "password",
    [
        *("password", "PASSWORD1", "p@ssw0rd!", "Senha2024", "senha123456", "12345678", "87654321", "qwertyui", "1q2w3e4r"),
        *("aaaaaaaa", "abababab", "brasilbrasil", "Flamengo1981", "iloveyou!!", "admin123", "deusefiel", "abcd1234", "changeme"),
    ],
)
def test_what_guessers_try_first_is_refused(password: str) -> None:
    with pytest.raises(PasswordGuessable):
        check_new_password(password)


@pytest.mark.attack("B17")
@pytest.mark.parametrize(
    "password", ["mariasilva", "Maria.Silva1", "silvamaria2024", "exemplo.br.maria", "prosa-msilva", "APARECIDA#7"]
)
def test_the_accounts_own_words_are_no_password(password: str) -> None:
    with pytest.raises(PasswordGuessable):
        check_new_password(password, ABOUT)


@pytest.mark.attack("B17")
def test_the_accounts_own_words_may_stand_in_a_longer_one() -> None:
    check_new_password("maria gosta de mangas verdes", ABOUT)
