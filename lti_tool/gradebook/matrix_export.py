"""The matrix as a table for other programs."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from lti_tool.gradebook import matrix_words as words
from lti_tool.gradebook.matrix_rows import Row
from lti_tool.programme.content import ProgrammeContent, in_language
from lti_tool.sheets.writing import Cell
from lti_tool.texts import gettext as _


def head_of(programme: ProgrammeContent, language: str) -> list[str]:
    """One column for the state of each requirement and one for its hours."""
    parts = [in_language(one.titles, language, programme.default_language) for one in programme.requirements]
    return [
        _("Learning assistant"),
        _("Position"),
        _("Course"),
        _("Department"),
        _("Town"),
        _("State"),
        _("Hours"),
        _("Why"),
        _("Next step"),
        *(title for part in parts for title in (part, _("%(part)s: hours", part=part))),
    ]


def cells_of(
    rows: Iterable[Row], programme: ProgrammeContent, called: Callable[[Row], str], language: str
) -> Iterable[list[Cell]]:
    """In the order of `head_of`."""
    positions = words.positions_of(programme, language)
    for row in rows:
        jobs = row.jobs
        yield [
            called(row),
            _joined(positions.get(job.position, job.position) for job in jobs),
            _joined(job.course_code for job in jobs),
            _joined(job.department for job in jobs),
            _joined(job.town for job in jobs),
            *_whole(row, programme, language),
            *(cell for one in programme.requirements for cell in _part(row, one.key)),
        ]


def _whole(row: Row, programme: ProgrammeContent, language: str) -> list[Cell]:
    if row.verdict is None:
        return [_("Has not come yet"), 0.0, "", ""]
    verdict = row.verdict
    return [
        words.status_title(verdict.status),
        float(verdict.hours_done),
        words.whole_reason(verdict, programme, language),
        words.next_step_of(verdict),
    ]


def _part(row: Row, key: str) -> tuple[Cell, Cell]:
    part = row.part(key)
    return (words.status_title(part.status), float(part.hours_done)) if part else ("", None)


def _joined(texts: Iterable[str]) -> str:
    return ", ".join(dict.fromkeys(text for text in texts if text))
