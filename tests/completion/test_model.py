"""The rules agree with a slow and plain model in any life that somebody can have, and give nothing away."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from lti_tool.completion.records import Date
from lti_tool.completion.rules import judge
from lti_tool.completion.verdicts import ItemVerdict, NextStep, PartVerdict, Status, Verdict
from lti_tool.programme.content import ProgrammeContent
from tests.completion import model
from tests.completion.made import FULL, LAOS, NOW, date
from tests.completion.model import Life

PROGRAMMES = pytest.mark.parametrize("programme", [LAOS, FULL], ids=["LAOS", "made up"])
COURSES = (7, 8)
# Around all that makes a difference: signing up that has closed or closes soon, a week without a mark.
DAYS = (-30, -8, -6, -0.1, 0.1, 2, 5, 16, 18, 40)


@st.composite
def lives(draw: st.DrawFn, programme: ProgrammeContent) -> Life:
    dates = tuple(_date(draw, programme, number) for number in range(1, draw(st.integers(0, 12)) + 1))
    ids = [one.id for one in dates]
    fates = draw(st.lists(st.sampled_from(["there", "absent", "", "", ""]), min_size=len(ids), max_size=len(ids)))
    held = {one.meeting: one.id for one in dates if one.course_id is None and draw(st.booleans())}
    modules = st.frozensets(st.sampled_from(programme.modules))
    return Life(
        dates=dates,
        there=frozenset(one for one, fate in zip(ids, fates, strict=True) if fate == "there"),
        absent=frozenset(one for one, fate in zip(ids, fates, strict=True) if fate == "absent"),
        places=frozenset(held.values()),
        member=frozenset(draw(st.frozensets(st.sampled_from(COURSES)))),
        term_ends_at=NOW + timedelta(days=draw(st.sampled_from([-1, 60]))),
        completed=draw(modules),
        chosen=draw(modules),
        late=draw(modules),
        offered=tuple(key for key in programme.modules if draw(st.integers(0, 9))),
    )


def _date(draw: st.DrawFn, programme: ProgrammeContent, number: int) -> Date:
    requirement = draw(st.sampled_from(programme.attendances))
    meeting = draw(st.sampled_from(requirement.meetings))
    return date(
        number,
        meeting.key,
        in_days=draw(st.sampled_from(DAYS)),
        hours=meeting.hours * draw(st.sampled_from([0.5, 1])),
        course=draw(st.sampled_from(COURSES)) if requirement.held_by == "course" else None,
        room=draw(st.booleans()),
        called_off=draw(st.integers(0, 5)) == 0,
    )


def _judged(programme: ProgrammeContent, life: Life, moment: datetime = NOW) -> Verdict:
    return judge(programme, model.records_of(life), moment)


@PROGRAMMES
@settings(max_examples=200)
@given(data=st.data())
def test_every_requirement_stands_as_the_model_has_it(programme: ProgrammeContent, data: st.DataObject) -> None:
    life = data.draw(lives(programme))
    verdict = _judged(programme, life)
    assert {part.key: part.status for part in verdict.parts} == model.parts(programme, life)
    assert verdict.status is model.worst(part.status for part in verdict.parts)


@PROGRAMMES
@settings(max_examples=40)
@given(data=st.data())
def test_done_is_when_all_hours_are_and_nothing_remains_to_be_done(
    programme: ProgrammeContent, data: st.DataObject
) -> None:
    verdict = _judged(programme, data.draw(lives(programme)))
    assert 0 <= verdict.hours_done <= verdict.hours
    items: list[ItemVerdict] = [item for part in verdict.parts for item in part.items]
    levels: list[Verdict | PartVerdict | ItemVerdict] = [verdict, *verdict.parts, *items]
    for one in levels:
        assert (one.status is Status.DONE) == (one.hours_done == pytest.approx(one.hours))
        assert (one.status is Status.DONE) == (one.next_step is NextStep.NOTHING)


@PROGRAMMES
@settings(max_examples=40)
@given(data=st.data())
def test_nothing_but_having_been_there_brings_hours_of_meetings(
    programme: ProgrammeContent, data: st.DataObject
) -> None:
    life = replace(data.draw(lives(programme)), there=frozenset())
    keys = {one.key for one in programme.attendances}
    assert sum(part.hours_done for part in _judged(programme, life).parts if part.key in keys) == 0


@PROGRAMMES
@settings(max_examples=40)
@given(data=st.data())
def test_having_been_to_one_more_date_is_never_worse(programme: ProgrammeContent, data: st.DataObject) -> None:
    life = data.draw(lives(programme))
    own = [one.id for one in life.dates if one.course_id is None or one.course_id in life.member]
    assume(own)
    one = data.draw(st.sampled_from(own))
    better = replace(life, there=life.there | {one}, absent=life.absent - {one})
    before, after = _judged(programme, life), _judged(programme, better)
    for was, is_ in zip(before.parts, after.parts, strict=True):
        # Of several courses the one with more hours may be missed, and another shown that no longer is.
        assert _standing(is_) >= _standing(was)


def _standing(part: PartVerdict) -> tuple[int, float]:
    return model.WORST_FIRST.index(part.status), part.hours_done


@PROGRAMMES
@settings(max_examples=40)
@given(data=st.data())
def test_the_order_of_dates_makes_no_difference(programme: ProgrammeContent, data: st.DataObject) -> None:
    life = data.draw(lives(programme))
    verdict = _judged(programme, life)
    turned = _judged(programme, replace(life, dates=life.dates[::-1]))
    assert (turned.status, turned.reason, turned.next_step, turned.hours_done) == (
        verdict.status,
        verdict.reason,
        verdict.next_step,
        verdict.hours_done,
    )
