"""The addresses of the services, which the tool must take as they are."""

from lti_tool.demo_lms.behaviour import Behaviour
from lti_tool.demo_lms.config import DemoConfig
from lti_tool.demo_lms.models import LineItem

SERVICES = "/api/lti/courses"
QUERY_NAME, QUERY_VALUE = "type_id", "1"


def memberships_url(config: DemoConfig, course_key: str) -> str:
    return f"{config.base_url}{SERVICES}/{course_key}/memberships"


def line_items_url(config: DemoConfig, behaviour: Behaviour, course_key: str) -> str:
    return f"{config.base_url}{SERVICES}/{course_key}/line_items{_query(behaviour)}"


def line_item_url(config: DemoConfig, behaviour: Behaviour, item: LineItem) -> str:
    return f"{config.base_url}{SERVICES}/{item.course_key}/line_items/{item.id}{_query(behaviour)}"


def result_url(config: DemoConfig, behaviour: Behaviour, item: LineItem, sub: str) -> str:
    return f"{config.base_url}{SERVICES}/{item.course_key}/line_items/{item.id}/results/{sub}{_query(behaviour)}"


def _query(behaviour: Behaviour) -> str:
    return f"?{QUERY_NAME}={QUERY_VALUE}" if behaviour.line_item_query else ""
