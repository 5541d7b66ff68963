"""Dates and places in words."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from lti_tool.attendance.dates_view import Dates, Offer, Where, kinds_of
from lti_tool.attendance.models import TrainingSession
from lti_tool.attendance.sign_up_standing import Situation
from lti_tool.reflection.forms import language_name
from lti_tool.texts import gettext as _
from lti_tool.texts import ngettext


@dataclass(frozen=True, slots=True)
class Tag:
    text: str
    kind: str


def way_to_all() -> str:
    return _("Open your training and choose the meeting there.")


def place(date: TrainingSession) -> str:
    """Such as "Room R1, Trondheim", "Online", "Room R1, Trondheim, or online"."""
    kinds = kinds_of(date)
    where = ", ".join(part for part in (date.place, date.town) if part)
    if kinds == {Where.ONLINE}:
        return _("Online")
    return _("%(place)s, or online", place=where) if Where.ONLINE in kinds else where


def towns(found: Dates) -> list[tuple[str, str]]:
    """What can be chosen in the filters: values and words."""
    return [(town, town) for town in found.towns]


def languages(found: Dates) -> list[tuple[str, str]]:
    return [(code, language_name(code)) for code in found.languages]


def kinds(found: Dates) -> list[tuple[str, str]]:
    return [(where, _("On campus") if where is Where.CAMPUS else _("Online")) for where in found.kinds]


def state(offer: Offer) -> Tag:
    """How many places are left, in words; for the person's own date and line, that."""
    if offer.held:
        return Tag(_("Your date"), "done")
    if offer.line.position:
        return Tag(_("You are number %(number)s in line", number=offer.line.position), "waiting")
    if not offer.open:
        return Tag(_("Signing up has ended"), "todo")
    if offer.free is None:
        return Tag(_("Places for everybody"), "started")
    if offer.free:
        return Tag(ngettext("%(num)s place free", "%(num)s places free", offer.free), "started")
    return Tag(_("Full"), "todo")


def line(offer: Offer) -> str:
    """How many others wait; nothing where that says nothing."""
    others = offer.line.waiting - bool(offer.line.position)
    if not offer.open or (offer.room and not offer.line.waiting):
        return ""
    if offer.line.position:
        return (
            ngettext("%(num)s other person waits.", "%(num)s others wait.", others)
            if others
            else _("Nobody else waits.")
        )
    return ngettext("%(num)s person waits.", "%(num)s people wait.", others) if others else _("Nobody waits yet.")


def heading(found: Dates) -> str:
    return _HEADINGS[found.standing.situation(found.moment)]()


def button(found: Dates) -> str:
    """What signing up is called, which is moving for whoever has a date to come."""
    moves = found.standing.situation(found.moment) is Situation.PLACE
    return _("Move to this date") if moves else _("Sign up")


def nothing(found: Dates) -> str:
    """Why there is no date to choose."""
    if found.total:
        return _("No date fits what you have asked for.")
    if found.standing.situation(found.moment) in (Situation.ATTENDED, Situation.PLACE):
        return _("There are no other dates at the moment.")
    return _("There are no dates yet. As soon as there are, your page says so, and an e-mail if you get them.")


_HEADINGS: dict[Situation, Callable[[], str]] = {
    Situation.OPEN: lambda: _("You have no date yet"),
    Situation.PLACE: lambda: _("You have a place"),
    Situation.RUNNING: lambda: _("It is going on now"),
    Situation.UNMARKED: lambda: _("Your date is over"),
    Situation.ATTENDED: lambda: _("You were there"),
    Situation.MISSED: lambda: _("You were not there"),
    Situation.CALLED_OFF: lambda: _("Your date was called off"),
}
