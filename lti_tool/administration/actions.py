"""Naming administrators, and taking that back."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from lti_tool.administration.queries import somebody
from lti_tool.errors import Conflict, NotFound
from lti_tool.people.actions import grant_administrator, revoke_administrator
from lti_tool.people.models import GrantKind, StaffGrant
from lti_tool.texts import gettext as _


class LastAdministrator(Conflict):
    """Nobody locks the door behind themselves: without an administrator only whoever runs the server gets in."""

    def __init__(self) -> None:
        super().__init__(
            "last-administrator",
            title=_("Somebody has to administer these pages"),
            explanation=_("They are the last administrator who is named here, so nothing was changed."),
            advice=_(
                "Name somebody else first. Whoever runs the server can also take it back, with the one-time link that "
                "“lti-tool admin link” prints."
            ),
        )


def name_administrator(session: Session, person_id: int, *, granted_by: str) -> bool:
    """False if they were already; raises `NotFound`."""
    if somebody(session, person_id) is None:
        raise NotFound("no such person")
    return grant_administrator(session, person_id, granted_by=granted_by)


def dismiss_administrator(session: Session, person_id: int, *, by_operator: bool) -> bool:
    """False if there was nothing to take back. Raises `LastAdministrator` unless an operator asks for it."""
    grants = select(StaffGrant.person_id).where(StaffGrant.kind == GrantKind.ADMINISTRATOR)
    # Two who dismiss each other at the same moment must not both succeed.
    named = session.scalars(grants.order_by(StaffGrant.id).with_for_update()).all()
    if list(named) == [person_id] and not by_operator:
        raise LastAdministrator
    return revoke_administrator(session, person_id)
