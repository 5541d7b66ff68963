"""The second programme that comes with the tool: one assignment, whose essay goes to coordinator and course leaders."""

from __future__ import annotations

import re
from datetime import date

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from lti_tool.database import now
from lti_tool.lti.models import LineItem
from lti_tool.passback.models import Score
from lti_tool.people.models import GrantKind, Person, ResourceLink, StaffGrant
from lti_tool.programme.actions import load_programme
from lti_tool.programme.content import Step
from lti_tool.programme.pack import Pack, read_pack
from lti_tool.programme.pack_markdown import words
from lti_tool.programme.requirements import Attendance, Completion
from tests.cast import SCOPES, Cast
from tests.pages import problems_of
from tests.work import done_before

KEY = "lap-assignment"
LANGUAGES = ("nb", "en")
TOPICS = 7
ESSAY = "I asked what they had tried before I said anything at all about the task. " * 22


@pytest.fixture(scope="module")
def uio() -> Pack:
    return read_pack("uio")


def test_it_takes_an_introduction_the_assignment_and_the_discussions(uio: Pack) -> None:
    introduction, assignment, discussions = uio.programme.requirements
    assert isinstance(introduction, Attendance)
    assert isinstance(assignment, Completion)
    assert isinstance(discussions, Attendance)
    assert (assignment.choose, assignment.modules) == (None, (KEY,))


def test_the_assignment_is_material_and_an_essay(uio: Pack) -> None:
    (module,) = uio.modules
    assert (module.steps, module.essay_words_min, module.essay_words_max) == ((Step.ESSAY,), 300, 500)


@pytest.mark.parametrize("language", LANGUAGES)
def test_its_material_is_whole_in_each_language(uio: Pack, language: str) -> None:
    text = uio.modules[0].languages[language]
    body = re.split(r"## (?:Sources|Kilder)", text.reading)[0]
    assert 900 <= words(body) <= 1500
    assert len(text.topics) == TOPICS
    assert all(words(topic.text) >= 150 for topic in text.topics)
    assert text.videos
    assert all(words(video.transcript) >= 100 and video.questions for video in text.videos)


@pytest.fixture
def placed(cast: Cast, session: Session, uio: Pack) -> Cast:
    """The assignment has a link with a column in the course LAOS, whose instructors coordinate it."""
    loaded = load_programme(session, uio, now().date())
    link = ResourceLink(course_id=cast.courses["LAOS"], resource_link_id="assignment", module_key=KEY)
    session.add(link)
    session.flush()
    cast.links["LAOS", KEY] = link.id
    names = {"platform_id": cast.platform_id, "deployment_id": cast.deployment_pk, "link_id": link.id}
    session.add(LineItem(**names, url="https://lms.test/items/uio", container_url="https://lms.test/i", scopes=SCOPES))
    grant = {"cohort_id": loaded.cohort_id, "course_id": cast.courses["LAOS"], "granted_by": "test"}
    session.add(StaffGrant(kind=GrantKind.COORDINATOR, **grant))
    session.commit()
    return cast


def test_a_learning_assistant_goes_all_the_way_to_the_points(placed: Cast) -> None:
    lina = placed.visit("lina", module=KEY)
    reading = lina.get(f"modules/{KEY}/reading").text
    topics = set(re.findall(rf"modules/{KEY}/topics/[a-z-]+", reading))
    assert len(topics) == TOPICS
    for page in (f"modules/{KEY}", f"modules/{KEY}/reading", f"modules/{KEY}/essay", *sorted(topics)):
        assert problems_of(lina.get(page).text) == []
    assert "Go on to the essay" in reading
    data = {"version": "0", "text": ESSAY, "language": "en", "action": "submit"}
    assert lina.post(f"modules/{KEY}/essay", data).status_code == 303
    assert "You have completed this module" in lina.get().text
    with done_before(placed) as session:
        person = session.scalars(select(Person).where(Person.id == placed.person_id("lina"))).one()
        score = session.scalars(select(Score).where(Score.person_id == person.id)).one()
        assert (score.given, score.maximum) == (100, 100)
        assert score.comment == "Online module completed: reflection essay submitted."


def test_coordinator_and_course_leader_read_the_essay(placed: Cast) -> None:
    data = {"version": "0", "text": ESSAY, "language": "en", "action": "submit"}
    placed.visit("lina", module=KEY).post(f"modules/{KEY}/essay", data)
    assert "Lina Testperson" in placed.visit("kari").get(f"essays?module={KEY}").text
    leader = placed.visit("ingrid", module=None)
    assert "Lina Testperson" in leader.get(f"essays/course?module={KEY}").text


def test_its_terms_begin_in_january_and_august(uio: Pack) -> None:
    assert [uio.programme.term_on(date(2027, month, 1))[0].key for month in (1, 7, 8)] == ["spring", "spring", "autumn"]
