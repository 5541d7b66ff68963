"""What the demo's people have written keeps to the rules that everybody's texts are written under."""

from __future__ import annotations

import pytest

from lti_tool.demo_lms.cast import PEOPLE, PROGRAMMES
from lti_tool.demo_lms.seed_past import TEXTS
from lti_tool.demo_lms.seed_story import OTHER_WRITER, WRITERS
from lti_tool.demo_lms.seed_work import MODULE, essay_text, evaluation_texts
from lti_tool.peer_review.answers import Answers, gaps
from lti_tool.programme.content import ModuleContent
from lti_tool.programme.pack import read_pack
from lti_tool.reflection.words import count_words


@pytest.fixture(scope="module")
def content() -> ModuleContent:
    return next(module for module in read_pack("laos").modules if module.key == MODULE)


@pytest.mark.parametrize("sub", [writer.sub for writer in WRITERS])
def test_essays_and_evaluations_keep_to_the_rules_they_are_written_under(sub: str, content: ModuleContent) -> None:
    assert content.essay_words_min <= count_words(essay_text(sub)) <= content.essay_words_max
    form = content.text_in("en").form
    texts = [Answers.model_validate(text) for text in evaluation_texts(sub)]
    assert [gaps(answers, form, content.comment_words_min) for answers in texts] == [[], []]


def test_the_essay_of_the_other_programme_is_as_long_as_it_asks_for() -> None:
    asked = read_pack(PROGRAMMES[1].pack).modules[0]
    assert asked.essay_words_min <= count_words(essay_text(OTHER_WRITER.sub)) <= asked.essay_words_max


@pytest.mark.parametrize("name", [path.name for path in sorted(TEXTS.iterdir())])
def test_no_text_names_anybody(name: str) -> None:
    written = (TEXTS / name).read_text(encoding="utf-8")
    assert not [member.sub for member in PEOPLE if member.given_name in written or member.family_name in written]
