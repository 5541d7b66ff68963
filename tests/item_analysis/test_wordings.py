"""Which versions ask a question in the same words."""

from __future__ import annotations

from typing import Any

import pytest

from lti_tool.item_analysis.wordings import wordings
from lti_tool.programme.content import Image, ModuleContent
from tests.cast import small_module


def changed(language: str = "en", place: int = 0, option: bool = False, **changes: Any) -> ModuleContent:
    """The small module with one question changed in one language, or that question's first option."""
    content = small_module()
    text = content.languages[language]
    question = text.questions[place]
    if option:
        first = question.options[0].model_copy(update=changes)
        changes = {"options": (first, *question.options[1:])}
    new = question.model_copy(update=changes)
    questions = tuple(new if known is question else known for known in text.questions)
    languages = {**content.languages, language: text.model_copy(update={"questions": questions})}
    return content.model_copy(update={"languages": languages})


def asked(*contents: ModuleContent) -> list[tuple[str, tuple[int, ...]]]:
    return [(wording.key, wording.versions) for wording in wordings(dict(enumerate(contents, start=1)))]


def test_a_question_that_did_not_change_is_one_through_all_versions() -> None:
    reordered = small_module().languages["en"].questions[0].options[::-1]
    versions = (small_module(), changed(option=True, feedback="New"), changed(options=reordered))
    assert asked(*versions) == [("q1", (1, 2, 3)), ("q2", (1, 2, 3)), ("q3", (1, 2, 3))]


@pytest.mark.parametrize(
    "new",
    [
        changed(text="New?"),
        changed("nb", text="Ny?"),
        changed(kind="multiple"),
        changed(images=(Image(digest="0" * 64, alternative="A picture"),)),
        changed(option=True, text="New"),
        changed(option=True, correct=False),
        changed(option=True, key="z"),
    ],
)
def test_what_changes_the_question_begins_another_one(new: ModuleContent) -> None:
    assert asked(small_module(), new) == [("q1", (2,)), ("q2", (1, 2)), ("q3", (1, 2)), ("q1", (1,))]


def test_a_question_changed_back_goes_on_where_it_was() -> None:
    assert asked(small_module(), changed(text="New?"), small_module())[0] == ("q1", (1, 3))


def test_a_language_that_is_added_changes_nothing() -> None:
    both = small_module()
    one = both.model_copy(update={"languages": {"en": both.languages["en"]}})
    assert asked(one, both) == [("q1", (1, 2)), ("q2", (1, 2)), ("q3", (1, 2))]
