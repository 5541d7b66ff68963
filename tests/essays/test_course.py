"""Course leaders find the essays of their own learning assistants, and take them along."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import update
from sqlalchemy.orm import Session

from lti_tool.database import now
from lti_tool.essays import distribution
from lti_tool.people.models import Membership, Person
from tests import work
from tests.cast import Cast
from tests.essays.writing import submit
from tests.pages import problems_of

PAGE = "essays/course"


@pytest.fixture
def ids(cast: Cast, session: Session) -> dict[str, str]:
    """Lina and Frode work in TDT4100, Siri does not. Amir, who does, has written a draft."""
    found = {name: submit(session, cast, name) for name in ("lina", "frode", "siri")}
    work.draft_essay(session, cast.people["amir"], "nothing to see yet")
    session.commit()
    return found


def test_they_see_their_own_and_nobody_else(cast: Cast, ids: dict[str, str]) -> None:
    page = cast.visit("ingrid").get(PAGE).text
    assert re.findall(r'<th scope="row"><a [^>]*>(\w+) ', page) == ["Frode", "Lina"]
    assert problems_of(page) == []


def test_whoever_has_left_the_course_is_still_theirs(cast: Cast, session: Session, ids: dict[str, str]) -> None:
    session.execute(update(Membership).where(Membership.person_id == cast.people["lina"]).values(left_at=now()))
    session.commit()
    assert "Lina" in cast.visit("ingrid").get(PAGE).text


def test_essays_are_read_one_after_the_other(cast: Cast, ids: dict[str, str]) -> None:
    ingrid = cast.visit("ingrid")
    page = ingrid.get(f"{PAGE}/om1/{ids['frode']}").text
    assert "frode0 frode1" in page
    assert f"{PAGE}/om1/{ids['lina']}" in page
    assert problems_of(page) == []


def test_other_essays_are_not_found(cast: Cast, ids: dict[str, str]) -> None:
    ingrid = cast.visit("ingrid")
    assert ingrid.get(f"{PAGE}/om1/{ids['siri']}").status_code == 404
    assert ingrid.get(f"essays/{ids['lina']}").status_code == 403
    assert cast.visit("stig").get(f"{PAGE}/om1/{ids['lina']}").status_code == 404


def test_without_essays_the_page_says_when_there_will_be_some(cast: Cast, ids: dict[str, str]) -> None:
    page = cast.visit("stig").get(PAGE).text
    assert "There is no essay yet" in page
    assert problems_of(page) == []
    assert cast.visit("stig").get(f"{PAGE}/download/om1.pdf").status_code == 404


@pytest.mark.parametrize("kind", ["html", "pdf"])
def test_a_download_is_a_private_file_whose_name_says_nothing(cast: Cast, ids: dict[str, str], kind: str) -> None:
    answer = cast.visit("ingrid").get(f"{PAGE}/download/om1.{kind}")
    assert answer.status_code == 200
    assert answer.headers["Content-Disposition"] == f'attachment; filename="essays-om1.{kind}"'
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.content_type.startswith("application/pdf" if kind == "pdf" else "text/html")
    assert answer.data.startswith(b"%PDF-" if kind == "pdf" else b"<!doctype html>")


def test_the_document_holds_their_own_essays_and_stands_alone(cast: Cast, ids: dict[str, str]) -> None:
    page = cast.visit("ingrid").get(f"{PAGE}/download/om1.html").text
    assert "Course TDT4100 · 2 essays" in page
    assert re.findall(r'<h2 id="essay-\d">(\w+) ', page) == ["Frode", "Lina"]
    assert 'lang="en"' in page
    assert not re.search(r"(src|href)=\"(?!#)", page)
    assert "siri0" not in page
    assert "nothing to see yet" not in page


def test_coordinators_take_those_of_the_whole_cohort(cast: Cast, ids: dict[str, str]) -> None:
    kari = cast.visit("kari")
    assert "essays/download/om1.pdf" in kari.get("essays").text
    page = kari.get("essays/download/om1.html").text
    assert re.findall(r'<h2 id="essay-\d">(\w+) ', page) == ["Frode", "Lina", "Siri"]


def test_many_essays_come_in_parts(
    cast: Cast, session: Session, ids: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(distribution, "MOST_IN_ONE", 2)
    kari = cast.visit("kari")
    page = kari.get("essays/download/om1.html?part=2")
    assert "essays-om1-2.html" in page.headers["Content-Disposition"]
    assert re.findall(r'<h2 id="essay-\d">(\w+) ', page.text) == ["Siri"]
    for part in ("0", "3", "-1", "999999999999"):
        assert kari.get(f"essays/download/om1.html?part={part}").status_code == 404
    assert "part 2 of 2" in kari.get("essays").text


def test_somebody_without_a_name_is_called_by_their_pseudonym(
    cast: Cast, session: Session, ids: dict[str, str]
) -> None:
    session.execute(update(Person).where(Person.id == cast.people["lina"]).values(name=None))
    session.commit()
    page = cast.visit("ingrid").get(f"{PAGE}/download/om1.html").text
    assert re.search(r'<h2 id="essay-2">Learning assistant [\w-]+<', page)
