"""What administrators type of a learning platform. What is right is decided where it is stored."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask_wtf import FlaskForm
from werkzeug.datastructures import MultiDict
from wtforms import SelectField, StringField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]

from lti_tool.administration.guides import Question
from lti_tool.errors import DomainError
from lti_tool.texts import gettext as _
from lti_tool.texts import lazy_gettext as _l


def _stripped(text: str | None) -> str:
    return (text or "").strip()


def _text(label: Any, hint: Any = "") -> Any:
    return StringField(label, description=hint, filters=[_stripped])


class PlatformForm(FlaskForm):  # type: ignore[misc]
    """A registration by hand; `deployment_ids` and `token_audience` may stay empty."""

    name = _text(_l("Name"), _l("What administrators call it here, such as “Moodle at Example University”."))
    issuer = _text(
        _l("Issuer (platform ID)"), _l("Exactly as the platform writes it; a slash at its end makes a difference.")
    )
    client_id = _text(_l("Client ID"))
    auth_url = _text(_l("Authentication request URL (OIDC)"))
    token_url = _text(_l("Access token URL"))
    jwks_url = _text(_l("Public key set URL (JWKS)"))
    token_audience = _text(_l("Token audience"), _l("Leave it empty unless the platform names one: Brightspace does."))
    deployment_ids = _text(
        _l("Deployment ID"),
        _l("May stay empty: the first launch shows it under “Learning platforms”, where you approve it."),
    )

    def values(self, *names: str) -> dict[str, Any]:
        """What was typed, as the actions take it."""
        typed = {name: self[name].data for name in names}
        if "token_audience" in typed:
            typed["token_audience"] = typed["token_audience"] or None
        if "deployment_ids" in typed:
            typed["deployment_ids"] = tuple(filter(None, [typed["deployment_ids"]]))
        return typed

    def show(self, problems: Mapping[str, str]) -> None:
        """Say at each field what is wrong with it."""
        for name, problem in problems.items():
            self[name].errors = [problem]


class InvitationForm(FlaskForm):  # type: ignore[misc]
    note = _text(_l("Whom it is for"), _l("So that you recognise it later, such as “Moodle, Kari in IT”."))

    def required_note(self) -> str:
        note: str = self.note.data
        if not note:
            raise DomainError("invitation without a note", explanation=_("Say whom the invitation is for."))
        return note


class StartForm(FlaskForm):  # type: ignore[misc]
    """What a platform's addresses follow from; it stands in the page's own address."""

    class Meta:
        csrf = False


def start_form(question: Question | None, arguments: Mapping[str, str]) -> Any:
    """None where the platform's guide asks nothing; without an answer among the arguments, `start.data` is None."""
    if question is None:
        return None
    said = {"label": question.label, "description": question.hint}
    field = SelectField(choices=[SelectChoice(*choice) for choice in question.choices], validate_choice=False, **said)
    form = type("FilledStartForm", (StartForm,), {"start": field if question.choices else StringField(**said)})
    given = {name: value for name, value in arguments.items() if name == "start"}
    return form(formdata=MultiDict(given) if given else None)
