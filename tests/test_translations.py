"""Every text of the product in every language: nothing missing, nothing left over, nothing that breaks a page."""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.frontend import parse_mapping_cfg
from babel.messages.mofile import read_mo
from babel.messages.pofile import read_po
from flask import Flask
from flask_babel import force_locale

from lti_tool.paths import PACKAGE
from lti_tool.texts import ngettext
from lti_tool.web import LANGUAGES
from tests import work
from tests.cast import Cast

ROOT = PACKAGE.parent
FOLDER = PACKAGE / "translations"
TRANSLATED = sorted(set(LANGUAGES) - {"en"})
REMEDY = "run `make translations`, and translate what is new"

# What marks a text for translation.
MARKS = {"_", "_l", "gettext", "ngettext", "lazy_gettext"}

each_language = pytest.mark.parametrize("language", TRANSLATED)
Texts = set[tuple[str, ...]]


def source(language: str) -> Path:
    return FOLDER / language / "LC_MESSAGES" / "messages.po"


@cache
def in_the_code() -> Texts:
    """What `make translations` finds; a text with a plural has two forms."""
    with (ROOT / "config" / "babel.cfg").open() as file:
        methods, options = parse_mapping_cfg(file)  # type: ignore[no-untyped-call]
    found = extract_from_dir(ROOT, methods, options, keywords=DEFAULT_KEYWORDS | {"_l": None})
    return {forms(message) for _file, _line, message, _comments, _context in found}


@cache
def catalogue(language: str) -> Catalog:
    with source(language).open("rb") as file:
        return read_po(file, locale=language)


def entries(language: str) -> list[Message]:
    return [message for message in catalogue(language) if message.id]


def forms(text: str | tuple[str, ...] | list[str] | None) -> tuple[str, ...]:
    return (text or "",) if isinstance(text, str | None) else tuple(text)


def placeholders(text: str) -> set[str]:
    return set(re.findall(r"%\(\w+\)[a-z]", text))


def test_the_texts_of_code_forms_and_templates_are_found() -> None:
    assert {("That did not work",), ("Your essay",), ("My training",)} <= in_the_code()
    assert ("%(num)s minute", "%(num)s minutes") in in_the_code()


@each_language
def test_every_text_is_in_the_catalogue_and_nothing_else_is(language: str) -> None:
    known = {forms(message.id) for message in entries(language)}
    assert in_the_code() - known == set(), REMEDY
    assert known - in_the_code() == set(), REMEDY
    assert catalogue(language).obsolete == {}, REMEDY


@each_language
def test_every_text_is_translated_in_all_its_forms(language: str) -> None:
    number = catalogue(language).num_plurals
    wanting = [
        message.id
        for message in entries(language)
        if message.fuzzy
        or not all(forms(message.string))
        or len(forms(message.string)) != (number if message.pluralizable else 1)
    ]
    assert wanting == [], REMEDY


@each_language
def test_a_translation_fills_in_what_its_text_does(language: str) -> None:
    for message in entries(language):
        wanted = set[str]().union(*map(placeholders, forms(message.id)))
        for text in forms(message.string):
            # "One" may be written out.
            optional = {"%(num)s"} if message.pluralizable else set[str]()
            assert wanted - optional <= placeholders(text) <= wanted, text
            assert text % dict.fromkeys(re.findall(r"\((\w+)\)", " ".join(wanted)), 3), text


@each_language
def test_a_translation_begins_and_ends_as_its_text_does(language: str) -> None:
    """Sentences are put one after another on the pages."""
    for message in entries(language):
        for text, translated in zip(forms(message.id), forms(message.string), strict=False):
            assert text.strip() == text
            assert translated.strip() == translated, translated
            assert text.endswith((".", "?", "!")) == translated.endswith((".", "?", "!")), translated
            assert text[:1].islower() <= translated[:1].islower(), translated


@each_language
def test_what_is_compiled_is_what_the_source_says(language: str) -> None:
    compiled = source(language).with_suffix(".mo")
    assert compiled.exists(), f"{compiled} is missing: {REMEDY}"
    with compiled.open("rb") as file:
        says = {forms(message.id): forms(message.string) for message in read_mo(file) if message.id}
    wanted = {forms(message.id): forms(message.string) for message in entries(language)}
    assert says == wanted, f"{compiled} is older than its source: {REMEDY}"


def test_pages_are_in_the_language_of_the_visit(cast: Cast) -> None:
    module = cast.visit("lina", locale="nb").get("modules/om1").text
    assert '<html lang="nb">' in module
    for text in ("Begynn med lesestoffet", "Refleksjonstekst", "20 til 60 ord.", "Åpne lesestoffet"):
        assert text in module
    assert "Start with the reading" not in module
    assert "Start with the reading" in cast.visit("lina").get("modules/om1").text


def test_staff_and_errors_are_in_the_language_of_the_visit(cast: Cast) -> None:
    ingrid = cast.visit("ingrid", locale="nb")
    assert "Resultater" in ingrid.get("gradebook").text
    assert "Denne siden er for noen andre" in ingrid.get("modules/om1").text
    assert "Du bestod testen." in cast.visit("lina", locale="nb").get("?notice=test-passed").text


def test_moments_are_in_the_language_of_the_visit(cast: Cast) -> None:
    with work.done_before(cast) as session:
        work.submit_essay(session, cast.person_id("lina"))
    page = cast.visit("lina", locale="nb").get("modules/om1").text
    assert re.search(r"Levert <time [^>]*>\w+\. \d+\. \w+\.?, \d\d:\d\d</time>\.", page)


def test_one_and_several_are_told_apart(app: Flask) -> None:
    with app.test_request_context(), force_locale("nb"):
        assert [ngettext("%(num)s minute", "%(num)s minutes", num) for num in (0, 1, 2)] == [
            "0 minutter",
            "1 minutt",
            "2 minutter",
        ]


def test_no_text_hides_in_an_f_string() -> None:
    """The extraction does not look into them (before Python 3.12 they are plain strings to it)."""
    hidden = [
        f"{path.relative_to(PACKAGE)}:{call.lineno}"
        for path in PACKAGE.rglob("*.py")
        for formatted in ast.walk(ast.parse(path.read_text()))
        if isinstance(formatted, ast.JoinedStr)
        for call in ast.walk(formatted)
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id in MARKS
    ]
    assert hidden == []
