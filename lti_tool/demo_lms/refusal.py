"""The one way a service says no to a tool."""

from collections.abc import Mapping

from flask import Response, jsonify


class Refusal(Exception):
    """Answered as JSON with the OAuth 2 field names, which every tool's log understands."""

    def __init__(self, status: int, error: str, reason: str, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(reason)
        self.status = status
        self.error = error
        self.reason = reason
        self.headers = headers or {}


def answer_refusal(refusal: Refusal) -> Response:
    answer = jsonify(error=refusal.error, error_description=refusal.reason)
    answer.status_code = refusal.status
    answer.headers.update(refusal.headers)
    return answer
