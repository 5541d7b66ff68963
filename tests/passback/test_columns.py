"""Links whose launch named no line item: the column is found, or made once."""

from __future__ import annotations

import threading
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from lti_tool.database import db, now
from lti_tool.lti.columns import TAG, Subject
from lti_tool.lti.models import LineItem
from lti_tool.lti.services.grades import LINE_ITEM_READ_SCOPE, LINE_ITEM_SCOPE, RESULT_SCOPE, SCORE_SCOPE
from lti_tool.passback import columns
from lti_tool.passback.actions import enqueue
from lti_tool.passback.models import ColumnSearch, Delivery, Score
from lti_tool.passback.reasons import Reason
from lti_tool.passback.worker import deliver_next
from lti_tool.people.models import LinkVisit, ResourceLink
from tests.passback.conftest import GRADE, Outbox
from tests.passback.fake_lms import refusal

CONTAINER = "https://lms.test/items?c=7"


@pytest.fixture
def outbox(outbox: Outbox) -> Outbox:
    outbox.change_item(url=None, container_url=CONTAINER, scopes=f"{LINE_ITEM_SCOPE} {SCORE_SCOPE}")
    return outbox


def item(**fields: Any) -> dict[str, Any]:
    return {"id": "https://lms.test/items/there", "label": "x", "scoreMaximum": 100, **fields}


def test_c93_the_column_is_made_and_its_address_kept(outbox: Outbox) -> None:
    score_id = outbox.enqueue()
    outbox.deliver()
    (request,) = outbox.lms.posts("/items")
    assert request.url == CONTAINER
    assert request.headers["Content-Type"] == "application/vnd.ims.lis.v2.lineitem+json"
    assert request.json == {
        "label": "Link",
        "scoreMaximum": 100,
        "resourceId": "om1",
        "resourceLinkId": "link-om1",
        "tag": TAG,
        "submissionReview": {"reviewableStatus": ["InProgress", "Submitted", "Completed"]},
    }
    assert outbox.item().url == "https://lms.test/items/made-0"
    assert outbox.score(score_id).state is Delivery.SENT
    assert outbox.session.scalars(select(ColumnSearch)).all() == []


def test_a_second_score_uses_the_address_that_was_kept(outbox: Outbox) -> None:
    for name in ("lina", "frode"):
        outbox.enqueue(name)
        outbox.deliver()
    assert len(outbox.lms.items) == 1
    assert len([r for r in outbox.lms.requests if r.path == "/items"]) == 2


@pytest.mark.parametrize(
    "found",
    [
        item(resourceLinkId="link-om1"),
        item(resourceLinkId="link-om1", tag=TAG, resourceId="om1"),
        item(resourceId="om1", tag=TAG),
        # C105: a copied course keeps the column, with the id that the link had in the course it was copied from.
        item(resourceId="om1", tag=TAG, resourceLinkId="link-in-the-old-course"),
    ],
)
def test_c105_a_column_that_is_there_is_used(outbox: Outbox, found: dict[str, Any]) -> None:
    outbox.lms.items = [item(id="https://lms.test/items/other", resourceId="om2", tag=TAG), found]
    outbox.enqueue()
    outbox.deliver()
    assert outbox.item().url == "https://lms.test/items/there"
    assert len(outbox.lms.items) == 2


def test_c103_an_unbound_column_is_bound_to_the_link_and_kept_in_step_with_it(outbox: Outbox) -> None:
    found = item(resourceId="om1", tag=TAG, label="An old name", scoreMaximum=10, endDateTime="2026-12-01T12:00:00Z")
    outbox.lms.items = [found]
    score_id = outbox.enqueue()
    outbox.deliver()
    assert outbox.lms.items == [{**found, "label": "Link", "scoreMaximum": 100, "resourceLinkId": "link-om1"}]
    assert outbox.score(score_id).state is Delivery.SENT


