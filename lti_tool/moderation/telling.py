"""Why somebody got this essay, in words: the log of the allocation as a coordinator reads it, with names."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from lti_tool.moderation.pool_queries import Progress
from lti_tool.modules.choices import GIVEN_UP
from lti_tool.modules.models import Participation
from lti_tool.peer_review.log import history
from lti_tool.peer_review.models import Author, LogEntry, LogKind
from lti_tool.people.models import Person
from lti_tool.people.names import Somebody, shown_name
from lti_tool.reflection.forms import language_name
from lti_tool.texts import gettext as _
from lti_tool.texts import lazy_gettext as _l

_ALONE = {
    LogKind.JOINED,
    LogKind.WITHDRAWN,
    LogKind.REJOINED,
    LogKind.MOVED,
    LogKind.RESUMED,
    LogKind.WAIVED,
}
_ARRANGED = {LogKind.TAKEN, LogKind.VOLUNTEERED, LogKind.UNDONE}
# As the evaluator's story says it, and the author's.
_BETWEEN = {
    LogKind.GIVEN: (_l("Got the essay by %(name)s to evaluate."), _l("%(name)s got the essay to evaluate.")),
    LogKind.TAKEN_BACK: (
        _l("The essay by %(name)s went to somebody else before it was begun."),
        _l("%(name)s no longer evaluates the essay; nothing was begun."),
    ),
    LogKind.RELEASED: (
        _l("What was begun about the essay by %(name)s is kept; its place is open."),
        _l("What %(name)s had begun about the essay is kept; its place is open."),
    ),
    LogKind.RESTORED: (
        _l("The evaluation of the essay by %(name)s has its place again."),
        _l("The evaluation by %(name)s has its place again."),
    ),
    LogKind.NOT_AVOIDED: (
        _l("It should not have been the essay by %(name)s, but there was no other."),
        _l("It should not have been %(name)s, but there was nobody else."),
    ),
    LogKind.LAPSED: (
        _l("The time for the essay by %(name)s ran out."),
        _l("The time of %(name)s for the essay ran out."),
    ),
    LogKind.VOIDED: (
        _l("The evaluation of the essay by %(name)s was voided."),
        _l("The evaluation by %(name)s was voided."),
    ),
}


@dataclass(frozen=True, slots=True)
class Told:
    """One line: what happened, why as far as the rules know it, and what the person who did it wrote."""

    moment: datetime
    what: str
    why: str
    words: str
    by: Somebody | None


def story(session: Session, author_id: int) -> list[Told]:
    """All that has happened to an author, the oldest first, in three statements."""
    lines = history(session, author_id)
    names = _authors(session, lines)
    people = _people(session, lines)
    return [_told(_Line(line, author_id, names), people.get(line.person_id or 0)) for line in lines]


def progress_words(counts: Counter[Progress]) -> str:
    """Such as "1 submitted, 1 not started"."""
    words = {
        Progress.SUBMITTED: _("%(num)s submitted", num=counts[Progress.SUBMITTED]),
        Progress.RETURNED: _("%(num)s returned", num=counts[Progress.RETURNED]),
        Progress.STARTED: _("%(num)s in progress", num=counts[Progress.STARTED]),
        Progress.OPEN: _("%(num)s not started", num=counts[Progress.OPEN]),
        Progress.RELEASED: _("%(num)s begun, place lost", num=counts[Progress.RELEASED]),
        Progress.VOIDED: _("%(num)s voided", num=counts[Progress.VOIDED]),
    }
    return ", ".join(text for progress, text in words.items() if counts[progress]) or _("None")


def _told(line: _Line, by: Somebody | None) -> Told:
    return Told(line.entry.moment, line.what(), line.why(), line.words(), by)


@dataclass(frozen=True, slots=True)
class _Line:
    """A line of the log seen by one of its ends."""

    entry: LogEntry
    own: int
    names: dict[int, str]

    def what(self) -> str:
        kind = self.entry.kind
        if kind in _ALONE:
            return self._alone()
        return self._arranged() if kind in _ARRANGED else self._between()

    def _alone(self) -> str:
        if self.entry.kind is LogKind.MOVED:
            return _("Changed the language to %(language)s.", language=language_name(self.entry.reason))
        if self.entry.kind is LogKind.WAIVED and self.entry.reason.startswith("given"):
            return _("What is missing to give was waived.")
        return {
            LogKind.JOINED: _("Handed in, and in the pool."),
            LogKind.WITHDRAWN: _("Left the peer evaluation."),
            LogKind.REJOINED: _("Came back to the peer evaluation."),
            LogKind.RESUMED: _("Asked for a new essay after the time had run out."),
            LogKind.WAIVED: _("The evaluations that the essay lacks were waived."),
        }[self.entry.kind]

    def _arranged(self) -> str:
        gives = self.entry.evaluator_id == self.own
        if self.entry.kind is LogKind.TAKEN:
            return _("A member of staff took the essay.")
        if self.entry.kind is LogKind.VOLUNTEERED:
            if gives:
                return _("Was asked to evaluate the essay by %(name)s as a third.", name=self._other())
            return _("%(name)s was asked to evaluate the essay as a third.", name=self._other())
        return {
            "given": _("They look for essays to evaluate again."),
            "received": _("They look for evaluators of the essay again."),
            "voided": _("An evaluation that had been voided counts again."),
            "kept apart": _("Is no longer kept apart from %(name)s.", name=self._other()),
            "course kept apart": _("Is no longer kept apart from the others of their course."),
        }.get(self.entry.reason, _("An arrangement for the essay was undone."))

    def _between(self) -> str:
        gives, receives = _BETWEEN[self.entry.kind]
        return str(gives if self.entry.evaluator_id == self.own else receives) % {"name": self._other()}

    def why(self) -> str:
        cause = self.entry.cause_id
        who = self.names.get(cause or 0, "")
        if self.entry.kind is LogKind.LAPSED:
            return _("It was begun; the draft is kept.") if self.entry.reason == "begun" else _("It was not begun.")
        if cause is None or (cause == self.own and self.entry.reason in ("arrival", "withdrawn", "language")):
            return ""
        return {
            "arrival": _("%(name)s had handed in and needed two others.", name=who),
            "open-place": _("A place was open."),
            "exchange": _("It was exchanged so that nobody is left over."),
            "withdrawn": _("%(name)s had left.", name=who),
            "language": _("%(name)s had changed the language.", name=who),
            "kept apart": _("They are to be kept apart."),
        }.get(self.entry.reason, "")

    def words(self) -> str:
        """What a person wrote; the log keeps short words of the rules in the same place."""
        kind, reason = self.entry.kind, self.entry.reason
        if kind is LogKind.WAIVED:
            return reason.partition(": ")[2]
        if reason == GIVEN_UP:
            return _("They gave up this module, as long as they could choose another.")
        return reason if kind in (LogKind.WITHDRAWN, LogKind.TAKEN, LogKind.VOLUNTEERED, LogKind.VOIDED) else ""

    def _other(self) -> str:
        ends = (self.entry.evaluator_id, self.entry.author_id)
        other = next((end for end in ends if end is not None and end != self.own), None)
        return _("a member of staff") if other is None else self.names[other]


def _authors(session: Session, lines: Sequence[LogEntry]) -> dict[int, str]:
    ids = {end for line in lines for end in (line.evaluator_id, line.author_id, line.cause_id) if end is not None}
    rows = session.execute(
        select(Author.id, Person.id, Person.name)
        .join(Participation, Participation.id == Author.participation_id)
        .join(Person, Person.id == Participation.person_id)
        .where(Author.id.in_(ids))
    )
    return {row[0]: shown_name(Somebody(row[1], row[2])) for row in rows}


def _people(session: Session, lines: Sequence[LogEntry]) -> dict[int, Somebody]:
    ids = {line.person_id for line in lines if line.person_id is not None}
    rows = session.execute(select(Person.id, Person.name).where(Person.id.in_(ids)))
    return {row.id: Somebody(row.id, row.name) for row in rows}
