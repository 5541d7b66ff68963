"""From a grade in the gradebook to the work behind it. https://www.imsglobal.org/spec/lti-sr/v1p0"""

from flask import Blueprint, abort, render_template

from lti_tool.demo_lms.access import require_teacher
from lti_tool.demo_lms.models import Grade, LineItem, Membership
from lti_tool.demo_lms.state import db
from lti_tool.demo_lms.vocabulary import SUBMISSION_REVIEW_REQUEST

blueprint = Blueprint("reviews", __name__)


@blueprint.app_template_test("reviewable")
def is_reviewable(item: LineItem, grade: Grade | None) -> bool:
    """By what the line item says, and where it says nothing, if its tool understands the message for its links."""
    if not item.tool.active:
        return False
    if item.submission_review is None:
        return item.link_id is not None and item.tool.message(SUBMISSION_REVIEW_REQUEST) is not None
    statuses = item.submission_review.get("reviewableStatus")
    return not statuses or (grade.activity_progress if grade else "None") in statuses


@blueprint.get("/courses/<course_key>/gradebook/<int:item_id>/<sub>")
def review(course_key: str, item_id: int, sub: str) -> str:
    member = require_teacher(course_key)
    item, learner = db().get(LineItem, item_id), db().get(Membership, (course_key, sub))
    if item is None or item.course_key != course_key or learner is None or learner.status != "Active":
        abort(404)
    if not is_reviewable(item, db().get(Grade, (item_id, sub))):
        abort(404, "There is nothing to review here.")
    return render_template("demo_lms/review.html", member=member, item=item, person=learner.person)
