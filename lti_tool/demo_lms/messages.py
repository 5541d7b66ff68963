"""The claims of a launch: what the LMS tells the tool about the person, the course and the link."""

from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from lti_tool.demo_lms import vocabulary as v
from lti_tool.demo_lms.addresses import line_item_url, line_items_url, memberships_url
from lti_tool.demo_lms.behaviour import Behaviour
from lti_tool.demo_lms.config import DemoConfig
from lti_tool.demo_lms.models import Course, Link, Membership, Person

_VALID_FOR = timedelta(minutes=5)
Claims = dict[str, Any]


def launch_claims(
    config: DemoConfig, behaviour: Behaviour, link: Link, member: Membership, *, nonce: str, target: str, at: datetime
) -> Claims:
    """`target` is the document target, iframe or window; `at` becomes iat."""
    return {
        **_token(config, member.person.sub, nonce, at),
        **_person(member.person),
        v.MESSAGE_TYPE: "LtiResourceLinkRequest",
        v.VERSION: "1.3.0",
        v.DEPLOYMENT_ID: config.deployment_id,
        v.TARGET_LINK_URI: config.tool_launch_url,
        v.RESOURCE_LINK: {"id": link.id, "title": link.title, "description": link.about},
        v.ROLES: roles_of(member, behaviour),
        v.CONTEXT: context_of(link.course),
        v.TOOL_PLATFORM: {"guid": "demo-lms", "name": "Demo LMS", "product_family_code": "demo-lms", "version": "1"},
        v.LAUNCH_PRESENTATION: _presentation(config, link, member.person, target),
        **({v.CUSTOM: link.custom} if link.custom else {}),
        **_services(config, behaviour, link),
    }


def _token(config: DemoConfig, sub: str, nonce: str, at: datetime) -> Claims:
    return {
        "iss": config.issuer,
        "aud": config.client_id,
        "azp": config.client_id,
        "sub": sub,
        "iat": int(at.timestamp()),
        "exp": int((at + _VALID_FOR).timestamp()),
        "nonce": nonce,
        "jti": uuid4().hex,
    }


def _person(person: Person) -> Claims:
    return {
        "name": person.name,
        "given_name": person.given_name,
        "family_name": person.family_name,
        "email": person.email,
        "locale": person.locale,
    }


def _presentation(config: DemoConfig, link: Link, person: Person, target: str) -> Claims:
    return {
        "document_target": target,
        "locale": person.locale,
        "return_url": f"{config.base_url}/courses/{link.course_key}",
    }


def _services(config: DemoConfig, behaviour: Behaviour, link: Link) -> Claims:
    roster = {"context_memberships_url": memberships_url(config, link.course_key), "service_versions": ["2.0"]}
    claims: Claims = {v.NRPS_SERVICE: roster}
    if behaviour.line_item_claim != "absent":
        claims[v.AGS_ENDPOINT] = _grade_endpoint(config, behaviour, link)
    return claims


def _grade_endpoint(config: DemoConfig, behaviour: Behaviour, link: Link) -> Claims:
    endpoint: Claims = {
        "scope": list(v.AGS_SCOPES),
        "lineitems": line_items_url(config, behaviour, link.course_key),
    }
    # A link with several line items must not name one of them.
    # https://www.imsglobal.org/spec/lti-ags/v2p0#assignment-and-grade-service-claim
    if len(link.line_items) == 1 and behaviour.line_item_claim == "full":
        endpoint["lineitem"] = line_item_url(config, behaviour, link.line_items[0])
    return endpoint


def roles_of(member: Membership, behaviour: Behaviour) -> list[str]:
    """Short context roles alone where the platform is one that sends them, else full names with the institution's."""
    if behaviour.short_roles:
        return list(member.roles)
    return [v.CONTEXT_ROLE + role for role in member.roles] + list(member.person.institution_roles)


def context_of(course: Course) -> Claims:
    return {"id": course.key, "label": course.label, "title": course.title, "type": [v.COURSE_OFFERING]}
