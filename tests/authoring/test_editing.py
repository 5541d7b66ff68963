"""Changing a draft: one language leaves the others alone, and what a module consists of is the same in each."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lti_tool.authoring import editing
from lti_tool.authoring.draft import Draft, Group, publishable, read, stored
from lti_tool.authoring.editing import Answers, NoSuchPlace, Place, texts_at
from lti_tool.programme.content import ModuleContent
from tests.authoring.drafts import drafts, small_draft
from tests.cast import small_module

Q1, Q2 = Place("q1", Group.QUESTIONS), Place("q2", Group.QUESTIONS)


def keys(draft: Draft, group: Group = Group.QUESTIONS, language: str = "en") -> list[str]:
    return [item.key for item in draft.languages[language].items(group)]


def structure(draft: Draft, language: str) -> list[object]:
    text = draft.languages[language]
    return [[item.blank() for item in text.items(group)] for group in Group]


def places(draft: Draft) -> list[Place]:
    items = [Place(item.key, group) for group in Group for item in draft.main.items(group)]
    return [*(Place(name) for name in editing.TEXT_PLACES), *items]


def test_what_is_offered_survives_becoming_a_draft() -> None:
    assert ModuleContent.model_validate(publishable(small_draft())) == small_module()


@given(drafts())
def test_a_draft_survives_being_stored(draft: Draft) -> None:
    assert read(stored(draft)) == draft


@given(drafts())
def test_every_language_consists_of_the_same(draft: Draft) -> None:
    assert structure(draft, "en") == structure(draft, "nb")


@given(drafts(), st.data())
def test_editing_one_language_changes_no_other(draft: Draft, data: st.DataObject) -> None:
    place = data.draw(st.sampled_from(places(draft)))
    written = {name: f"new {name}" for name in texts_at(draft, place, "nb")}
    after = editing.with_texts(draft, place, "nb", written)
    assert texts_at(after, place, "nb") == written
    assert after.languages["en"] == draft.languages["en"]
    assert structure(after, "nb") == structure(draft, "en")
    others = [other for other in places(draft) if other != place]
    assert all(texts_at(after, other, "nb") == texts_at(draft, other, "nb") for other in others)


@given(drafts(), st.lists(st.tuples(st.integers(0, 2), st.integers(-3, 3))))
def test_moving_questions_keeps_all_of_them_with_their_texts(draft: Draft, moves: list[tuple[int, int]]) -> None:
    before = {code: {item.key: item for item in text.questions} for code, text in draft.languages.items()}
    for number, steps in moves:
        if number < len(draft.main.questions):
            draft = editing.moved(draft, Place(f"k{number}", Group.QUESTIONS), steps)
    assert {code: {item.key: item for item in text.questions} for code, text in draft.languages.items()} == before
    assert keys(draft) == keys(draft, language="nb")


def test_a_question_moves_one_place_and_not_beyond_the_end() -> None:
    assert keys(editing.moved(small_draft(), Q1, 1)) == ["q2", "q1", "q3"]
    assert keys(editing.moved(small_draft(), Q1, -1)) == ["q1", "q2", "q3"]


def test_what_was_removed_comes_back_where_it_stood_with_every_text() -> None:
    draft, number = editing.removed(small_draft(), Q2)
    assert keys(draft) == keys(draft, language="nb") == ["q1", "q3"]
    back, place = editing.restored(draft, number)
    assert place == Q2
    assert back == small_draft()
    with pytest.raises(NoSuchPlace):
        editing.restored(back, number)


def test_a_copy_stands_behind_the_original_in_every_language() -> None:
    draft, place = editing.copied(small_draft(), Q1)
    assert keys(draft) == keys(draft, language="nb") == ["q1", place.name, "q2", "q3"]
    assert texts_at(draft, place, "nb") == texts_at(draft, Q1, "nb")


def test_a_new_question_has_a_key_of_its_text_and_is_missing_in_the_other_languages() -> None:
    draft, place = editing.added(small_draft(), Group.QUESTIONS, "Hva gjør du først i øvingstimen?", "nb")
    assert place.name == "hva-gjor-du-forst-i-ovingstimen"
    assert texts_at(draft, place, "nb")["text"] == "Hva gjør du først i øvingstimen?"
    assert not any(texts_at(draft, place, "en").values())
    _again, other = editing.added(draft, Group.QUESTIONS, "Hva gjør du først i øvingstimen?", "nb")
    assert other != place


def test_a_new_criterion_has_four_levels() -> None:
    draft, place = editing.added(small_draft(), Group.CRITERIA, "Clear", "en")
    assert len([name for name in texts_at(draft, place, "nb") if name.endswith("-label")]) == 4


def test_right_answers_and_options_are_those_of_every_language() -> None:
    draft = editing.with_answers(small_draft(), Q1, Answers("multiple", frozenset("bc")))
    draft = editing.with_option_added(draft, Q1)
    draft = editing.with_option_removed(draft, Q1, "a")
    for code in ("en", "nb"):
        question = draft.languages[code].questions[0]
        assert (question.kind, set(question.right)) == ("multiple", {"b", "c"})
        assert [option.key for option in question.options] == ["b", "c", "d", "option-1"]


def test_the_last_two_options_stay() -> None:
    draft = small_draft()
    for key in "abcd":
        draft = editing.with_option_removed(draft, Q1, key) if len(draft.main.questions[0].options) > 2 else draft
    assert editing.with_option_removed(draft, Q1, "d") == draft


def test_questions_from_elsewhere_keep_their_pictures_and_get_free_keys() -> None:
    question = small_module().text_in("en").questions[0]
    body = question.model_dump() | {"images": [{"digest": "a" * 64, "alternative": "A curve"}]}
    draft = editing.with_questions(small_draft(), [type(question).model_validate(body)] * 2, "nb")
    assert keys(draft) == ["q1", "q2", "q3", "q1-1", "q1-2"]
    new = Place("q1-1", Group.QUESTIONS)
    assert texts_at(draft, new, "nb")["image-1"] == "A curve"
    assert texts_at(draft, new, "en")["image-1"] == ""
    edited = editing.with_texts(draft, new, "en", {"text": "What?", "image-1": "A line"})
    assert edited.main.questions[3].images[0].model_dump() == {"digest": "a" * 64, "alternative": "A line"}


@pytest.mark.parametrize("address", ["nothing", "questions.", "questions.Q1", "words.q1", "../x", "questions.q1.q2"])
def test_an_address_that_no_page_has_is_no_place(address: str) -> None:
    with pytest.raises(NoSuchPlace):
        Place.parse(address)


LOST: list[Callable[[Draft], object]] = [
    lambda draft: editing.item_at(draft, Place("q9", Group.QUESTIONS), "en"),
    lambda draft: editing.item_at(draft, Q1, "se"),
    lambda draft: texts_at(draft, Place("reading"), "se"),
    lambda draft: editing.with_option_removed(draft, Q1, "z"),
    lambda draft: editing.moved(draft, Place("q9", Group.QUESTIONS), 1),
    lambda draft: editing.with_option_added(draft, Place("c1", Group.CRITERIA)),
]


@pytest.mark.parametrize("asked", LOST, ids=range(len(LOST)))
def test_what_is_not_there_is_said_to_be_no_place(asked: Callable[[Draft], object]) -> None:
    with pytest.raises(NoSuchPlace):
        asked(small_draft())
