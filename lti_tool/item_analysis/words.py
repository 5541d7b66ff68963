"""What the figures and the advice are called."""

from __future__ import annotations

from collections.abc import Iterable
from string import ascii_uppercase
from textwrap import shorten

from babel.lists import format_list
from flask_babel import format_decimal, format_percent, get_locale

from lti_tool.item_analysis import thresholds as limit
from lti_tool.item_analysis.advice import Advice, Kind
from lti_tool.item_analysis.analysis import Item, Whole
from lti_tool.item_analysis.figures import Chosen
from lti_tool.item_analysis.scope import Scope
from lti_tool.programme.content import Question
from lti_tool.texts import gettext as _
from lti_tool.texts import ngettext

_SHORT = 60
# From this attempt on they are counted together.
_MANY = 4


def discrimination(correlation: float) -> str:
    """A plain word for it."""
    if correlation < 0:
        return _("Negative")
    if correlation < limit.FAIR:
        return _("Weak")
    if correlation < limit.GOOD:
        return _("Fair")
    return _("Good") if correlation < limit.VERY_GOOD else _("Very good")


def reliability(alpha: float) -> str:
    if alpha < limit.UNRELIABLE:
        return _("Low: who does well in this test may owe it to these very questions.")
    if alpha < limit.RELIABLE_ENOUGH:
        return _("Moderate: enough to learn from, hardly enough to judge by.")
    if alpha < limit.RELIABLE:
        return _("Good enough for a test within a course.")
    return _("High: other questions of the kind would hardly give other results.")


def two_decimals(figure: float) -> str:
    return str(format_decimal(figure, "0.00"))


def percent(share: float) -> str:
    return str(format_percent(share))


def duration(seconds: float) -> str:
    whole = round(seconds)
    if whole < 60:
        return _("%(seconds)s s", seconds=whole)
    return _("%(minutes)s min %(seconds)s s", minutes=whole // 60, seconds=whole % 60)


def versions(numbers: tuple[int, ...]) -> str:
    """Such as "Versions 1, 2, and 4"."""
    listed = format_list([str(number) for number in numbers], locale=get_locale())
    return ngettext("Version %(numbers)s", "Versions %(numbers)s", len(numbers), numbers=listed)


def letter(place: int) -> str:
    """What the option at this place, from 0, is called: its author's order, while each attempt has its own."""
    return ascii_uppercase[place] if place < len(ascii_uppercase) else str(place + 1)


def shortened(text: str) -> str:
    return shorten(text, _SHORT, placeholder=" …")


def advice_text(advice: Advice, item: Item, question: Question) -> str:
    """One sentence with the numbers behind it; `question` is in the reader's language."""
    named = {o.key: f"{letter(place)} “{shortened(o.text)}”" for place, o in enumerate(question.options)}
    about = [choice for choice in item.choices if choice.key in advice.options]
    if about:
        return _about_options(advice.kind, item, about, named)
    return _about_question(advice.kind, item)


def _about_question(kind: Kind, item: Item) -> str:
    figure, share = two_decimals(item.correlation or 0), percent(item.facility)
    match kind:
        case Kind.AGAINST:
            return _(
                "Those who did well otherwise got this wrong more often than others (discrimination %(figure)s): "
                "check the right answer and the wording.",
                figure=figure,
            )
        case Kind.HARDLY:
            return _(
                "Those who did well otherwise are hardly more often right here than others "
                "(discrimination %(figure)s): see whether it asks for what the module teaches.",
                figure=figure,
            )
        case Kind.EASY:
            return _(
                "Almost everybody is right at once (%(share)s): a kind beginning, but it tells little about what "
                "somebody has understood.",
                share=share,
            )
        case Kind.HARD:
            return _(
                "Only %(share)s are right at their first attempt: see whether the reading prepares for it.", share=share
            )
        case _:
            return _about_work(kind, item)


def _about_work(kind: Kind, item: Item) -> str:
    match kind:
        case Kind.STILL_WRONG:
            return _(
                "Even after the feedback it is right in only %(share)s of %(attempts)s later attempts: explain it "
                "better, in the feedback or in the reading.",
                share=percent(item.later_right / item.later),
                attempts=item.later,
            )
        case Kind.UNANSWERED:
            return _(
                "%(share)s leave it unanswered (%(people)s of %(all)s): see whether it is clear what it asks for.",
                share=percent(item.unanswered / item.people),
                people=item.unanswered,
                all=item.people,
            )
        case _:
            return _(
                "It takes %(times)s times as long as the others (median %(time)s): see whether it is longer or harder "
                "to read than it needs to be.",
                times=format_decimal(item.pace, "0.#"),
                time=duration(item.seconds or 0),
            )


def _about_options(kind: Kind, item: Item, about: list[Chosen], named: dict[str, str]) -> str:
    match kind:
        case Kind.UNBELIEVED:
            return ngettext(
                "Hardly anyone picks %(options)s: a wrong option nobody believes makes the question easier than it "
                "looks.",
                "Hardly anyone picks %(options)s: wrong options nobody believes make the question easier than it "
                "looks.",
                len(about),
                options=_either(_counted(choice, item, named) for choice in about),
            )
        case Kind.RIVAL:
            right = min(choice.people for choice in item.choices if choice.correct)
            return _(
                "Nearly as many pick %(options)s as a right answer (%(right)s), or more: see whether the text makes "
                "the difference clear.",
                options=_either(_counted(choice, item, named) for choice in about),
                right=right,
            )
        case _:
            return _(
                "Those who picked %(options)s had more of the other questions right than those who were right here "
                "(%(theirs)s against %(others)s, on average): see whether it is right, too.",
                options=_either(named[choice.key] for choice in about),
                theirs=" / ".join(percent(choice.others or 0) for choice in about),
                others=percent(item.right_others or 0),
            )


def _counted(choice: Chosen, item: Item, named: dict[str, str]) -> str:
    return _("%(option)s (%(people)s of %(all)s)", option=named[choice.key], people=choice.people, all=item.people)


def _either(options: Iterable[str]) -> str:
    return format_list(list(options), style="or", locale=get_locale())


def option_text(question: Question, key: str) -> str:
    return next(option.text for option in question.options if option.key == key)


def passing(whole: Whole) -> list[tuple[str, int]]:
    """How many passed at which attempt; late ones together."""
    early = [(_at(attempt), whole.passed_at.get(attempt, 0)) for attempt in range(1, _MANY)]
    late = sum(people for attempt, people in whole.passed_at.items() if attempt >= _MANY)
    return [*early, (_("At a later one"), late), (_("Not yet"), whole.not_passed)]


def _at(attempt: int) -> str:
    return [_("At the first"), _("At the second"), _("At the third")][attempt - 1]


def version_choices(scope: Scope) -> list[tuple[int, str, int]]:
    return [(number, _("Version %(number)s", number=number), people) for number, people in scope.versions.items()]


def cohort_choices(scope: Scope) -> list[tuple[int, str, int]]:
    return [(cohort, scope.cohort_titles[cohort], people) for cohort, people in scope.cohorts.items()]
