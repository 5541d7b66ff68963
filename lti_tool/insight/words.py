"""What the figures are called."""

from __future__ import annotations

from lti_tool.insight.queries import Funnel
from lti_tool.insight.stages import Stage, Who
from lti_tool.programme.content import Step
from lti_tool.texts import gettext as _
from lti_tool.texts import lazy_gettext as _l
from lti_tool.texts import ngettext

STAGES = {
    Stage.OPENED: _l("Has opened the module and done nothing yet"),
    Stage.TEST: _l("Has not passed the test yet"),
    Stage.TEST_STUCK: _l("Has used all attempts at the test"),
    Stage.ESSAY: _l("Has not begun the essay"),
    Stage.DRAFT: _l("Has a draft of the essay"),
    Stage.ESSAY_RETURNED: _l("Has got the essay back to revise it"),
    Stage.WAITING: _l("Waits until more essays are in"),
    Stage.NO_ESSAY: _l("Has no essay to evaluate"),
    Stage.NOT_BEGUN: _l("Has an essay to evaluate and has not begun"),
    Stage.BEGUN: _l("Is writing an evaluation"),
    Stage.RETURNED: _l("Has got an evaluation back to write it anew"),
    Stage.LAPSED: _l("Let the time for an evaluation run out"),
    Stage.LEFT: _l("Takes no part in the peer evaluation any more"),
    Stage.COMPLETE: _l("Has completed the module"),
}
WHO = {
    Who.LEARNER: _l("The learning assistant"),
    Who.OTHERS: _l("Other learning assistants"),
    Who.COORDINATOR: _l("The coordinator"),
    Who.NOBODY: _l("Nobody"),
}


def milestones(funnel: Funnel) -> list[tuple[str, int]]:
    """Only of steps that the module has."""
    test, essay, evaluations = (step in funnel.steps for step in Step)
    found = [
        (True, _("Opened"), funnel.opened),
        (True, _("Something done"), funnel.begun),
        (test, _("Test passed"), funnel.tested),
        (essay, _("Essay submitted"), funnel.submitted),
        (True, _("Completed"), funnel.completed),
        (evaluations, _("Both evaluations received"), funnel.received),
    ]
    return [(name, count) for has, name, count in found if has]


def distances(levels: int) -> list[str]:
    """What the places of `Judgements.apart` are called."""
    return [
        _("The same level"),
        *(ngettext("%(num)s level apart", "%(num)s levels apart", n) for n in range(1, levels)),
    ]
