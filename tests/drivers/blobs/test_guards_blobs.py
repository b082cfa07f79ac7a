"""What can be a blob's name: the server's own form, and nothing around it."""

import pytest

from prosa.drivers.blobs.models import is_name, new_name


@pytest.mark.parametrize("form", ["{}/", "{}\n", "/{}", "../{}", "{}/../../etc/passwd", "{}0", " {}", "{}\0"])
def test_a_name_is_the_whole_text(form: str) -> None:
    name = new_name(1_700_000_000.0)
    assert is_name(name)
    assert not is_name(form.format(name))
    assert not is_name(name.upper()) or name.isdigit()
