"""The page's one next step in words, in the language of the page."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from flask import url_for
from markupsafe import Markup

from lti_tool.attendance.sign_up_words import place
from lti_tool.completion.verdicts import NextStep, Reason
from lti_tool.home import words
from lti_tool.home.steps import Next
from lti_tool.modules.choices import Choice
from lti_tool.moments import span
from lti_tool.programme.content import in_language
from lti_tool.programme.requirements import Meeting
from lti_tool.texts import gettext as _
from lti_tool.texts import ngettext


@dataclass(frozen=True, slots=True)
class Step:
    """`about` names the meeting or module where the title does not; `when` is a date. Without `to_do` there is nothing
    to do but wait or ask, and a link leads to what there is to see."""

    title: str
    text: str | Markup
    button: str = ""
    url: str = ""
    about: str = ""
    when: Markup | str = ""
    to_do: bool = True


@dataclass(frozen=True, slots=True)
class _Meant:
    """The meeting that a step is about."""

    next: Next
    meeting: Meeting
    title: str

    @property
    def reason(self) -> Reason | None:
        return self.next.item.reason if self.next.item else None

    @property
    def when(self) -> Markup:
        upcoming = self.next.item.upcoming if self.next.item else None
        if upcoming is None:
            return Markup()
        session = self.next.training.sessions[upcoming.id]
        return Markup(", ").join([span(session.starts_at, session.ends_at), place(session)])

    @property
    def in_course(self) -> bool:
        return self.next.training.programme.meeting_of(self.meeting.key)[0].held_by == "course"

    @property
    def url(self) -> str:
        """Where its dates are."""
        return url_for("course_module.own") if self.in_course else url_for("attendance.dates", meeting=self.meeting.key)


def page_step(found: Next, language: str) -> Step:
    if found.part is None:
        return _finished()
    if found.step is NextStep.CHOOSE_MODULES:
        return _choose_modules(found.training.choice(found.part.key))
    if found.step is NextStep.WORK and found.item:
        return _work(found, found.item.key, language)
    if found.item is None:
        return _too_few_modules()
    meeting = found.training.programme.meeting_of(found.item.key)[1]
    title = in_language(meeting.titles, language, found.training.programme.default_language)
    return (_check_in if found.check_in else _MEETINGS[found.step])(_Meant(found, meeting, title))


def _finished() -> Step:
    return Step(
        _("You have completed your training"),
        _("Everything that it asks for is done. You can have a certificate now."),
        _("To your certificate"),
        url_for("certificates.own"),
    )


def _choose_modules(choice: Choice) -> Step:
    title = (
        ngettext("Choose one more module", "Choose %(num)s more modules", choice.room)
        if choice.taken
        else ngettext("Choose a module", "Choose %(num)s modules", choice.room)
    )
    text = _(
        "See what each of the %(total)s modules is about, how long it takes and which kinds of work it fits. You can "
        "change your choice later.",
        total=len(choice.candidates),
    )
    return Step(title, text, _("Compare and choose"), url_for("choosing.modules"))


def _work(found: Next, key: str, language: str) -> Step:
    progress = found.training.progress_in(key)
    step = words.next_step(progress) if progress else None
    if progress is None or step is None:
        return Step(_("Open the module"), "", _("Open the module"), url_for("home.module", key=key), to_do=found.to_do)
    about = progress.standing.content.title_in(language)
    when = words.next_date(progress)
    if step.url is None or step.button is None:
        url = url_for("home.module", key=key)
        return Step(step.title, step.text, _("Open the module"), url, about, when, to_do=False)
    return Step(step.title, step.text, step.button, step.url, about, when)


def _too_few_modules() -> Step:
    text = _("Fewer online modules are open than you still need. Ask your coordinator how you can go on.")
    return Step(_("Ask your coordinator"), text, to_do=False)


def _choose_date(meant: _Meant) -> Step:
    number = len(meant.next.item.left) if meant.next.item else 0
    text = ngettext("%(num)s date has room.", "%(num)s dates have room.", number)
    if meant.reason is Reason.ABSENT:
        text = Markup(" ").join([_("You were absent last time, and can make up for it on another date."), text])
    if meant.reason is Reason.LAST_DATES:
        text = Markup(" ").join([_("The last dates are coming up."), text])
    return Step(_("Choose a date for %(meeting)s", meeting=meant.title), text, _("Choose a date"), meant.url)


def _join_waiting_list(meant: _Meant) -> Step:
    text = _("All dates are full. Places that become free go to those who wait, in their order.")
    return Step(_("Join a waiting list for %(meeting)s", meeting=meant.title), text, _("See the dates"), meant.url)


def _prepare(meant: _Meant) -> Step:
    minutes = meant.meeting.preparation.minutes if meant.meeting.preparation else 0
    text = ngettext(
        "It takes about %(num)s minute, and everybody builds on it.",
        "It takes about %(num)s minutes, and everybody builds on it.",
        minutes,
    )
    url = url_for("attendance.preparation", meeting=meant.meeting.key)
    return Step(_("Prepare for %(meeting)s", meeting=meant.title), text, _("Prepare for it"), url, when=meant.when)


def _check_in(meant: _Meant) -> Step:
    text = _("Type the code that is shown in the room, or in the online meeting.")
    title = _("Check in at %(meeting)s", meeting=meant.title)
    return Step(title, text, _("Check in"), url_for("marking.check_in"), when=meant.when)


def _attend(meant: _Meant) -> Step:
    text = _("Nothing is left to be done before then.")
    title = _("Come to %(meeting)s", meeting=meant.title)
    return Step(title, text, _("See the date"), meant.url, when=meant.when, to_do=False)


def _await_place(meant: _Meant) -> Step:
    text = _("If a place becomes free, you get it and are told. Until then you have none, so look out for other dates.")
    title = _("You are waiting for a place in %(meeting)s", meeting=meant.title)
    return Step(title, text, _("See the dates"), meant.url, to_do=False)


def _await_mark(meant: _Meant) -> Step:
    text = _("It is over. Whoever led it records who was there, which may take some days.")
    return Step(meant.title, text, _("See the date"), meant.url, when=meant.when, to_do=False)


def _await_dates(meant: _Meant) -> Step:
    title = _("Dates for %(meeting)s will be announced", meeting=meant.title)
    return Step(title, _("You find them here as soon as they are planned."), to_do=False)


def _ask(meant: _Meant) -> Step:
    title = _("Ask your course teacher") if meant.in_course else _("Ask your coordinator")
    if meant.reason is Reason.NOT_MARKED_LONG:
        text = _(
            "It has not been recorded whether you were at %(meeting)s. Only what is recorded counts.",
            meeting=meant.title,
        )
    elif meant.reason is Reason.SIGN_UP_CLOSED:
        text = _(
            "Signing up for the last dates of %(meeting)s has ended. Perhaps you can come all the same.",
            meeting=meant.title,
        )
    else:
        text = _(
            "No date of %(meeting)s is left this term, and nobody can let you off it. Perhaps another one is planned.",
            meeting=meant.title,
        )
    return Step(title, text, _("See the dates"), meant.url, when=meant.when, to_do=False)


_MEETINGS: dict[NextStep, Callable[[_Meant], Step]] = {
    NextStep.ASK_COORDINATOR: _ask,
    NextStep.ASK_TEACHER: _ask,
    NextStep.CHOOSE_DATE: _choose_date,
    NextStep.JOIN_WAITING_LIST: _join_waiting_list,
    NextStep.PREPARE: _prepare,
    NextStep.ATTEND: _attend,
    NextStep.AWAIT_PLACE: _await_place,
    NextStep.AWAIT_MARK: _await_mark,
    NextStep.AWAIT_DATES: _await_dates,
}
