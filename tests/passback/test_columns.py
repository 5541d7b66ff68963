"""Links whose launch named no line item: the column is found, or made once."""

from __future__ import annotations

import threading
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from lti_tool.database import db, now
from lti_tool.lti.columns import TAG
from lti_tool.lti.services.grades import LINE_ITEM_READ_SCOPE, LINE_ITEM_SCOPE, SCORE_SCOPE
from lti_tool.passback import columns
from lti_tool.passback.models import ColumnSearch, Delivery
from lti_tool.passback.reasons import Reason
from lti_tool.passback.worker import deliver_next
from tests.passback.conftest import Outbox
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
    outbox.deliver_all()
    assert len(outbox.lms.items) == 1
    assert len(outbox.lms.posts("/items")) == 1


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
