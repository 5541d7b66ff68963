"""The page on which staff choose what to place."""

from __future__ import annotations

import pytest
from sqlalchemy import update

from lti_tool.people.models import Person
from lti_tool.programme.content import Step
from lti_tool.programme.models import Cohort
from tests.cast import Cast, add_module, small_module
from tests.lti.checks import row_counts
from tests.lti.deep_linking.asking import DL, ITEMS, Placing
from tests.pages import problems_of
from tests.steps import offer_module
from tests.work import done_before

MODULE = "module-om1"
WHAT_IT_TAKES = (
    "Reading: about 5 minutes.",
    "A test of 3 questions.",
    "An essay of 20 to 60 words.",
    "Evaluations of two others' essays.",
    "About 3 h in all.",
)


def test_every_open_module_is_listed_with_what_its_learners_do(placing: Placing, cast: Cast) -> None:
    with done_before(cast) as session:
        add_module(session, small_module("om2").model_copy(update={"position": 2}))
    page = placing.open().text
    assert problems_of(page) == []
    assert page.index('value="module-om1"') < page.index('value="module-om2"') < page.index('value="training"')
    assert "How to give feedback." in page
    for part in WHAT_IT_TAKES:
        assert page.count(part) == 2
    for name in ("My training", "Results of the training", "Review of evaluations"):
        assert name in page


def test_a_module_takes_no_more_than_its_steps(placing: Placing, cast: Cast) -> None:
    offer_module(cast, Step.ESSAY)
    page = placing.open().text
    assert [page.count(part) for part in WHAT_IT_TAKES] == [2, 1, 2, 1, 2]


def test_a_module_that_cannot_be_started_is_not_offered(placing: Placing, cast: Cast) -> None:
    with done_before(cast) as session:
        session.execute(update(Cohort).values(is_open=False))
    page = placing.open().text
    assert problems_of(page) == []
    assert MODULE not in page
    assert "No programme has been loaded yet" in page
    assert placing.post({"choice": [MODULE], "action": "add"}).status_code == 400
    assert [item["title"] for item in placing.chosen("training")[ITEMS]] == ["My training"]


def test_links_are_made_in_the_language_of_the_visit(placing: Placing, cast: Cast) -> None:
    content = small_module("om2")
    words = content.languages["nb"].model_copy(update={"title": "Å gi tilbakemelding", "summary": "Hvordan."})
    norwegian = content.model_copy(update={"position": 2, "languages": {**content.languages, "nb": words}})
    with done_before(cast) as session:
        add_module(session, norwegian)
    placing.open(changes={"launch_presentation": {"locale": "nb"}})
    item = placing.chosen("module-om2")[ITEMS][0]
    assert (item["title"], item["text"], item["lineItem"]["label"]) == (
        "Å gi tilbakemelding",
        "Hvordan.",
        "Å gi tilbakemelding",
    )


def test_the_language_a_person_has_chosen_here_goes_before_the_platforms(placing: Placing, cast: Cast) -> None:
    with done_before(cast) as session:
        session.add(Person(platform_id=cast.platform_id, subject="lina", locale="nb"))
    assert '<html lang="nb">' in placing.open().text


def test_the_name_of_a_link_can_be_chosen_and_its_column_goes_by_it(placing: Placing) -> None:
    placing.open()
    item = placing.chosen(MODULE, **{"title-module-om1": "  Week 3:\t feedback  "})[ITEMS][0]
    assert item["title"] == item["lineItem"]["label"] == "Week 3: feedback"


@pytest.mark.parametrize("typed", ["", "   ", "\x00"])
def test_a_name_that_is_left_empty_is_the_modules_own(placing: Placing, typed: str) -> None:
    placing.open()
    assert placing.chosen(MODULE, **{"title-module-om1": typed})[ITEMS][0]["title"] == "Giving feedback"


def test_a_name_that_is_too_long_comes_back_with_everything_else_kept(placing: Placing) -> None:
    placing.open()
    fields = {"title-module-om1": "x" * 256, "title-training": "Start here"}
    answer = placing.post({"choice": [MODULE, "training"], "action": "add", **fields})
    assert answer.status_code == 422
    assert problems_of(answer.text) == []
    assert "A name has at most 255 characters." in answer.text
    assert 'href="#title-module-om1"' in answer.text
    assert answer.text.count(" checked") == 2
    assert "x" * 256 in answer.text
    assert 'value="Start here"' in answer.text


def test_a_long_name_of_what_is_not_chosen_stops_nobody(placing: Placing) -> None:
    placing.open()
    assert len(placing.chosen("training", **{"title-module-om1": "x" * 256})[ITEMS]) == 1


def test_a_name_is_text_wherever_it_is_shown(placing: Placing) -> None:
    placing.open()
    fields = {"title-module-om1": '"><script>alert(1)</script>' + "x" * 255}
    answer = placing.post({"choice": [MODULE], "action": "add", **fields})
    assert "<script>alert" not in answer.text
    assert problems_of(answer.text) == []


@pytest.mark.parametrize(
    "fields",
    [
        {"choice": ["module-om99"], "action": "add"},
        {"choice": [MODULE, ""], "action": "add"},
        {"choice": [MODULE], "action": "delete"},
        {"choice": [MODULE]},
        {},
    ],
    ids=str,
)
def test_what_the_page_does_not_offer_is_refused(placing: Placing, fields: dict[str, object]) -> None:
    placing.open()
    before = row_counts(placing.app)
    assert placing.post(fields).status_code == 400
    assert row_counts(placing.app) == before


def test_choosing_needs_the_form_token(placing: Placing) -> None:
    placing.open()
    data = {"choice": [MODULE], "action": "add"}
    assert placing.client.post(placing.address, data=data, base_url=placing.lms.base_url).status_code == 400


def test_the_page_leads_nowhere_that_is_closed_to_who_places(placing: Placing) -> None:
    page = placing.open().text
    assert "/language" not in page
    assert "footer" not in page


def test_without_its_course_the_page_is_whole(placing: Placing) -> None:
    answer = placing.ask("Administrator", without=["context"], changes={"roles": ["Administrator"]})
    placing.address = answer.headers["Location"]
    assert problems_of(placing.get().text) == []
    assert placing.chosen(MODULE)[ITEMS]


def test_a_visit_for_training_cannot_place_and_one_for_placing_can_do_nothing_else(
    placing: Placing, cast: Cast
) -> None:
    assert cast.visit("ingrid").get("placement").status_code == 403
    placing.open()
    for page in ("", "gradebook", "modules/om1", "platforms"):
        address = placing.address.removesuffix("placement") + page
        assert placing.client.get(address, base_url=placing.lms.base_url).status_code in (403, 404)


def test_without_script_a_button_sends_what_was_chosen(placing: Placing) -> None:
    placing.open()
    page = placing.post({"choice": ["training"], "action": "add"}).text
    assert '<button class="btn btn-primary" type="submit">Back to the course</button>' in page
    assert f"{DL}content_items" not in page, "nothing but the token goes back"
