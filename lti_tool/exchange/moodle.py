"""Moodle XML: https://docs.moodle.org/en/Moodle_XML_format and question/format/xml/format.php."""

from __future__ import annotations

from functools import partial
from urllib.parse import unquote

from lxml import etree

from lti_tool.exchange import limits
from lti_tool.exchange.drafts import Draft, Findings, RawOption, all_or_nothing, name_truths, share_feedback
from lti_tool.exchange.found import Code, LeftOut
from lti_tool.exchange.images import FindsImage, from_base64, nowhere
from lti_tool.exchange.safe_xml import Document, all_text, line_of

UNIT = "question"
_PLACEHOLDER = "@@PLUGINFILE@@/"
_LEFT_OUT = {
    "essay": Code.ESSAY,
    "shortanswer": Code.SHORT_ANSWER,
    "numerical": Code.NUMERICAL,
    "calculated": Code.NUMERICAL,
    "calculatedmulti": Code.NUMERICAL,
    "calculatedsimple": Code.NUMERICAL,
    "matching": Code.MATCHING,
    "randomsamatch": Code.MATCHING,
    "ordering": Code.ORDERING,
    "cloze": Code.CLOZE,
    "multianswer": Code.CLOZE,
    "gapselect": Code.CLOZE,
    "ddwtos": Code.CLOZE,
    "description": Code.DESCRIPTION,
}
# What Moodle writes where nobody has chosen anything.
_USUAL = {
    "penalty": frozenset({"", "0", "0.1", "0.3333333"}),
    "defaultgrade": frozenset({"", "1"}),
    "hidden": frozenset({"", "0"}),
    "idnumber": frozenset({""}),
    "answernumbering": frozenset({"", "abc", "none"}),
}
_YES = frozenset({"true", "1"})


def read_moodle(document: Document, findings: Findings, find: FindsImage = nowhere, file: str = "") -> None:
    """Moodle keeps images within the file: `find` is not asked."""
    for element in document.each(UNIT):
        if element.get("type") == "category":
            findings.category(_text(element, "category"), line_of(element))
        else:
            _question(element, findings, file)


def _question(element: etree._Element, findings: Findings, file: str) -> None:
    with findings.question(_text(element, "name"), line_of(element), file) as draft:
        kind = (element.get("type") or "").lower()
        if kind not in ("multichoice", "multichoiceset", "truefalse"):
            raise LeftOut(_LEFT_OUT.get(kind, Code.OTHER_KIND), kind=kind[: limits.QUOTED])
        single = kind == "truefalse" or _text(element, "single").lower() in _YES
        single = single and kind != "multichoiceset"
        text = _question_text(element.find("questiontext"), draft)
        options = _options(element, draft, findings, kind)
        _mark(draft, options, kind, single=single)
        right, wrong = _part(element, "correctfeedback", draft), _part(element, "incorrectfeedback", draft)
        share_feedback(draft, options, right, wrong, single=single)
        general = _part(element, "generalfeedback", draft)
        _losses(element, draft)
        findings.keep(draft, text, options, single=single, general=general)


def _mark(draft: Draft, options: list[RawOption], kind: str, *, single: bool) -> None:
    if kind == "multichoiceset":
        # The plugin for all or nothing: every right answer has 100 %.
        for option in options:
            option.right = (option.weight or 0) > 0
    else:
        all_or_nothing(draft, options, single=single)


def _options(element: etree._Element, draft: Draft, findings: Findings, kind: str) -> list[RawOption]:
    answers = element.findall("answer")
    if len(answers) > limits.OPTIONS:
        raise LeftOut(Code.TOO_MANY_OPTIONS, most=limits.OPTIONS)
    options = [
        RawOption(_rich(answer, draft), False, _part(answer, "feedback", draft), _number(answer.get("fraction")))
        for answer in answers
    ]
    if kind == "truefalse":
        name_truths(draft, options, findings.true_false)
    return options


def _losses(element: etree._Element, draft: Draft) -> None:
    hints = element.findall("hint")
    if hints:
        draft.change(Code.HINTS, count=len(hints))
    draft.named(Code.TAGS, [_text(tag) for tag in element.findall("tags/tag")])
    partly = _part(element, "partiallycorrectfeedback", draft)
    if partly:
        draft.change(Code.FEEDBACK_DROPPED, text=partly)
    if _text(element, "shuffleanswers").lower() in ("0", "false"):
        draft.change(Code.FIXED_ORDER)
    values = {name: _bare_number(_text(element, name)) for name in _USUAL}
    draft.named(Code.SETTINGS, [f"{name} {value}" for name, value in values.items() if value not in _USUAL[name]])


def _bare_number(text: str) -> str:
    return text.rstrip("0").rstrip(".") or "0" if "." in text and text.replace(".", "", 1).isdecimal() else text


def _number(text: str | None) -> float:
    try:
        number = float(text or 0)
    except ValueError:
        raise LeftOut(Code.SCORING) from None
    if not abs(number) <= 1_000:
        raise LeftOut(Code.SCORING)
    return number


def _text(element: etree._Element, path: str = "") -> str:
    """What stands in the element, or in its <text>, as it is."""
    found = element.find(path) if path else element
    if found is None:
        return ""
    inner = found.find("text") if len(found) else None
    return all_text(found if inner is None else inner).strip()


def _part(element: etree._Element, name: str, draft: Draft) -> str:
    found = element.find(name)
    return "" if found is None else _rich(found, draft)


def _question_text(element: etree._Element | None, draft: Draft) -> str:
    if element is None:
        raise LeftOut(Code.NO_TEXT)
    return _rich(element, draft, is_question=True)


def _rich(element: etree._Element, draft: Draft, *, is_question: bool = False) -> str:
    text_format, text = element.get("format") or "html", _text(element)
    if text_format == "markdown":
        draft.change(Code.MARKDOWN)
    if text_format in ("markdown", "plain_text"):
        return draft.plain(text)
    if text_format == "moodle_auto_format":
        text = text.replace("\n", "<br>")
    return (draft.question_html if is_question else draft.html)(text, partial(_file, element))


def _file(element: etree._Element, address: str) -> tuple[str, bytes] | None:
    """The file beside the text that shows it."""
    if not address.startswith(_PLACEHOLDER):
        return None
    wanted = unquote(address.removeprefix(_PLACEHOLDER).partition("?")[0])
    for file in element.findall("file"):
        if ((file.get("path") or "/") + (file.get("name") or "")).lstrip("/") == wanted:
            return wanted, from_base64(file.text or "")
    return None
