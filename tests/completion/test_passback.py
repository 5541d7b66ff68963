"""The column of a whole programme follows what is on record."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from lti_tool.attendance.marks import mark
from lti_tool.attendance.models import Presence, Source, TrainingSession
from lti_tool.completion.passback import look_at_everybody, look_at_visitors, settle, settle_completion
from lti_tool.database import now
from lti_tool.lti.models import LineItem
from lti_tool.passback.models import Score
from lti_tool.people.models import LaunchSession, LinkVisit, ResourceLink, Role
from lti_tool.programme.models import CompletionCheck
from tests.cast import SCOPES, Cast
from tests.certificates.completed import complete


@pytest.fixture
def link_id(session: Session, cast: Cast) -> int:
    """A link in the programme course whose column is for the whole programme; Lina and Frode have opened it."""
    link = ResourceLink(course_id=cast.courses["LAOS"], resource_link_id="whole", title="LAOS", programme_key="laos")
    session.add(link)
    session.flush()
    deployment_id = session.scalars(select(LineItem.deployment_id).limit(1)).one()
    item = {"platform_id": cast.platform_id, "deployment_id": deployment_id, "scopes": SCOPES}
    session.add(LineItem(**item, link_id=link.id, url="https://lms.test/whole"))
    for name in ("lina", "frode"):
        session.add(LinkVisit(link_id=link.id, person_id=cast.person_id(name)))
    session.commit()
    return link.id


def scores(session: Session, link_id: int) -> dict[int, tuple[float, str]]:
    rows = session.execute(
        select(Score.person_id, Score.given, Score.comment)
        .join(LineItem, LineItem.id == Score.line_item_id)
        .where(LineItem.link_id == link_id)
    )
    return {row.person_id: (row.given, row.comment) for row in rows}


def correct(session: Session, cast: Cast, held: TrainingSession, presence: Presence, at: datetime) -> None:
    kari, lina = cast.person_id("kari"), cast.person_id("lina")
    mark(session, kari, held, lina, presence, source=Source.LIST, reason="Mixed up", happened_at=at)


def test_completing_the_last_part_sends_the_points_once(session: Session, cast: Cast, link_id: int) -> None:
    complete(session, cast, "lina")
    assert len(settle(session, now())) == 1
    assert scores(session, link_id) == {cast.person_id("lina"): (100, "Programme completed: 7 hours.")}
    assert session.scalar(select(func.count()).select_from(CompletionCheck)) == 0
    assert settle(session, now()) == []


def test_a_corrected_mark_takes_the_points_back_and_gives_them_again(
    session: Session, cast: Cast, link_id: int
) -> None:
    held = complete(session, cast, "lina")
    settle(session, now())
    correct(session, cast, held, Presence.ABSENT, now() + timedelta(seconds=1))
    settle(session, now())
    assert scores(session, link_id)[cast.person_id("lina")][0] == 0
    correct(session, cast, held, Presence.PRESENT, now() + timedelta(seconds=2))
    settle(session, now())
    assert scores(session, link_id)[cast.person_id("lina")][0] == 100


def test_half_of_it_sends_nothing(session: Session, cast: Cast, link_id: int) -> None:
    held = complete(session, cast)
    mark(session, cast.person_id("kari"), held, cast.person_id("frode"), Presence.PRESENT, source=Source.LIST)
    assert settle(session, now()) == []
    assert scores(session, link_id) == {}


@pytest.mark.parametrize("ago", [timedelta(minutes=1), timedelta(hours=2)])
def test_whoever_opens_the_link_later_has_the_points_soon(
    session: Session, cast: Cast, link_id: int, ago: timedelta
) -> None:
    """Within minutes of the visit; the night finds whoever was missed."""
    complete(session, cast, "lina")
    session.execute(delete(CompletionCheck))
    settle(session, now())
    assert scores(session, link_id) == {}
    _come(session, cast, link_id, now() - ago)
    look_at_visitors(session, now() - timedelta(minutes=15))
    session.commit()
    settle_completion()
    assert (cast.person_id("lina") in scores(session, link_id)) == (ago < timedelta(hours=1))
    look_at_everybody()
    settle_completion()
    assert scores(session, link_id)[cast.person_id("lina")][0] == 100


def _come(session: Session, cast: Cast, link_id: int, moment: datetime) -> None:
    visit = LaunchSession(
        public_id="visit",
        secret_hash="0" * 64,
        person_id=cast.person_id("lina"),
        course_id=cast.courses["LAOS"],
        link_id=link_id,
        role=Role.LEARNER,
        locale="en",
        created_at=moment,
        expires_at=moment + timedelta(hours=8),
    )
    session.add(visit)
    session.flush()