def test_c103_an_update_leaves_the_query_of_the_address_and_the_link_alone(outbox: Outbox) -> None:
    address = "https://lms.test/items/7/lineitem?type_id=2"
    outbox.lms.items = [item(id=address, resourceId="om1", tag=TAG, label="Old", resourceLinkId="link-of-old")]
    outbox.enqueue()
    outbox.deliver()
    (put,) = [request for request in outbox.lms.requests if request.method == "PUT"]
    assert put.url == address
    assert outbox.lms.items[0]["resourceLinkId"] == "link-of-old", "Moodle would unbind an item that comes without"
    assert outbox.lms.posts("/scores")[0].url == "https://lms.test/items/7/lineitem/scores?type_id=2"


@pytest.mark.parametrize(
    ("found", "scopes"),
    [
        (item(resourceId="om1", tag=TAG, label="Link", resourceLinkId="link-om1"), LINE_ITEM_SCOPE),
        (item(resourceLinkId="link-om1", label="The instructor's own"), LINE_ITEM_SCOPE),
        (item(resourceId="om1", tag=TAG, label="Old"), LINE_ITEM_READ_SCOPE),
    ],
)
def test_c103_what_is_right_not_ours_or_not_for_us_to_write_is_not_updated(
    outbox: Outbox, found: dict[str, Any], scopes: str
) -> None:
    outbox.change_item(scopes=f"{scopes} {SCORE_SCOPE}")
    outbox.lms.items = [found]
    outbox.enqueue()
    outbox.deliver()
    assert outbox.lms.writes() == []
    assert len(outbox.lms.grades) == 1


@pytest.mark.parametrize("status", [400, 403, 404, 405, 500])
def test_c103_a_platform_that_refuses_updates_gets_the_score_all_the_same(outbox: Outbox, status: int) -> None:
    outbox.lms.items = [item(resourceId="om1", tag=TAG, label="Old")]
    outbox.lms.fail("there", refusal(status))
    score_id = outbox.enqueue()
    outbox.deliver()
    assert outbox.score(score_id).state is Delivery.SENT


@pytest.fixture
def racing(outbox: Outbox) -> Outbox:
    """While a worker makes the column, the platform names one in a launch."""
    outbox.change_item(scopes=f"{LINE_ITEM_SCOPE} {SCORE_SCOPE} {RESULT_SCOPE}")
    outbox.lms.fail("items", lambda: None, lambda: outbox.change_item(url="https://lms.test/items/told"))
    return outbox


def test_c104_a_column_made_in_a_race_is_removed_again(racing: Outbox) -> None:
    score_id = racing.enqueue()
    racing.deliver()
    assert racing.lms.writes() == ["POST", "DELETE"]
    assert racing.lms.items == []
    assert racing.item().url == "https://lms.test/items/told"
    assert racing.score(score_id).state is Delivery.SENT
    assert list(racing.lms.grades) == [("/items/told", "sub-lina")]


def test_c104_a_surplus_column_that_holds_results_stays(racing: Outbox) -> None:
    racing.lms.grades["/items/made-0", "somebody"] = {"scoreGiven": 0, "scoreMaximum": 100}
    racing.enqueue()
    racing.deliver()
    assert racing.lms.writes() == ["POST"]


def test_c104_a_surplus_column_whose_results_we_may_not_read_stays(racing: Outbox) -> None:
    racing.change_item(scopes=f"{LINE_ITEM_SCOPE} {SCORE_SCOPE}")
    racing.enqueue()
    racing.deliver()
    assert racing.lms.writes() == ["POST"]


@pytest.mark.parametrize("where", ["results", "made-0"])
def test_c104_a_surplus_column_that_cannot_be_removed_holds_up_no_score(racing: Outbox, where: str) -> None:
    racing.lms.fail(where, refusal(500))
    score_id = racing.enqueue()
    racing.deliver()
    assert racing.score(score_id).state is Delivery.SENT


def test_c104_a_column_that_was_found_is_never_removed(outbox: Outbox) -> None:
    outbox.change_item(scopes=f"{LINE_ITEM_SCOPE} {SCORE_SCOPE} {RESULT_SCOPE}")
    outbox.lms.items = [item(resourceLinkId="link-om1")]
    outbox.lms.fail("items", lambda: outbox.change_item(url="https://lms.test/items/told"))
    outbox.enqueue()
    outbox.deliver()
    assert outbox.lms.writes() == []


