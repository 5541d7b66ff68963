"""The results of a module that does not have every step."""

from __future__ import annotations

import re

from sqlalchemy import select

from lti_tool.programme.actions import offer, store_version
from lti_tool.programme.content import Step
from lti_tool.programme.models import OnlineModule
from tests.cast import Cast
from tests.steps import hand_in, module_of, offer_module
from tests.work import done_before


def heads(page: str) -> list[str]:
    return re.findall(r'<th scope="col">([^<]+)</th>', page)


def test_the_table_has_a_column_for_each_step_of_the_module(cast: Cast) -> None:
    offer_module(cast, Step.ESSAY)
    hand_in(cast.visit("lina"))
    ingrid = cast.visit("ingrid", module=None)
    page = ingrid.get("gradebook?module=short").text
    assert heads(page) == ["Essay", "Score", "In the course's gradebook"]
    assert "1 of 1" in page
    assert "Evaluations given" in heads(ingrid.get("gradebook?module=om1").text)


def test_the_page_of_a_person_tells_of_steps_that_the_module_has(cast: Cast) -> None:
    offer_module(cast, Step.TEST)
    page = cast.visit("ingrid", module=None).get(f"gradebook/learners/{cast.person_id('lina')}?module=short").text
    assert [part in page for part in ("Attempts at the test", "Reflection essay", "Peer evaluations")] == [1, 0, 0]


def test_whoever_began_with_another_version_is_shown_by_the_steps_of_that(cast: Cast) -> None:
    module_id = offer_module(cast, Step.TEST, Step.ESSAY)
    hand_in(cast.visit("lina"))
    with done_before(cast) as session:
        module = session.scalars(select(OnlineModule).where(OnlineModule.id == module_id)).one()
        offer(session, module, store_version(session, module_of(Step.ESSAY)))
    page = cast.visit("ingrid", module=None).get("gradebook?module=short").text
    assert heads(page)[:2] == ["Test", "Essay"]
    assert [figure in page for figure in ("1 of 2", "0 of 1")] == [True, True]
