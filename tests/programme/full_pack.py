"""A made-up programme that uses everything that a pack can have, written to a folder."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

from lti_tool.programme.content import Step

LANGUAGES = ("en", "nb", "nn")
# Every combination of steps that there can be, by the key of a module that has it.
MODULES = {
    "test-only": ("test",),
    "essay-only": ("essay",),
    "test-and-essay": ("test", "essay"),
    "peers": ("essay", "evaluations"),
    "everything": ("test", "essay", "evaluations"),
}
VIDEO = "https://vimeo.com/76979871"


def write_full_pack(folder: Path) -> Path:
    pack = folder / "full"
    _write(pack / "programme.yaml", PROGRAMME)
    for key, steps in MODULES.items():
        # The last one is in Nynorsk as well; elsewhere its readers get Bokmål.
        languages = LANGUAGES if key == "everything" else LANGUAGES[:2]
        _write(pack / key / "module.yaml", _figures(key, steps, languages))
        for language in languages:
            _write_texts(pack / key / language, key, steps, language)
    return pack


def _titles(text: str) -> dict[str, str]:
    return {language: f"{text} {language}" for language in LANGUAGES}


def _preparation() -> dict[str, Any]:
    return {"minutes": 20, "texts": _titles("Read *this*"), "questions": [_titles("What did you read?")]}


PROGRAMME: dict[str, Any] = {
    "key": "full",
    "default_language": "en",
    "timezone": "America/New_York",
    "titles": _titles("Full"),
    "terms": [{"key": "year", "starts": "01-01", "titles": _titles("Year")}],
    "learning_outcomes": [{"key": "listening", "titles": _titles("Listen")}],
    "work": [{"key": "lab", "titles": _titles("Lab")}, {"key": "class", "titles": _titles("Class")}],
    "requirements": [
        {
            "kind": "attend",
            "key": "core",
            "titles": _titles("Core"),
            "descriptions": _titles("Held by us"),
            "meetings": [
                {"key": "core-1", "hours": 1.5, "titles": _titles("Core 1"), "preparation": _preparation()},
                {"key": "core-2", "hours": 1.5, "titles": _titles("Core 2")},
            ],
        },
        {
            "kind": "attend",
            "key": "own",
            "held_by": "course",
            "titles": _titles("In the course"),
            "meetings": [
                {"key": "first", "hours": 1, "titles": _titles("First"), "records": "agreement"},
                {"key": "final", "hours": 1, "titles": _titles("Final"), "records": "evaluation"},
            ],
        },
        {
            "kind": "complete",
            "key": "choice",
            "titles": _titles("Two of three"),
            "choose": 2,
            "modules": ["test-only", "essay-only", "test-and-essay"],
            "hours": 4,
        },
        {"kind": "complete", "key": "peers", "titles": _titles("Both"), "modules": ["peers", "everything"], "hours": 6},
    ],
    "positions": [
        {"key": "guide", "titles": _titles("Guide"), "aliases": ["GA"], "training": "required"},
        {"key": "clerk", "titles": _titles("Clerk"), "training": "not-required", "advice": _titles("Not for clerks")},
        {"key": "dean", "titles": _titles("Dean"), "training": "elsewhere"},
    ],
    "equivalents": [
        {"key": "school", "titles": _titles("School"), "descriptions": _titles("Two years"), "recognised": True},
        {"key": "camp", "titles": _titles("Camp"), "recognised": False},
    ],
    "towns": ["Springfield"],
    "dates": [
        {"step": "essay", "days": 30, "grace_hours": 12},
        {"step": "essay", "days": 60, "modules": ["peers"]},
        {"step": "evaluations", "days": 90},
    ],
    "pools": {"languages": "together", "days_to_evaluate": 3},
    "texts": {"welcome": _titles("*Welcome*"), "contact": _titles("Ask us"), "issuer": _titles("The dean")},
    "modules": list(MODULES),
}


def _figures(key: str, steps: tuple[str, ...], languages: tuple[str, ...]) -> dict[str, Any]:
    heading = {"summary": f"About {key}.", "audience": "For those who ask."}
    figures: dict[str, Any] = {
        "languages": {language: {"title": f"{key} {language}", **heading} for language in languages},
        "steps": list(steps),
        "hours": 2,
        "reading_minutes": 3,
        "essay_words_min": 5,
        "essay_words_max": 50,
        "comment_words_min": 1,
        "learning_outcomes": ["listening"],
        "work": ["lab"],
    }
    return figures | ({"topics": ["trust", "talk"]} if key == "essay-only" else {})


def _write_texts(folder: Path, key: str, steps: tuple[str, ...], language: str) -> None:
    _write(folder / "reading.md", "Ten words stand on every line of this short text.\n" * 90)
    if Step.TEST in steps:
        _write(folder / "questions.yaml", {"questions": [_question(language)]})
    if Step.ESSAY in steps:
        _write(folder / "essay.md", f"Write ({language}).")
    if Step.EVALUATIONS in steps:
        _write(folder / "evaluation.yaml", _form(language))
    if key == "essay-only":
        _write(folder / "videos.yaml", {"videos": _videos(language)})
        for topic in ("trust", "talk"):
            _write(folder / "topics" / f"{topic}.md", f"# {topic.title()} {language}\n\nAbout *{topic}*.\n")


def _question(language: str) -> dict[str, Any]:
    options = [{"key": key, "text": key, "correct": key == "a", "feedback": f"{key} {language}"} for key in "ab"]
    return {"key": "first", "kind": "single", "text": f"Which ({language})?", "options": options}


def _form(language: str) -> dict[str, Any]:
    levels = [{"key": f"l{n}", "label": f"{n} {language}", "description": "D"} for n in range(4)]
    criterion = {
        "key": "clear",
        "title": f"Clear {language}",
        "question": "Q?",
        "levels": levels,
        "comment_prompt": "Why?",
    }
    return {"introduction": "Read it.", "criteria": [criterion], "overall_prompt": "What else?"}


def _videos(language: str) -> list[dict[str, Any]]:
    said = {"summary": f"Two talk ({language}).", "transcript": "**A:** Yes?", "questions": ["Why?"]}
    return [
        {"key": "filmed", "title": "Filmed", "url": VIDEO, "minutes": 4, **said},
        {"key": "written", "title": "Written", **said},
    ]


class _Plain(yaml.SafeDumper):
    def ignore_aliases(self, _data: Any) -> bool:
        """Packs have no references."""
        return True


def _write(file: Path, content: Any) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    text = (
        content if isinstance(content, str) else yaml.dump(content, Dumper=_Plain, allow_unicode=True, sort_keys=False)
    )
    file.write_text(text, encoding="utf-8")
