"""The coordinator reads the cohort's essays one after the other."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from lti_tool.database import now
from lti_tool.paging import PAGE_SIZE
from lti_tool.people.models import Person
from lti_tool.reflection.models import Essay, EssayMatch, EssayReading
from tests import work
from tests.cast import Browser, Cast
from tests.conftest import CountStatements
from tests.essays.writing import of, submit, text_of
from tests.pages import problems_of

NAMES = ("lina", "frode", "amir")


@pytest.fixture
def ids(cast: Cast, session: Session) -> dict[str, str]:
    """Lina's and Frode's essays are in English, Amir's is in Bokmål; they came in this order."""
    return {name: submit(session, cast, name, language="nb" if name == "amir" else "en") for name in NAMES}


def listed(browser: Browser, query: str = "") -> list[str]:
    page = browser.get(f"essays{query}").text
    return [name.lower() for name in re.findall(r'<th scope="row"><a [^>]*>(\w+) Testperson', page)]


def counted(browser: Browser, query: str = "") -> list[int]:
    page = browser.get(f"essays{query}").text.split('aria-label="Show"')[1].split("</nav>")[0]
    return [int(figure) for figure in re.findall(r'class="figure">(\d+)<', page)]


def note_as_read(browser: Browser, essay: str, query: str = "") -> str:
    """Press "Read, next essay"; returns where that leads."""
    seen = re.search(r'name="seen" value="([^"]+)"', browser.get(f"essays/{essay}{query}").text)
    assert seen
    answer = browser.post(f"essays/{essay}/read{query}", {"seen": seen[1]})
    assert answer.status_code == 303
    return str(answer.location).split("/essays")[1]


def test_unread_essays_are_listed_first_come_first(cast: Cast, ids: dict[str, str]) -> None:
    kari = cast.visit("kari")
    assert listed(kari) == ["lina", "frode", "amir"]
    assert counted(kari) == [3, 0, 0, 3]
    assert problems_of(kari.get("essays").text) == []


def test_reading_on_leads_through_the_list_and_each_is_remembered(cast: Cast, ids: dict[str, str]) -> None:
    kari = cast.visit("kari")
    assert note_as_read(kari, ids["lina"]) == f"/{ids['frode']}"
    assert note_as_read(kari, ids["frode"]) == f"/{ids['amir']}"
    assert note_as_read(kari, ids["amir"]) == "?notice=essays-read"
    assert listed(kari) == []
    assert counted(kari) == [0, 0, 0, 3]
    assert "You have read everything here." in kari.get("essays").text


def test_each_coordinator_reads_for_themselves(cast: Cast, ids: dict[str, str]) -> None:
    note_as_read(cast.visit("kari"), ids["lina"])
    assert listed(cast.visit("astrid")) == ["lina", "frode", "amir"]


def test_a_new_version_is_unread_again(cast: Cast, session: Session, ids: dict[str, str]) -> None:
    kari = cast.visit("kari")
    note_as_read(kari, ids["lina"])
    assert listed(kari) == ["frode", "amir"]
    submit(session, cast, "lina", text_of("new"))
    assert listed(kari) == ["frode", "amir", "lina"]


def test_what_was_not_seen_is_not_read(cast: Cast, session: Session, ids: dict[str, str]) -> None:
    kari = cast.visit("kari")
    before = of(session, cast, "lina")
    assert before is not None
    assert before.submitted_at is not None
    seen = before.submitted_at.isoformat()
    submit(session, cast, "lina", text_of("new"))
    answer = kari.post(f"essays/{ids['lina']}/read", {"seen": seen})
    assert answer.status_code == 409
    assert "Its writer has submitted a new version since you opened this page." in answer.text
    assert "new0 new1" in answer.text
    assert session.scalars(select(EssayReading)).all() == []


def test_looking_writes_nothing(cast: Cast, session: Session, ids: dict[str, str]) -> None:
    kari = cast.visit("kari")
    assert "lina0 lina1" in kari.get(f"essays/{ids['lina']}").text
    assert session.scalars(select(EssayReading)).all() == []


