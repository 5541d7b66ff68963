"""What the LMS wants back when a teacher places content. https://www.imsglobal.org/spec/lti-dl/v2p0#deep-linking-settings"""

from typing import Any

from itsdangerous import BadSignature

from lti_tool.demo_lms.messages import Platform
from lti_tool.demo_lms.models import Membership, Tool
from lti_tool.demo_lms.state import lms

_DATA_SECONDS = 3600


def settings_for(here: Platform, tool: Tool, member: Membership) -> dict[str, Any]:
    habits = here.behaviour
    settings = {
        "deep_link_return_url": f"{here.config.base_url}/courses/{member.course_key}/deep-linking",
        "accept_types": list(habits.accept_types),
        "accept_presentation_document_targets": list(habits.accept_targets),
        "accept_multiple": habits.accept_multiple,
        "accept_lineitem": habits.accept_lineitem,
        "auto_create": habits.auto_create,
    }
    if habits.deep_linking_data:
        settings["data"] = lms().placings.dumps([member.course_key, tool.client_id, member.sub])
    return settings


def is_data_of(text: str, tool: Tool, member: Membership) -> bool:
    """Whether the LMS gave this out within the last hour, to this tool for this person in this course."""
    try:
        given = lms().placings.loads(text, max_age=_DATA_SECONDS)
    except BadSignature:
        return False
    return bool(given == [member.course_key, tool.client_id, member.sub])
