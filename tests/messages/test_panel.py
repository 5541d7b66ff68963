"""The panel on the pages of a learning assistant: there while something can be done, gone once it is dealt with."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from lti_tool.database import now
from lti_tool.messages.models import Digest
from lti_tool.modules.models import StepDate
from lti_tool.peer_review.models import Author, Evaluation, EvaluationStatus
from lti_tool.people.models import Person
from lti_tool.programme.content import Step
from lti_tool.reflection.models import Essay
from tests.cast import Browser, Cast
from tests.messages.post_office import Mailbox
from tests.work import done_before, submit_essay, try_test

HEADING = "For you to do"


@pytest.fixture
def lina(cast: Cast) -> Browser:
    """Her essay is in a pool with two others; she looks at "My training"."""
    with done_before(cast) as session:
        for name in ("lina", "frode", "amir"):
            submit_essay(session, cast.people[name])
    return cast.visit("lina", module=None)


def panel(browser: Browser, path: str = "") -> str:
    found = re.search(r'<section class="sheet news".*?</section>', browser.get(path).text, re.DOTALL)
    return found[0] if found else ""


def hers(cast: Cast, session: Session) -> Author:
    return session.scalars(
        select(Author).join(Author.participation).where(Author.participation.has(person_id=cast.people["lina"]))
    ).one()


def test_nothing_to_do_shows_nothing(cast: Cast) -> None:
    assert HEADING not in cast.visit("lina", module=None).get().text
    assert HEADING not in cast.visit("lina").get().text


def test_essays_to_evaluate_are_offered_until_they_are_begun(cast: Cast, lina: Browser) -> None:
    assert "2 essays in “Giving feedback” are ready for you to evaluate." in panel(lina)
    assert re.search(r'href="/l/[^"]+/evaluations/[^"]+">Open the essay', panel(lina))
    with done_before(cast) as session:
        session.execute(update(Evaluation).values(status=EvaluationStatus.STARTED, started_at=now()))
    assert panel(lina) == ""


def test_the_next_step_of_a_module_is_not_said_twice(cast: Cast, lina: Browser) -> None:
    assert "2 essays" in panel(cast.visit("lina"))
    with done_before(cast) as session:
        try_test(session, cast.people["lina"], 3, passed=True)
    page = cast.visit("lina").get().text
    assert "Open the essay" in page
    assert HEADING not in page


def test_whoever_has_waited_is_told_that_it_is_over(cast: Cast, lina: Browser) -> None:
    with done_before(cast) as session:
        hers(cast, session).joined_at = now() - timedelta(days=3)
    assert "Your waiting is over: 2 essays" in panel(lina)


def test_a_date_within_two_days_is_told(cast: Cast, lina: Browser) -> None:
    for days, told in ((3, False), (1, True), (-1, False)):
        with done_before(cast) as session:
            names = {"cohort_id": cast.cohort_id, "module_id": cast.module_id, "step": Step.TEST}
            session.merge(StepDate(**names, due_at=now() + timedelta(days=days)))
        assert ("The test in “Giving feedback” is due <time" in panel(lina)) is told


def test_a_returned_evaluation_leads_to_its_form(cast: Cast, lina: Browser) -> None:
    with done_before(cast) as session:
        given = session.scalars(select(Evaluation).where(Evaluation.evaluator_id == hers(cast, session).id)).first()
        assert given
        given.status, given.started_at, given.submitted_at = EvaluationStatus.SUBMITTED, now(), now()
        given.returned_at = now()
        public_id = given.public_id
    assert "returned one of your evaluations" in panel(lina)
    assert f'/evaluations/{public_id}">Read the comment' in panel(lina)


def test_a_returned_essay_leads_to_it(cast: Cast, lina: Browser) -> None:
    with done_before(cast) as session:
        essay = session.get_one(Essay, hers(cast, session).essay_id)
        essay.returned_at, essay.returned_comment = now(), "Say more"
    assert "returned your essay" in panel(lina)
    assert '/modules/om1/essay">Read the comment' in panel(lina)


def test_the_second_evaluation_is_told_until_both_are_read(cast: Cast, lina: Browser) -> None:
    with done_before(cast) as session:
        mine = Evaluation.author_id == hers(cast, session).id
        done = {"status": EvaluationStatus.SUBMITTED, "started_at": now(), "submitted_at": now()}
        session.execute(update(Evaluation).where(mine, Evaluation.received_slot == 1).values(**done))
    assert "second evaluation" not in panel(lina)
    with done_before(cast) as session:
        session.execute(update(Evaluation).where(mine).values(**done))
    assert "has received its second evaluation." in panel(lina)
    assert '/modules/om1/received">Read the evaluations' in panel(lina)
    with done_before(cast) as session:
        session.execute(update(Evaluation).where(mine).values(read_at=now()))
    assert "second evaluation" not in panel(lina)


def test_time_that_ran_out_leads_to_new_essays(cast: Cast, lina: Browser) -> None:
    with done_before(cast) as session:
        hers(cast, session).lapsed = 1
    assert "The time for one evaluation in “Giving feedback” was over." in panel(lina)
    assert '/modules/om1/evaluations">Get another essay' in panel(lina)


def test_nobody_hears_of_anybody_elses(cast: Cast, lina: Browser) -> None:
    with done_before(cast) as session:
        hers(cast, session).lapsed = 1
    assert "was over" not in panel(cast.visit("frode", module=None))
    assert panel(cast.visit("tuva", module=None)) == ""


def test_the_e_mails_can_be_ended_and_wanted_again_on_both_pages(
    cast: Cast, lina: Browser, mailbox: Mailbox, session: Session
) -> None:
    assert mailbox.arrived == []
    assert "e-mail" not in lina.get().text
    session.get_one(Person, cast.people["lina"]).email = "lina@student.example.edu"
    session.commit()
    assert "Send me no e-mails" in lina.get().text
    assert "Send me no e-mails" in cast.visit("lina").get().text
    answer = lina.post("digest", {"digest": "off", "back": lina.prefix})
    assert answer.location == f"{lina.prefix}?notice=digest-off"
    assert "You get no more e-mails." in lina.get("?notice=digest-off").text
    assert session.scalars(select(Digest.declined_at)).one()
    assert 'value="on"' in lina.get().text
    session.rollback()
    lina.post("digest", {"digest": "on"})
    assert session.scalars(select(Digest.declined_at)).one() is None
    assert lina.post("digest", {"digest": "perhaps"}).status_code == 400


def test_without_a_mail_server_pages_speak_of_no_e_mails(cast: Cast, lina: Browser) -> None:
    with done_before(cast) as session:
        session.get_one(Person, cast.people["lina"]).email = "lina@student.example.edu"
    assert "e-mail" not in lina.get().text
