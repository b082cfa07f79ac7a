"""What accounts, storage and mail are told by the settings."""

from pathlib import Path

import pytest

from prosa.boot.settings import BackupSettings, SettingRefused, Settings, load
from prosa.drivers.mail import MailSettings
from prosa.identity import PeopleSettings, RegistrationMode


def settings(folder: Path, **environ: str) -> Settings:
    return load(environ, folder).settings


def people(folder: Path, **environ: str) -> PeopleSettings:
    return settings(folder, **environ).identity.people


def test_what_nobody_set_is_what_the_parts_expect(tmp_path: Path) -> None:
    assert people(tmp_path) == PeopleSettings()
    found = settings(tmp_path)
    assert (found.secrets, found.database.path) == ((), Path("data/prosa.db"))
    assert found.backups == BackupSettings()


@pytest.mark.parametrize(
    ("value", "mode", "domains"),
    [
        ("open", RegistrationMode.OPEN, set()),
        ("Invite", RegistrationMode.INVITE, set()),
        ("closed", RegistrationMode.CLOSED, set()),
        ("domain:Site.example", RegistrationMode.DOMAIN, {"site.example"}),
        ("domain: a.br, @b.br,são.br", RegistrationMode.DOMAIN, {"a.br", "b.br", "xn--so-sia.br"}),
    ],
)
def test_registration_is_a_mode_or_a_list_of_domains(tmp_path: Path, value: str, mode: str, domains: set[str]) -> None:
    found = people(tmp_path, PROSA_REGISTRATION=value)
    assert found.registration is mode
    assert found.domains == domains


def test_registration_is_open_in_development_and_by_invitation_in_production(tmp_path: Path) -> None:
    assert people(tmp_path).registration is RegistrationMode.OPEN
    assert people(tmp_path, PROSA_ENV="production").registration is RegistrationMode.INVITE
    assert people(tmp_path, PROSA_ENV="production", PROSA_REGISTRATION="open").registration is RegistrationMode.OPEN
    lines = {line.name: line.value for line in load({"PROSA_ENV": "production"}, tmp_path).lines}
    assert lines["PROSA_REGISTRATION"] == "invite"


@pytest.mark.parametrize(
    ("environ", "access", "multiuser"),
    [
        ({"JWT_ACCESS_TOKEN_EXPIRES": "900"}, 900, 900),
        ({"JWT_EXPIRES_IN_HOURS": "12"}, 43_200, 43_200),
        ({"JWT_EXPIRES_IN_HOURS": "0.5"}, 1800, 1800),
        ({"JWT_EXPIRES_IN_HOURS": "12", "JWT_ACCESS_TOKEN_EXPIRES": "900"}, 900, 900),
        ({"MULTIUSER_TOKEN_MINUTES": "60"}, 86_400, 3600),
    ],
)
def test_tokens_live_as_long_as_the_older_names_say(tmp_path: Path, environ: dict[str, str], access: int, multiuser: int) -> None:
    found = people(tmp_path, **environ)
    assert (found.access_seconds, found.multiuser_seconds) == (access, multiuser)
    assert people(tmp_path, JWT_REFRESH_TOKEN_EXPIRES="60").refresh_seconds == 60


