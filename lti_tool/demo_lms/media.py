"""Media types and paging, the same for all services."""

import base64
import binascii
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from flask import Response, json, request
from sqlalchemy import Select

from lti_tool.demo_lms.refusal import Refusal
from lti_tool.demo_lms.state import behaviour, db, lms


def require_content_type(media_type: str) -> None:
    if request.mimetype != media_type:
        raise Refusal(415, "unsupported_media_type", f"Content-Type must be {media_type}.")


def require_accept(media_type: str) -> None:
    if media_type not in [value for value, _quality in request.accept_mimetypes]:
        raise Refusal(406, "not_acceptable", f"Accept must name {media_type}.")


def require_exact_accept(media_type: str) -> None:
    """Moodle compares the whole header."""
    if request.headers.get("Accept") != media_type:
        raise Refusal(406, "not_acceptable", f"Accept must be {media_type} and nothing else.")


def answer_json(body: object, media_type: str, status: int = 200) -> Response:
    return Response(json.dumps(body), status, content_type=media_type)


@dataclass(frozen=True)
class Page:
    """Some rows, and the address of the next ones if there are any."""

    rows: Sequence[Any]
    next_url: str | None

    def answer(self, body: object, media_type: str) -> Response:
        answer = answer_json(body, media_type)
        if self.next_url:
            answer.headers["Link"] = f'<{self.next_url}>; rel="next"'
        return answer


def page_of(statement: Select[Any]) -> Page:
    """The page that `limit` and `cursor` in the address ask for; a page is never longer than the LMS allows.

    Raises Refusal 400 when either is no good.
    """
    limit, offset = _limit(), _offset()
    rows = db().scalars(statement.limit(limit + 1).offset(offset)).all()
    more = len(rows) > limit
    return Page(rows[:limit], _next_url(offset + limit) if more else None)


def _limit() -> int:
    longest = behaviour().page_size
    asked = request.args.get("limit", str(longest))
    if not asked.isascii() or not asked.isdigit() or not int(asked):
        raise Refusal(400, "invalid_request", "limit must be a whole number above zero.")
    return min(int(asked), longest)


def _offset() -> int:
    cursor = request.args.get("cursor")
    if cursor is None:
        return 0
    try:
        return int(base64.urlsafe_b64decode(cursor).decode().removeprefix("from "))
    except (ValueError, binascii.Error) as error:
        raise Refusal(400, "invalid_request", "cursor must be one the LMS gave.") from error


def _next_url(offset: int) -> str:
    # Base64 has capital and small letters, so a tool that changes their case goes astray here as it would elsewhere.
    cursor = base64.urlsafe_b64encode(f"from {offset}".encode()).decode()
    return f"{lms().config.base_url}{request.path}?{urlencode({**request.args, 'cursor': cursor})}"
