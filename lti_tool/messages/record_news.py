"""What a person has to know of what others have put on record: agreements, decisions, evaluations, certificates."""

from __future__ import annotations

import enum
from dataclasses import dataclass

from lti_tool.programme.content import ProgrammeContent


class RecordKind(enum.StrEnum):
    """In the order in which they are told."""

    AGREEMENT = "agreement"
    REVOKED = "certificate-revoked"
    DECLINED = "application-declined"
    APPROVED = "application-approved"
    RELEASED = "evaluation-released"
    CERTIFICATE = "certificate-issued"


# They are about a course; the others are about the whole programme.
OF_COURSE = frozenset({RecordKind.AGREEMENT, RecordKind.RELEASED})


@dataclass(frozen=True, slots=True)
class RecordItem:
    """One record. `course` is the title of the course that it is about, if it is about one and that has any; `again` is
    of an agreement that they confirmed before it changed. As `news.Item` besides."""

    kind: RecordKind
    signs: tuple[str, ...]
    cohort_id: int
    programme: ProgrammeContent
    course_id: int | None = None
    course: str | None = None
    again: bool = False

    @property
    def default_language(self) -> str:
        return self.programme.default_language

    def title_in(self, language: str) -> str:
        """Of the course or the programme; empty for a course without a title."""
        return self.course or "" if self.kind in OF_COURSE else self.programme.title_in(language)


def is_kept(kind: RecordKind, programme: ProgrammeContent) -> bool:
    """Whether the programme still asks courses to write down what is agreed on."""
    held = [one for one in programme.attendances if one.held_by == "course"]
    wanted = any(meeting.records == "agreement" for one in held for meeting in one.meetings)
    return wanted or kind is not RecordKind.AGREEMENT