def test_pressing_twice_is_pressing_once(cast: Cast, session: Session, ids: dict[str, str]) -> None:
    kari = cast.visit("kari")
    for _time in range(2):
        note_as_read(kari, ids["lina"])
    assert len(session.scalars(select(EssayReading)).all()) == 1


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("?show=all&language=nb", ["amir"]),
        ("?show=all&module=om1", ["lina", "frode", "amir"]),
        ("?show=all&module=om9", []),
        ("?show=all&q=frod", ["frode"]),
        ("?show=all&q=LINA7", ["lina"]),
        ("?show=all&q=%25", []),
        ("?show=copied", ["amir"]),
        ("?show=returned", ["frode"]),
    ],
)
def test_filters_stand_in_the_address(
    cast: Cast, session: Session, ids: dict[str, str], query: str, names: list[str]
) -> None:
    essay = {name: of(session, cast, name) for name in NAMES}
    assert essay["amir"] is not None
    assert essay["lina"] is not None
    session.add(EssayMatch(essay_id=essay["amir"].id, other_id=essay["lina"].id, share=0.4))
    session.execute(
        update(Essay).where(Essay.public_id == ids["frode"]).values(returned_at=now(), returned_comment="More")
    )
    session.commit()
    assert listed(cast.visit("kari"), query) == names


def test_the_next_essay_is_that_of_the_filter(cast: Cast, ids: dict[str, str]) -> None:
    kari = cast.visit("kari")
    assert note_as_read(kari, ids["lina"], "?show=all&q=amir") == f"/{ids['amir']}?show=all&q=amir"
    page = kari.get(f"essays/{ids['amir']}?show=all").text
    assert f"/essays/{ids['frode']}?show=all" in page


@pytest.mark.parametrize("query", ["?show=mine", "?page=0", "?page=x"])
def test_an_address_that_no_link_has_is_refused(cast: Cast, query: str) -> None:
    assert cast.visit("kari").get(f"essays{query}").status_code == 400


def test_before_the_first_essay_the_page_says_what_will_be_there(cast: Cast, session: Session) -> None:
    work.draft_essay(session, cast.people["lina"])
    session.commit()
    page = cast.visit("kari").get("essays").text
    assert "There is no essay yet" in page
    assert problems_of(page) == []


def test_a_draft_is_nobodys_to_read(cast: Cast, session: Session) -> None:
    draft = work.draft_essay(session, cast.people["lina"])
    session.commit()
    assert cast.visit("kari").get(f"essays/{draft.public_id}").status_code == 404


def test_the_page_names_its_evaluations_and_leads_to_them(cast: Cast, session: Session, ids: dict[str, str]) -> None:
    submit(session, cast, "siri")
    page = cast.visit("kari").get(f"essays/{ids['lina']}").text
    assert len(re.findall(r'href="[^"]*/moderation/[^"]+"', page)) == 2
    assert "By Frode Testperson" in page
    assert "By Siri Testperson" in page
    assert problems_of(page) == []


def test_a_long_list_comes_in_pages_that_cost_the_same(
    cast: Cast, session: Session, count_statements: CountStatements
) -> None:
    platform = cast.platform_id
    start = now() - timedelta(days=1)
    for number in range(PAGE_SIZE + 2):
        person = Person(platform_id=platform, subject=f"many-{number}", name=f"Many{number} Testperson")
        session.add(person)
        session.flush()
        essay = work.draft_essay(session, person.id)
        essay.submitted_text, essay.submitted_language = essay.text, "en"
        essay.submitted_at = start + timedelta(minutes=number)
    session.commit()
    kari = cast.visit("kari")
    with count_statements() as first:
        assert len(listed(kari)) == PAGE_SIZE
    with count_statements() as second:
        assert listed(kari, "?page=2") == ["many50", "many51"]
    assert len(first) == len(second)
    assert len(first) <= 16
