"""What coordinators type to issue a certificate anew or to revoke it, and what anybody types to verify one."""

from __future__ import annotations

from flask_wtf import FlaskForm
from wtforms import StringField, TextAreaField
from wtforms.validators import DataRequired, Length

from lti_tool.certificates.actions import LONGEST_NAME, LONGEST_REASON
from lti_tool.drafts import one_line, stripped
from lti_tool.texts import lazy_gettext as _l


class IssueForm(FlaskForm):  # type: ignore[misc]
    name = StringField(
        _l("Name on the certificate"),
        description=_l("As it stands in their papers."),
        filters=[one_line],
        validators=[
            DataRequired(_l("Write the name that is to stand on the certificate.")),
            Length(max=LONGEST_NAME, message=_l("A name has at most %(max)d characters.")),
        ],
    )


class RevokeForm(FlaskForm):  # type: ignore[misc]
    reason = TextAreaField(
        _l("Why it is revoked"),
        description=_l("For the coordinators of this cohort. Nobody else reads it."),
        filters=[stripped],
        validators=[
            DataRequired(_l("Write why it is revoked.")),
            Length(max=LONGEST_REASON, message=_l("A reason has at most %(max)d characters.")),
        ],
    )
