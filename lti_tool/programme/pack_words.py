"""Turns what pydantic says about a file into sentences for its author, at the line they mean."""

from collections.abc import Iterable

from pydantic_core import ErrorDetails

from lti_tool.programme.video_hosts import NAMES
from lti_tool.programme.yaml_lines import Fault, Marked

NOUNS = {
    "questions": "question",
    "options": "option",
    "criteria": "criterion",
    "levels": "level",
    "terms": "term",
    "learning_outcomes": "learning outcome",
    "modules": "module",
    "requirements": "requirement",
    "meetings": "meeting",
    "work": "kind of work",
    "positions": "position",
    "equivalents": "kind of equivalent",
    "aliases": "alias",
    "towns": "town",
    "videos": "video",
    "topics": "topic",
    "dates": "date",
    "steps": "step",
}
_PHRASES = {
    "missing": "is missing",
    "extra_forbidden": "is not an entry that belongs here",
    "string_type": "must be a text",
    "string_too_short": "is empty",
    "string_too_long": "is longer than {max_length} characters",
    "bool_parsing": 'must be "true" or "false"',
    "bool_type": 'must be "true" or "false"',
    "int_parsing": "must be a whole number",
    "int_type": "must be a whole number",
    "int_parsing_size": "is too large",
    "int_from_float": "must be a whole number",
    "float_parsing": "must be a number",
    "float_type": "must be a number",
    "finite_number": "must be a number",
    "greater_than": "must be more than {gt:g}",
    "greater_than_equal": "must be at least {ge:g}",
    "less_than_equal": "must be at most {le:g}",
    "literal_error": "must be {expected}",
    "tuple_type": 'must be a list, each item after a "-"',
    "model_type": 'must be entries of the form "name: value"',
    "dict_type": 'must be entries of the form "name: value"',
    "steps_order": "must be in the order test, essay, evaluations, none of them twice",
    "steps_essay": "must have an essay where there are evaluations",
    "video_host": f"must be the address of a video on one of {', '.join(NAMES)}",
    "timezone": 'must be the name of a time zone, such as "Europe/Oslo"',
    "enum": "must be {expected}",
    "union_tag_invalid": 'needs a "kind" that is one of {expected_tags}',
    "union_tag_not_found": 'needs "kind"',
    "too_short": "needs at least {min_length}, but has {actual_length}",
    "too_long": "may have at most {max_length}, but has {actual_length}",
}
_PATTERNS = {
    "starts": 'must be month and day in quotes, such as "08-01", and no later than the 28th',
    "url": 'must be a full address that begins with "https://"',
    "default_language": 'must be the code of a language, such as "en" or "nb"',
    "[key]": 'must be the code of a language, such as "en" or "nb"',
}
_KEY_PATTERN = "may only have small letters a-z, digits and single hyphens"


def explain(document: Marked, errors: Iterable[ErrorDetails]) -> list[Fault]:
    """The same errors as faults of the file that `document` was read from."""
    faults = (_fault(document, error) for error in errors)
    return [fault for fault in faults if fault is not None]


def called(noun: str, item: Marked, position: int) -> str:
    """Such as `the question "pace"`, or `the question number 3` where it has no key yet."""
    key = item.value if isinstance(item.value, str) else item.text("key")
    return f'the {noun} "{key}"' if key else f"the {noun} number {position + 1}"


def _fault(document: Marked, error: ErrorDetails) -> Fault | None:
    node, line, things, entry = _place(document, error["loc"])
    if error["type"] == "too_short" and len(node.value) >= error["ctx"]["min_length"]:
        return None  # pydantic does not count the items that have faults of their own
    subject = " of ".join(reversed(things))
    quoted = f'"{": ".join(entry)}"' if entry else ""
    who = ": ".join(part for part in (subject, quoted) if part) or "the file"
    return Fault(line, f"{who} {_phrase(error)}")


def _place(document: Marked, steps: tuple[int | str, ...]) -> tuple[Marked, int, list[str], list[str]]:
    """The node and line that `steps` lead to, the list items on the way, and the entry names after the last."""
    node, line = document, document.line
    things: list[str] = []
    entry: list[str] = []
    for step in steps:
        if isinstance(step, int) and isinstance(node.value, list):
            node = node.value[step]
            line = node.line
            things.append(called(NOUNS.get(entry[-1], entry[-1]), node, step))
            entry = []
        elif isinstance(step, str) and step not in ("[key]", node.text("kind")):
            entry.append(step)
            line = node.key_lines.get(step, line)
            node = node.get(step) or node
    return node, line, things, entry


def _phrase(error: ErrorDetails) -> str:
    if error["type"] == "string_pattern_mismatch":
        return _PATTERNS.get(str(error["loc"][-1]), _KEY_PATTERN)
    phrase = _PHRASES.get(error["type"])
    return phrase.format(**error.get("ctx", {})) if phrase else f"is not right: {error['msg']}"
