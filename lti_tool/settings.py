"""Settings from the environment, read once and frozen. `config/env.example` documents each for administrators."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from lti_tool.mail_settings import HOST_NAME, LOOPBACK, MailServer, mail_problems, mail_server

DEVELOPMENT_SECRET = "development-only-secret"  # noqa: S105 - refused outside development
_SHORTEST_SECRET = 32
_DATABASE_KINDS = ("sqlite", "postgresql")


class SettingsError(Exception):
    """The environment does not make a usable configuration; `problems` holds one line per mistake."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


@dataclass(frozen=True, slots=True)
class Settings:
    # Where the data lives: sqlite:///path or postgresql://user@host/name.
    database_url: str
    # Signs login states and form tokens; the same on every process.
    secret_key: str
    # What platforms and browsers call us: scheme, host and port, no path.
    base_url: str
    # IANA name; how times are shown until a person has chosen otherwise.
    timezone: str = "Europe/Oslo"
    # How many reverse proxies in front set X-Forwarded-*; 0 believes nobody.
    trusted_proxies: int = 0
    # The least severe log record that is written.
    log_level: str = "INFO"
    # Names, in lower case, of hosts that may have private addresses although platforms name them.
    internal_hosts: frozenset[str] = frozenset()
    # Whether platforms may register themselves without an invitation.
    open_registration: bool = False
    # None sends no mail, and keeps no address of anybody.
    mail: MailServer | None = None

    @property
    def development(self) -> bool:
        """True while our own address is loopback; only then do plain-http platforms and the default secret pass."""
        return is_loopback(self.base_url)

    @property
    def secure(self) -> bool:
        return self.base_url.startswith("https://")

    @classmethod
    def from_environment(cls, environ: Mapping[str, str]) -> Settings:
        """Read `LTI_TOOL_*`; raises `SettingsError` naming every mistake at once."""
        values = {key: environ.get(f"LTI_TOOL_{key}", "").strip() for key in _KEYS}
        base_url = values["BASE_URL"].rstrip("/") or "http://localhost:8000"
        development = is_loopback(base_url)
        secret = values["SECRET_KEY"] or (DEVELOPMENT_SECRET if development else "")
        problems = _problems(values, base_url, secret, development)
        if problems:
            raise SettingsError(problems)
        return cls(
            database_url=normalised_database_url(values["DATABASE_URL"] or "sqlite:///lti-tool.sqlite3"),
            secret_key=secret,
            base_url=base_url,
            timezone=values["TIMEZONE"] or "Europe/Oslo",
            trusted_proxies=int(values["TRUSTED_PROXIES"] or 0),
            log_level=(values["LOG_LEVEL"] or "INFO").upper(),
            internal_hosts=frozenset(_names(values["INTERNAL_HOSTS"])),
            open_registration=values["OPEN_REGISTRATION"].lower() == "yes",
            mail=mail_server(values["SMTP_URL"], values["MAIL_FROM"]),
        )

    def with_changes(self, **changes: str | int | frozenset[str] | MailServer) -> Settings:
        return replace(self, **changes)  # type: ignore[arg-type]


_KEYS = (
    "DATABASE_URL",
    "SECRET_KEY",
    "BASE_URL",
    "TIMEZONE",
    "TRUSTED_PROXIES",
    "LOG_LEVEL",
    "INTERNAL_HOSTS",
    "OPEN_REGISTRATION",
    "SMTP_URL",
    "MAIL_FROM",
)
_LEVELS = {"DEBUG", "INFO", "WARNING", "ERROR"}


def is_loopback(url: str) -> bool:
    return (urlsplit(url).hostname or "") in LOOPBACK


def normalised_database_url(url: str) -> str:
    """The same database named for SQLAlchemy: PostgreSQL through psycopg 3, whatever short name was used."""
    for short in ("postgres://", "postgresql://"):
        if url.startswith(short):
            return "postgresql+psycopg://" + url.removeprefix(short)
    return url


def _problems(values: Mapping[str, str], base_url: str, secret: str, development: bool) -> list[str]:
    checks = (
        _base_url_problem(base_url, development),
        _secret_problem(secret, development),
        _database_problem(values["DATABASE_URL"], development),
        _timezone_problem(values["TIMEZONE"]),
        _number_problem(values["TRUSTED_PROXIES"]),
        _level_problem(values["LOG_LEVEL"]),
        _hosts_problem(values["INTERNAL_HOSTS"]),
        _choice_problem(values["OPEN_REGISTRATION"]),
        *mail_problems(values["SMTP_URL"], values["MAIL_FROM"]),
    )
    return [problem for problem in checks if problem]


def _base_url_problem(base_url: str, development: bool) -> str | None:
    parts = urlsplit(base_url)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.path or parts.query:
        return "LTI_TOOL_BASE_URL must be like https://training.example.edu (scheme and host, no path)."
    if parts.scheme == "http" and not development:
        return "LTI_TOOL_BASE_URL must use https: learning platforms only open secure tools."
    return None


def _secret_problem(secret: str, development: bool) -> str | None:
    if development:
        return None
    if not secret:
        return "LTI_TOOL_SECRET_KEY is missing: set it to at least 32 random characters."
    if secret == DEVELOPMENT_SECRET or len(secret) < _SHORTEST_SECRET:
        return f"LTI_TOOL_SECRET_KEY is the default or shorter than {_SHORTEST_SECRET} characters."
    return None


def _database_problem(url: str, development: bool) -> str | None:
    if not url:
        return None if development else "LTI_TOOL_DATABASE_URL is missing."
    kind = urlsplit(normalised_database_url(url)).scheme.split("+")[0]
    return None if kind in _DATABASE_KINDS else "LTI_TOOL_DATABASE_URL must begin with sqlite:/// or postgresql://."


def _timezone_problem(name: str) -> str | None:
    try:
        ZoneInfo(name or "UTC")
    except (ZoneInfoNotFoundError, ValueError):
        return f"LTI_TOOL_TIMEZONE: there is no time zone called {name!r}."
    return None


def _number_problem(text: str) -> str | None:
    return None if not text or text.isdigit() else "LTI_TOOL_TRUSTED_PROXIES must be a whole number."


def _level_problem(level: str) -> str | None:
    return (
        None
        if not level or level.upper() in _LEVELS
        else f"LTI_TOOL_LOG_LEVEL must be one of {', '.join(sorted(_LEVELS))}."
    )


def _names(text: str) -> list[str]:
    return [name.strip().lower() for name in text.split(",") if name.strip()]


def _hosts_problem(text: str) -> str | None:
    wrong = [name for name in _names(text) if not HOST_NAME.fullmatch(name)]
    return f"LTI_TOOL_INTERNAL_HOSTS: {wrong[0]!r} is not the name of a host (no scheme, no port)." if wrong else None


def _choice_problem(text: str) -> str | None:
    return None if text.lower() in ("", "yes", "no") else "LTI_TOOL_OPEN_REGISTRATION must be yes or no."
