"""What the steps are called on the pages about dates."""

from __future__ import annotations

from lti_tool.programme.content import Step
from lti_tool.texts import gettext as _


def step_titles() -> dict[Step, str]:
    return {
        Step.TEST: _("Test"),
        Step.ESSAY: _("Reflection essay"),
        Step.EVALUATIONS: _("Two peer evaluations"),
    }
