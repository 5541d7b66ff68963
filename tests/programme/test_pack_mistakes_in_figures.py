"""Each kind of mistake in programme.yaml and module.yaml, and what is said about it."""

from pathlib import Path

import pytest

from tests.programme.small_pack import MODULE, edit, mistakes

NB_MODULE = "  nb:\n    title: Modul én\n    summary: Den første av alle moduler.\n"

MISTAKES: dict[str, tuple[str, str, str, list[str]]] = {
    "a misspelt entry": (
        MODULE,
        "hours: 3",
        "houres: 3",
        [
            f'{MODULE}, line 1: "hours" is missing',
            f'{MODULE}, line 8: "houres" is not an entry that belongs here',
        ],
    ),
    "a text for a list": (
        "programme.yaml",
        "  - one",
        "  one",
        ['programme.yaml, line 18: "modules" must be a list, each item after a "-"'],
    ),
    "a word for a number": (MODULE, "0.8", "most", [f'{MODULE}, line 10: "pass_share" must be a number']),
    "no number at all": (MODULE, "0.8", "nan", [f'{MODULE}, line 10: "pass_share" must be a number']),
    "a fraction for a whole number": (
        MODULE,
        "reading_minutes: 15",
        "reading_minutes: 7.5",
        [f'{MODULE}, line 9: "reading_minutes" must be a whole number'],
    ),
    "a pass mark in per cent": (MODULE, "0.8", "80", [f'{MODULE}, line 10: "pass_share" must be at most 1']),
    "a pass mark of nothing": (MODULE, "0.8", "0", [f'{MODULE}, line 10: "pass_share" must be more than 0']),
    "word limits upside down": (
        MODULE,
        "essay_words_max: 500",
        "essay_words_max: 200",
        [f'{MODULE}, line 11: "essay_words_min" (300) is more than "essay_words_max" (200)'],
    ),
    "word limits upside down by default": (
        MODULE,
        "essay_words_min: 300\nessay_words_max: 500",
        "essay_words_min: 501",
        [f'{MODULE}, line 11: "essay_words_min" (501) is more than "essay_words_max" (500)'],
    ),
    "an empty title": (MODULE, "title: Modul én", "title:", [f'{MODULE}, line 6: "languages: nb: title" is empty']),
    "a title too long": (
        MODULE,
        "title: Modul én",
        f"title: {'x' * 201}",
        [f'{MODULE}, line 6: "languages: nb: title" is longer than 200 characters'],
    ),
    "an outcome nobody has described": (
        MODULE,
        "- listening",
        "- singing",
        [f'{MODULE}, line 14: the learning outcome "singing" is not in programme.yaml'],
    ),
    "an outcome described twice": (
        "programme.yaml",
        "modules:",
        "  - key: listening\n    titles: {en: Listen, nb: Lytte}\nmodules:",
        ['programme.yaml, line 18: the learning outcome "listening" stands twice; it is on line 14 already'],
    ),
    "an outcome listed twice": (
        MODULE,
        "- listening",
        "- listening\n  - listening",
        [f'{MODULE}, line 15: the learning outcome "listening" stands twice; it is on line 14 already'],
    ),
    "a list for the name of an outcome": (
        MODULE,
        "- listening",
        "- [listening]",
        [f"{MODULE}, line 14: the learning outcome number 1 must be a text"],
    ),
    "a language the programme does not have": (
        "programme.yaml",
        "  nb: Et lite program\n",
        "",
        [f'{MODULE}, line 5: the language "nb" is not among the titles of programme.yaml'],
    ),
    "a language without folder": (
        MODULE,
        NB_MODULE,
        NB_MODULE + NB_MODULE.replace("nb", "fi"),
        [
            "one/fi: the folder is missing",
            f'{MODULE}, line 8: the language "fi" is not among the titles of programme.yaml',
        ],
    ),
    "a language that is a path": (
        MODULE,
        "  nb:",
        "  ../../nb:",
        [
            f'{MODULE}, line 5: "languages: ../../nb" must be the code of a language, such as "en" or "nb"',
            f'{MODULE}, line 5: the language "../../nb" is not among the titles of programme.yaml',
        ],
    ),
    "no text in the default language": (
        "programme.yaml",
        "default_language: en",
        "default_language: fi",
        [
            f'{MODULE}, line 1: "languages" lacks the default language, "fi"',
            'programme.yaml, line 2: "titles" has no title in the default language, "fi"',
        ],
    ),
    "a module without folder": (
        "programme.yaml",
        "  - one",
        "  - one\n  - two",
        ['programme.yaml, line 20: the module "two" has no folder'],
    ),
    "a module twice": (
        "programme.yaml",
        "  - one",
        "  - one\n  - one",
        ['programme.yaml, line 20: the module "one" stands twice; it is on line 19 already'],
    ),
    "a module outside of the pack": (
        "programme.yaml",
        "  - one",
        "  - ../small/one",
        [
            'programme.yaml, line 19: the module "../small/one" may only have small letters a-z, digits'
            " and single hyphens"
        ],
    ),
    "a term that starts on no day": (
        "programme.yaml",
        'starts: "08-01"',
        "starts: August",
        [
            'programme.yaml, line 11: the term "autumn": "starts" must be month and day in quotes, such as "08-01",'
            " and no later than the 28th"
        ],
    ),
    "two terms on one day": (
        "programme.yaml",
        'starts: "08-01"',
        'starts: "01-01"',
        ['programme.yaml, line 10: "starts: 01-01" stands twice; it is on line 7 already'],
    ),
    "a term without title in a language": (
        "programme.yaml",
        "{en: Autumn, nb: Høst}",
        "{en: Autumn}",
        ['programme.yaml, line 10: the term "autumn" has no title in the language "nb"'],
    ),
}


@pytest.mark.parametrize(("file", "old", "new", "expected"), MISTAKES.values(), ids=MISTAKES.keys())
def test_a_mistake_is_told_with_file_and_line(
    small_pack: Path, file: str, old: str, new: str, expected: list[str]
) -> None:
    edit(small_pack, file, old, new)
    assert mistakes(small_pack) == expected
