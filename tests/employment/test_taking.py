from __future__ import annotations

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from lti_tool.database import now
from lti_tool.employment.actions import delete_everything, forget_unmatched, match_newcomers, say_who
from lti_tool.employment.found import Missing, Outcome
from lti_tool.employment.queries import Job, has_list, positions_of
from lti_tool.employment.taking import take_over
from lti_tool.programme.models import CompletionCheck
from tests.cast import Cast
from tests.employment.lists import found, line, listed, name_people, who


@pytest.fixture
def kari(cast: Cast, session: Session) -> int:
    """At work on a cohort in which Lina is known by her address and Frode by his name."""
    name_people(session, cast, lina=("Lina", "lina@ntnu.test"), frode=("Frode Foss", None), siri=("Siri", None))
    return cast.people["kari"]


def checked(session: Session) -> set[int]:
    people = set(session.scalars(select(CompletionCheck.person_id)))
    for check in session.scalars(select(CompletionCheck)):
        session.delete(check)
    session.commit()
    return people


def test_people_are_matched_as_the_list_is_taken_over(session: Session, cast: Cast, kari: int) -> None:
    lines = (line("L. Lie", "lina@ntnu.test", hours=80.0), line("Foss, Frode"), line("Nora"))
    outcome = take_over(session, cast.cohort_id, found(*lines))
    assert outcome == Outcome(added=3, changed=0, same=0, ended=0, found=2)
    lina, frode = cast.people["lina"], cast.people["frode"]
    assert who(session) == {"lina@ntnu.test": lina, "foss, frode": frode, "nora": None}
    jobs = positions_of(session, cast.cohort_id)
    assert (set(jobs), jobs[lina]) == ({lina, frode}, (Job("learning-assistant", "A", "", "", 80.0),))
    assert positions_of(session, cast.cohort_id, [frode]) == {frode: jobs[frode]}
    assert checked(session) == {lina, frode}


def test_taking_the_same_list_over_again_changes_nothing(session: Session, cast: Cast, kari: int) -> None:
    lines = (line("Lina", "lina@ntnu.test"), line("Nora"))
    take_over(session, cast.cohort_id, found(*lines))
    before = [(one.id, one.person_id, one.matched_at) for one in listed(session)]
    checked(session)
    again = take_over(session, cast.cohort_id, found(*lines, missing=Missing.END_ALL))
    assert again == Outcome(added=0, changed=0, same=2, ended=0, found=0)
    assert [(one.id, one.person_id, one.matched_at) for one in listed(session)] == before
    assert checked(session) == set()


def test_a_list_that_comes_again_changes_ends_and_brings_back(session: Session, cast: Cast, kari: int) -> None:
    first = (line("Lina", "lina@ntnu.test"), line("Frode Foss"), line("Nora"))
    take_over(session, cast.cohort_id, found(*first))
    second = found(line("Lina Lie", "lina@ntnu.test", hours=40.0), missing=Missing.END_ALL)
    assert take_over(session, cast.cohort_id, second) == Outcome(added=0, changed=1, same=0, ended=2, found=0)
    session.expire_all()
    assert [(one.name, one.hours, bool(one.ended_at)) for one in listed(session)] == [
        ("Lina Lie", 40.0, False),
        ("Frode Foss", None, True),
    ]
    assert set(positions_of(session, cast.cohort_id)) == {cast.people["lina"]}
    take_over(session, cast.cohort_id, found(line("Frode Foss")))
    assert set(positions_of(session, cast.cohort_id)) == {cast.people["lina"], cast.people["frode"]}


def test_those_of_other_departments_stay_when_one_sends_its_list(session: Session, cast: Cast, kari: int) -> None:
    take_over(session, cast.cohort_id, found(line("Lina", department="IDI"), line("Frode Foss", department="IMF")))
    take_over(session, cast.cohort_id, found(line("Siri", department="idi"), missing=Missing.END_DEPARTMENTS))
    assert set(positions_of(session, cast.cohort_id)) == {cast.people["frode"], cast.people["siri"]}


def test_whoever_comes_later_is_found_then(session: Session, cast: Cast, kari: int) -> None:
    take_over(session, cast.cohort_id, found(line("Tuva Ti", "tuva@ntnu.test"), line("Nora")))
    session.commit()
    name_people(session, cast, tuva=("T", "Tuva@ntnu.test"))
    match_newcomers()
    assert who(session) == {"tuva@ntnu.test": cast.people["tuva"], "nora": None}
    assert checked(session) == {cast.people["tuva"]}


def test_what_somebody_has_said_is_not_matched_anew(session: Session, cast: Cast, kari: int) -> None:
    lines = (line("Lina", "lina@ntnu.test"), line("Frode Foss"))
    take_over(session, cast.cohort_id, found(*lines))
    checked(session)
    say_who(session, cast.cohort_id, kari, "lina@ntnu.test", None)
    say_who(session, cast.cohort_id, kari, "frode foss", cast.people["siri"])
    session.commit()
    match_newcomers()
    take_over(session, cast.cohort_id, found(*lines, line("Lina", "lina@ntnu.test", course="B")))
    session.expire_all()
    assert [(one.person_id, one.matched_by) for one in listed(session)] == [
        (None, kari),
        (cast.people["siri"], kari),
        (None, kari),
    ]
    assert checked(session) == {cast.people[name] for name in ("lina", "frode", "siri")}


def test_a_new_position_of_somebody_known_is_theirs(session: Session, cast: Cast, kari: int) -> None:
    take_over(session, cast.cohort_id, found(line("Nora", "nora@ntnu.test")))
    say_who(session, cast.cohort_id, kari, "nora@ntnu.test", cast.people["siri"])
    take_over(session, cast.cohort_id, found(line("Nora", "nora@ntnu.test", position="SA", course="B")))
    positions = [job.position for job in positions_of(session, cast.cohort_id)[cast.people["siri"]]]
    assert positions == ["learning-assistant", "student-assistant"]


def test_whoever_only_instructs_is_nobody_on_a_list(session: Session, cast: Cast, kari: int) -> None:
    name_people(session, cast, ingrid=("Ingrid", "ingrid@ntnu.test"))
    take_over(session, cast.cohort_id, found(line("Ingrid", "ingrid@ntnu.test")))
    assert who(session) == {"ingrid@ntnu.test": None}


def test_those_who_never_came_are_forgotten_and_the_others_stay(session: Session, cast: Cast, kari: int) -> None:
    take_over(session, cast.cohort_id, found(line("Lina", "lina@ntnu.test"), line("Nora"), line("Nils")))
    assert forget_unmatched(session, cast.cohort_id) == 2
    assert list(who(session)) == ["lina@ntnu.test"]
    assert has_list(session, cast.cohort_id)
    checked(session)
    delete_everything(session, cast.cohort_id)
    assert (listed(session), has_list(session, cast.cohort_id)) == ([], False)
    assert checked(session) == {cast.people["lina"]}


def test_a_list_with_something_unclear_is_not_taken_over(session: Session, cast: Cast, kari: int) -> None:
    with pytest.raises(ValueError, match="not ready"):
        take_over(session, cast.cohort_id, found(line("Nora", position="Professor")))
    assert listed(session) == []


def test_other_cohorts_are_left_alone(session: Session, cast: Cast, kari: int) -> None:
    take_over(session, cast.cohort_id, found(line("Lina", "lina@ntnu.test")))
    assert positions_of(session, cast.cohort_id + 1) == {}
    assert not has_list(session, cast.cohort_id + 1)
    assert now() > listed(session)[0].created_at
