"""QTI 1.2 as Canvas and Blackboard write it: https://www.imsglobal.org/question/qtiv1p2/imsqti_asi_bindv1p2.html.

Canvas names the kind in `qtimetadata`, Common Cartridge in `cc_profile`, Blackboard in `bbmd_questiontype`; where
nothing is said, what the presentation asks for decides.
"""

from __future__ import annotations

import html
from collections.abc import Iterable, Iterator

from lxml import etree

from lti_tool.exchange import limits
from lti_tool.exchange.drafts import Draft, Findings, RawOption, all_or_nothing, name_truths, share_feedback
from lti_tool.exchange.found import Code, LeftOut
from lti_tool.exchange.images import FindsImage
from lti_tool.exchange.qti1_scoring import Scoring, about, scoring_of
from lti_tool.exchange.safe_xml import Document, all_text, line_of, local_name
from lti_tool.exchange.text import clean, to_html

UNIT = "item"
_LEFT_OUT = {
    "essay": Code.ESSAY,
    "short_answer": Code.SHORT_ANSWER,
    "short response": Code.ESSAY,
    "fill_in_multiple_blanks": Code.CLOZE,
    "multiple_dropdowns": Code.CLOZE,
    "fill in the blank": Code.SHORT_ANSWER,
    "fill in the blank plus": Code.CLOZE,
    "jumbled sentence": Code.CLOZE,
    "numerical": Code.NUMERICAL,
    "numeric": Code.NUMERICAL,
    "calculated": Code.NUMERICAL,
    "matching": Code.MATCHING,
    "ordering": Code.ORDERING,
    "text_only": Code.DESCRIPTION,
    "file_upload": Code.OTHER_KIND,
    "file upload": Code.OTHER_KIND,
    "hot spot": Code.OTHER_KIND,
    "hot_spot": Code.OTHER_KIND,
    "opinion scale": Code.OTHER_KIND,
    "quiz bowl": Code.OTHER_KIND,
    "cc.essay.v0p1": Code.ESSAY,
    "cc.fib.v0p1": Code.SHORT_ANSWER,
    "cc.pattern_match.v0p1": Code.SHORT_ANSWER,
}
_TRUE_FALSE = frozenset({"true_false", "true/false", "cc.true_false.v0p1"})
_ASKS = ("response_lid", "response_str", "response_num", "response_grp", "response_xy")
_UNTITLED = frozenset({"question", "spørsmål"})


def read_qti1(document: Document, findings: Findings, find: FindsImage, file: str = "") -> None:
    for element in document.each(UNIT):
        _Item(element, findings, find).read(file)


