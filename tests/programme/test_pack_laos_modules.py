"""What every online module of the programme has in common, in each of its languages."""

import re

import pytest

from lti_tool.programme.content import ModuleText, Question, Step
from lti_tool.programme.pack import Pack, read_pack
from lti_tool.programme.pack_markdown import words

MODULES = tuple(f"om{number}" for number in range(1, 9))
LANGUAGES = ("en", "nb")
SOURCES = re.compile(r"^## (?:Sources|Kilder)$", re.MULTILINE)


@pytest.fixture(scope="module")
def laos() -> Pack:
    return read_pack("laos")


@pytest.fixture(params=[(key, language) for key in MODULES for language in LANGUAGES], ids="-".join)
def text(laos: Pack, request: pytest.FixtureRequest) -> ModuleText:
    key, language = request.param
    return next(module for module in laos.modules if module.key == key).languages[language]


def test_there_are_eight_with_all_steps(laos: Pack) -> None:
    assert tuple(module.key for module in laos.modules) == MODULES
    assert {module.steps for module in laos.modules} == {tuple(Step)}
    assert all(module.work for module in laos.modules)


def test_the_reading_takes_a_quarter_of_an_hour_and_names_its_sources(text: ModuleText) -> None:
    body, sources = SOURCES.split(text.reading)
    assert 900 <= words(body) <= 1500
    assert sources.count("\n- ") >= 6


def test_the_test_has_twelve_to_twenty_questions(text: ModuleText) -> None:
    assert 12 <= len(text.questions) <= 20


def test_length_does_not_tell_the_right_answer(text: ModuleText) -> None:
    single = [question for question in text.questions if question.kind == "single"]
    assert sum(map(right_is_longest, single)) <= len(single) / 2


def right_is_longest(question: Question) -> bool:
    return max(question.options, key=lambda option: len(option.text)).correct


def test_those_who_choose_are_told_whom_it_is_for(text: ModuleText) -> None:
    assert text.audience


def test_nothing_stands_twice_among_the_modules(laos: Pack) -> None:
    for language in LANGUAGES:
        texts = [module.languages[language] for module in laos.modules]
        said = [line for text in texts for line in text.reading.splitlines() if len(line.split()) > 15]
        asked = [question.text for text in texts for question in text.questions]
        assert len(set(said)) == len(said)
        assert len(set(asked)) == len(asked)
