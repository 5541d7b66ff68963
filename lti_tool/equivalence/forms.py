"""What people write when they apply, and coordinators when they decide."""

from __future__ import annotations

from typing import Any

from flask_wtf import FlaskForm
from wtforms import HiddenField, RadioField, TextAreaField
from wtforms.validators import DataRequired, Length

from lti_tool.drafts import stripped
from lti_tool.equivalence.actions import LONGEST_REASON, LONGEST_STATEMENT
from lti_tool.programme.content import ProgrammeContent, in_language
from lti_tool.texts import lazy_gettext as _l


class ApplicationForm(FlaskForm):  # type: ignore[misc]
    category = RadioField(
        _l("What you have completed"),
        validators=[DataRequired(_l("Choose what you have completed."))],
    )
    statement = TextAreaField(
        _l("In your own words"),
        description=_l("Where, when and how far, and what practical training was part of it."),
        filters=[stripped],
        validators=[
            DataRequired(_l("Write a few words about it.")),
            Length(max=LONGEST_STATEMENT, message=_l("Write at most %(max)d characters.")),
        ],
    )


def application_form(programme: ProgrammeContent, language: str) -> Any:
    form = ApplicationForm()
    form.category.choices = [
        (one.key, in_language(one.titles, language, programme.default_language))
        for one in programme.equivalents
        if one.recognised
    ]
    return form


class DecisionForm(FlaskForm):  # type: ignore[misc]
    """`seen` is the newest entry of the log that the page showed."""

    seen = HiddenField()
    reason = TextAreaField(
        _l("Reason"),
        description=_l("The applicant reads it, too."),
        filters=[stripped],
        validators=[
            DataRequired(_l("Write why.")),
            Length(max=LONGEST_REASON, message=_l("Write at most %(max)d characters.")),
        ],
    )
