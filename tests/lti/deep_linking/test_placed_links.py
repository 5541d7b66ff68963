"""What a placed link does when it is launched: the platform keeps what it was sent, and sends it along."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from lti_tool.lti.columns import Subject, column_for, is_marked
from lti_tool.modules.actions import FULL_SCORE
from lti_tool.people.models import ResourceLink
from lti_tool.programme.models import Programme
from lti_tool.programme.requirements import Completion
from tests.cast import Cast, small_programme
from tests.lti.deep_linking.asking import ITEMS, Placing
from tests.lti.platform import AGS
from tests.work import done_before

LMS = "https://lms.test"


def launched(placing: Placing, item: dict[str, Any], role: str, context: str) -> str:
    """The page that a platform's launch of the placed item leads to."""
    lms, client = placing.lms, placing.client
    lms.target_link_uri = item["url"]
    column = {"lineitems": f"{LMS}/items", "scope": ["https://purl.imsglobal.org/spec/lti-ags/scope/score"]}
    if "lineItem" in item:
        column["lineitem"] = f"{LMS}/items/of-{item['title']}".replace(" ", "-")
    changes = {
        "resource_link": {"id": f"placed-{item['title']}", "title": item["title"]},
        "custom": item.get("custom", {}),
        "context": {"id": context},
        AGS: column,
        "sub": f"sub-{role}",
    }
    answer = lms.launch(client, role, changes=changes)
    assert answer.status_code == 303, answer.text
    page = client.get(answer.headers["Location"], base_url=lms.base_url)
    assert page.status_code == 200
    return page.text


def test_a_placed_module_opens_that_module_and_its_column_is_the_links(placing: Placing, session: Session) -> None:
    placing.open()
    item = placing.chosen("module-om1", **{"title-module-om1": "Week 3"})[ITEMS][0]
    page = launched(placing, item, "Learner", "course-1")
    assert "<h1>Giving feedback</h1>" in page
    link = session.scalars(select(ResourceLink).where(ResourceLink.resource_link_id == "placed-Week 3")).one()
    assert (link.module_key, link.title) == ("om1", "Week 3")
    # The mark by which the passback would find the column again, were it not told of it.
    assert is_marked(item["lineItem"], column_for(Subject("om1"), "Giving feedback", FULL_SCORE))


def test_a_placed_programme_opens_the_training_and_its_column_is_for_the_whole(
    placing: Placing, session: Session, cast: Cast
) -> None:
    with done_before(cast) as session_before:
        asked = Completion(kind="complete", key="online", titles={"en": "One module"}, hours=3)
        body = small_programme().model_copy(update={"requirements": (asked,)}).model_dump(mode="json")
        session_before.scalars(select(Programme)).one().body = body
    placing.open()
    item = placing.chosen("programme-laos")[ITEMS][0]
    assert "<h1>My training</h1>" in launched(placing, item, "Learner", "course-1")
    link = session.scalars(select(ResourceLink).where(ResourceLink.programme_key == "laos")).one()
    assert link.module_key is None
    whole = Subject("laos", whole=True)
    assert is_marked(item["lineItem"], column_for(whole, "", FULL_SCORE))
    assert not is_marked(item["lineItem"], column_for(Subject("laos"), "", FULL_SCORE))


@pytest.mark.parametrize(
    ("name", "role", "context", "heading"),
    [
        ("training", "Learner", "course-1", "My training"),
        ("training", "Instructor", "course-1", "Start page for staff"),
        ("results", "Instructor", "course-1", "Results"),
        ("results", "Learner", "course-1", "My training"),
        # The cast's programme course, whose instructors coordinate.
        ("evaluations", "Instructor", "ctx-LAOS", "Review of evaluations"),
        ("evaluations", "Instructor", "course-1", "Start page for staff"),
    ],
)
def test_a_placed_page_opens_for_whom_it_is_meant_and_a_start_page_for_others(
    placing: Placing, name: str, role: str, context: str, heading: str
) -> None:
    placing.open()
    item = placing.chosen(name)[ITEMS][0]
    page = launched(placing, item, role, context)
    assert f"<title>{heading}" in page
