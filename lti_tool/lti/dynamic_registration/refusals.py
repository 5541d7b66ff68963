"""Why a registration did not come about, in words for the platform's administrator and as a code for the log."""

from __future__ import annotations

from lti_tool.errors import DomainError
from lti_tool.texts import gettext as _


class RegistrationRefused(DomainError):
    def __init__(self, reason: str, explanation: str, advice: str = "") -> None:
        super().__init__(
            reason,
            title=_("The tool was not registered"),
            explanation=explanation,
            advice=advice
            or _("Nothing was stored here. Register the tool by hand, or give support the reference below."),
        )


def unsound(what: str) -> RegistrationRefused:
    """The platform's description of itself lacks `what`, or says it in a way that cannot be used."""
    return RegistrationRefused(
        f"configuration: {what}",
        _(
            "The description that your learning platform gives of itself lacks something, or it cannot be used: "
            "%(what)s.",
            what=what,
        ),
    )
