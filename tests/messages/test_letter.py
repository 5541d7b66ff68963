"""What stands in a digest, as it arrives."""

from __future__ import annotations

import re
from datetime import datetime
from email.message import EmailMessage
from email.utils import parsedate_to_datetime

import pytest
from sqlalchemy import select

from lti_tool.messages.models import Digest
from lti_tool.modules.models import StepDate
from lti_tool.people.models import Course, Person
from lti_tool.programme.content import Step
from lti_tool.reflection.models import Essay
from tests.cast import Cast
from tests.conftest import BASE_URL
from tests.messages.conftest import Mornings


def part(letter: EmailMessage, kind: str) -> str:
    found = letter.get_body((kind,))
    assert found is not None
    return str(found.get_content())


def flowing(text: str) -> str:
    """The text without the line ends of its paragraphs."""
    return " ".join(text.split())


@pytest.fixture
def letter(mornings: Mornings) -> EmailMessage:
    cast = mornings.cast
    names = {"cohort_id": cast.cohort_id, "module_id": cast.module_id, "step": Step.TEST}
    mornings.session.add(StepDate(**names, due_at=datetime.fromisoformat("2026-11-25T23:59+01:00")))
    mornings.session.commit()
    mornings.work("2026-11-24T09:00+01:00")
    return mornings.mailbox.letter()


def test_the_plain_text_says_what_to_do_and_where(letter: EmailMessage) -> None:
    text = flowing(part(letter, "plain"))
    assert "- The test in “Giving feedback” is due Wednesday 25 November, 23:59." in text
    assert "- 2 essays in “Giving feedback” are ready for you to evaluate." in text
    assert "You find it as “Link” in the course “Course LAOS” in Test LMS." in text
    assert max(len(line) for line in part(letter, "plain").splitlines() if "://" not in line) <= 72


def test_the_html_says_the_same_and_fetches_nothing(letter: EmailMessage) -> None:
    page = part(letter, "html")
    assert '<html lang="en">' in page
    assert "is due Wednesday 25 November, 23:59." in page
    assert re.findall(r"(?:href|src)=\"([^\"]+)\"", page) == [stop_address(letter)]


def stop_address(letter: EmailMessage) -> str:
    return str(letter["List-Unsubscribe"]).strip("<>")


def test_its_headers_are_those_of_an_automatic_message_that_one_click_ends(
    letter: EmailMessage, mornings: Mornings
) -> None:
    assert letter["Subject"] == "Learning assistant training: 2 things for you to do"
    assert (letter["From"], letter["To"]) == ("Training <training@tool.test>", "lina@student.example.edu")
    assert letter["Auto-Submitted"] == "auto-generated"
    assert letter["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert parsedate_to_datetime(letter["Date"]) == datetime.fromisoformat("2026-11-24T09:00+01:00")
    assert re.fullmatch(r"<[0-9a-f]{40}@tool\.test>", letter["Message-ID"])
    assert stop_address(letter) == f"{BASE_URL}/digest/{mornings.digest().key}"
    assert flowing(part(letter, "plain")).endswith(stop_address(letter))


def test_the_address_in_it_ends_the_digests(letter: EmailMessage, mornings: Mornings, cast: Cast) -> None:
    mornings.session.rollback()
    path = stop_address(letter).removeprefix(BASE_URL)
    answer = cast.app.test_client().post(path, data={"List-Unsubscribe": "One-Click"}, base_url=BASE_URL)
    assert answer.status_code == 200
    assert mornings.session.scalars(select(Digest.declined_at)).one() is not None


def test_it_names_nobody_and_opens_no_visit(letter: EmailMessage, cast: Cast) -> None:
    everything = letter.as_string() + part(letter, "plain") + part(letter, "html")
    assert "Testperson" not in everything
    assert "/l/" not in everything
    assert not re.search("frode|amir", everything, re.IGNORECASE)


def test_dates_are_in_the_persons_language_and_zone(mornings: Mornings) -> None:
    cast, lina = mornings.cast, mornings.person("lina")
    lina.locale, lina.timezone = "nb", "Asia/Tokyo"
    names = {"cohort_id": cast.cohort_id, "module_id": cast.module_id, "step": Step.TEST}
    mornings.session.add(StepDate(**names, due_at=datetime.fromisoformat("2026-11-25T23:59+01:00")))
    mornings.session.commit()
    mornings.work("2026-11-24T09:00+01:00")
    letter = mornings.mailbox.letter()
    assert "torsdag 26. november, 07:59" in flowing(part(letter, "plain"))
    assert '<html lang="nb">' in part(letter, "html")


@pytest.mark.parametrize(
    ("chosen", "written", "language"), [(None, "nb", "nb"), ("en", "nb", "en"), (None, "en", "en")]
)
def test_without_a_chosen_language_it_is_the_one_they_write_in(
    mornings: Mornings, chosen: str | None, written: str, language: str
) -> None:
    mornings.person("lina").locale = chosen
    for essay in mornings.session.scalars(select(Essay)):
        essay.language = written
    mornings.session.commit()
    mornings.work("2026-11-24T09:00+01:00")
    assert f'<html lang="{language}">' in part(mornings.mailbox.letter(), "html")


def test_titles_are_shown_as_they_are_in_both_parts(mornings: Mornings) -> None:
    for course in mornings.session.scalars(select(Course)):
        course.title = "Kurs <b>Æ & Ø</b>"
    mornings.session.commit()
    mornings.work("2026-11-24T09:00+01:00")
    letter = mornings.mailbox.letter()
    assert "“Kurs <b>Æ & Ø</b>”" in flowing(part(letter, "plain"))
    assert "“Kurs &lt;b&gt;Æ &amp; Ø&lt;/b&gt;”" in part(letter, "html")


def test_without_titles_it_still_says_where(mornings: Mornings) -> None:
    for course in mornings.session.scalars(select(Course)):
        course.title = None
    mornings.session.commit()
    mornings.work("2026-11-24T09:00+01:00")
    assert "where you open the training in your course" in flowing(part(mornings.mailbox.letter(), "plain"))
    assert mornings.session.scalars(select(Person.email).where(Person.email.is_not(None))).one()
