"""Scores in, results out. https://www.imsglobal.org/spec/lti-ags/v2p0#score-publish-service"""

from typing import Any

from flask import Blueprint, Response, request
from pydantic import ValidationError
from sqlalchemy import select

from lti_tool.demo_lms.addresses import SERVICES, line_item_url, result_url
from lti_tool.demo_lms.faults import lose_answer, stumble
from lti_tool.demo_lms.grading import Score, Standing, graded, stale_status
from lti_tool.demo_lms.line_items import find_line_item, require_query
from lti_tool.demo_lms.media import answer_json, page_of, require_accept, require_content_type
from lti_tool.demo_lms.models import Grade, LineItem, Membership
from lti_tool.demo_lms.record import note_arrival, record_score
from lti_tool.demo_lms.refusal import Refusal
from lti_tool.demo_lms.state import behaviour, db, lms
from lti_tool.demo_lms.tokens import require_scope
from lti_tool.demo_lms.vocabulary import RESULTS_TYPE, SCOPE_RESULT_READ, SCOPE_SCORE, SCORE_TYPE

scores = Blueprint("scores", __name__, url_prefix=f"{SERVICES}/<course_key>/line_items/<int:item_id>/scores")
results = Blueprint("results", __name__, url_prefix=f"{SERVICES}/<course_key>/line_items/<int:item_id>/results")

scores.after_request(record_score)


@scores.before_request
def _before_score() -> None:
    note_arrival()
    stumble("scores")
    require_query()


@results.before_request
def _before_results() -> None:
    stumble("results")
    require_query()


@scores.post("")
def post_score(course_key: str, item_id: int) -> Response:
    require_scope(SCOPE_SCORE)
    require_content_type(SCORE_TYPE)
    item = find_line_item(course_key, item_id)
    score = _score()
    _check_gradable(course_key, score.user_id)
    _keep(item, score)
    db().commit()
    lose_answer("scores")
    return answer_json({"resultUrl": result_url(lms().config, behaviour(), item, score.user_id)}, "application/json")


def _score() -> Score:
    try:
        return Score.model_validate_json(request.get_data())
    except ValidationError as error:
        raise Refusal(400, "invalid_request", f"The score: {error}") from error


def _check_gradable(course_key: str, sub: str) -> None:
    member = db().get(Membership, (course_key, sub))
    if behaviour().only_learners_graded and (member is None or member.teaches):
        raise Refusal(400, "invalid_request", "Only learners of this course have grades.")
    if member is None or member.status == "Deleted":
        raise Refusal(404, "not_found", "The user is not in this course.")


def _keep(item: LineItem, score: Score) -> None:
    grade = db().get(Grade, (item.id, score.user_id))
    status = stale_status(score.timestamp, grade.sent_at if grade else None, behaviour())
    if status:
        raise Refusal(status, "stale_timestamp", "The timestamp is not newer than that of the score kept.")
    before = Standing(grade.score, grade.comment) if grade else Standing()
    after = graded(score, before, item.score_maximum, behaviour())
    db().merge(
        Grade(
            line_item_id=item.id,
            sub=score.user_id,
            score=after.score,
            comment=after.comment,
            activity_progress=score.activity_progress,
            grading_progress=score.grading_progress,
            sent_at=score.timestamp,
        )
    )


@results.get("")
def list_results(course_key: str, item_id: int) -> Response:
    require_scope(SCOPE_RESULT_READ)
    require_accept(RESULTS_TYPE)
    item = find_line_item(course_key, item_id)
    statement = select(Grade).where(Grade.line_item_id == item.id, Grade.score.is_not(None)).order_by(Grade.sub)
    if "user_id" in request.args:
        statement = statement.where(Grade.sub == request.args["user_id"])
    page = page_of(statement)
    return page.answer([_result(item, grade) for grade in page.rows], RESULTS_TYPE)


def _result(item: LineItem, grade: Grade) -> dict[str, Any]:
    result = {
        "id": result_url(lms().config, behaviour(), item, grade.sub),
        "scoreOf": line_item_url(lms().config, behaviour(), item),
        "userId": grade.sub,
        "resultScore": grade.score,
        "resultMaximum": item.score_maximum,
    }
    return {**result, "comment": grade.comment} if grade.comment else result
