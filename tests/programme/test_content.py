"""The content models: language fall-back, terms, and the way through JSON."""

from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from lti_tool.programme.actions import term_key
from lti_tool.programme.content import ModuleContent, ProgrammeContent, Term, in_language
from lti_tool.programme.pack import Pack, read_pack
from tests.programme.small_pack import copy_small_pack

PROGRAMME = ProgrammeContent(
    key="small",
    default_language="en",
    titles={"en": "Small", "nb": "Lite"},
    terms=(
        Term(key="spring", titles={"en": "Spring", "nb": "Vår"}, starts="02-01"),
        Term(key="autumn", titles={"en": "Autumn", "nb": "Høst"}, starts="08-01"),
    ),
    modules=("one",),
)


@pytest.fixture
def pack(tmp_path: Path) -> Pack:
    return read_pack(copy_small_pack(tmp_path))


def test_a_programme_is_unchanged_by_the_way_through_json(pack: Pack) -> None:
    assert ProgrammeContent.model_validate_json(pack.programme.model_dump_json()) == pack.programme


def test_a_module_is_unchanged_by_the_way_through_json(pack: Pack) -> None:
    module = pack.modules[0]
    assert ModuleContent.model_validate_json(module.model_dump_json()) == module


def test_a_stored_module_with_an_unknown_entry_is_refused(pack: Pack) -> None:
    with pytest.raises(ValidationError, match="extra"):
        ModuleContent.model_validate(pack.modules[0].model_dump() | {"colour": "red"})


def test_content_cannot_be_changed(pack: Pack) -> None:
    with pytest.raises(ValidationError, match="frozen"):
        pack.modules[0].position = 2  # type: ignore[misc]


@pytest.mark.parametrize(("language", "title"), [("en", "Module one"), ("nb", "Modul én"), ("fi", "Module one")])
def test_a_module_falls_back_to_the_default_language(pack: Pack, language: str, title: str) -> None:
    module = pack.modules[0]
    assert module.title_in(language) == module.text_in(language).title == title


@pytest.mark.parametrize(
    ("there", "wanted", "given"),
    [
        ("en nb nn", "nn", "nn"),
        ("en nb", "nn", "nb"),
        ("en nn", "nb", "nn"),
        ("en", "nn", "en"),
        ("en nb", "fi", "en"),
        ("en nb", "", "en"),
    ],
)
def test_the_other_written_norwegian_comes_before_the_default_language(there: str, wanted: str, given: str) -> None:
    assert in_language({code: code for code in there.split()}, wanted, "en") == given


def test_a_programme_falls_back_to_the_default_language(pack: Pack) -> None:
    assert [pack.programme.title_in(code) for code in ("nb", "fi")] == ["Et lite program", "A small programme"]
    assert pack.programme.outcome_in("listening", "nb") == "Lytte før du snakker"


def test_an_outcome_the_programme_does_not_have_is_a_key_error(pack: Pack) -> None:
    with pytest.raises(KeyError):
        pack.programme.outcome_in("singing", "en")


@pytest.mark.parametrize(
    ("day", "title"),
    [
        (date(2026, 1, 31), "Autumn 2025"),
        (date(2026, 2, 1), "Spring 2026"),
        (date(2026, 7, 31), "Spring 2026"),
        (date(2026, 8, 1), "Autumn 2026"),
        (date(2026, 12, 31), "Autumn 2026"),
    ],
)
def test_a_day_lies_in_the_term_that_began_last(day: date, title: str) -> None:
    term, first_day = PROGRAMME.term_on(day)
    assert PROGRAMME.term_title(term, first_day.year, "en") == title


@given(st.dates(min_value=date(1900, 1, 1)))
def test_every_day_lies_in_a_term_that_began_within_a_year(day: date) -> None:
    _, first_day = PROGRAMME.term_on(day)
    assert 0 <= (day - first_day).days < 366


@pytest.mark.parametrize(
    ("term", "days"),
    [
        ("2026-spring", (date(2026, 2, 1), date(2026, 7, 31))),
        ("2026-autumn", (date(2026, 8, 1), date(2027, 1, 31))),
        ("2026-summer", None),
    ],
)
def test_a_term_lasts_until_the_day_before_the_next_begins(term: str, days: tuple[date, date] | None) -> None:
    assert PROGRAMME.days_of(term) == days


def test_the_only_term_of_a_year_lasts_a_year() -> None:
    yearly = PROGRAMME.model_copy(update={"terms": PROGRAMME.terms[-1:]})
    first, last = yearly.days_of(f"2026-{yearly.terms[0].key}") or (date.max, date.max)
    assert (last - first).days == 364


@given(st.dates(min_value=date(1900, 1, 1), max_value=date(9998, 1, 1)))
def test_every_day_lies_within_the_days_of_its_term(day: date) -> None:
    first, last = PROGRAMME.days_of(term_key(PROGRAMME, day)) or (date.max, date.min)
    assert first <= day <= last
