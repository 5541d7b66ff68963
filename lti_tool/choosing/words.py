"""What the pages of choosing say about a module and about what a change means."""

from __future__ import annotations

from dataclasses import dataclass

from markupsafe import Markup

from lti_tool.choosing.queries import Offer, Why
from lti_tool.modules.date_words import due_words
from lti_tool.programme.content import ModuleContent, Step
from lti_tool.texts import gettext as _
from lti_tool.texts import lazy_gettext as _l
from lti_tool.texts import ngettext

_WHY = {
    Why.COMPLETE: _l("You have completed it, so it counts."),
    Why.BEING_EVALUATED: _l("Somebody has begun to evaluate your essay, so this choice stays."),
    Why.HAS_EVALUATED: _l("You have submitted an evaluation of somebody's essay, so this choice stays."),
}
_STEPS = {Step.TEST: _l("Test"), Step.ESSAY: _l("Reflection essay"), Step.EVALUATIONS: _l("Two peer evaluations")}


@dataclass(frozen=True, slots=True)
class Tag:
    text: str
    kind: str


def state(offer: Offer) -> Tag:
    """Where the person stands with it, as a state tag."""
    one = offer.candidate
    if one.completed_at is not None:
        return Tag(_("Done"), "done")
    if one.chosen:
        return Tag(_("Chosen and begun"), "started") if one.begun else Tag(_("Chosen"), "started")
    return Tag(_("Begun, but not chosen"), "todo") if one.begun else Tag(_("Not chosen"), "todo")


def why_settled(offer: Offer) -> str:
    return str(_WHY[offer.settled]) if offer.settled else ""


def consequences(offer: Offer) -> list[str]:
    """What giving it up means, for the person and for others."""
    if not offer.candidate.begun or offer.done is None:
        return [_("You have not begun it, so nothing else changes.")]
    found = [_("What you have done in it is kept. If you choose it again, you go on where you were.")]
    if offer.done.in_pool:
        found.append(_("Nobody has begun to evaluate your essay. It leaves the peer evaluation until then."))
    if offer.done.writing:
        found.append(
            _("What you have written about another's essay is kept, but somebody else may get that essay now.")
        )
    return found


def facts(content: ModuleContent) -> list[str]:
    """What there is to do in it, shortly."""
    found = [ngettext("%(num)s minute of reading", "%(num)s minutes of reading", content.reading_minutes)]
    questions = len(content.text_in(content.default_language).questions)
    if Step.TEST in content.steps:
        found.append(ngettext("test with %(num)s question", "test with %(num)s questions", questions))
    if Step.ESSAY in content.steps:
        least, most = content.essay_words_min, content.essay_words_max
        found.append(_("essay of %(least)s to %(most)s words", least=least, most=most))
    if Step.EVALUATIONS in content.steps:
        found.append(_("evaluations of two others' essays"))
    return found


def dates(offer: Offer) -> list[tuple[str, Markup]]:
    """The dates of its steps, as far as there are any."""
    there = [(step, offer.deadlines.get(step)) for step in offer.content.steps]
    return [(str(_STEPS[step]), due_words(found)) for step, found in there if found is not None]
