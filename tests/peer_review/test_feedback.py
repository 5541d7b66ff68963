"""What an author says of an evaluation: to its evaluator whether it was useful, to coordinators what is wrong."""

from __future__ import annotations

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from lti_tool.peer_review.feedback import LONGEST
from lti_tool.peer_review.models import Evaluation, Feedback, Usefulness
from tests.cast import Browser, Cast
from tests.pages import problems_of
from tests.peer_review.conftest import hand_in
from tests.peer_review.giving import fill, give, row, tasks_of, writer_of
from tests.stages import stage

PAGE = "modules/om1/received"


@pytest.fixture
def given(cast: Cast, session: Session) -> str:
    """Lina's first evaluation, among five authors, submitted."""
    return stage(cast, session, _give_one)


def _give_one(cast: Cast, session: Session) -> str:
    for name in ("lina", "frode", "amir", "siri", "tuva"):
        hand_in(session, cast.person_id(name))
    public_id = tasks_of(session, cast.person_id("lina"))[0]
    give(cast.visit("lina"), public_id)
    return public_id


@pytest.fixture
def author(given: str, cast: Cast, session: Session) -> Author:
    return Author(*writer_of(cast, session, given))


class Author:
    """The author of the essay, who has read the evaluation."""

    def __init__(self, browser: Browser, number: int) -> None:
        self.browser, self.number = browser, number
        assert browser.post(f"{PAGE}/{number}").status_code == 303

    def say(self, useful: str = "", why: str = "", number: int | None = None) -> tuple[int, str]:
        return self._post("feedback", number, useful=useful, why=why)

    def flag(self, words: str = "", action: str = "flag") -> tuple[int, str]:
        return self._post("flag", None, action, words=words)

    def _post(self, what: str, number: int | None = None, action: str = "", **values: str) -> tuple[int, str]:
        number = number or self.number
        fields = {f"evaluation-{number}-{name}": value for name, value in values.items()}
        answer = self.browser.post(f"{PAGE}/{number}/{what}", {**fields, "action": action})
        return answer.status_code, answer.text


def said(session: Session, public_id: str) -> Feedback | None:
    session.expire_all()
    return session.scalars(select(Feedback).join(Evaluation).where(Evaluation.public_id == public_id)).one_or_none()


def weighed(session: Session, public_id: str) -> None:
    row(session, public_id).weigh_at = None
    session.commit()


def test_the_evaluator_reads_whether_it_was_useful_and_why(
    given: str, author: Author, cast: Cast, session: Session
) -> None:
    lina = cast.visit("lina")
    assert "What the author says" not in lina.get(f"evaluations/{given}").text
    assert author.say("partly", "More about the end, please")[0] == 303
    page = lina.get(f"evaluations/{given}").text
    assert "It was partly useful." in page
    assert "More about the end, please" in page
    assert problems_of(page) == []


def test_an_answer_may_be_changed_and_the_same_again_changes_nothing(
    given: str, author: Author, session: Session
) -> None:
    author.say("no", "Not about my text")
    first = said(session, given)
    assert first is not None
    at = first.given_at
    weighed(session, given)
    author.say("no", "Not about my text")
    again = said(session, given)
    assert again is not None
    assert (again.given_at, row(session, given).weigh_at) == (at, None)
    author.say("yes")
    changed = said(session, given)
    assert changed is not None
    assert (changed.useful, changed.why) == (Usefulness.YES, "")
    assert row(session, given).weigh_at == changed.given_at


@pytest.mark.parametrize(
    ("useful", "why", "message"),
    [
        ("", "Kept as it was typed", "Say whether the evaluation was useful."),
        ("no", "", "Say in a few words what could have been better."),
        ("partly", "x" * (LONGEST + 1), f"Write at most {LONGEST} characters."),
    ],
)
def test_what_is_wanting_is_said_at_its_field_and_what_was_typed_stays(
    author: Author, session: Session, useful: str, why: str, message: str
) -> None:
    status, page = author.say(useful, why)
    assert status == 422
    assert message in page
    assert why in page
    assert problems_of(page) == []
    assert session.scalars(select(Feedback)).all() == []


def test_nobody_answers_what_they_have_not_read_or_not_received(
    given: str, author: Author, cast: Cast, session: Session
) -> None:
    other = 3 - author.number
    assert author.say("yes", number=other)[0] == 404
    give(cast.visit("lina"), tasks_of(session, cast.person_id("lina"))[1])
    unread, number = writer_of(cast, session, tasks_of(session, cast.person_id("lina"))[1])
    field = {f"evaluation-{number}-useful": "yes"}
    assert unread.post(f"{PAGE}/{number}/feedback", field).status_code == 409
    assert unread.post(f"{PAGE}/{number}/flag", {"action": "lift"}).status_code == 409
    assert session.scalars(select(Feedback)).all() == []


def test_a_flag_reaches_coordinators_alone_and_has_the_evaluation_weighed(
    given: str, author: Author, cast: Cast, session: Session
) -> None:
    weighed(session, given)
    assert author.flag("It is about another text")[0] == 303
    feedback = said(session, given)
    assert feedback is not None
    assert (feedback.flag, feedback.useful) == ("It is about another text", None)
    assert row(session, given).weigh_at == feedback.flagged_at
    page = cast.visit("lina").get(f"evaluations/{given}").text
    assert "It is about another text" not in page
    assert "What the author says" not in page
    assert "It is about another text" in author.browser.get(PAGE).text


def test_a_flag_can_be_changed_and_taken_back(given: str, author: Author, session: Session) -> None:
    author.flag("Unkind")
    author.flag("Unkind, and copied")
    changed = said(session, given)
    assert changed is not None
    assert changed.flag == "Unkind, and copied"
    weighed(session, given)
    assert author.flag(action="lift")[0] == 303
    lifted = said(session, given)
    assert lifted is not None
    assert (lifted.flag, lifted.flagged_at) == (None, None)
    assert row(session, given).weigh_at is not None


def test_whatever_is_said_of_it_has_the_evaluation_weighed_at_once(
    author: Author, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    woken: list[str] = []
    monkeypatch.setattr(cast.app.extensions["jobs"], "enqueue", woken.append)
    author.flag("It is about another text")
    author.flag(action="lift")
    author.say("yes")
    assert woken == ["weigh_evaluations"] * 3


@pytest.mark.parametrize("words", ["  ", "y" * (LONGEST + 1)])
def test_a_flag_without_words_or_with_too_many_is_not_sent(
    given: str, author: Author, session: Session, words: str
) -> None:
    status, page = author.flag(words)
    assert status == 422
    assert words.strip() in page
    assert problems_of(page) == []
    assert said(session, given) is None


def test_an_unknown_answer_is_refused(given: str, author: Author, session: Session) -> None:
    assert author.say("perhaps")[0] == 400
    assert said(session, given) is None


def test_an_answer_to_what_was_submitted_before_says_so(
    given: str, author: Author, cast: Cast, session: Session
) -> None:
    author.say("no", "Too general")
    row(session, given).read_at = None
    session.commit()
    lina = cast.visit("lina")
    assert lina.post(f"evaluations/{given}", fill(2, overall="Now with an example")).status_code == 303
    assert "This was about what you had submitted before." in lina.get(f"evaluations/{given}").text
