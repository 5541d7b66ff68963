"""The log of every score request, answered well or not: tests prove order and completeness with it."""

from typing import Any

from flask import Response, g, json, request
from werkzeug.exceptions import RequestEntityTooLarge

from lti_tool.demo_lms.models import ScoreRequest
from lti_tool.demo_lms.state import db, now


def note_arrival() -> None:
    g.received_at = now()


def record_score(answer: Response) -> Response:
    """Kept after the score itself was committed or refused; a refusal leaves nothing behind that this could commit."""
    body = _body()
    user_id = body.get("userId") if isinstance(body, dict) else None
    db().add(
        ScoreRequest(
            received_at=g.received_at,
            line_item_id=(request.view_args or {})["item_id"],
            user_id=user_id if isinstance(user_id, str) else None,
            body=body,
            status=answer.status_code,
            answer=answer.get_data(as_text=True),
        )
    )
    db().commit()
    return answer


def _body() -> Any:
    try:
        text = request.get_data(as_text=True)
    except RequestEntityTooLarge:
        return None
    try:
        return json.loads(text, parse_constant=str)
    except ValueError:
        return text


def as_json(kept: ScoreRequest) -> dict[str, Any]:
    return {
        "id": kept.id,
        "received_at": kept.received_at.isoformat(timespec="microseconds"),
        "line_item": kept.line_item_id,
        "user_id": kept.user_id,
        "body": kept.body,
        "status": kept.status,
        "answer": kept.answer,
    }