class _Item:
    def __init__(self, element: etree._Element, findings: Findings, find: FindsImage) -> None:
        self.element = element
        self.findings = findings
        self.find = find
        self.metadata = dict(_metadata(element))

    def read(self, file: str) -> None:
        title = self.element.get("title") or ""
        # Canvas calls every question so that has no name.
        title = "" if title.strip().lower() in _UNTITLED else title
        with self.findings.question(title, line_of(self.element), file) as draft:
            asking = self._asking()
            text = draft.question_html(_source(self._question_materials()), self.find)
            single = (asking.get("rcardinality") or "Single").lower() == "single"
            labels = [label for label in asking.iter() if local_name(label) == "response_label"]
            if len(labels) > limits.OPTIONS:
                raise LeftOut(Code.TOO_MANY_OPTIONS, most=limits.OPTIONS)
            idents = [label.get("ident") or "" for label in labels]
            scoring = scoring_of(self.element, idents, single=single)
            options = [self._option(label, draft, scoring) for label in labels]
            if scoring.weights:
                all_or_nothing(draft, options, single=single)
            if scoring.partly:
                draft.change(Code.ALL_OR_NOTHING)
            if self._kind() in _TRUE_FALSE:
                name_truths(draft, options, self.findings.true_false)
            general = self._feedback(draft, dict(zip(idents, options, strict=True)), scoring, single=single)
            self.findings.keep(draft, text, options, single=single, general=general)

    def _asking(self) -> etree._Element:
        """The one choice of the item. LeftOut when it asks for something else."""
        kind = self._kind()
        if kind in _LEFT_OUT:
            raise LeftOut(_LEFT_OUT[kind], kind=kind)
        asks = [element for element in self.element.iter() if local_name(element) in _ASKS]
        names = [local_name(element) for element in asks]
        if not asks:
            raise LeftOut(Code.DESCRIPTION)
        if "response_lid" not in names:
            codes = {"response_str": Code.SHORT_ANSWER, "response_num": Code.NUMERICAL, "response_grp": Code.MATCHING}
            raise LeftOut(codes.get(names[0], Code.OTHER_KIND), kind=kind or names[0])
        if len(asks) > 1:
            raise LeftOut(Code.SEVERAL_PARTS)
        if (asks[0].get("rcardinality") or "").lower() == "ordered":
            raise LeftOut(Code.ORDERING)
        return asks[0]

    def _kind(self) -> str:
        kinds = (self.metadata.get(name, "") for name in ("question_type", "bbmd_questiontype", "cc_profile"))
        kind = next((kind for kind in kinds if kind), "").strip().lower()
        return kind.removesuffix("_question")[: limits.QUOTED]

    def _question_materials(self) -> Iterator[etree._Element]:
        for presentation in self.element.iter("{*}presentation"):
            walker = etree.iterwalk(presentation, events=("start",))
            for _event, element in walker:
                if local_name(element) in _ASKS:
                    walker.skip_subtree()
                elif local_name(element) == "material":
                    yield element

    def _option(self, label: etree._Element, draft: Draft, scoring: Scoring) -> RawOption:
        ident = label.get("ident") or ""
        text = draft.html(_source(label.iter("{*}material")), self.find)
        return RawOption(text, ident in scoring.right, weight=scoring.weights.get(ident))

    def _feedback(self, draft: Draft, options: dict[str, RawOption], scoring: Scoring, *, single: bool) -> str:
        """Gives the options theirs; what is about the whole answer is returned."""
        shared: dict[str, list[str]] = {"right": [], "wrong": [], "general": []}
        for element in self.element.iter("{*}itemfeedback"):
            hints = list(element.iter("{*}hint"))
            if hints:
                draft.change(Code.HINTS, count=len(hints))
            within = {material for hint in hints for material in hint.iter("{*}material")}
            text = draft.html(_source(m for m in element.iter("{*}material") if m not in within), self.find)
            for subject in about(element.get("ident") or "", scoring, list(options)) if text else ():
                if subject in options:
                    options[subject].feedback = _joined(options[subject].feedback, text)
                elif text not in shared[subject]:
                    shared[subject].append(text)
        right, wrong, general = ("\n\n".join(texts) for texts in shared.values())
        share_feedback(draft, list(options.values()), right, wrong, single=single)
        return general


def _joined(first: str, second: str) -> str:
    return f"{first}\n\n{second}" if first and second not in first else second


def _metadata(item: etree._Element) -> Iterator[tuple[str, str]]:
    for field in item.iter("{*}qtimetadatafield"):
        values = {local_name(child): all_text(child).strip() for child in field}
        yield values.get("fieldlabel", "").lower(), values.get("fieldentry", "")
    for metadata in item.iter("{*}itemmetadata"):
        yield from ((local_name(child), all_text(child)) for child in metadata if not len(child))


def _source(materials: Iterable[etree._Element]) -> str:
    """All pieces of some materials as HTML, each on lines of its own."""
    found = (_piece(element) for material in materials for element in material.iter())
    pieces = [piece for piece in found if piece]
    return pieces[0] if len(pieces) == 1 else "".join(f"<div>{piece}</div>" for piece in pieces)


def _piece(element: etree._Element) -> str:
    name = local_name(element)
    if name == "matimage":
        return _image(element)
    if name not in ("mattext", "mat_formattedtext"):
        return ""
    text = all_text(element)
    kind = (element.get("texttype") or element.get("type") or "text/plain").lower()
    # Blackboard's smart text has TeX and new lines, but no HTML.
    return text if "html" in kind else to_html(clean(text))


def _image(element: etree._Element) -> str:
    address = element.get("uri") or ""
    if not address and element.text and element.get("embedded") == "base64":
        address = f"data:image/png;base64,{element.text.strip()}"
    return f'<img src="{html.escape(address)}" alt="{html.escape(element.get("label") or "")}">'
