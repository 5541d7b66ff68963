"""A platform's list of who is in a course (NRPS 2.0). https://www.imsglobal.org/spec/lti-nrps/v2p0"""

from __future__ import annotations

import html
import re
from dataclasses import dataclass
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, ValidationError
from pylti1p3.names_roles import NamesRolesProvisioningService

from lti_tool.addresses import with_query
from lti_tool.http import OutgoingError
from lti_tool.lti.claims import Identifier, address_in
from lti_tool.lti.roles import is_instructor
from lti_tool.lti.services.connector import Connector
from lti_tool.people.models import ID_LENGTH, Role

# Ten thousand members at the smallest page of a known platform.
ROSTER_SCOPE = "https://purl.imsglobal.org/spec/lti-nrps/scope/contextmembership.readonly"
MOST_PAGES = 500
_ADDRESS = re.compile(r"<[^>]*>")
_OTHER_PAGE = re.compile(r"\brel\W{1,12}(\w+\s+)*next\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody in the course; `name` is None where the platform keeps names back."""

    subject: str
    name: str | None
    role: Role
    active: bool
    email: str | None = None


@dataclass(frozen=True, slots=True)
class Listing:
    """All pages of a roster; not `complete` if an entry could not be read, so that nobody is certain to be missing."""

    members: list[Member]
    complete: bool


class Roster(NamesRolesProvisioningService):
    """The members of one course; raises `OutgoingError` when the platform fails on any page."""

    def __init__(self, connector: Connector, url: str) -> None:
        super().__init__(connector, {"context_memberships_url": url})

    def listing(self) -> Listing:
        entries: list[Any] = []
        # No limit is asked for: Moodle then leaves its own out, and others know best what they can bear. A link to
        # differences is not followed: without the whole list nobody knows who is missing.
        url = self._service_data["context_memberships_url"]
        asked: set[str] = set()
        while url not in asked and len(asked) < MOST_PAGES:
            asked.add(url)
            answer = self.get_nrps_data(url)
            entries += _entries(answer["body"])
            following = answer["next_page_url"]
            if following is None:
                return _listing(entries, answer["headers"].get("link"))
            url = following
        raise OutgoingError("the pages of a list do not end", retry=False)


def members_address(url: str, resource_link_id: str | None) -> str:
    """Where the members are listed; with a link, of those only who have access to it.

    https://www.imsglobal.org/spec/lti-nrps/v2p0#resource-link-membership-service
    """
    return with_query(url, rlid=resource_link_id) if resource_link_id else url


def _text(value: object) -> str | None:
    return value if isinstance(value, str) else None


# What is not text tells nothing, but is no reason to do without the member.
_Text = Annotated[str | None, BeforeValidator(_text)]


class _Entry(BaseModel):
    model_config = ConfigDict(strict=True)

    user_id: Identifier
    # https://www.imsglobal.org/spec/lti-nrps/v2p0#membership-status: Active where it is not told.
    status: _Text = None
    name: _Text = None
    given_name: _Text = None
    family_name: _Text = None
    email: Annotated[str | None, BeforeValidator(address_in)] = None
    roles: list[str]

    def member(self) -> Member:
        role = Role.INSTRUCTOR if is_instructor(self.roles) else Role.LEARNER
        return Member(self.user_id, self._full_name(), role, self.status in (None, "Active"), self.email)

    def _full_name(self) -> str | None:
        name = self.name or " ".join(part for part in (self.given_name, self.family_name) if part)
        # Moodle escapes names here, though not in launches.
        return html.unescape(name).replace("\x00", "").strip()[:ID_LENGTH] or None


def _entries(body: object) -> list[Any]:
    entries = body.get("members") if isinstance(body, dict) else None
    if not isinstance(entries, list):
        raise OutgoingError("the answer is not a list of members", retry=False)
    return entries


def _listing(entries: list[Any], link: str | None) -> Listing:
    # What is not ASCII are curly quotes, as in `next_page`.
    relations = _ADDRESS.sub("", link or "").encode("ascii", "ignore").decode()
    if _OTHER_PAGE.search(relations):
        raise OutgoingError("the link to the next page cannot be read", retry=False)
    members = [_member(entry) for entry in entries]
    return Listing([member for member in members if member], complete=None not in members)


def _member(entry: Any) -> Member | None:
    """None for an entry without the user id and roles that the specification demands."""
    try:
        return _Entry.model_validate(entry).member()
    except ValidationError:
        return None
