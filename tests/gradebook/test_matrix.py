"""The matrix as instructors and coordinators see it."""

from __future__ import annotations

import csv
import io
import re

import pytest
from python_calamine import CalamineWorkbook
from sqlalchemy import update
from sqlalchemy.orm import Session

from lti_tool.completion.passback import settle
from lti_tool.database import now
from lti_tool.employment.models import Employment
from lti_tool.lti.models import LineItem
from lti_tool.people.models import LinkVisit, Membership, Person, ResourceLink
from tests import work
from tests.cast import SCOPES, Cast
from tests.certificates.completed import ask_for_both, complete
from tests.conftest import CountStatements
from tests.pages import problems_of
from tests.stages import stage
from tests.work import done_before


def employed(session: Session, cast: Cast, name: str, *, here: bool = True, **about: str) -> None:
    person = {"person_id": cast.person_id(name), "matched_at": now()} if here else {}
    usual = {"position": "la", "course_code": "TDT4100", "department": "IDI", "town": "Gjøvik"}
    row = {"cohort_id": cast.cohort_id, "reference": name, "name": f"{name.title()} Listed", **usual, **about}
    session.add(Employment(**row, **person))


@pytest.fixture
def cohort(cast: Cast) -> Cast:
    """Lina is done, Frode has completed the module, Siri has signed nothing; Nora is employed and has never come."""
    with done_before(cast) as session:
        ask_for_both(session)
    with done_before(cast) as session:
        stage(cast, session, _come)
    return cast


def _come(cast: Cast, session: Session) -> None:
    complete(session, cast, "lina")
    work.complete(session, cast.person_id("frode"))
    employed(session, cast, "lina")
    employed(session, cast, "siri", course_code="TMA4100", department="IMF", town="Trondheim")
    employed(session, cast, "nora", here=False, department="Åsgård")


def people_in(page: str) -> list[str]:
    """The names in the first column."""
    return [re.sub(r"<[^>]+>", "", cell).strip() for cell in re.findall(r'<th scope="row">(.*?)</th>', page)][
        : page.split("</table>", maxsplit=1)[0].count('<th scope="row">')
    ]


def name_of(cast: Cast, name: str) -> str:
    with done_before(cast) as session:
        return str(session.get_one(Person, cast.person_id(name)).name)


def test_coordinators_see_everybody_of_the_cohort_with_state_hours_and_reason(cohort: Cast) -> None:
    page = cohort.visit("kari").get("matrix").text
    assert problems_of(page) == []
    assert set(people_in(page)) == {name_of(cohort, name) for name in ("lina", "frode", "siri")} | {"Nora Listed"}
    assert "7 of 7" in page
    assert "3 of 7" in page
    assert "Has not come yet" in page


def test_instructors_see_their_own_learning_assistants_and_nobody_else(cohort: Cast) -> None:
    page = cohort.visit("ingrid", course="TDT4100").get("matrix").text
    assert set(people_in(page)) == {name_of(cohort, name) for name in ("lina", "frode", "amir")}
    strangers = cohort.visit("stig", course="TMA4100")
    assert people_in(strangers.get("matrix").text) == [name_of(cohort, "una")]
    assert strangers.get(f"matrix/people/{cohort.person_id('lina')}").status_code == 404


def test_somebody_who_has_left_the_course_is_not_its_instructors_any_more(cohort: Cast) -> None:
    ingrid = cohort.visit("ingrid", course="TDT4100")
    with done_before(cohort) as session:
        session.execute(
            update(Membership).where(Membership.person_id == cohort.person_id("lina")).values(left_at=now())
        )
    assert name_of(cohort, "lina") not in ingrid.get("matrix").text
    assert ingrid.get(f"matrix/people/{cohort.person_id('lina')}").status_code == 404


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("show=done", ["lina"]),
        ("show=not-here", ["nora"]),
        ("department=IMF", ["siri"]),
        ("town=Gj%C3%B8vik", ["lina", "nora"]),
        ("course=TDT4100&show=done", ["lina"]),
        ("q=nora", ["nora"]),
        ("q=nobody-is-called-so", []),
    ],
)
def test_filters_stand_in_the_address(cohort: Cast, query: str, names: list[str]) -> None:
    page = cohort.visit("kari").get(f"matrix?{query}").text
    assert problems_of(page) == []
    expected = {"Nora Listed" if name == "nora" else name_of(cohort, name) for name in names}
    assert set(people_in(page)) == expected


