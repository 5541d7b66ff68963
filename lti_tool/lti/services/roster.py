"""A platform's list of who is in a course (NRPS 2.0). https://www.imsglobal.org/spec/lti-nrps/v2p0"""

from __future__ import annotations

import html
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError
from pylti1p3.names_roles import NamesRolesProvisioningService

from lti_tool.http import OutgoingError
from lti_tool.lti.claims import Identifier
from lti_tool.lti.roles import is_instructor
from lti_tool.lti.services.connector import Connector
from lti_tool.lti.services.grades import MOST_PAGES
from lti_tool.people.models import ID_LENGTH, Role


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody in the course; `name` is None where the platform keeps names back."""

    subject: str
    name: str | None
    role: Role
    active: bool


class Roster(NamesRolesProvisioningService):
    """The members of one course, all pages; raises `OutgoingError` when the platform fails."""

    def __init__(self, connector: Connector, url: str) -> None:
        super().__init__(connector, {"context_memberships_url": url})

    def members(self) -> list[Member]:
        found: list[Member] = []
        # No limit is asked for: Moodle's links to further pages cannot be followed.
        url: str | None = self._service_data["context_memberships_url"]
        for _page in range(MOST_PAGES):
            answer = self.get_nrps_data(url)
            found += _members(answer["body"])
            url = answer["next_page_url"]
            if url is None:
                return found
        raise OutgoingError("the pages of a list do not end", retry=False)


class _Entry(BaseModel):
    model_config = ConfigDict(strict=True)

    user_id: Identifier
    # https://www.imsglobal.org/spec/lti-nrps/v2p0#membership-status: Active where it is not told.
    status: str = "Active"
    name: str | None = None
    given_name: str | None = None
    family_name: str | None = None
    roles: list[str]

    def member(self) -> Member:
        role = Role.INSTRUCTOR if is_instructor(self.roles) else Role.LEARNER
        return Member(self.user_id, self._full_name(), role, self.status == "Active")

    def _full_name(self) -> str | None:
        name = self.name or " ".join(part for part in (self.given_name, self.family_name) if part)
        # Moodle escapes names here, though not in launches.
        return html.unescape(name).replace("\x00", "").strip()[:ID_LENGTH] or None


def _members(body: object) -> list[Member]:
    entries = body.get("members") if isinstance(body, dict) else None
    if not isinstance(entries, list):
        raise OutgoingError("the answer is not a list of members", retry=False)
    return [member for entry in entries if (member := _member(entry)) is not None]


def _member(entry: Any) -> Member | None:
    """None for an entry without the user id and roles that the specification demands."""
    try:
        return _Entry.model_validate(entry).member()
    except ValidationError:
        return None
