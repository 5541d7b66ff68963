"""The claims of a launch that we use, checked for type and size. Meaning is checked by the launch.

https://www.imsglobal.org/spec/lti/v1p3#required-message-claims
"""

from __future__ import annotations

from typing import Annotated, Any
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints, ValidationError

from lti_tool.mail_settings import is_mail_address
from lti_tool.moments import known_zone
from lti_tool.people.models import ID_LENGTH

CLAIM = "https://purl.imsglobal.org/spec/lti/claim/"
AGS_ENDPOINT = "https://purl.imsglobal.org/spec/lti-ags/claim/endpoint"
ROSTER_SERVICE = "https://purl.imsglobal.org/spec/lti-nrps/claim/namesroleservice"
DEEP_LINKING_SETTINGS = "https://purl.imsglobal.org/spec/lti-dl/claim/deep_linking_settings"
GROUP_SERVICE = "https://purl.imsglobal.org/spec/lti-gs/claim/groupsservice"
RESOURCE_LINK_REQUEST = "LtiResourceLinkRequest"
DEEP_LINKING_REQUEST = "LtiDeepLinkingRequest"
SUBMISSION_REVIEW_REQUEST = "LtiSubmissionReviewRequest"
_KEY_LENGTH = 64

# PostgreSQL stores no NUL; control characters in identifiers are nobody's honest intention.
Identifier = Annotated[str, StringConstraints(min_length=1, max_length=ID_LENGTH, pattern=r"^[^\x00-\x1f\x7f]+$")]
Text = Annotated[str, StringConstraints(pattern=r"^[^\x00]*$")]
Url = Annotated[str, StringConstraints(max_length=4000, pattern=r"^[^\x00-\x20\x7f]*$")]
Moment = Annotated[float, Field(ge=0, lt=1e11, allow_inf_nan=False)]


class ClaimsInvalid(Exception):
    """`fields` names the claims that are missing or malformed, never their values."""

    def __init__(self, fields: list[str]) -> None:
        super().__init__(", ".join(fields))
        self.fields = fields


class _Part(BaseModel):
    model_config = ConfigDict(strict=True, frozen=True)


def _shortened(text: str) -> str:
    return text[:ID_LENGTH]


# Titles have no limit in LTI; here they are cut to what the columns hold.
Title = Annotated[str, StringConstraints(pattern=r"^[^\x00]*$"), AfterValidator(_shortened)]


def address_in(value: object) -> str | None:
    """An e-mail address as platforms tell it; None for anything that cannot be written to."""
    address = value.strip() if isinstance(value, str) else ""
    return address if is_mail_address(address) else None


class ResourceLinkClaim(_Part):
    id: Identifier
    title: Title | None = None


class ContextClaim(_Part):
    id: Identifier
    label: Title | None = None
    title: Title | None = None


class PresentationClaim(_Part):
    locale: Text | None = None
    return_url: Text | None = None


class GradingClaim(_Part):
    """`lineitem` is the link's own column, `lineitems` the course's list of them."""

    scope: list[Text] = []
    lineitem: Url | None = None
    lineitems: Url | None = None


class RosterClaim(_Part):
    context_memberships_url: Url | None = None


class GroupsClaim(_Part):
    context_groups_url: Url | None = None
    context_group_sets_url: Url | None = None


class ToolPlatformClaim(_Part):
    product_family_code: Title | None = None


def _web_address(url: str) -> str:
    if not is_web_address(url):
        raise ValueError("no web address")
    return url


class DeepLinkingClaim(_Part):
    """What may be placed. https://www.imsglobal.org/spec/lti-dl/v2p0#deep-linking-settings"""

    return_url: Annotated[Url, AfterValidator(_web_address)] = Field(alias="deep_link_return_url")
    accept_types: list[Text]
    accept_targets: list[Text] | None = Field(None, alias="accept_presentation_document_targets")
    accept_multiple: bool | None = None
    accept_lineitem: bool | None = None
    data: Text | None = None


class ForUserClaim(_Part):
    """Whose work is to be shown. https://www.imsglobal.org/spec/lti-sr/v1p0#for-user-claim"""

    user_id: Identifier


def full_name(name: str | None, given_name: str | None, family_name: str | None) -> str | None:
    """None where the platform keeps names back."""
    whole = name or " ".join(part for part in (given_name, family_name) if part)
    return whole.strip()[:ID_LENGTH] or None


