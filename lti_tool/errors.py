"""Domain errors, and the one page that shows them: what happened, what was kept, what to do next, a reference id."""

from __future__ import annotations

import logging
import secrets
from collections.abc import Callable

from flask import Flask, g, jsonify, make_response, render_template, request
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException

from lti_tool.addresses import with_query
from lti_tool.texts import gettext as _

log = logging.getLogger(__name__)


class DomainError(Exception):
    """Something a person asked for cannot be done. Subclasses give the page its words.

    `reason` goes to the log with the reference id and must name no person; `title`, `explanation` and `advice` are
    already translated and are shown.
    """

    status = 400

    def __init__(self, reason: str, *, title: str = "", explanation: str = "", advice: str = "") -> None:
        super().__init__(reason)
        self.reason = reason
        self.title = title or _("That did not work")
        self.explanation = explanation
        self.advice = advice


class NotFound(DomainError):
    """The thing is not there, or not this person's to know of: both look the same."""

    status = 404

    def __init__(self, reason: str, *, explanation: str = "", advice: str = "") -> None:
        super().__init__(
            reason,
            title=_("We could not find that page"),
            explanation=explanation or _("It may have been moved, or it belongs to somebody else."),
            advice=advice or _("Go back, or open the link in your course again."),
        )


class NotAllowed(DomainError):
    status = 403

    def __init__(self, reason: str) -> None:
        super().__init__(
            reason,
            title=_("This page is for somebody else"),
            explanation=_("Your role in this course does not include this page. Nothing was changed."),
            advice=_("If you think you should see it, ask your coordinator."),
        )


class Conflict(DomainError):
    """The state moved on since the page was opened; the person's input is handed back by the page itself."""

    status = 409


def new_reference() -> str:
    """A short id that a person can read out and an administrator can find in the log."""
    return secrets.token_hex(4)


def init_errors(app: Flask) -> None:
    app.register_error_handler(DomainError, _show_domain_error)
    app.register_error_handler(CSRFError, _show_stale_form)
    app.register_error_handler(HTTPException, _show_http_error)
    app.register_error_handler(Exception, _show_crash)


def problem_page(status: int, title: str, explanation: str, advice: str, reference: str) -> ResponseReturnValue:
    """The error page, or the same as JSON for a script's request."""
    if request.accept_mimetypes.best == "application/json":
        return make_response(jsonify(error=title, explanation=explanation, advice=advice, reference=reference), status)
    page = render_template(
        "errors/problem.html",
        title=title,
        explanation=explanation,
        advice=advice,
        reference=reference,
        way_back=_way_back(explanation or title, reference),
    )
    return make_response(page, status)


def _way_back(message: str, reference: str) -> str | None:
    """Where a platform wants people whom its launch did not bring in, with what it may tell them and what it may log.

    https://www.imsglobal.org/spec/lti/v1p3#launch-presentation-claim
    """
    url: str | None = g.get("return_url")
    return with_query(url, lti_errormsg=message, lti_errorlog=f"reference {reference}") if url else None


def _show_domain_error(error: DomainError) -> ResponseReturnValue:
    reference = new_reference()
    log.info("refused", extra={"reference": reference, "status": error.status, "reason": error.reason})
    return problem_page(error.status, error.title, error.explanation, error.advice, reference)


def _show_stale_form(error: CSRFError) -> ResponseReturnValue:
    reference = new_reference()
    log.info("refused", extra={"reference": reference, "status": 400, "reason": f"csrf: {error.description}"})
    return problem_page(
        400,
        _("This page is no longer valid"),
        _("The form was sent from another or an older visit, so nothing was saved on the server."),
        _("What you wrote is still on this device. Open the link in your course again and go on from there."),
        reference,
    )


_HTTP_WORDS: dict[int, Callable[[], tuple[str, str]]] = {
    404: lambda: (_("We could not find that page"), _("Go back, or open the link in your course again.")),
    405: lambda: (_("That page cannot be used in this way"), _("Go back and use the buttons on the page.")),
    413: lambda: (_("That was too much to send"), _("Shorten the text and try again. Nothing was saved.")),
}


def _other_words() -> tuple[str, str]:
    return _("That did not work"), _("Go back and try once more.")


def _show_http_error(error: HTTPException) -> ResponseReturnValue:
    status = error.code or 500
    if error.response is not None or status < 400:
        return error.get_response()
    title, advice = _HTTP_WORDS.get(status, _other_words)()
    reference = new_reference()
    log.info("refused", extra={"reference": reference, "status": status, "reason": error.name})
    response = make_response(problem_page(status, title, "", advice, reference))
    for name, value in error.get_headers():
        if name.lower() == "allow":
            response.headers[name] = value
    return response


def _show_crash(error: Exception) -> ResponseReturnValue:
    reference = new_reference()
    log.error("crashed", exc_info=error, extra={"reference": reference, "status": 500})
    return problem_page(
        500,
        _("Something went wrong on our side"),
        _("It is not your fault, and what was saved before is safe."),
        _("Try again in a minute. If it happens again, tell your coordinator the reference below."),
        reference,
    )