def test_c105_a_copied_link_whose_launch_names_its_line_item_searches_for_none(outbox: Outbox) -> None:
    outbox.change_item(url="https://lms.test/items/of-the-copy")
    outbox.lms.items = [item(resourceId="om1", tag=TAG, resourceLinkId="link-in-the-old-course")]
    outbox.enqueue()
    outbox.deliver()
    assert [request.path for request in outbox.lms.requests] == ["/token", "/items/of-the-copy/scores"]


def test_c105_two_people_at_once_in_a_copied_course_make_no_second_line_item(outbox: Outbox, app: Flask) -> None:
    outbox.lms.items = [item(resourceId="om1", tag=TAG, resourceLinkId="link-in-the-old-course")]
    for name in ("lina", "frode"):
        outbox.enqueue(name)
    deliver_together(outbox, app)
    deliver_the_rest(outbox)
    assert len(outbox.lms.items) == 1
    assert outbox.lms.posts("/items") == []
    assert sorted(outbox.lms.grades) == [("/items/there", "sub-frode"), ("/items/there", "sub-lina")]


def test_c105_two_links_of_one_module_in_a_copied_course_do_not_share_a_column(outbox: Outbox, app: Flask) -> None:
    second = second_link(outbox)
    outbox.lms.items = [
        item(id=f"https://lms.test/items/{number}", resourceId="om1", tag=TAG, resourceLinkId=f"old-{number}")
        for number in (1, 2)
    ]
    outbox.session.merge(LinkVisit(link_id=second, person_id=outbox.cast.person_id("lina")))
    enqueue(outbox.session, outbox.cast.person_id("lina"), Subject("om1"), GRADE)
    outbox.session.commit()
    outbox.enqueue("frode")
    deliver_together(outbox, app)
    deliver_the_rest(outbox)
    urls = outbox.session.scalars(select(LineItem.url).where(LineItem.link_id.in_([second, outbox.item().link_id])))
    assert sorted(filter(None, urls)) == ["https://lms.test/items/1", "https://lms.test/items/2"]
    assert outbox.lms.posts("/items") == []


def test_where_no_column_comes_by_itself_one_is_made_for_the_link(outbox: Outbox) -> None:
    """As in Brightspace; what other tools and other links of ours have is not in the way."""
    outbox.lms.items = [item(), item(resourceId="om2", tag=TAG), item(resourceLinkId="somebody-elses")]
    outbox.enqueue()
    outbox.deliver()
    assert outbox.lms.items[-1]["resourceLinkId"] == "link-om1"
    assert outbox.item().url == outbox.lms.items[-1]["id"]


@pytest.mark.parametrize("found", [item(resourceLinkId="link-om1"), item(resourceId="om1", tag=TAG)])
def test_a_column_that_we_may_only_read_is_not_ours(outbox: Outbox, found: dict[str, Any]) -> None:
    """As Sakai tells of columns."""
    outbox.lms.items = [{**found, "readOnly": True}]
    outbox.enqueue()
    outbox.deliver()
    assert outbox.lms.writes() == ["POST"]
    assert outbox.item().url == "https://lms.test/items/made-1"


@pytest.mark.parametrize(
    "other",
    [
        item(resourceId="om1", tag="somebody-elses"),
        item(resourceId="om2", tag=TAG),
        item(resourceId="om1", tag=TAG, resourceLinkId="link-None"),
    ],
)
def test_another_links_column_is_left_alone(outbox: Outbox, other: dict[str, Any]) -> None:
    outbox.lms.items = [other]
    outbox.enqueue()
    outbox.deliver()
    assert outbox.item().url == "https://lms.test/items/made-1"


def test_workers_at_once_make_one_column(outbox: Outbox, app: Flask) -> None:
    for name in ("lina", "frode", "amir"):
        outbox.enqueue(name)
    deliver_together(outbox, app)
    outbox.deliver_all()
    assert len(outbox.lms.items) == 1
    assert len(outbox.lms.posts("/items")) == 1


def deliver_together(outbox: Outbox, app: Flask) -> None:
    """Two workers at once, the second while the first is searching for the column."""
    together = threading.Barrier(2, timeout=10)
    # Whoever searches waits until another worker has come past the same point and turned back.
    outbox.lms.fail("items", together.wait)

    def work(meet: bool) -> None:
        with app.app_context():
            deliver_next(db.session, outbox.courier)
            if meet:
                together.wait()

    first = threading.Thread(target=work, args=(False,))
    first.start()
    while outbox.session.scalars(select(ColumnSearch)).one_or_none() is None:
        outbox.session.rollback()
    outbox.session.rollback()
    second = threading.Thread(target=work, args=(True,))
    second.start()
    first.join()
    second.join()


