"""Choice items of QTI 2.0-2.2 and 3.0, whose elements differ in their names only.

https://www.imsglobal.org/question/qtiv2p1/imsqti_infov2p1.html and https://www.imsglobal.org/spec/qti/v3p0/impl:
`choiceInteraction` became `qti-choice-interaction`, `responseIdentifier` became `response-identifier`.
"""

from __future__ import annotations

from collections.abc import Iterator

from lxml import etree

from lti_tool.exchange import limits
from lti_tool.exchange.drafts import Draft, Findings, RawOption, all_or_nothing, share_feedback
from lti_tool.exchange.found import Code, LeftOut
from lti_tool.exchange.html_text import read_elements
from lti_tool.exchange.images import FindsImage
from lti_tool.exchange.qti2_scoring import Key, key_of
from lti_tool.exchange.qti2_words import attribute, has, kind, of_kind
from lti_tool.exchange.safe_xml import Document, line_of

UNITS = ("assessmentItem", "qti-assessment-item")
_INTERACTIONS = {
    "extendedtextinteraction": Code.ESSAY,
    "textentryinteraction": Code.SHORT_ANSWER,
    "matchinteraction": Code.MATCHING,
    "associateinteraction": Code.MATCHING,
    "gapmatchinteraction": Code.MATCHING,
    "graphicgapmatchinteraction": Code.MATCHING,
    "graphicassociateinteraction": Code.MATCHING,
    "orderinteraction": Code.ORDERING,
    "graphicorderinteraction": Code.ORDERING,
    "inlinechoiceinteraction": Code.CLOZE,
    "hottextinteraction": Code.CLOZE,
}
_FEEDBACK = frozenset({"feedbackinline", "feedbackblock"})
_WITHIN = _FEEDBACK | {"simplechoice", "modalfeedback"}
_ASIDE = frozenset({"rubricblock", "feedbackblock", "feedbackinline", "templateblock", "templateinline"})
_TEMPLATES = frozenset({"templatedeclaration", "templateprocessing", "printedvariable"})
_PARTS = frozenset({"rubricblock", "assessmentstimulusref", "companionmaterialsinfo", "catalog"})


def read_qti2(document: Document, findings: Findings, find: FindsImage, file: str = "") -> None:
    for element in document.each(*UNITS):
        with findings.question(attribute(element, "title"), line_of(element), file) as draft:
            _read(element, draft, findings, find)


def _read(item: etree._Element, draft: Draft, findings: Findings, find: FindsImage) -> None:
    interaction = _interaction(item)
    body = next(of_kind(item, "itembody"))
    text = _text(body, interaction, draft, find)
    choices = list(of_kind(interaction, "simplechoice"))
    if len(choices) > limits.OPTIONS:
        raise LeftOut(Code.TOO_MANY_OPTIONS, most=limits.OPTIONS)
    key = key_of(item, attribute(interaction, "responseidentifier"))
    options = {attribute(choice, "identifier"): _option(choice, draft, key, find) for choice in choices}
    if len(options) < len(choices):
        raise LeftOut(Code.NOT_UNDERSTOOD)
    if key.weights:
        all_or_nothing(draft, list(options.values()), single=key.single)
    if key.simplified:
        draft.change(Code.SCORING_SIMPLIFIED)
    general = _feedback(item, options, draft, key, find)
    _losses(item, choices, draft)
    findings.keep(draft, text, list(options.values()), single=key.single, general=general)


def _interaction(item: etree._Element) -> etree._Element:
    """The one choice of the item. LeftOut when it asks for something else."""
    found = [element for element in item.iter() if kind(element).endswith("interaction")]
    # A button that ends the attempt asks nothing.
    found = [element for element in found if kind(element) != "endattemptinteraction"]
    if not found or not has(item, "itembody"):
        raise LeftOut(Code.DESCRIPTION)
    if len(found) > 1:
        raise LeftOut(Code.SEVERAL_PARTS)
    name = kind(found[0])
    if name != "choiceinteraction":
        raise LeftOut(_INTERACTIONS.get(name, Code.OTHER_KIND), kind=name.removesuffix("interaction"))
    if any(kind(element) in _TEMPLATES for element in item.iter()):
        raise LeftOut(Code.OTHER_KIND, kind="template")
    return found[0]


def _text(body: etree._Element, interaction: etree._Element, draft: Draft, find: FindsImage) -> str:
    """What stands around the choice, and its prompt where it stands."""

    def is_aside(element: etree._Element) -> bool:
        return kind(element) in _ASIDE or kind(element) == "simplechoice"

    return draft.question_text(lambda picture: read_elements(body, picture, is_aside), find)


def _option(choice: etree._Element, draft: Draft, key: Key, find: FindsImage) -> RawOption:
    identifier = attribute(choice, "identifier")
    text = draft.read(lambda picture: read_elements(choice, picture, lambda part: kind(part) in _FEEDBACK), find)
    own = [element for element in choice.iter() if kind(element) in _FEEDBACK]
    feedback = "\n\n".join(filter(None, (_rich(element, draft, find) for element in own)))
    return RawOption(text, identifier in key.right, feedback, key.weights.get(identifier))


def _rich(element: etree._Element, draft: Draft, find: FindsImage) -> str:
    return draft.read(lambda picture: read_elements(element, picture), find)


def _feedback(item: etree._Element, options: dict[str, RawOption], draft: Draft, key: Key, find: FindsImage) -> str:
    """Gives the options theirs; what is about the whole answer is returned."""
    shared: dict[str, list[str]] = {"right": [], "wrong": [], "general": []}
    for element in _around(item):
        text = _rich(element, draft, find)
        identifier = attribute(element, "identifier")
        identifier = identifier if identifier in options else identifier.removesuffix("_fb")
        if not text:
            continue
        if identifier in options and options[identifier].feedback != text:
            option = options[identifier]
            option.feedback = "\n\n".join(filter(None, (option.feedback, text)))
        elif identifier not in options:
            shared[_subject(identifier)].append(text)
    right, wrong, general = ("\n\n".join(dict.fromkeys(texts)) for texts in shared.values())
    share_feedback(draft, list(options.values()), right, wrong, single=key.single)
    return general


def _around(item: etree._Element) -> Iterator[etree._Element]:
    """Feedback outside the options."""
    yield from of_kind(item, "modalfeedback")
    for element in item.iter():
        if kind(element) in _FEEDBACK and not any(kind(parent) in _WITHIN for parent in element.iterancestors()):
            yield element


def _subject(identifier: str) -> str:
    low = identifier.lower()
    if "incorrect" in low or "wrong" in low:
        return "wrong"
    return "right" if "correct" in low else "general"


def _losses(item: etree._Element, choices: list[etree._Element], draft: Draft) -> None:
    draft.named(Code.PARTS, sorted({kind(element) for element in item.iter()} & _PARTS))
    if any(attribute(choice, "fixed") == "true" for choice in choices):
        draft.change(Code.FIXED_ORDER)
    if attribute(item, "adaptive") == "true":
        draft.change(Code.SETTINGS, names="adaptive")
