"""Settings: what the environment may say, and what production refuses."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from lti_tool.mail_settings import MailServer, Security
from lti_tool.paths import CONFIG
from lti_tool.settings import _KEYS, DEVELOPMENT_SECRET, Settings, SettingsError

PRODUCTION = {
    "LTI_TOOL_DATABASE_URL": "postgresql://lti@db/lti",
    "LTI_TOOL_SECRET_KEY": "k" * 32,
    "LTI_TOOL_BASE_URL": "https://training.example.edu",
}


def problems(**changes: str) -> list[str]:
    with pytest.raises(SettingsError) as caught:
        Settings.from_environment(PRODUCTION | {f"LTI_TOOL_{name}": value for name, value in changes.items()})
    return caught.value.problems


def test_three_settings_make_a_production() -> None:
    settings = Settings.from_environment(PRODUCTION)
    assert settings.database_url == "postgresql+psycopg://lti@db/lti"
    assert (settings.development, settings.secure) == (False, True)
    assert (settings.timezone, settings.trusted_proxies, settings.log_level) == ("Europe/Oslo", 0, "INFO")


def test_development_needs_none() -> None:
    settings = Settings.from_environment({})
    assert settings.development
    assert settings.database_url.startswith("sqlite:///")


@pytest.mark.parametrize("secret", ["", "  ", DEVELOPMENT_SECRET, "k" * 31])
def test_production_refuses_a_missing_default_or_short_secret(secret: str) -> None:
    (problem,) = problems(SECRET_KEY=secret)
    assert problem.startswith("LTI_TOOL_SECRET_KEY is")


@pytest.mark.parametrize("name", PRODUCTION)
def test_production_is_not_guessed_from_half_of_its_settings(name: str) -> None:
    rest = {key: value for key, value in PRODUCTION.items() if key != name}
    if name == "LTI_TOOL_BASE_URL":
        # Without an address it is a development, which answers to loopback only.
        assert Settings.from_environment(rest).development
        return
    with pytest.raises(SettingsError, match=name):
        Settings.from_environment(rest)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("BASE_URL", "http://training.example.edu"),
        ("BASE_URL", "training.example.edu"),
        ("BASE_URL", "https://training.example.edu/lti"),
        ("BASE_URL", "https://training.example.edu?x=1"),
        ("BASE_URL", "ftp://training.example.edu"),
        ("DATABASE_URL", "mysql://db/lti"),
        ("TIMEZONE", "Mars/Olympus"),
        ("TIMEZONE", "../etc"),
        ("TRUSTED_PROXIES", "-1"),
        ("TRUSTED_PROXIES", "two"),
        ("LOG_LEVEL", "LOUD"),
        ("INTERNAL_HOSTS", "moodle.example.edu, https://lms.example.edu"),
        ("INTERNAL_HOSTS", "moodle.example.edu:8443"),
        ("OPEN_REGISTRATION", "perhaps"),
    ],
)
def test_a_value_that_cannot_work_is_named(name: str, value: str) -> None:
    (problem,) = problems(**{name: value})
    assert problem.startswith(f"LTI_TOOL_{name}")


def test_internal_hosts_are_told_apart_by_commas_and_compared_in_lower_case() -> None:
    read = Settings.from_environment(PRODUCTION | {"LTI_TOOL_INTERNAL_HOSTS": "Moodle.Intern.example, 10.0.0.7,,"})
    assert read.internal_hosts == {"moodle.intern.example", "10.0.0.7"}


def test_registration_is_open_only_where_that_is_said() -> None:
    words = ("", "no", "Yes")
    chosen = [Settings.from_environment(PRODUCTION | {"LTI_TOOL_OPEN_REGISTRATION": word}) for word in words]
    assert [settings.open_registration for settings in chosen] == [False, False, True]


def test_every_mistake_is_told_at_once() -> None:
    assert len(problems(SECRET_KEY="", DATABASE_URL="", TIMEZONE="Nowhere", LOG_LEVEL="LOUD")) == 4


@pytest.mark.parametrize("url", ["postgres://db/lti", "postgresql://db/lti", "postgresql+psycopg://db/lti"])
def test_postgresql_may_be_written_in_any_usual_way(url: str) -> None:
    settings = Settings.from_environment(PRODUCTION | {"LTI_TOOL_DATABASE_URL": url})
    assert settings.database_url == "postgresql+psycopg://db/lti"


def test_the_example_documents_every_setting_with_its_default() -> None:
    documented = _assignments(CONFIG / "env.example")
    assert set(documented) == {f"LTI_TOOL_{key}" for key in _KEYS}
    assert Settings.from_environment(documented) == Settings.from_environment({})


def test_every_setting_in_the_example_has_a_comment_above_it() -> None:
    blocks = (CONFIG / "env.example").read_text().split("\n\n")[1:]
    assert all(block.startswith("# ") and re.search(r"^LTI_TOOL_\w+=", block, re.M) for block in blocks)


def _assignments(file: Path) -> dict[str, str]:
    lines = [line for line in file.read_text().splitlines() if line and not line.startswith("#")]
    return dict(line.split("=", 1) for line in lines)


FROM = {"MAIL_FROM": "Training <training@example.edu>"}


def mail(url: str) -> MailServer:
    read = Settings.from_environment(
        PRODUCTION | {"LTI_TOOL_SMTP_URL": url, "LTI_TOOL_MAIL_FROM": "Training <training@example.edu>"}
    )
    assert read.mail
    return read.mail


def test_no_mail_is_sent_without_a_server() -> None:
    assert Settings.from_environment(PRODUCTION).mail is None
    assert Settings.from_environment(PRODUCTION | {"LTI_TOOL_MAIL_FROM": "t@example.edu"}).mail is None


@pytest.mark.parametrize(
    ("url", "port", "security"),
    [
        ("smtp://mail.example.edu", 587, Security.STARTTLS),
        ("smtps://mail.example.edu", 465, Security.TLS),
        ("smtp+plain://mail.example.edu", 25, Security.NONE),
        ("smtp+plain://mail.example.edu:2525/", 2525, Security.NONE),
        ("smtp://localhost:1025", 1025, Security.NONE),
        ("smtps://localhost", 465, Security.TLS),
    ],
)
def test_a_mail_server_is_reached_as_its_scheme_says(url: str, port: int, security: Security) -> None:
    assert (mail(url).port, mail(url).security) == (port, security)


def test_a_mail_server_is_told_who_we_are() -> None:
    server = mail("smtp://training%40uni:p%40ss%3Aword@mail.example.edu:587")
    assert (server.host, server.user, server.password) == ("mail.example.edu", "training@uni", "p@ss:word")
    assert str(server.sender) == "Training <training@example.edu>"
    assert "p@ss:word" not in repr(server)


@pytest.mark.parametrize(
    "url",
    [
        "mail.example.edu",
        "smtp://",
        "http://mail.example.edu",
        "smtp://mail.example.edu:0",
        "smtp://mail.example.edu:many",
        "smtp://mail.example.edu:587/folder",
        "smtp://user@mail.example.edu",
        "smtp://user:pass/word@mail.example.edu",
        "smtp://user:s%C3%A6cret@mail.example.edu",
        "smtp+plain://user:secret@mail.example.edu",
    ],
)
def test_a_mail_server_that_cannot_work_is_named_without_its_password(url: str) -> None:
    (problem,) = problems(SMTP_URL=url, **FROM)
    assert problem.startswith("LTI_TOOL_SMTP_URL must ")
    assert "secret" not in problem


@pytest.mark.parametrize("sender", ["", "Training", "Training <@example.edu>", "a b@example.edu", "t@example.edu, u@x"])
def test_a_mail_server_needs_a_sender(sender: str) -> None:
    (problem,) = problems(SMTP_URL="smtps://mail.example.edu", MAIL_FROM=sender)
    assert problem.startswith("LTI_TOOL_MAIL_FROM must ")
