"""Carry one score to a platform's gradebook and say what came of it. No database here."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta

from lti_tool import http
from lti_tool.database import now
from lti_tool.http import OutgoingError, Sender
from lti_tool.lti.services.connector import Connector
from lti_tool.lti.services.grades import RESULT_SCOPE, Gradebook, Result
from lti_tool.lti.services.limits import within
from lti_tool.lti.services.payload import CanvasSubmission, Points, score
from lti_tool.lti.services.registration import Client
from lti_tool.lti.services.tokens import TokenCache, TokenRefused
from lti_tool.passback import rules
from lti_tool.passback.outbox import Parcel
from lti_tool.passback.reasons import Reason, reason_for
from lti_tool.passback.rules import Failed, Later, Outcome, Sent, Stale

LEASE = timedelta(seconds=120)


@dataclass(frozen=True)
class Courier:
    """How this process sends: one for each application, so that its threads share the tokens."""

    send: Sender = http.send
    tokens: TokenCache = field(default_factory=TokenCache)
    lease: timedelta = LEASE
    chance: Callable[[], float] = random.random

    def gradebook(self, client: Client, scopes: frozenset[str], container_url: str | None = None) -> Gradebook:
        """All requests to it together take at most half of the lease."""
        send = within(self.send, self.lease.total_seconds() / 2)
        return Gradebook(Connector(client, self.tokens, send), scopes, container_url)

    def post(self, book: Gradebook, parcel: Parcel, url: str) -> Outcome:
        points = Points(parcel.given, parcel.maximum)
        canvas = CanvasSubmission(parcel.is_first, parcel.done_at) if parcel.for_canvas else None
        grade = score(parcel.user_id, parcel.timestamp, points=points, comment=parcel.comment, canvas=canvas)
        try:
            book.post(url, grade)
        except TokenRefused as error:
            return self.after(error, parcel)
        except OutgoingError as error:
            return self._after_refusal(book, parcel, url, error)
        return Sent()

    def after(self, error: OutgoingError, parcel: Parcel, refused: Reason | None = None) -> Later | Failed:
        """Whether to try again after this error; `refused` is the reason if the platform's answer is final."""
        # A platform that could not fetch our keys just now (we restart, its network fails) refuses the token, too.
        passing = isinstance(error, TokenRefused) and parcel.attempts < rules.TOKEN_REFUSALS
        if not error.retry and not passing:
            final = Reason.TOKEN_REFUSED if isinstance(error, TokenRefused) else refused or reason_for(error.status)
            return Failed(final, error.status)
        if now() - parcel.queued_at > rules.GIVE_UP_AFTER:
            return Failed(Reason.GAVE_UP, error.status)
        delay = rules.delay_after(parcel.attempts, error.retry_after, self.chance())
        return Later(delay, error.status, pause=rules.pause_after(error.status, error.retry_after))

    def _after_refusal(self, book: Gradebook, parcel: Parcel, url: str, error: OutgoingError) -> Outcome:
        # Canvas answers 422 when no attempts are left, perhaps because it took this score and its answer got lost.
        if error.status not in (400, 409, 422):
            return self.after(error, parcel)
        try:
            result = book.result_of(url, parcel.user_id) if RESULT_SCOPE in parcel.scopes else None
        except OutgoingError as unread:
            if unread.retry:
                return self.after(unread, parcel)
            result = None
        if result is not None and shows(result, parcel):
            return Sent()
        return self._after_conflict(parcel, error)

    def _after_conflict(self, parcel: Parcel, error: OutgoingError) -> Outcome:
        if error.status is None or not rules.says_stale(error.status, error.body):
            return self.after(error, parcel)
        if parcel.conflicts >= rules.MOST_CONFLICTS:
            return Failed(Reason.CONFLICT, error.status)
        delay = rules.delay_after(parcel.conflicts - 1, None, self.chance()) if parcel.conflicts else 0.0
        return Stale(delay, error.status)


def shows(result: Result, parcel: Parcel) -> bool:
    """Whether the gradebook holds this very score; platforms round, and some tell no comment."""
    share = Points(parcel.given, parcel.maximum).share
    return (
        result.share is not None
        and rules.same_share(result.share, share)
        and rules.same_comment(parcel.comment, result.comment)
    )
