"""What is new in a draft or a version."""

from __future__ import annotations

from hypothesis import given

from lti_tool.authoring import editing
from lti_tool.authoring.changes import Change, What, changes
from lti_tool.authoring.draft import Draft, Group, publishable
from lti_tool.authoring.editing import Answers, Place
from lti_tool.programme.content import Step
from tests.authoring.drafts import drafts, small_draft

Q1 = Place("q1", Group.QUESTIONS)


@given(drafts(), drafts())
def test_there_is_none_if_the_same_is_offered_and_one_at_least_if_more_than_blanks_differs(
    one: Draft, other: Draft
) -> None:
    assert changes(one, one) == []
    if not changes(one, other):
        assert _squeezed(publishable(one)) == _squeezed(publishable(other))


def _squeezed(body: object) -> object:
    if isinstance(body, dict):
        return {key: _squeezed(value) for key, value in body.items()}
    if isinstance(body, list | tuple):
        return [_squeezed(value) for value in body]
    return (body or "").strip() if body is None or isinstance(body, str) else body


def test_texts_are_named_by_part_and_language() -> None:
    draft = editing.with_texts(small_draft(), Place("reading"), "nb", {"reading": "Nytt."})
    draft = editing.with_texts(draft, Q1, "en", {"option-a-text": "New"})
    assert changes(small_draft(), draft) == [
        Change(What.TEXT, Place("reading"), "nb"),
        Change(What.CHANGED, Q1, "en", "Question 1?"),
    ]


def test_other_right_answers_are_named() -> None:
    draft = editing.with_answers(small_draft(), Q1, Answers("single", frozenset("b")))
    assert changes(small_draft(), draft) == [Change(What.ANSWERS, Q1, None, "Question 1?")]


def test_what_is_new_taken_out_and_in_another_order_is_said_once_for_all_languages() -> None:
    draft, place = editing.added(small_draft(), Group.TOPICS, "Silence", "en")
    draft, _number = editing.removed(draft, Place("q3", Group.QUESTIONS))
    draft = editing.moved(draft, Q1, 1)
    assert changes(small_draft(), draft) == [
        Change(What.REMOVED, Place("q3", Group.QUESTIONS), None, "Question 3?"),
        Change(What.ORDER, Place("questions")),
        Change(What.ADDED, place, None, "Silence"),
    ]


def test_steps_and_languages_are_named() -> None:
    draft = small_draft().with_(steps=(Step.ESSAY,), left_out=("nb",))
    found = changes(small_draft(), draft)
    assert found[:2] == [
        Change(What.FIGURE, Place("figures"), None, "steps"),
        Change(What.LANGUAGE_REMOVED, Place("name"), "nb"),
    ]
    assert {change.what for change in found[2:]} == {What.REMOVED}
