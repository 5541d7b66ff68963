"""GIFT that Moodle reads back to the letter: every text is marked as [plain], so that `<` stays a sign."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from lti_tool.exchange.found import FoundOption, FoundQuestion

_RESERVED = re.compile(r"[\\~=#{}:]")
# What would be taken for a format, a weight or, after the mark for an answer, for another answer.
_MISTAKEN = re.compile(r"[\[%]|->")


def write_gift(questions: Sequence[FoundQuestion]) -> bytes:
    return "\n".join("".join(_question(question)) for question in questions).encode()


def share(question: FoundQuestion) -> str:
    """A right answer's part of 100 %, in the decimals Moodle knows its fractions by."""
    rights = sum(option.correct for option in question.options)
    return f"{100 / rights:.5f}".rstrip("0").rstrip(".")


def _question(question: FoundQuestion) -> Iterator[str]:
    if question.name:
        yield f"::{_escaped(question.name)}::"
    yield f"[plain]{_escaped(question.text)}{{\n"
    for option in question.options:
        yield f"\t{_mark(option, question)}{_plain(option.text)}"
        yield f"#{_plain(option.feedback)}\n" if option.feedback else "\n"
    if question.general_feedback:
        yield f"\t####{_plain(question.general_feedback)}\n"
    yield "}\n"


def _mark(option: FoundOption, question: FoundQuestion) -> str:
    if question.kind == "single":
        return "=" if option.correct else "~"
    # A wrong choice costs all, which is as near to all or nothing as the format comes.
    return f"~%{share(question)}%" if option.correct else "~%-100%"


def _plain(text: str) -> str:
    return f"[plain]{_escaped(text)}" if _MISTAKEN.search(text) else _escaped(text)


def _escaped(text: str) -> str:
    return _RESERVED.sub(lambda match: "\\" + match[0], text).replace("\n", "\\n")
