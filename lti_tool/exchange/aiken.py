"""Aiken: a question on a line, its answers on lines that begin with a letter, and the right letter.

https://docs.moodle.org/en/Aiken_format. Moodle takes the question from one line; other programs break it, so all
lines up to the first answer belong to it here. A line that continues an answer is added to that answer.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from lti_tool.exchange import limits
from lti_tool.exchange.drafts import Findings, RawOption
from lti_tool.exchange.found import Code, LeftOut
from lti_tool.exchange.text import lines_of

_OPTION = re.compile(r"([A-Z])[.)][ \t]+(.*)")
_ANSWER = "ANSWER:"
_LOOKS = re.compile(r"^[ \t]*ANSWER:[ \t]*[A-Z][ \t]*\r?$", re.MULTILINE)
_LOOKS_TOO = re.compile(r"^[ \t]*[A-Z][.)][ \t]+\S", re.MULTILINE)
# Lines of one question; what comes after would be no question anyway.
_LINES = 2_000


@dataclass(slots=True)
class _Block:
    line: int
    text: list[str] = field(default_factory=list)
    options: list[tuple[str, list[str]]] = field(default_factory=list)
    answer: str = ""
    size: int = 0

    def add(self, line: str) -> None:
        """Beyond the limits only the size is kept."""
        self.size += 1 + len(line)
        if self.size > limits.SOURCE or len(self.options) > limits.OPTIONS:
            return
        option = _OPTION.match(line)
        if option and (self.text or self.options):
            self.options.append((option[1], [option[2]]))
        elif self.options:
            self.options[-1][1].append(line)
        else:
            self.text.append(line)


def looks_like_aiken(text: str) -> bool:
    return bool(_ANSWER in text and _LOOKS.search(text) and _LOOKS_TOO.search(text))


def read_aiken(text: str, findings: Findings) -> None:
    findings.expected = text.count(_ANSWER)
    for block in _blocks(text):
        with findings.question(line=block.line) as draft:
            if block.size > limits.SOURCE:
                raise LeftOut(Code.TOO_LONG, most=limits.TEXT)
            if not block.options:
                raise LeftOut(Code.NOT_UNDERSTOOD)
            letters = [letter for letter, _lines in block.options]
            if block.answer not in letters:
                raise LeftOut(Code.NO_RIGHT_ANSWER)
            right = letters.index(block.answer)
            options = [
                RawOption(draft.plain("\n".join(lines)), index == right)
                for index, (_letter, lines) in enumerate(block.options)
            ]
            findings.keep(draft, draft.plain("\n".join(block.text)), options, single=True)


def _blocks(text: str) -> Iterator[_Block]:
    block = None
    for number, whole in enumerate(lines_of(text), 1):
        line = whole.strip()
        if not line:
            continue
        block = block or _Block(number)
        if line.startswith(_ANSWER):
            block.answer = line.removeprefix(_ANSWER).strip()
            yield block
            block = None
        else:
            block.add(line)
    if block:
        yield block
