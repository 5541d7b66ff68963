"""What coordinators fill in about essays."""

from __future__ import annotations

from flask_wtf import FlaskForm
from wtforms import HiddenField, TextAreaField
from wtforms.validators import DataRequired, Length

from lti_tool.drafts import stripped
from lti_tool.texts import lazy_gettext as _l

LONGEST_COMMENT = 2000


class ReturnForm(FlaskForm):  # type: ignore[misc]
    """`seen` is the version that the coordinator has read."""

    seen = HiddenField()
    comment = TextAreaField(
        _l("What should be better"),
        description=_l("The learning assistant reads it above their essay. Your name stays out of it."),
        filters=[stripped],
        validators=[
            DataRequired(_l("Say what should be better, so that they know what to work on.")),
            Length(max=LONGEST_COMMENT, message=_l("Write at most 2,000 characters.")),
        ],
    )