def test_signing_secrets_of_all_names_count_in_their_order_and_once(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("FLASK_SECRET_KEY=third\nSECRET_KEY=second\nJWT_SECRET_KEY=first\n")
    assert people(tmp_path).signing_secrets == ("first", "second", "third")
    assert people(tmp_path, SECRET_KEY="first").signing_secrets == ("first", "third")
    assert people(tmp_path, JWT_SECRET_KEY="").signing_secrets == ("second", "third")


def test_the_rest_reaches_its_part(tmp_path: Path) -> None:
    found = people(tmp_path, PROSA_SIGNIN_PER_MINUTE="0", PROSA_SESSION_DAYS="1", PROSA_SETUP_CODE="ABCD-1234")
    assert (found.sign_in_per_minute, found.session_seconds, found.setup_code) == (0, 86_400, "ABCD-1234")
    assert people(tmp_path, PROSA_ENV="production").production


@pytest.mark.attack("M1")
def test_insecure_cookies_are_allowed_with_a_warning(tmp_path: Path) -> None:
    loaded = load({"PROSA_ENV": "production", "PROSA_INSECURE_COOKIES": "true"}, tmp_path)
    assert loaded.settings.identity.people.insecure_cookies
    assert any("PROSA_INSECURE_COOKIES" in warning for warning in loaded.warnings)


def test_secrets_stand_newest_first_in_the_setting_or_in_its_file(tmp_path: Path) -> None:
    assert settings(tmp_path, PROSA_SECRET="new, old").secrets == ("new", "old")
    (tmp_path / "secret").write_text("new\nold\n")
    assert settings(tmp_path, PROSA_SECRET_FILE=str(tmp_path / "secret")).secrets == ("new", "old")
    assert settings(tmp_path, PROSA_SECRET='["new", "old"]').secrets == ("new", "old")


@pytest.mark.parametrize(
    ("value", "seconds"),
    [("24h", 86_400.0), ("1d", 86_400.0), ("daily", 86_400.0), ("90", 90.0), ("15M", 900.0), ("off", None), ("0", None)],
)
def test_backups_come_as_often_as_it_says(tmp_path: Path, value: str, seconds: float | None) -> None:
    found = settings(tmp_path, PROSA_BACKUP_EVERY=value, PROSA_DATA_DIR="d").backups
    assert (found.every_seconds, found.keep, found.folder) == (seconds, 7, Path("d/backups"))


def test_backups_lie_where_it_says_and_their_interval_is_shown_as_people_write_it(tmp_path: Path) -> None:
    loaded = load({"PROSA_BACKUP_DIR": "/mnt/b", "PROSA_BACKUP_KEEP": "3", "PROSA_BACKUP_EVERY": "3600"}, tmp_path)
    assert (loaded.settings.backups.folder, loaded.settings.backups.keep) == (Path("/mnt/b"), 3)
    assert {line.name: line.value for line in loaded.lines}["PROSA_BACKUP_EVERY"] == "1h"


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("PROSA_REGISTRATION", "everybody", "one of open, invite, closed"),
        ("PROSA_REGISTRATION", "domain:", "domain: with domains"),
        ("PROSA_REGISTRATION", "open:a.br", "one of open"),
        ("PROSA_REGISTRATION", "domain:a b", "domain: with domains"),
        ("PROSA_REGISTRATION", "domain:-a.br", "domain: with domains"),
        ("PROSA_REGISTRATION", "domain:.", "domain: with domains"),
        ("PROSA_BACKUP_EVERY", "often", "12h or 1d"),
        ("PROSA_BACKUP_EVERY", "-1h", "12h or 1d"),
        ("PROSA_BACKUP_EVERY", "h", "12h or 1d"),
        ("PROSA_BACKUP_EVERY", "9999d", "12h or 1d"),
        ("PROSA_BACKUP_KEEP", "0", "a whole number from 1"),
        ("PROSA_SECRET", "canary\x07", "PROSA_SECRET=(not shown)"),
        (
            "PROSA_DATABASE_URL",
            "mysql://u:canary-pass@h/d",
            "PROSA_DATABASE_URL=(not shown) (environment): expected postgresql://",
        ),
        ("SMTP_FROM", "nobody", "a mail address such as"),
        ("SMTP_FROM", "a@b.example\nBcc: c@d.example", "a mail address such as"),
        ("SMTP_FROM", "Two <a@b.example>, <c@d.example>", "a mail address such as"),
        ("SMTP_HOST", "mail.example", "SMTP_FROM: expected the address that mails come from"),
        ("SMTP_TLS", "perhaps", "one of starttls, tls, none"),
        ("JWT_ACCESS_TOKEN_EXPIRES", "0", "a whole number from 1"),
        ("JWT_EXPIRES_IN_HOURS", "inf", "a number from"),
    ],
)
def test_a_wrong_value_says_what_was_expected(tmp_path: Path, name: str, value: str, expected: str) -> None:
    with pytest.raises(SettingRefused) as caught:
        load({name: value}, tmp_path)
    assert expected in str(caught.value)
    assert "canary" not in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("environ", "expected"),
    [
        (
            {"SMTP_USER": "robot@site.example", "SMTP_PASSWORD": "pass"},
            MailSettings("mail.example", 587, "robot@site.example", "pass", "robot@site.example", "starttls"),
        ),
        (
            {"SMTP_FROM": "prosa <no-reply@site.example>", "SMTP_TLS": "SSL"},
            MailSettings("mail.example", 465, None, None, "prosa <no-reply@site.example>", "tls"),
        ),
        ({"SMTP_FROM": "a@b.example", "SMTP_TLS": "none"}, MailSettings("mail.example", 25, None, None, "a@b.example", "none")),
        (
            {"SMTP_FROM": "a@b.example", "SMTP_PORT": "2525"},
            MailSettings("mail.example", 2525, None, None, "a@b.example", "starttls"),
        ),
    ],
)
def test_mail_goes_to_the_server_that_it_says(tmp_path: Path, environ: dict[str, str], expected: MailSettings) -> None:
    loaded = load({"SMTP_HOST": "mail.example", **environ}, tmp_path)
    assert loaded.settings.mail == expected
    assert any("SMTP_TLS=none" in warning for warning in loaded.warnings) is (expected.tls == "none")
    assert settings(tmp_path, **environ).mail is None


@pytest.mark.attack("M3", "M4")
def test_passwords_in_addresses_and_parts_of_lists_are_hidden_wherever_they_turn_up(tmp_path: Path) -> None:
    loaded = load(
        {
            "PROSA_DATABASE_URL": "postgresql://prosa:canary%2Fone@db/prosa?connect_timeout=3",
            "PROSA_SECRET": "canary-two-9f8e7d,canary-three-9f8e7d",
            "SMTP_PASSWORD": "canary-four-9f8e7d",
            "PROSA_SETUP_CODE": "canary-five-9f8e7d",
        },
        tmp_path,
    )
    assert "canary" not in repr(loaded) + str(loaded.lines) + str(loaded.settings)
    hidden = {"canary%2Fone", "canary/one", *(f"canary-{number}-9f8e7d" for number in ("two", "three", "four", "five"))}
    assert hidden <= set(loaded.settings.logs.secrets)
