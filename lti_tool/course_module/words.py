"""What people are told about hours and about levels."""

from __future__ import annotations

from flask import Flask
from flask_babel import format_decimal

from lti_tool.course_module.answers import NOT_SEEN, Level
from lti_tool.course_module.hours import Balance, Share, Sum
from lti_tool.texts import gettext as _
from lti_tool.texts import ngettext


def init_words(app: Flask) -> None:
    app.add_template_filter(hours_words)
    app.add_template_filter(sum_state)
    app.add_template_filter(sum_words)
    app.add_template_filter(lost_words)
    app.add_template_filter(share_state)
    app.add_template_filter(share_words)


def hours_words(minutes: int) -> str:
    """Such as "1.5 hours"."""
    hours = format_decimal(round(minutes / 60, 2))
    return ngettext("%(hours)s hour", "%(hours)s hours", 1 if minutes == 60 else 2, hours=hours)


def sum_state(found: Sum) -> tuple[str, str]:
    """In two words, and the kind of the tag."""
    return {
        Balance.NOTHING: (_("Nothing planned"), "failed"),
        Balance.SHORT: (_("Hours are missing"), "failed"),
        Balance.EXACT: (_("The hours add up"), "done"),
        Balance.BEYOND: (_("Enough, with some to spare"), "done"),
    }[found.balance]


def sum_words(found: Sum) -> str:
    """What is missing or too much, and what that means for the learning assistants."""
    figures = {
        "needed": hours_words(found.needed),
        "planned": hours_words(found.planned),
        "missing": hours_words(found.missing),
    }
    if found.balance is Balance.NOTHING:
        return _(
            "Missing: %(needed)s. Until that is planned, no learning assistant of the course can complete their "
            "training.",
            **figures,
        )
    if found.balance is Balance.SHORT:
        return _(
            "Planned: %(planned)s of %(needed)s. Missing: %(missing)s. Until the rest is planned, no learning "
            "assistant of the course can complete their training, even if they come every time.",
            **figures,
        )
    if found.balance is Balance.EXACT:
        return _("Planned: %(planned)s of %(needed)s. Everybody has to come every time.", **figures)
    return _(
        "Planned: %(planned)s. Each learning assistant needs %(needed)s, so there are dates to choose from, or to make "
        "up for a missed one. If everybody is meant to come every time, shorten a date or call one off.",
        **figures,
    )


def lost_words(lost: tuple[int, int]) -> str:
    """How many cannot reach the hours because of what they missed, and what is to be planned for them."""
    people, minutes = lost
    return ngettext(
        "%(num)s learning assistant has missed a date and cannot reach the hours with those that are left. "
        "Nobody can be let off: plan %(hours)s more.",
        "%(num)s learning assistants have missed a date and cannot reach the hours with those that are left. "
        "Nobody can be let off: plan %(hours)s more.",
        people,
        hours=hours_words(minutes),
    )


def share_state(share: Share, ahead: int | None = None) -> tuple[str, str]:
    """How far one person is with a meeting, in few words, and the kind of the tag. `ahead` are the minutes of dates
    that are not over, where that is known."""
    if share.done:
        return _("Attended"), "done"
    if share.lost:
        return _("Missed"), "failed"
    if share.there:
        return _("%(there)s of %(needed)s", there=hours_words(share.there), needed=hours_words(share.needed)), "started"
    if share.open and ahead == 0:
        return _("Not recorded yet"), "waiting"
    return (_("To come"), "todo") if share.open else (_("Not planned"), "waiting")


def share_words(share: Share, ahead: int) -> str:
    """For the learning assistant: what is still to be done. `ahead` are the minutes of dates that are not over."""
    if share.done:
        return _("Done: you need not come to the dates that are left.") if ahead else ""
    if share.lost:
        return _(
            "You missed a date, and those that are left are not enough. Lacking: %(lacking)s. Nobody can be let off, "
            "so ask your course teacher for another date.",
            lacking=hours_words(share.lacking),
        )
    if share.lacking:
        lacking = hours_words(share.lacking)
        return _("Dates for %(lacking)s are not announced yet. Your course teacher plans them.", lacking=lacking)
    if not ahead:
        return _("Only what is recorded counts: ask whoever led it.")
    return _dates_to_come(share)


def _dates_to_come(share: Share) -> str:
    """Of somebody for whom the dates are enough."""
    exact = share.there + share.open == share.needed
    if not share.there:
        needed = hours_words(share.needed)
        return (
            _("Come every time: all of it is needed.")
            if exact
            else _("You need %(needed)s of these dates.", needed=needed)
        )
    left = hours_words(share.needed - share.there)
    if exact:
        return _("You still need %(left)s: come to every date that is left.", left=left)
    return _("You still need %(left)s of the dates that are left.", left=left)


def level_words() -> dict[str, tuple[str, str]]:
    """The name and the description of each choice, from lowest to highest; what could not be seen comes last."""
    return {
        Level.BEGINNING: (_("Beginning"), _("Knows that this is part of the work, and needs help to do it.")),
        Level.DEVELOPING: (_("On the way"), _("Does it in situations that are familiar, or with some support.")),
        Level.SECURE: (_("Secure"), _("Does it well in most situations, without support, and can say why.")),
        Level.LEADING: (_("Leading"), _("Adapts it to new situations, and helps other learning assistants with it.")),
        NOT_SEEN: (_("Could not be seen"), _("The work in this course gave no occasion for it.")),
    }


def text_prompts() -> dict[str, tuple[str, str]]:
    """What is asked besides the learning outcomes, and a hint, by the name of the field."""
    return {
        "development": (
            _("The development during the term"),
            _("What has become better, what helped, and what to work on next."),
        ),
        "works": (
            _("How learning assistants are used in the course: what works well"),
            _("Think of tasks, preparation, communication and follow-up. The other side reads it."),
        ),
        "change": (
            _("How learning assistants are used in the course: what should be different"),
            _("Say what you would change and why, so that the other side can do something about it."),
        ),
    }
