"""Line items: the columns of the gradebook, to each tool its own. https://www.imsglobal.org/spec/lti-ags/v2p0#line-item-service"""

from typing import Any

from flask import Blueprint, Response, request
from pydantic import ValidationError
from sqlalchemy import select

from lti_tool.demo_lms.addresses import QUERY_NAME, QUERY_VALUE, SERVICES, line_item_url
from lti_tool.demo_lms.faults import stumble
from lti_tool.demo_lms.grading import LineItemBody
from lti_tool.demo_lms.media import answer_json, page_of, require_accept, require_content_type
from lti_tool.demo_lms.models import Course, LineItem, Link
from lti_tool.demo_lms.refusal import Refusal
from lti_tool.demo_lms.state import behaviour, db, lms
from lti_tool.demo_lms.tokens import require_scope
from lti_tool.demo_lms.tools import calling_tool
from lti_tool.demo_lms.vocabulary import LINE_ITEM_TYPE, LINE_ITEMS_TYPE, SCOPE_LINE_ITEM, SCOPE_LINE_ITEM_READ

blueprint = Blueprint("line_items", __name__, url_prefix=f"{SERVICES}/<course_key>/line_items")


def require_query() -> None:
    """Where line item addresses have a query, an address without it leads nowhere, as in Moodle."""
    if behaviour().line_item_query and request.args.get(QUERY_NAME) != QUERY_VALUE:
        raise Refusal(404, "not_found", f"The query {QUERY_NAME} of the line item's address is missing.")


@blueprint.before_request
def _before() -> None:
    stumble("line_items")
    require_query()


def find_line_item(course_key: str, item_id: int) -> LineItem:
    item = db().get(LineItem, item_id)
    if item is None or item.course_key != course_key or item.tool is not calling_tool():
        raise Refusal(404, "not_found", "There is no such line item in this course.")
    return item


def _as_json(item: LineItem) -> dict[str, Any]:
    fields = {
        "id": line_item_url(lms().config, behaviour(), item),
        "label": item.label,
        "scoreMaximum": item.score_maximum,
        "resourceId": item.resource_id,
        "tag": item.tag,
        "resourceLinkId": item.link_id,
        "startDateTime": item.start_at and item.start_at.isoformat(),
        "endDateTime": item.end_at and item.end_at.isoformat(),
        "submissionReview": item.submission_review,
    }
    return {name: value for name, value in fields.items() if value is not None}


@blueprint.get("")
def list_line_items(course_key: str) -> Response:
    require_scope(SCOPE_LINE_ITEM, SCOPE_LINE_ITEM_READ)
    require_accept(LINE_ITEMS_TYPE)
    _require_course(course_key)
    mine = LineItem.client_id == calling_tool().client_id
    statement = select(LineItem).where(LineItem.course_key == course_key, mine).order_by(LineItem.id)
    columns = {"resource_link_id": LineItem.link_id, "resource_id": LineItem.resource_id, "tag": LineItem.tag}
    for name in columns.keys() & request.args.keys():
        statement = statement.where(columns[name] == request.args[name])
    page = page_of(statement)
    return page.answer([_as_json(item) for item in page.rows], LINE_ITEMS_TYPE)


@blueprint.post("")
def create_line_item(course_key: str) -> Response:
    require_scope(SCOPE_LINE_ITEM)
    require_content_type(LINE_ITEM_TYPE)
    _require_course(course_key)
    body = _body()
    item = LineItem(course_key=course_key, link_id=_link_id(course_key, body), tool=calling_tool())
    _fill(item, body)
    db().add(item)
    db().commit()
    return answer_json(_as_json(item), LINE_ITEM_TYPE, 201)


@blueprint.get("/<int:item_id>")
def show_line_item(course_key: str, item_id: int) -> Response:
    require_scope(SCOPE_LINE_ITEM, SCOPE_LINE_ITEM_READ)
    require_accept(LINE_ITEM_TYPE)
    return answer_json(_as_json(find_line_item(course_key, item_id)), LINE_ITEM_TYPE)


@blueprint.put("/<int:item_id>")
def change_line_item(course_key: str, item_id: int) -> Response:
    require_scope(SCOPE_LINE_ITEM)
    require_content_type(LINE_ITEM_TYPE)
    item = find_line_item(course_key, item_id)
    body = _body()
    if behaviour().put_unlinks and body.resource_link_id is None:
        item.link_id = None
    _fill(item, body)
    db().commit()
    return answer_json(_as_json(item), LINE_ITEM_TYPE)


@blueprint.delete("/<int:item_id>")
def delete_line_item(course_key: str, item_id: int) -> Response:
    require_scope(SCOPE_LINE_ITEM)
    db().delete(find_line_item(course_key, item_id))
    db().commit()
    return Response(status=204)


def _require_course(course_key: str) -> None:
    if db().get(Course, course_key) is None:
        raise Refusal(404, "not_found", "There is no such course.")


def _body() -> LineItemBody:
    try:
        return LineItemBody.model_validate_json(request.get_data())
    except ValidationError as error:
        raise Refusal(400, "invalid_request", f"The line item: {error}") from error


def _link_id(course_key: str, body: LineItemBody) -> str | None:
    if body.resource_link_id is None:
        return None
    link = db().get(Link, body.resource_link_id)
    if link is None or link.course_key != course_key or link.tool is not calling_tool():
        raise Refusal(404, "not_found", "There is no such resource link in this course.")
    return link.id


def _fill(item: LineItem, body: LineItemBody) -> None:
    item.label = body.label
    item.score_maximum = body.score_maximum
    item.resource_id = body.resource_id
    item.tag = body.tag
    item.start_at = body.start_date_time
    item.end_at = body.end_date_time
    review = body.submission_review
    item.submission_review = review.model_dump(by_alias=True, exclude_unset=True) if review else None
