"""GIFT, as Moodle reads it: https://docs.moodle.org/en/GIFT_format and question/format/gift/format.php.

Moodle's own ways kept here: a block ends at an empty line, also within braces; the first closing brace ends the
answers; backslash escapes `~ = # { } :` and itself, `\\n` is a new line, any other backslash is a backslash; a
text that begins with [html], [moodle], [plain] or [markdown] is of that format, and so are its answers unless they
say otherwise; [moodle], the default, is HTML in which new lines count.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass

from lti_tool.exchange import limits
from lti_tool.exchange.drafts import Draft, Findings, RawOption, all_or_nothing
from lti_tool.exchange.found import Code, LeftOut
from lti_tool.exchange.text import lines_of

_ESCAPED = re.compile(r"\\([\\~=#{}:n])")
_FORMAT = re.compile(r"\[(html|moodle|plain|markdown)\]")
_WEIGHT = re.compile(r"%(-?\d{1,3}(?:\.\d*)?)%")
_TAGGED = re.compile(r"\[(id|tag):((?:[^\]\\]|\\.)*)\]")
_TRUE_FALSE = {"T": True, "TRUE": True, "F": False, "FALSE": False}
# Longer than this no question is; what lies between two empty lines may be the whole file.
_BLOCK = 1_000_000


@dataclass(slots=True)
class Block:
    """The lines between two empty ones, from `line` on. `asides` are comments."""

    line: int
    text: str
    asides: str


def blocks(text: str) -> Iterator[Block]:
    lines: list[str] = []
    # Few are enough to find a question's tags in.
    asides: deque[str] = deque(maxlen=21)
    start = length = 0
    for number, whole in enumerate(lines_of(text), 1):
        line = whole.strip()
        if not line:
            if lines:
                yield Block(start, "\n".join(lines) if length <= _BLOCK else "", "\n".join(asides)[:_BLOCK])
                asides.clear()
                lines, length = [], 0
        elif line.startswith("//"):
            asides.append(line)
        else:
            start = start if lines else number
            length += len(line)
            if length <= _BLOCK:
                lines.append(line)
    if lines:
        yield Block(start, "\n".join(lines) if length <= _BLOCK else "", "\n".join(asides)[:_BLOCK])


def read_gift(text: str, findings: Findings) -> None:
    findings.expected = text.count("{") - text.count("\\{")
    for block in blocks(text):
        content = block.text
        is_category = content.startswith("$CATEGORY:")
        if is_category:
            category, _newline, content = content.partition("\n")
            findings.category(category.removeprefix("$CATEGORY:"), block.line)
        if content or not is_category:
            _question(content, block, findings)


def _question(content: str, block: Block, findings: Findings) -> None:
    name, content = _name(content)
    with findings.question(name, block.line) as draft:
        _asides(block.asides, draft)
        before, answers, after = _parts(content)
        if after and _find(after, "{") >= 0:
            raise LeftOut(Code.CLOZE)
        text_format, text = _formatted(f"{before}_____{after}" if after.strip() else before, "moodle")
        answers, general = _general_feedback(answers)
        single, options = _options(answers, text_format, draft, findings)
        general_format, general = _formatted(general, text_format)
        findings.keep(
            draft,
            _plain(text, text_format, draft),
            options,
            single=single,
            general=_plain(general, general_format, draft),
        )


def _asides(asides: str, draft: Draft) -> None:
    """Moodle writes a question's tags and its ID number into a comment above it."""
    found = _TAGGED.findall(asides)
    draft.named(Code.TAGS, [unescaped(value) for kind, value in found if kind == "tag"])
    draft.named(Code.SETTINGS, [f"id {unescaped(value)}" for kind, value in found if kind == "id"])


def _find(text: str, wanted: str, start: int = 0) -> int:
    """Where `wanted` first stands without a backslash; -1 when it does not."""
    for match in re.compile(r"\\[\\~=#{}:n]|" + re.escape(wanted)).finditer(text, start):
        if match[0] == wanted:
            return match.start()
    return -1


def _split(text: str, signs: str) -> list[str]:
    """Cut before each of `signs` that has no backslash."""
    cuts = [match.start() for match in re.finditer(rf"\\[\\~=#{{}}:n]|[{signs}]", text) if match[0] in signs]
    return [text[start:end] for start, end in zip([0, *cuts], [*cuts, len(text)], strict=True)]


