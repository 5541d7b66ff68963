"""What the server notes of each request: enough to follow it, nothing that opens anything."""

from __future__ import annotations

import logging
from datetime import timedelta
from types import SimpleNamespace

import pytest
from gunicorn.config import Config

from lti_tool.serve import JsonLogger


@pytest.mark.parametrize(
    ("path", "noted"),
    [
        ("/lti/register/0123456789abcdef", "/lti/register/..."),
        ("/lti/register/a\nb/c", "/lti/register/..."),
        ("/lti/register", "/lti/register"),
        ("/calendar/0123456789abcdef.ics", "/calendar/..."),
        ("/lti/login", "/lti/login"),
    ],
)
def test_neither_tokens_nor_codes_of_invitations_are_noted(
    caplog: pytest.LogCaptureFixture, path: str, noted: str
) -> None:
    caplog.set_level(logging.INFO)
    environ = {
        "REQUEST_METHOD": "GET",
        "PATH_INFO": path,
        "QUERY_STRING": "registration_token=secret",
        "RAW_URI": f"{path}?registration_token=secret",
    }
    answer = SimpleNamespace(status_code=200, sent=7)
    JsonLogger(Config()).access(answer, None, environ, timedelta(milliseconds=3))
    (record,) = caplog.records
    assert vars(record)["path"] == noted
    assert "secret" not in str(vars(record))
