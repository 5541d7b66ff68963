"""The job that looks for copied essays."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from lti_tool.database import now
from lti_tool.modules.models import Participation
from lti_tool.programme.models import Cohort
from lti_tool.reflection import comparing
from lti_tool.reflection.comparing import compare_essays, compare_next
from lti_tool.reflection.models import Essay, EssayFingerprint, EssayMatch
from lti_tool.reflection.shingles import fingerprints
from tests import work
from tests.cast import Cast, add_module, small_module
from tests.conftest import CountStatements

RUN = "when a student asks me for the answer I ask them back what they have tried so far"


def own_words(name: str, count: int = 30) -> str:
    return " ".join(f"{name}{number}" for number in range(count))


def submit(session: Session, cast: Cast, name: str, text: str, module: str = "om1") -> int:
    """Submitted or submitted anew, and to be compared."""
    part = work.take_part_in(session, cast.people[name], module)
    essay = session.scalars(select(Essay).where(Essay.participation_id == part.id)).one_or_none()
    if essay is None:
        essay = Essay(participation_id=part.id, text=text, language="en")
        session.add(essay)
    essay.submitted_text, essay.submitted_language = text, "en"
    essay.submitted_at = essay.compare_at = now()
    session.commit()
    return essay.id


def matches(session: Session) -> list[tuple[int, int, float]]:
    session.rollback()
    rows = session.scalars(select(EssayMatch).order_by(EssayMatch.essay_id, EssayMatch.other_id))
    return [(row.essay_id, row.other_id, round(row.share, 2)) for row in rows]


def test_the_later_essay_is_marked_with_the_share_of_its_words(cast: Cast, session: Session) -> None:
    lina = submit(session, cast, "lina", f"{own_words('l', 60)} {RUN}")
    frode = submit(session, cast, "frode", f"{RUN.upper()}! {own_words('f', 18)}")
    compare_essays()
    assert matches(session) == [(frode, lina, 0.5)]
    assert session.scalars(select(Essay.compare_at)).all() == [None, None]


def test_the_other_one_may_be_in_another_module_and_another_cohort(cast: Cast, session: Session) -> None:
    add_module(session, small_module("om2"))
    lina = submit(session, cast, "lina", f"{own_words('l')} {RUN}")
    programme_id = session.scalars(select(Cohort.programme_id)).one()
    old = Cohort(programme_id=programme_id, term="2020-spring", is_open=False)
    session.add(old)
    session.flush()
    session.execute(update(Participation).values(cohort_id=old.id))
    frode = submit(session, cast, "frode", f"{own_words('f')} {RUN}", "om2")
    compare_essays()
    assert [pair[:2] for pair in matches(session)] == [(frode, lina)]


def test_nobody_copies_from_themselves(cast: Cast, session: Session) -> None:
    add_module(session, small_module("om2"))
    submit(session, cast, "lina", f"{own_words('l')} {RUN}")
    submit(session, cast, "lina", f"{own_words('l')} {RUN}", "om2")
    compare_essays()
    assert matches(session) == []


def test_little_in_common_is_no_copy(cast: Cast, session: Session) -> None:
    submit(session, cast, "lina", f"{own_words('l')} {RUN}")
    submit(session, cast, "frode", f"{own_words('f', 200)} {RUN}")
    compare_essays()
    assert matches(session) == []


def test_the_material_of_the_modules_may_be_quoted(cast: Cast, session: Session) -> None:
    module = small_module("om2")
    texts = {language: text.model_copy(update={"reading": RUN}) for language, text in module.languages.items()}
    add_module(session, module.model_copy(update={"languages": texts}))
    submit(session, cast, "lina", f"{own_words('l')} {RUN}")
    submit(session, cast, "frode", f"{own_words('f')} {RUN}", "om2")
    compare_essays()
    assert matches(session) == []


def test_a_new_version_is_compared_anew(cast: Cast, session: Session) -> None:
    submit(session, cast, "lina", f"{own_words('l')} {RUN}")
    frode = submit(session, cast, "frode", f"{own_words('f')} {RUN}")
    compare_essays()
    submit(session, cast, "frode", own_words("other"))
    compare_essays()
    assert matches(session) == []
    kept = session.scalars(select(EssayFingerprint.hash).where(EssayFingerprint.essay_id == frode)).all()
    assert set(kept) == fingerprints(own_words("other"))


def test_whoever_is_copied_from_and_rewrites_does_not_become_the_copier(cast: Cast, session: Session) -> None:
    lina = submit(session, cast, "lina", f"{own_words('l')} {RUN}")
    frode = submit(session, cast, "frode", f"{own_words('f')} {RUN}")
    compare_essays()
    submit(session, cast, "lina", f"{own_words('new')} {RUN}")
    compare_essays()
    assert [pair[:2] for pair in matches(session)] == [(frode, lina)]


@pytest.mark.parametrize(("times", "cleared"), [(1, True), (2, False)])
def test_what_was_found_in_order_stays_so_unless_there_is_more_of_it(
    cast: Cast, session: Session, times: int, cleared: bool
) -> None:
    submit(session, cast, "lina", f"{own_words('l')} {RUN}")
    submit(session, cast, "frode", f"{own_words('f')} {RUN}")
    compare_essays()
    session.execute(update(EssayMatch).values(cleared_at=now(), cleared_by=cast.people["kari"]))
    session.commit()
    submit(session, cast, "frode", f"{own_words('g')} " + f"{RUN} " * times)
    compare_essays()
    assert (session.scalars(select(EssayMatch.cleared_at)).one() is not None) is cleared


def test_comparing_again_changes_nothing(cast: Cast, session: Session) -> None:
    submit(session, cast, "lina", RUN)
    submit(session, cast, "frode", RUN)
    compare_essays()
    before = matches(session)
    session.execute(update(Essay).values(compare_at=now()))
    session.commit()
    compare_essays()
    assert matches(session) == before
    assert not compare_next(session)


def test_an_essay_costs_the_same_however_many_say_the_same(
    cast: Cast, session: Session, count_statements: CountStatements, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(comparing, "MOST_WITH_ONE", 2)
    monkeypatch.setattr(comparing, "MOST_COMPARED", 2)
    counted = []
    for name in ("lina", "frode", "amir", "siri", "tuva"):
        submit(session, cast, name, f"{own_words(name)} {RUN}")
        with count_statements() as statements:
            assert compare_next(session)
        counted.append(len([each for each in statements if not each.startswith(("BEGIN", "SAVEPOINT"))]))
    assert len(set(counted[1:])) == 1
    assert counted[-1] <= 12
    assert len(matches(session)) == 1 + 2 + 2 + 2


def test_two_who_compare_at_once_find_each_other_once(cast: Cast, session: Session) -> None:
    lina = submit(session, cast, "lina", f"{own_words('l')} {RUN}")
    frode = submit(session, cast, "frode", f"{own_words('f')} {RUN}")
    session.rollback()
    start = Barrier(4)

    def work_off() -> None:
        with cast.app.app_context():
            start.wait()
            compare_essays()

    with ThreadPoolExecutor(4) as threads:
        for done in [threads.submit(work_off) for _thread in range(4)]:
            done.result(timeout=60)
    assert matches(session) == [(frode, lina, 0.38)]
    assert session.scalars(select(Essay.compare_at)).all() == [None, None]
