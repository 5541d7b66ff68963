"""What there is to know of records, in the language of the page or of the message."""

from __future__ import annotations

from collections.abc import Callable

from flask import url_for
from markupsafe import Markup

from lti_tool.messages.record_news import RecordItem, RecordKind
from lti_tool.texts import gettext as _


def sentence(item: RecordItem, title: str) -> Markup:
    """`title` is that of the course or the programme."""
    if item.again:
        text = _("What you agreed on in %(course)s has changed. Read it again, and confirm it if you agree.")
    else:
        text = _SENTENCES[item.kind]()
    return Markup(text) % {"programme": title, "course": title or _("your course")}  # noqa: S704


def action(item: RecordItem) -> str:
    return _ACTIONS[item.kind]()


def url(item: RecordItem) -> str:
    return _PAGES[item.kind](item)


def _agreement(item: RecordItem) -> str:
    return url_for("course_module.own", _anchor=f"course-{item.course_id}-{item.cohort_id}-agreement")


def _evaluation(item: RecordItem) -> str:
    return url_for("course_module.own_evaluation", cohort_id=item.cohort_id, course_id=item.course_id)


def _application(item: RecordItem) -> str:
    return url_for("equivalence.own", programme=item.programme.key)


def _certificate(_item: RecordItem) -> str:
    return url_for("certificates.own")


_SENTENCES: dict[RecordKind, Callable[[], str]] = {
    RecordKind.AGREEMENT: lambda: _(
        "What is agreed on at the first meeting in %(course)s is written down. Read it, and confirm it if you agree."
    ),
    RecordKind.REVOKED: lambda: _(
        "Your certificate of “%(programme)s” was revoked. Ask your coordinator if you do not know why."
    ),
    RecordKind.DECLINED: lambda: _(
        "Your application to have other training recognised instead of “%(programme)s” was not approved. You can read "
        "why."
    ),
    RecordKind.APPROVED: lambda: _("Your other training is recognised: you need not take “%(programme)s” any more."),
    RecordKind.RELEASED: lambda: _(
        "Both sides of your final evaluation in %(course)s are submitted. You can read what your course says."
    ),
    RecordKind.CERTIFICATE: lambda: _("A certificate of “%(programme)s” was issued to you. You can download it."),
}
_ACTIONS: dict[RecordKind, Callable[[], str]] = {
    RecordKind.AGREEMENT: lambda: _("Read and confirm it"),
    RecordKind.REVOKED: lambda: _("See how your training stands"),
    RecordKind.DECLINED: lambda: _("Read the decision"),
    RecordKind.APPROVED: lambda: _("Read the decision"),
    RecordKind.RELEASED: lambda: _("Read both"),
    RecordKind.CERTIFICATE: lambda: _("Open your certificate"),
}
_PAGES: dict[RecordKind, Callable[[RecordItem], str]] = {
    RecordKind.AGREEMENT: _agreement,
    RecordKind.REVOKED: _certificate,
    RecordKind.DECLINED: _application,
    RecordKind.APPROVED: _application,
    RecordKind.RELEASED: _evaluation,
    RecordKind.CERTIFICATE: _certificate,
}