class Claims(_Part):
    iss: Identifier
    aud: Identifier | list[Identifier]
    azp: Identifier | None = None
    sub: Identifier
    exp: Moment
    iat: Moment
    nbf: Moment = 0
    nonce: Identifier
    name: Text | None = None
    given_name: Text | None = None
    family_name: Text | None = None
    email: Annotated[str | None, BeforeValidator(address_in)] = None
    oidc_locale: Text | None = Field(None, alias="locale")
    message_type: Text | None = Field(None, alias=f"{CLAIM}message_type")
    deployment_id: Identifier = Field(alias=f"{CLAIM}deployment_id")
    target_link_uri: Url = Field(alias=f"{CLAIM}target_link_uri")
    roles: list[Text] = Field(alias=f"{CLAIM}roles")
    resource_link: ResourceLinkClaim | None = Field(None, alias=f"{CLAIM}resource_link")
    context: ContextClaim | None = Field(None, alias=f"{CLAIM}context")
    presentation: PresentationClaim | None = Field(None, alias=f"{CLAIM}launch_presentation")
    custom: dict[str, Any] | None = Field(None, alias=f"{CLAIM}custom")
    grading: GradingClaim | None = Field(None, alias=AGS_ENDPOINT)
    roster: RosterClaim | None = Field(None, alias=ROSTER_SERVICE)
    groups: GroupsClaim | None = Field(None, alias=GROUP_SERVICE)
    tool_platform: ToolPlatformClaim | None = Field(None, alias=f"{CLAIM}tool_platform")
    deep_linking: DeepLinkingClaim | None = Field(None, alias=DEEP_LINKING_SETTINGS)
    for_user: ForUserClaim | None = Field(None, alias=f"{CLAIM}for_user")

    @property
    def audiences(self) -> list[str]:
        return [self.aud] if isinstance(self.aud, str) else self.aud

    @property
    def full_name(self) -> str | None:
        return full_name(self.name, self.given_name, self.family_name)

    @property
    def module_key(self) -> str | None:
        return self._custom("module")

    @property
    def programme_key(self) -> str | None:
        """The custom parameter `programme`; a link that names a module, too, is that module's."""
        return None if self.module_key else self._custom("programme")

    @property
    def page(self) -> str | None:
        """The custom parameter `page`, which opens a page for staff."""
        return self._custom("page")

    @property
    def timezone(self) -> str | None:
        """The person's, where the link has the custom parameter `timezone`; None for one that is not known here.

        https://www.imsglobal.org/spec/lti/v1p3#lis-person-variables
        """
        return known_zone(self._parameter("timezone"))

    def _custom(self, name: str) -> str | None:
        """A key, None for an unknown parameter."""
        return (self._parameter(name) or "").lower()[:_KEY_LENGTH] or None

    def _parameter(self, name: str) -> str | None:
        """None for an unknown parameter, and where the platform left a variable unsubstituted."""
        value = (self.custom or {}).get(name)
        if not isinstance(value, str) or "\x00" in value or value.startswith("$"):
            return None
        return value.strip() or None

    @property
    def return_url(self) -> str | None:
        return _sound(self.presentation.return_url if self.presentation else None)

    @property
    def roster_url(self) -> str | None:
        return _sound(self.roster.context_memberships_url if self.roster else None)

    @property
    def groups_url(self) -> str | None:
        return _sound(self.groups.context_groups_url if self.groups else None)

    @property
    def group_sets_url(self) -> str | None:
        return _sound(self.groups.context_group_sets_url if self.groups else None)

    @property
    def product(self) -> str | None:
        """The platform's product_family_code in lower case."""
        code = self.tool_platform.product_family_code if self.tool_platform else None
        return (code or "").strip().lower() or None

    @property
    def locale(self) -> str | None:
        """The language of the page around the tool, else the person's own."""
        return (self.presentation.locale if self.presentation else None) or self.oidc_locale


def read_claims(body: object) -> Claims:
    """Raises `ClaimsInvalid`."""
    try:
        return Claims.model_validate(body)
    except ValidationError as error:
        raise ClaimsInvalid(sorted({_field(problem["loc"]) for problem in error.errors()})) from error


def _field(location: tuple[int | str, ...]) -> str:
    return str(location[0]).rsplit("/", 1)[-1] if location else "body"


def _sound(url: str | None) -> str | None:
    return url if url and is_web_address(url) else None


def is_web_address(url: str) -> bool:
    try:
        parts = urlsplit(url)
        return parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False
