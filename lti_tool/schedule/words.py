"""What the steps and the states of terms are called on the pages about dates."""

from __future__ import annotations

from lti_tool.programme.content import Step
from lti_tool.schedule.next_term import State
from lti_tool.texts import gettext as _


def step_titles() -> dict[Step, str]:
    return {
        Step.TEST: _("Test"),
        Step.ESSAY: _("Reflection essay"),
        Step.EVALUATIONS: _("Two peer evaluations"),
    }


def term_states() -> dict[State, tuple[str, str]]:
    """Each in words, and the kind of state it is shown as."""
    return {
        State.OPEN: (_("open"), "done"),
        State.WAITING: (_("not open"), "waiting"),
        State.OVER: (_("over"), "todo"),
    }
