"""No password, code or token shows in a text that somebody else might read."""

import logging
import traceback

import pytest

from prosa.identity.accounts import NewAccount, Profile, ProfileChanges, Registration
from prosa.identity.accounts.models import SignIn
from prosa.identity.accounts.rows import LoginRow
from prosa.identity.invites import NewInvite
from prosa.identity.models import OPERATOR
from prosa.kit.errors import ProsaError
from tests.databases import KINDS
from tests.peopling import HOME, PASSWORD, attempt, some_people

SECRET = "hunter2-correct-horse"


def test_no_repr_shows_what_is_secret() -> None:
    cpf = "52998224725"
    profile = Profile(cpf=cpf)
    texts = [
        repr(Registration("a@b.co", SECRET, code=SECRET, invite=SECRET, profile=profile)),
        *(repr(NewAccount("a@b.co", SECRET, password_hash=SECRET, profile=profile)), repr(SignIn("a@b.co", SECRET))),
        repr(ProfileChanges(cpf=cpf)),
    ]
    assert not any(SECRET in text or cpf in text for text in texts)


@pytest.mark.parametrize("kind", KINDS)
async def test_nothing_that_people_show_reaches_a_log_an_error_or_the_database(
    kind: str, caplog: pytest.LogCaptureFixture
) -> None:
    async with some_people(kind) as people:
        seen = list[str]()
        with caplog.at_level(logging.DEBUG):
            await people.person("ana", password=SECRET)
            await people.accounts.register(Registration("bia@example.org", SECRET), HOME)
            signed = await people.accounts.sign_in(attempt(password=SECRET))
            seen.append(repr(signed))
            _, text = await people.invites.create(OPERATOR, None, NewInvite())
            link = await people.accounts.issue_reset(OPERATOR, signed.account.id)
            wrong = [
                people.accounts.register(Registration("c@example.org", SECRET[:5]), HOME),
                people.accounts.register(Registration("c@example.org", SECRET, code=SECRET), HOME),
                people.accounts.register(Registration("c@example.org", SECRET, invite=SECRET), HOME),
                people.accounts.register(Registration("ana@example.org", SECRET), HOME),
                people.accounts.sign_in(attempt("nobody", SECRET)),
                people.accounts.prove(signed.account.id, SECRET + "!"),
                people.accounts.reset("0" * 32 + SECRET, SECRET),
            ]
            for each in wrong:
                with pytest.raises(ProsaError) as caught:
                    await each
                seen += ["".join(traceback.format_exception_only(caught.value)), repr(caught.value), str(vars(caught.value))]
        tables = ("accounts", "known_devices", "invites", "one_time_tokens", "rights_changes", "installation")
        stored = "".join([repr(await people.rows(table)) for table in tables])
        for secret in (SECRET, signed.device_cookie, text, link[32:]):
            assert secret not in stored and secret not in caplog.text and not any(secret in each for each in seen)
        async with people.database.reading() as connection:
            row = await people.parts.store.login_of(connection, OPERATOR, signed.account.id)
        assert isinstance(row, LoginRow) and "argon2" not in repr(row)
        assert PASSWORD not in stored
