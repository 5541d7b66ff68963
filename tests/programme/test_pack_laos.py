"""The pack that comes with the tool is whole and has what the programme requires."""

import re

import pytest

from lti_tool.programme.content import ModuleContent, ModuleText
from lti_tool.programme.pack import Pack, read_pack
from lti_tool.programme.pack_markdown import words

LANGUAGES = ("en", "nb")


@pytest.fixture(scope="module")
def laos() -> Pack:
    return read_pack("laos")


@pytest.fixture(scope="module")
def om1(laos: Pack) -> ModuleContent:
    return laos.modules[0]


@pytest.fixture(params=LANGUAGES)
def text(om1: ModuleContent, request: pytest.FixtureRequest) -> ModuleText:
    return om1.languages[request.param]


def test_it_has_the_first_online_module_in_both_languages(laos: Pack, om1: ModuleContent) -> None:
    assert (laos.programme.key, laos.programme.modules[0]) == ("laos", "om1")
    assert (om1.key, om1.position) == ("om1", 1)
    assert [om1.title_in(code) for code in LANGUAGES] == ["Giving feedback", "Å gi tilbakemelding"]


def test_its_figures_are_those_of_the_programme(om1: ModuleContent) -> None:
    assert (om1.essay_words_min, om1.essay_words_max, om1.hours) == (300, 500, 3)
    assert 0 < om1.pass_share <= 1
    assert om1.comment_words_min >= 10


def test_the_reading_is_long_enough_and_names_its_sources(text: ModuleText) -> None:
    body, _, sources = re.split(r"## (Sources|Kilder)", text.reading)
    assert words(body) >= 900
    assert sources.count("\n- ") >= 6


def test_every_source_is_used_in_the_reading_and_every_citation_is_listed(text: ModuleText) -> None:
    body, _, sources = re.split(r"## (Sources|Kilder)", text.reading)
    listed = set(re.findall(r"^- (\w+).*?\((\d{4})\)", sources, re.MULTILINE))
    cited = set(re.findall(r"([A-Z]\w+)(?: (?:and|og) [\w-]+)? \((\d{4})\)", body))
    assert {year for _, year in cited} == {year for _, year in listed}
    assert {name for name, _ in listed} <= {name for name, _ in cited}


def test_the_test_has_enough_questions_of_both_kinds(text: ModuleText) -> None:
    assert len(text.questions) >= 12
    right = [sum(option.correct for option in question.options) for question in text.questions]
    kinds = [question.kind for question in text.questions]
    assert kinds.count("single") >= 5
    assert sum(count > 1 for count in right) >= 5
    assert all(count == 1 for count, kind in zip(right, kinds, strict=True) if kind == "single")


def test_every_option_has_its_own_feedback(text: ModuleText) -> None:
    feedback = [option.feedback for question in text.questions for option in question.options]
    assert all(len(line.split()) >= 5 for line in feedback)
    assert len(set(feedback)) == len(feedback)


def test_the_right_answer_is_not_told_by_its_length(text: ModuleText) -> None:
    for question in text.questions:
        right = [len(option.text) for option in question.options if option.correct]
        wrong = [len(option.text) for option in question.options if not option.correct]
        assert max(right) <= 1.5 * max(wrong)


def test_the_form_has_four_criteria_of_four_described_levels(text: ModuleText) -> None:
    assert len(text.form.criteria) == 4
    for criterion in text.form.criteria:
        assert len({level.description for level in criterion.levels}) == 4
        assert criterion.comment_prompt


def test_no_text_is_the_same_in_both_languages(om1: ModuleContent) -> None:
    english, norwegian = (om1.languages[code] for code in LANGUAGES)
    assert english.summary != norwegian.summary
    for ours, theirs in zip(english.questions, norwegian.questions, strict=True):
        assert ours.text != theirs.text
        assert all(a.feedback != b.feedback for a, b in zip(ours.options, theirs.options, strict=True))