def deliver_the_rest(outbox: Outbox) -> None:
    """Without the moment that whoever finds another searching waits."""
    for score in outbox.session.scalars(select(Score)):
        score.due_at = score.created_at
    outbox.session.commit()
    outbox.deliver_all()


def second_link(outbox: Outbox) -> int:
    """Another link to the module in the same course, with no column known."""
    link = ResourceLink(
        course_id=outbox.cast.courses["TDT4100"], resource_link_id="link-om1-b", title="Again", module_key="om1"
    )
    outbox.session.add(link)
    outbox.session.flush()
    first = outbox.item()
    outbox.session.add(
        LineItem(
            platform_id=first.platform_id,
            deployment_id=first.deployment_id,
            link_id=link.id,
            container_url=first.container_url,
            scopes=first.scopes,
        )
    )
    outbox.session.commit()
    return link.id


def test_a_worker_that_died_searching_is_replaced_after_its_lease(outbox: Outbox) -> None:
    score_id = outbox.enqueue()
    assert columns.begin(outbox.session, outbox.item().id, 100, timedelta(seconds=60)) is not None
    outbox.session.commit()
    outbox.deliver()
    score = outbox.score(score_id)
    assert (score.state, score.attempts, outbox.lms.requests) == (Delivery.WAITING, 0, [])
    outbox.session.scalars(select(ColumnSearch)).one().lease_until = now() - timedelta(seconds=1)
    outbox.session.commit()
    outbox.make_due(score_id)
    outbox.deliver()
    assert outbox.score(score_id).state is Delivery.SENT


def test_a_launch_that_names_the_column_meanwhile_wins(outbox: Outbox) -> None:
    outbox.lms.fail("items", lambda: outbox.change_item(url="https://lms.test/items/told"))
    outbox.enqueue()
    outbox.deliver()
    assert outbox.item().url == "https://lms.test/items/told"


def test_a_platform_that_forbids_columns_is_named_to_the_instructor(outbox: Outbox) -> None:
    outbox.lms.fail("items", refusal(403))
    score_id = outbox.enqueue()
    outbox.deliver()
    score = outbox.score(score_id)
    assert (score.state, score.failure, score.failure_status) == (Delivery.FAILED, Reason.COLUMN_REFUSED, 403)
    assert outbox.session.scalars(select(ColumnSearch)).all() == []


def test_a_platform_that_is_down_is_asked_again(outbox: Outbox) -> None:
    outbox.lms.fail("items", refusal(503))
    score_id = outbox.enqueue()
    outbox.deliver()
    assert outbox.score(score_id).state is Delivery.WAITING
    outbox.make_due(score_id)
    outbox.deliver()
    assert outbox.score(score_id).state is Delivery.SENT


@pytest.mark.parametrize(
    ("container", "scopes"),
    [
        (None, f"{LINE_ITEM_SCOPE} {SCORE_SCOPE}"),
        (CONTAINER, SCORE_SCOPE),
        (CONTAINER, f"{LINE_ITEM_READ_SCOPE} {SCORE_SCOPE}"),
    ],
)
def test_without_a_column_or_the_right_to_make_one_it_fails(outbox: Outbox, container: str | None, scopes: str) -> None:
    outbox.change_item(container_url=container, scopes=scopes)
    score_id = outbox.enqueue()
    outbox.deliver()
    assert outbox.score(score_id).failure == Reason.NO_COLUMN
    assert outbox.lms.posts("/items") == []


def test_the_right_to_read_is_enough_to_find_a_column(outbox: Outbox) -> None:
    outbox.change_item(scopes=f"{LINE_ITEM_READ_SCOPE} {SCORE_SCOPE}")
    outbox.lms.items = [item(resourceLinkId="link-om1")]
    score_id = outbox.enqueue()
    outbox.deliver()
    assert outbox.score(score_id).state is Delivery.SENT
