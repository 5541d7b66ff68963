"""Drafts for tests of the rules: any that people could have written, complete or not."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from lti_tool.authoring.draft import Draft, read
from tests.cast import small_module

_TEXTS = st.sampled_from(["", "  ", "A text.", "En tekst.", "<b>no</b>", "x" * 201])
_ADDRESSES = st.sampled_from(["", "https://youtu.be/abcdefghijk", "https://example.org/film", "film"])
_MINUTES = st.sampled_from(["", "7", "0", "601", "seven", "7.5"])
_STEPS = st.sampled_from(
    [("test",), ("essay",), ("test", "essay"), ("essay", "evaluations"), ("test", "essay", "evaluations")]
)


def small_draft() -> Draft:
    return read(small_module().model_dump(mode="json"))


def _levels() -> st.SearchStrategy[list[dict[str, Any]]]:
    return st.just(None).flatmap(
        lambda _: st.tuples(
            *(
                st.fixed_dictionaries({"key": st.just(f"l{n}"), "label": _TEXTS, "description": _TEXTS})
                for n in range(4)
            )
        ).map(list)
    )


def _options(correct: list[bool]) -> st.SearchStrategy[list[dict[str, Any]]]:
    return st.tuples(
        *(
            st.fixed_dictionaries(
                {"key": st.just(f"o{n}"), "correct": st.just(right), "text": _TEXTS, "feedback": _TEXTS}
            )
            for n, right in enumerate(correct)
        )
    ).map(list)


def _questions() -> st.SearchStrategy[list[dict[str, Any]]]:
    question = st.lists(st.booleans(), min_size=2, max_size=4).flatmap(
        lambda correct: st.fixed_dictionaries(
            {"text": _TEXTS, "kind": st.sampled_from(["single", "multiple"]), "options": _options(correct)}
        )
    )
    return st.lists(question, max_size=3).map(_keyed)


def _keyed(items: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [{**item, "key": f"k{number}"} for number, item in enumerate(items)]


def _text() -> st.SearchStrategy[dict[str, Any]]:
    criterion = st.fixed_dictionaries(
        {"title": _TEXTS, "question": _TEXTS, "levels": _levels(), "comment_prompt": _TEXTS}
    )
    video = st.fixed_dictionaries(
        {"title": _TEXTS, "url": _ADDRESSES, "minutes": _MINUTES, "summary": _TEXTS, "transcript": _TEXTS}
    )
    form = st.fixed_dictionaries(
        {"introduction": _TEXTS, "overall_prompt": _TEXTS, "criteria": st.lists(criterion, max_size=2).map(_keyed)}
    )
    return st.fixed_dictionaries(
        {
            **dict.fromkeys(("title", "summary", "audience", "reading", "essay_prompt"), _TEXTS),
            "questions": _questions(),
            "evaluation": st.none() | form,
            "videos": st.lists(video, max_size=1).map(_keyed),
            "topics": st.lists(st.fixed_dictionaries({"title": _TEXTS, "text": _TEXTS}), max_size=1).map(_keyed),
        }
    )


def drafts() -> st.SearchStrategy[Draft]:
    """In English and Bokmål, which may be left out; most have something wanting."""
    return st.fixed_dictionaries(
        {
            "key": st.just("om1"),
            "default_language": st.just("en"),
            "languages": st.fixed_dictionaries({"en": _text(), "nb": _text()}),
            "left_out": st.sampled_from([[], ["nb"]]),
            "steps": _STEPS,
            "reading_minutes": st.just(15),
            "hours": st.just(3),
            "essay_words_min": st.sampled_from([300, 600]),
        }
    ).map(read)
