"""Which options of a QTI 2 or 3 item are right.

`correctResponse` says so when marks follow the template `match_correct` or a rule that compares with it; with
`map_response` the mapping gives each option its marks.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from lxml import etree

from lti_tool.exchange.found import Code, LeftOut
from lti_tool.exchange.qti2_words import attribute, has, of_kind
from lti_tool.exchange.safe_xml import all_text


@dataclass(slots=True)
class Key:
    """Either `right` is settled, or the `weights` (per cent, by option) decide."""

    single: bool
    right: frozenset[str] = frozenset()
    weights: dict[str, float] = field(default_factory=dict)
    simplified: bool = False


def key_of(item: etree._Element, response: str) -> Key:
    """LeftOut when there is nothing to go by."""
    declaration = _declaration(item, response)
    cardinality = attribute(declaration, "cardinality").lower()
    if cardinality == "ordered":
        raise LeftOut(Code.ORDERING)
    single = cardinality != "multiple"
    right = frozenset(_values(declaration))
    mapped = _mapping(declaration)
    uses_mapping = _uses_mapping(item)
    if mapped and (uses_mapping or not right):
        return Key(single, weights=_weights(mapped, right, single=single))
    if not right:
        raise LeftOut(Code.NO_RIGHT_ANSWER)
    return Key(single, right, simplified=_is_own_rule(item))


def _declaration(item: etree._Element, response: str) -> etree._Element:
    for declaration in of_kind(item, "responsedeclaration"):
        if attribute(declaration, "identifier") == response:
            return declaration
    raise LeftOut(Code.NO_RIGHT_ANSWER)


def _values(declaration: etree._Element) -> list[str]:
    return [
        all_text(value).strip()
        for correct in of_kind(declaration, "correctresponse")
        for value in of_kind(correct, "value")
    ]


def _mapping(declaration: etree._Element) -> dict[str, float]:
    try:
        return {
            attribute(entry, "mapkey"): float(attribute(entry, "mappedvalue") or 0)
            for entry in of_kind(declaration, "mapentry")
        }
    except ValueError:
        raise LeftOut(Code.SCORING) from None


def _weights(mapped: dict[str, float], right: frozenset[str], *, single: bool) -> dict[str, float]:
    """Full marks are what the right answer gets, whatever unit the file counts in."""
    gains = [value for value in mapped.values() if value > 0]
    full = max(gains, default=0.0) if single else sum(gains)
    if not 0 < full < 1_000_000:
        raise LeftOut(Code.NO_RIGHT_ANSWER if not gains else Code.SCORING)
    if right and right != {name for name, value in mapped.items() if value > 0}:
        raise LeftOut(Code.PARTIAL_CREDIT)
    return {name: 100 * value / full for name, value in mapped.items()}


def _processing(item: etree._Element) -> etree._Element | None:
    return next(of_kind(item, "responseprocessing"), None)


def _uses_mapping(item: etree._Element) -> bool:
    processing = _processing(item)
    if processing is None:
        return False
    if has(processing, "mapresponse"):
        return True
    return "map_response" in attribute(processing, "template")


def _is_own_rule(item: etree._Element) -> bool:
    """Whether marks follow a rule that neither is a template nor compares with the right answer."""
    processing = _processing(item)
    if processing is None or attribute(processing, "template") or not len(processing):
        return False
    return not has(processing, "correct")