def unescaped(text: str) -> str:
    return _ESCAPED.sub(lambda match: "\n" if match[1] == "n" else match[1], text)


def _name(content: str) -> tuple[str, str]:
    end = _find(content, "::", 2) if content.startswith("::") else -1
    if end < 0:
        return "", content
    return unescaped(content[2:end]), content[end + 2 :].strip()


def _parts(content: str) -> tuple[str, str, str]:
    start, end = _find(content, "{"), _find(content, "}")
    if start < 0 and end < 0:
        raise LeftOut(Code.DESCRIPTION) if content else LeftOut(Code.TOO_LONG, most=limits.TEXT)
    if start < 0 or end < start:
        raise LeftOut(Code.NOT_UNDERSTOOD)
    return content[:start], content[start + 1 : end].strip(), content[end + 1 :]


def _general_feedback(answers: str) -> tuple[str, str]:
    found = [match.start() for match in re.finditer(r"\\[\\~=#{}:n]|####", answers) if match[0] == "####"]
    return (answers[: found[-1]].strip(), answers[found[-1] + 4 :].strip()) if found else (answers, "")


def _formatted(text: str, default: str) -> tuple[str, str]:
    text = text.strip()
    match = _FORMAT.match(text)
    return (match[1], text[match.end() :]) if match else (default, text)


def _plain(text: str, text_format: str, draft: Draft) -> str:
    text = unescaped(text).strip()
    if text_format == "plain":
        return draft.plain(text)
    if text_format == "markdown":
        draft.change(Code.MARKDOWN)
        return draft.plain(text)
    return draft.html(text.replace("\n", "<br>") if text_format == "moodle" else text)


def _piece(text: str, text_format: str, draft: Draft) -> str:
    own_format, text = _formatted(text, text_format)
    return _plain(text, own_format, draft)


def _options(answers: str, text_format: str, draft: Draft, findings: Findings) -> tuple[bool, list[RawOption]]:
    """Whether one answer is to be chosen, and the options. LeftOut for another kind of question."""
    if not answers:
        raise LeftOut(Code.ESSAY)
    if answers.startswith("#"):
        raise LeftOut(Code.NUMERICAL)
    if _find(answers, "~") >= 0:
        return _choices(answers, text_format, draft)
    if _find(answers, "=") >= 0 and "->" in answers:
        raise LeftOut(Code.MATCHING)
    head, *feedbacks = [piece.lstrip("#").strip() for piece in _split(answers, "#")]
    if head not in _TRUE_FALSE:
        raise LeftOut(Code.SHORT_ANSWER)
    texts = [_piece(text, text_format, draft) for text in feedbacks]
    return True, _true_false(_TRUE_FALSE[head], texts, draft, findings)


def _true_false(truth: bool, feedbacks: list[str], draft: Draft, findings: Findings) -> list[RawOption]:
    """The first feedback is on the wrong answer, the second on the right one."""
    draft.change(Code.TRUE_FALSE)
    wrong, right = [*feedbacks, "", ""][:2]
    names = zip((True, False), findings.true_false, strict=True)
    return [RawOption(name, value is truth, right if value is truth else wrong) for value, name in names]


def _choices(answers: str, text_format: str, draft: Draft) -> tuple[bool, list[RawOption]]:
    first, *pieces = _split(answers, "~=")
    if first.strip():
        raise LeftOut(Code.NOT_UNDERSTOOD)
    # As in Moodle: without one answer marked as right, several may be chosen.
    single = any(piece.startswith("=") for piece in pieces)
    if len(pieces) > limits.OPTIONS:
        raise LeftOut(Code.TOO_MANY_OPTIONS, most=limits.OPTIONS)
    options = [_choice(piece, text_format, draft) for piece in pieces]
    all_or_nothing(draft, options, single=single)
    return single, options


def _choice(piece: str, text_format: str, draft: Draft) -> RawOption:
    sign, text = piece[0], piece[1:].strip()
    weight = 100.0 if sign == "=" else 0.0
    match = _WEIGHT.match(text) if sign == "~" else None
    if match:
        weight, text = float(match[1]), text[match.end() :]
    hash_at = _find(text, "#")
    text, feedback = (text[:hash_at], text[hash_at + 1 :]) if hash_at >= 0 else (text, "")
    return RawOption(_piece(text, text_format, draft), False, _piece(feedback, text_format, draft), weight)
