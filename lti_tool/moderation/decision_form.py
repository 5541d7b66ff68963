"""What coordinators fill in about an evaluation."""

from __future__ import annotations

from flask_wtf import FlaskForm
from wtforms import HiddenField, TextAreaField

from lti_tool.drafts import stripped
from lti_tool.texts import lazy_gettext as _l


class DecisionForm(FlaskForm):  # type: ignore[misc]
    """`seen` is the version that the coordinator has read."""

    seen = HiddenField()
    reason = TextAreaField(
        _l("Comment"),
        description=_l(
            "The evaluator reads it when you return or void the evaluation, or evaluate the essay yourself. In every "
            "case it stays in the history, with your name."
        ),
        filters=[stripped],
    )
