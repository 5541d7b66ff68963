"""What the preview of an import shows: a page of the questions that were found, or of what was left out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

from lti_tool.authoring.draft import Draft
from lti_tool.authoring.import_found import Entry, Found, Saying, is_among, same_texts
from lti_tool.authoring.import_queries import Sent
from lti_tool.authoring.import_words import failure_words, format_name
from lti_tool.authoring.models import ImportState
from lti_tool.paging import PAGE_SIZE, PagedView, page_in, pages_of
from lti_tool.texts import gettext as _
from lti_tool.texts import ngettext

FOUND, LEFT_OUT = "found", "left-out"


@dataclass(frozen=True, slots=True)
class View(PagedView):
    show: str = FOUND

    @classmethod
    def read(cls, arguments: Mapping[str, str]) -> Self:
        show = arguments.get("show", FOUND)
        if show not in (FOUND, LEFT_OUT):
            raise ValueError("show")
        return cls(show, page=page_in(arguments))


@dataclass(frozen=True, slots=True)
class Line:
    """A question on the page. `known` if the module asks the same already; the counts are of texts still wanting."""

    entry: Entry
    taken: bool
    known: bool
    without_feedback: int
    without_words: int


def entries_on(found: Found, page: int) -> list[Entry]:
    return list(found.entries[(page - 1) * PAGE_SIZE : page * PAGE_SIZE])


def lines_on(found: Found, page: int, draft: Draft) -> list[Line]:
    text = draft.languages.get(found.language)
    there = same_texts(text.questions if text else ())
    return [_line(found, entry, there) for entry in entries_on(found, page)]


def left_out_on(found: Found, page: int) -> list[Saying]:
    return list(found.left_out[(page - 1) * PAGE_SIZE : page * PAGE_SIZE])


def pages_in(found: Found, view: View) -> int:
    return pages_of(len(found.entries if view.show == FOUND else found.left_out))


def _line(found: Found, entry: Entry, there: set[str]) -> Line:
    question = entry.question
    return Line(
        entry,
        entry.number not in found.left,
        is_among(question, there),
        sum(not option.feedback for option in question.options),
        sum(not image.alternative for image in question.images),
    )


def state_words(sent: Sent, found: Found | None = None) -> str:
    """How far it is; `found` makes it say more of what is over."""
    if sent.state is ImportState.WAITING:
        return _("Waiting for its turn")
    if sent.state is ImportState.READING:
        if not sent.total:
            return _("Being read")
        return _("Read %(done)s of %(total)s questions", done=sent.done, total=sent.total)
    if sent.state is ImportState.FAILED:
        return failure_words(found.code, found.line) if found else _("Could not be read")
    if sent.state is ImportState.ADDED:
        number = len(found.added) if found else 0
        return ngettext("%(num)s question added", "%(num)s questions added", number) if found else _("Added")
    return _("Read, nothing is added yet")


def format_of(found: Found) -> str:
    return format_name(found.format) if found.format else ""
