"""Who administers: the list, the search, naming and taking back."""

from __future__ import annotations

import re

import pytest
from flask import Flask
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from lti_tool.administration import queries
from lti_tool.administration.actions import dismiss_administrator
from lti_tool.people.actions import grant_administrator
from lti_tool.people.models import GrantKind, Membership, Person, StaffGrant
from tests.cast import Cast, let_go
from tests.meeting import meeting


def named(session: Session) -> dict[int, str]:
    """Administrators, and who named them."""
    session.rollback()
    rows = session.execute(
        select(StaffGrant.person_id, StaffGrant.granted_by).where(StaffGrant.kind == GrantKind.ADMINISTRATOR)
    )
    return {person_id: granted_by for person_id, granted_by in rows if person_id is not None}


def test_an_administrator_finds_and_names_another(cast: Cast, session: Session) -> None:
    browser, kari = cast.visit("astrid"), cast.person_id("kari")
    page = browser.get("administrators?q=kari").text
    assert f"administrators/{kari}" in page
    assert "user id sub-kari" in page
    answer = browser.post(f"administrators/{kari}")
    assert answer.headers["Location"].endswith("/administrators?notice=named")
    assert named(session)[kari] == str(cast.person_id("astrid"))
    assert "Named by Astrid Testperson" in browser.get("administrators").text
    assert cast.visit("kari").get("platforms").status_code == 200


def test_an_operator_names_the_first(cast: Cast, session: Session) -> None:
    browser = cast.operate()
    browser.post(f"administrators/{cast.person_id('astrid')}/revoke")
    assert "There is no administrator yet" in browser.get("administrators").text
    browser.post(f"administrators/{cast.person_id('kari')}")
    assert named(session) == {cast.person_id("kari"): "one-time link"}
    assert "Named by a one-time link" in browser.get("administrators").text


def test_naming_twice_is_the_same_as_once(cast: Cast, session: Session) -> None:
    for name in ("astrid", "kari"):
        cast.visit("astrid").post(f"administrators/{cast.person_id('kari')}")
        before = named(session)
        cast.operate().post(f"administrators/{cast.person_id('kari')}")
        assert named(session) == before, name


def test_somebody_who_is_not_there_cannot_be_named(cast: Cast, session: Session) -> None:
    browser = cast.operate()
    for number in ("999", "2147483648"):
        assert browser.post(f"administrators/{number}").status_code == 404
    assert named(session) == {cast.person_id("astrid"): "test"}


def test_taking_it_back_ends_it_at_once(cast: Cast, session: Session) -> None:
    kari, browser = cast.visit("kari"), cast.visit("astrid")
    browser.post(f"administrators/{cast.person_id('kari')}")
    assert kari.get("platforms").status_code == 200
    answer = browser.post(f"administrators/{cast.person_id('kari')}/revoke")
    assert answer.headers["Location"].endswith("/administrators?notice=revoked")
    assert kari.get("platforms").status_code == 403
    assert named(session) == {cast.person_id("astrid"): "test"}


def test_who_steps_down_is_led_to_a_page_that_is_still_theirs(cast: Cast, session: Session) -> None:
    browser = cast.visit("astrid")
    browser.post(f"administrators/{cast.person_id('kari')}")
    answer = browser.post(f"administrators/{cast.person_id('astrid')}/revoke")
    assert answer.headers["Location"] == f"{browser.prefix}?notice=resigned"
    assert list(named(session)) == [cast.person_id("kari")]


def test_the_last_administrator_stays_unless_an_operator_says_otherwise(cast: Cast, session: Session) -> None:
    astrid = cast.person_id("astrid")
    answer = cast.visit("astrid").post(f"administrators/{astrid}/revoke")
    assert answer.status_code == 409
    assert "Name somebody else first" in answer.text
    assert list(named(session)) == [astrid]
    assert cast.operate().post(f"administrators/{astrid}/revoke").status_code == 303
    assert named(session) == {}


def test_two_who_dismiss_each_other_at_once_leave_one(app: Flask, cast: Cast, session: Session) -> None:
    astrid, kari = cast.person_id("astrid"), cast.person_id("kari")
    grant_administrator(session, kari, granted_by="test")
    session.commit()
    browser = cast.visit("kari")
    assert browser.form_token

    def first(session: Session) -> None:
        dismiss_administrator(session, kari, by_operator=False)

    let_go()
    second = meeting(app, first, lambda: browser.post(f"administrators/{astrid}/revoke"))
    assert second.status_code in (403, 409)
    assert list(named(session)) == [astrid]


@pytest.mark.parametrize("text", ["ÅSE", "åse", "Åse", "sub-ås", " Lill "])
def test_names_are_found_by_parts_whatever_their_case(cast: Cast, session: Session, text: str) -> None:
    someone = update(Person).where(Person.id == cast.person_id("lina"))
    session.execute(someone.values(name="Lill-Åse Testperson", subject="sub-åse"))
    session.commit()
    page = cast.operate().get("administrators", query_string={"q": text}).text
    assert f"administrators/{cast.person_id('lina')}" in page
    assert f"administrators/{cast.person_id('stig')}" not in page


@pytest.mark.parametrize(("name", "shown"), [("lina", "Learning assistant"), ("stig", "Member of staff")])
def test_a_person_without_a_name_is_shown_by_their_pseudonym_and_user_id(
    cast: Cast, session: Session, name: str, shown: str
) -> None:
    session.execute(update(Person).where(Person.id == cast.person_id(name)).values(name=None))
    session.commit()
    page = cast.operate().get(f"administrators?q=sub-{name}").text
    assert re.search(rf">{shown} \w{{3}}-\w{{3}}</strong>", page)
    assert f"user id sub-{name}" in page


@pytest.mark.parametrize("text", ["%", "__", "a%", "'; --", "\\"])
def test_signs_of_the_databases_own_are_letters_like_others(cast: Cast, text: str) -> None:
    answer = cast.operate().get("administrators", query_string={"q": text})
    assert answer.status_code == 200
    assert "Testperson" not in answer.text.split('id="name"')[1]


def test_whom_only_the_roster_has_told_of_is_not_found(cast: Cast, session: Session) -> None:
    session.execute(update(Membership).where(Membership.person_id == cast.person_id("una")).values(launched=False))
    session.commit()
    assert "Nobody is called “una”" in cast.operate().get("administrators?q=una").text


def test_a_search_that_finds_many_says_so(cast: Cast, session: Session) -> None:
    for number in range(queries.MOST_FOUND + 1):
        person = Person(platform_id=cast.platform_id, subject=f"many-{number}", name=f"Many {number}")
        session.add(person)
        session.flush()
        session.add(Membership(person_id=person.id, course_id=cast.courses["LAOS"], role="learner"))
    session.commit()
    page = cast.operate().get("administrators?q=many").text
    assert "There are more" in page
    assert page.count("user id many-") == queries.MOST_FOUND


def test_one_letter_is_too_little(cast: Cast) -> None:
    assert "Write at least two letters" in cast.operate().get("administrators?q=k").text


def test_naming_needs_the_form_token_and_a_post(cast: Cast, session: Session) -> None:
    browser = cast.visit("astrid")
    path = f"administrators/{cast.person_id('kari')}"
    assert browser.post(path, {"csrf_token": "wrong"}).status_code == 400
    assert browser.get(path).status_code == 405
    assert list(named(session)) == [cast.person_id("astrid")]
