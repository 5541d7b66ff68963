"""The tools under test: each prepared, started as in production, and stopped again."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

from bench.people import add_platform_and_programme
from bench.platform import CLIENT_ID, DEPLOYMENT_ID, ISSUER, Platform, ToolUnderTest
from bench.processes import free_port, server
from lti_tool import migrating
from lti_tool.paths import CONFIG
from lti_tool.settings import Settings

BASE_URL = "https://tool.bench.test"
SECRET = "a-secret-that-only-the-bench-uses-0123456789"  # noqa: S105
# One process for each tool, so that both have one core; class, threads and the rest are those of production.
_WORKERS = "1"


def settings(database_url: str) -> Settings:
    return Settings(database_url=database_url, secret_key=SECRET, base_url=BASE_URL, trusted_proxies=1)


@contextmanager
def this_tool(database_url: str, keys_url: str, core: int | None) -> Iterator[tuple[ToolUnderTest, psutil.Process]]:
    migrating.upgrade(database_url)
    add_platform_and_programme(settings(database_url), keys_url)
    port = free_port()
    environ = {
        "LTI_TOOL_DATABASE_URL": database_url,
        "LTI_TOOL_SECRET_KEY": SECRET,
        "LTI_TOOL_BASE_URL": BASE_URL,
        # The platform is on this machine.
        "LTI_TOOL_INTERNAL_HOSTS": "127.0.0.1",
        "LTI_TOOL_TRUSTED_PROXIES": "1",
        "LTI_TOOL_LOG_LEVEL": "INFO",
    }
    arguments = ["-m", "lti_tool", "serve", "--port", str(port), "--workers", _WORKERS]
    with server(arguments, port, environ, core) as process:
        yield ToolUnderTest(port, BASE_URL, "/lti/login", "/lti/launch", "/", 303), process


@contextmanager
def minimal_tool(
    folder: Path, platform: Platform, keys_url: str | None, core: int | None
) -> Iterator[tuple[ToolUnderTest, psutil.Process]]:
    """Fetches the platform's keys from `keys_url` at each launch, or has them in its configuration if that is None."""
    _configure_minimal(folder, platform, keys_url)
    port = free_port()
    arguments = ["-m", "gunicorn", "-c", str(CONFIG / "gunicorn.conf.py"), "--bind", f"127.0.0.1:{port}"]
    arguments += ["--workers", _WORKERS, "bench.minimal_tool:app"]
    with server(arguments, port, {"BENCH_MINIMAL_FOLDER": str(folder)}, core) as process:
        yield ToolUnderTest(port, BASE_URL, "/login", "/launch", "/launch", 200), process


def _configure_minimal(folder: Path, platform: Platform, keys_url: str | None) -> None:
    folder.mkdir()
    key = rsa.generate_private_key(65537, 2048)
    (folder / "private.key").write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    public = key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    (folder / "public.key").write_bytes(public)
    registration = {
        "default": True,
        "client_id": CLIENT_ID,
        "auth_login_url": f"{ISSUER}/auth",
        "auth_token_url": f"{ISSUER}/token",
        "auth_audience": None,
        "key_set_url": keys_url,
        "key_set": None if keys_url else platform.key_set(),
        "private_key_file": "private.key",
        "public_key_file": "public.key",
        "deployment_ids": [DEPLOYMENT_ID],
    }
    (folder / "config.json").write_text(json.dumps({ISSUER: [registration]}))
