"""Names of downloads in a header field, whatever they are."""

import re

import pytest

from prosa.api.attachments import disposition

FORM = re.compile(r"attachment; filename=\"[A-Za-z0-9!#$&+.^_`~ -]+\"; filename\*=UTF-8''[A-Za-z0-9%._~-]+")


@pytest.mark.attack("K5")
@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("a.pdf", "attachment; filename=\"a.pdf\"; filename*=UTF-8''a.pdf"),
        ("Relatório 1.pdf", "attachment; filename=\"Relat_rio 1.pdf\"; filename*=UTF-8''Relat%C3%B3rio%201.pdf"),
        ('a"; filename="b.exe', "attachment; filename=\"a__ filename__b.exe\"; filename*=UTF-8''a%22%3B%20filename%3D%22b.exe"),
        ("a\r\nSet-Cookie: x=y", "attachment; filename=\"aSet-Cookie_ x_y\"; filename*=UTF-8''aSet-Cookie%3A%20x%3Dy"),
        ("a%2F..%2Fb", "attachment; filename=\"a_2F.._2Fb\"; filename*=UTF-8''a%252F..%252Fb"),
        ("\x00\x1f", "attachment; filename=\"file\"; filename*=UTF-8''file"),
        ("'a'.txt", "attachment; filename=\"_a_.txt\"; filename*=UTF-8''%27a%27.txt"),
    ],
)
def test_a_name_is_one_harmless_value(name: str, told: str) -> None:
    assert disposition(name) == told and FORM.fullmatch(told)


@pytest.mark.parametrize("name", ["\ud800", "你好.txt", "a\u2028b", "\u202egnp.exe", "😀" * 60])
def test_every_name_makes_a_field_in_plain_letters(name: str) -> None:
    assert FORM.fullmatch(disposition(name))