def test_an_address_that_no_link_has_is_refused(cohort: Cast) -> None:
    kari = cohort.visit("kari")
    assert kari.get("matrix?show=all-of-them").status_code == 400
    assert kari.get("matrix?cohort=9999").status_code == 404


def test_the_page_of_one_person_has_every_part_and_every_date(cohort: Cast) -> None:
    page = cohort.visit("kari").get(f"matrix/people/{cohort.person_id('lina')}").text
    assert problems_of(page) == []
    for said in ("Core module 1", "Giving feedback", "was there", "TDT4100", "Gjøvik", "7 of 7 hours"):
        assert said in page
    assert "attendance list" in page


def test_downloads_have_everybody_whom_the_filters_leave(cohort: Cast) -> None:
    with done_before(cohort) as session:
        employed(session, cohort, "=HYPERLINK(1)", here=False)
    kari = cohort.visit("kari")
    answer = kari.get("matrix/download.csv")
    assert "laos-" in answer.headers["Content-Disposition"]
    table = list(csv.reader(io.StringIO(answer.data.decode("utf-8-sig"), newline="")))
    assert len(table) == 6
    assert {len(line) for line in table} == {len(table[0])}
    assert not [cell for line in table for cell in line if cell.startswith(("=", "+", "@"))]
    one = kari.get("matrix/download.xlsx?department=%C3%85sg%C3%A5rd")
    sheet = CalamineWorkbook.from_filelike(io.BytesIO(one.data)).get_sheet_by_index(0).to_python()
    assert [line[0] for line in sheet[1:]] == ["Nora Listed"]
    assert "Åsgård" in sheet[1]


def test_norwegian_files_have_decimal_commas_and_semicolons(cohort: Cast) -> None:
    text = cohort.visit("kari", locale="nb").get("matrix/download.csv?show=done").data.decode("utf-8-sig")
    assert text.splitlines()[1].split(";")[6] == "7,0"


def test_on_paper_everybody_is_on_one_page(cohort: Cast) -> None:
    page = cohort.visit("kari").get("matrix/print").text
    assert problems_of(page) == []
    assert len(people_in(page)) == 4


def test_points_for_the_whole_stand_beside_the_name(cohort: Cast) -> None:
    with done_before(cohort) as session:
        link = ResourceLink(course_id=cohort.courses["LAOS"], resource_link_id="whole", programme_key="laos")
        session.add(link)
        session.flush()
        item = {"platform_id": cohort.platform_id, "deployment_id": 1, "scopes": SCOPES, "url": "https://lms.test/1"}
        session.add_all(
            [LineItem(link_id=link.id, **item), LinkVisit(link_id=link.id, person_id=cohort.person_id("lina"))]
        )
        session.flush()
        settle(session, now())
    assert "On its way" in cohort.visit("kari").get("matrix").text
    assert "On its way" not in cohort.visit("ingrid", course="TDT4100").get("matrix").text


def test_without_a_programme_that_asks_for_anything_the_page_says_so(cast: Cast) -> None:
    page = cast.visit("kari").get("matrix").text
    assert problems_of(page) == []
    assert "No programme is open that says what it takes" in page


def test_any_number_of_people_takes_the_same_few_statements(cohort: Cast, count_statements: CountStatements) -> None:
    kari = cohort.visit("kari")
    kari.get("matrix")
    with count_statements() as statements:
        kari.get("matrix")
    assert len([one for one in statements if one != "BEGIN"]) <= 12
