"""What a tool says of itself when it registers. https://www.imsglobal.org/spec/lti-dr/v1p0#tool-configuration"""

from typing import Annotated, Any, Literal, Self
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, model_validator

from lti_tool.demo_lms.content_items import Address
from lti_tool.demo_lms.vocabulary import TOOL_CONFIGURATION

Text = Annotated[str, Field(min_length=1, max_length=255)]


class _Part(BaseModel):
    model_config = ConfigDict(strict=True, frozen=True)


class ToolMessage(_Part):
    type: Text
    target_link_uri: Address | None = None
    label: str | None = None
    icon_uri: Address | None = None
    custom_parameters: dict[str, str] | None = None
    placements: list[str] | None = None
    roles: list[str] | None = None


class ToolConfiguration(_Part):
    domain: Text
    target_link_uri: Address
    messages: list[ToolMessage] = []
    claims: list[str]
    description: str | None = None
    custom_parameters: dict[str, str] | None = None

    @model_validator(mode="after")
    def _domain_covers_target(self) -> Self:
        # With its port, as Moodle wants it.
        if urlsplit(self.target_link_uri).netloc != self.domain:
            raise ValueError("domain must be that of target_link_uri, with its port if it has one")
        return self


class RegistrationBody(_Part):
    application_type: Literal["web"]
    response_types: list[str]
    grant_types: list[str]
    initiate_login_uri: Address
    redirect_uris: Annotated[list[Address], Field(min_length=1)]
    client_name: Text
    jwks_uri: Address
    token_endpoint_auth_method: Literal["private_key_jwt"]
    scope: str = ""
    logo_uri: Address | None = None
    tool_configuration: Annotated[ToolConfiguration, Field(alias=TOOL_CONFIGURATION)]

    @model_validator(mode="after")
    def _flows(self) -> Self:
        if "id_token" not in self.response_types:
            raise ValueError("response_types must have id_token")
        if not {"implicit", "client_credentials"} <= set(self.grant_types):
            raise ValueError("grant_types must have implicit and client_credentials")
        return self

    @property
    def messages(self) -> list[dict[str, Any]]:
        return [message.model_dump(exclude_none=True) for message in self.tool_configuration.messages]
