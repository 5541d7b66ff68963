"""Modules with some of the steps only, beside the small module of the cast."""

from __future__ import annotations

from typing import Any

from lti_tool.programme.content import ModuleContent, Step
from tests.cast import Browser, Cast, add_module, small_module
from tests.work import ESSAY, done_before

WITHOUT: dict[Step, dict[str, Any]] = {
    Step.TEST: {"questions": ()},
    Step.ESSAY: {"essay_prompt": ""},
    Step.EVALUATIONS: {"evaluation": None},
}


def module_of(*steps: Step, key: str = "short", position: int = 2) -> ModuleContent:
    """The small module, called "Short", with these steps only."""
    small = small_module(key)
    emptied = {name: value for step in Step if step not in steps for name, value in WITHOUT[step].items()}
    text = small.languages["en"].model_copy(update={"title": "Short", **emptied})
    return small.model_copy(update={"steps": steps, "position": position, "languages": {"en": text, "nb": text}})


def offer_module(cast: Cast, *steps: Step, key: str = "short") -> int:
    """The id of such a module in the programme of the cast."""
    with done_before(cast) as session:
        return add_module(session, module_of(*steps, key=key))[1]


def hand_in(browser: Browser, key: str = "short", text: str = ESSAY * 2, version: int = 0) -> Any:
    data = {"version": str(version), "text": text, "language": "en", "action": "submit"}
    return browser.post(f"modules/{key}/essay", data)
