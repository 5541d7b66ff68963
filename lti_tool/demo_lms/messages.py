"""The messages that open a tool: what the LMS tells it about the person, the course, and what is opened."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from lti_tool.demo_lms import vocabulary as v
from lti_tool.demo_lms.addresses import line_item_url, line_items_url, memberships_url
from lti_tool.demo_lms.behaviour import Behaviour
from lti_tool.demo_lms.config import DemoConfig
from lti_tool.demo_lms.models import Course, LineItem, Link, Membership, Person, Tool

_VALID_FOR = timedelta(minutes=5)
Claims = dict[str, Any]


@dataclass(frozen=True)
class Platform:
    """Where the LMS is, and its habits."""

    config: DemoConfig
    behaviour: Behaviour


@dataclass(frozen=True)
class Message:
    """Who sends what to which tool; `own` are the claims that this message has and others have not."""

    type: str
    tool: Tool
    member: Membership
    target_link_uri: str
    own: Claims


def resource_link_message(lms: Platform, link: Link, member: Membership) -> Message:
    own = {
        v.RESOURCE_LINK: _resource_link(link),
        **_custom(link.tool, v.RESOURCE_LINK_REQUEST, link.custom),
        # A link with several line items must not name one of them.
        # https://www.imsglobal.org/spec/lti-ags/v2p0#assignment-and-grade-service-claim
        **_services(lms, link.tool, link.course_key, link.line_items[0] if len(link.line_items) == 1 else None),
    }
    target = link.url or link.tool.target_of(v.RESOURCE_LINK_REQUEST)
    return Message(v.RESOURCE_LINK_REQUEST, link.tool, member, target, own)


def deep_linking_message(lms: Platform, tool: Tool, member: Membership, settings: Claims) -> Message:
    own = {
        v.DEEP_LINKING_SETTINGS: settings,
        **_custom(tool, v.DEEP_LINKING_REQUEST, {}),
        **_services(lms, tool, member.course_key, None),
    }
    return Message(v.DEEP_LINKING_REQUEST, tool, member, tool.target_of(v.DEEP_LINKING_REQUEST), own)


def submission_review_message(lms: Platform, item: LineItem, member: Membership, learner: Membership) -> Message:
    """https://www.imsglobal.org/spec/lti-sr/v1p0"""
    review = item.submission_review or {}
    custom = {**(item.link.custom if item.link else {}), **(review.get("custom") or {})}
    own = {
        v.FOR_USER: _for_user(lms, learner),
        **({v.RESOURCE_LINK: _resource_link(item.link)} if item.link else {}),
        **_custom(item.tool, v.SUBMISSION_REVIEW_REQUEST, custom),
        **_services(lms, item.tool, item.course_key, item),
    }
    target = review.get("url") or item.tool.target_of(v.SUBMISSION_REVIEW_REQUEST)
    return Message(v.SUBMISSION_REVIEW_REQUEST, item.tool, member, target, own)


def claims_of(lms: Platform, message: Message, *, nonce: str, target: str, at: datetime) -> Claims:
    """`target` is the document target, iframe or window; `at` becomes iat."""
    person = message.member.person
    return {
        **_token(lms.config, message.tool, person.sub, nonce, at),
        **_person(person),
        "locale": person.locale,
        v.MESSAGE_TYPE: message.type,
        v.VERSION: "1.3.0",
        v.DEPLOYMENT_ID: message.tool.deployment_id,
        v.TARGET_LINK_URI: message.target_link_uri,
        v.ROLES: roles_of(message.member, lms.behaviour),
        v.CONTEXT: context_of(message.member.course),
        v.TOOL_PLATFORM: {"guid": "demo-lms", "name": "Demo LMS", "product_family_code": "demo-lms", "version": "1"},
        v.LAUNCH_PRESENTATION: {
            "document_target": target,
            "locale": person.locale,
            "return_url": f"{lms.config.base_url}/courses/{message.member.course_key}",
        },
        **message.own,
    }


def _token(config: DemoConfig, tool: Tool, sub: str, nonce: str, at: datetime) -> Claims:
    return {
        "iss": config.issuer,
        "aud": tool.client_id,
        "azp": tool.client_id,
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
    }


def _for_user(lms: Platform, learner: Membership) -> Claims:
    return {"user_id": learner.sub, **_person(learner.person), "roles": roles_of(learner, lms.behaviour)}


def _resource_link(link: Link) -> Claims:
    return {"id": link.id, "title": link.title, "description": link.about}


def _custom(tool: Tool, message_type: str, own: Mapping[str, str]) -> Claims:
    """What the tool registered for all messages and for this one, and what this one has of its own."""
    registered = (tool.message(message_type) or {}).get("custom_parameters") or {}
    custom = {**tool.custom, **registered, **own}
    return {v.CUSTOM: custom} if custom else {}


def _services(lms: Platform, tool: Tool, course_key: str, line_item: LineItem | None) -> Claims:
    claims: Claims = {}
    if v.SCOPE_MEMBERSHIPS in tool.scopes:
        url = memberships_url(lms.config, course_key)
        claims[v.NRPS_SERVICE] = {"context_memberships_url": url, "service_versions": ["2.0"]}
    scopes = [scope for scope in v.AGS_SCOPES if scope in tool.scopes]
    if scopes and lms.behaviour.line_item_claim != "absent":
        claims[v.AGS_ENDPOINT] = {"scope": scopes, "lineitems": line_items_url(lms.config, lms.behaviour, course_key)}
        if line_item and lms.behaviour.line_item_claim == "full":
            claims[v.AGS_ENDPOINT]["lineitem"] = line_item_url(lms.config, lms.behaviour, line_item)
    return claims


def roles_of(member: Membership, behaviour: Behaviour) -> list[str]:
    """Short context roles alone where the platform is one that sends them, else full names with the institution's."""
    if behaviour.short_roles:
        return list(member.roles)
    return [v.CONTEXT_ROLE + role for role in member.roles] + list(member.person.institution_roles)


def context_of(course: Course) -> Claims:
    return {"id": course.key, "label": course.label, "title": course.title, "type": [v.COURSE_OFFERING]}
