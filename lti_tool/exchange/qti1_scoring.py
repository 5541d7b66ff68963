"""What the conditions of a QTI 1.2 item say: which options are right, and which feedback is about what."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from lxml import etree

from lti_tool.exchange.found import Code, LeftOut
from lti_tool.exchange.safe_xml import local_name

_SCORES = frozenset({"score", "que_score"})
_UNLIKE = frozenset({"varlt", "varlte", "vargt", "vargte", "varsubset", "varinside", "varsubstring", "durequal"})


@dataclass(slots=True)
class Condition:
    """When `chosen` are chosen and `unchosen` are not, `score` is given and the feedback of `shows` is shown."""

    chosen: set[str] = field(default_factory=set)
    unchosen: set[str] = field(default_factory=set)
    any_of: bool = False
    otherwise: bool = False
    understood: bool = True
    score: float = 0.0
    goes_on: bool = False
    shows: list[str] = field(default_factory=list)

    @property
    def is_about_one(self) -> bool:
        return len(self.chosen) == 1 and not self.unchosen and not self.otherwise and self.understood


@dataclass(slots=True)
class Scoring:
    """Either `right` is settled, or the `weights` (per cent, by option) decide."""

    conditions: list[Condition]
    right: frozenset[str] = frozenset()
    weights: dict[str, float] = field(default_factory=dict)
    partly: bool = False


def scoring_of(item: etree._Element, idents: Sequence[str], *, single: bool) -> Scoring:
    """LeftOut when the marking is no choice of right options."""
    known = set(idents)
    if len(known) < len(idents):
        raise LeftOut(Code.NOT_UNDERSTOOD)
    conditions = [_condition(element, known) for element in item.iter("{*}respcondition")]
    scored = [condition for condition in conditions if condition.score > 0]
    if any(not condition.understood or condition.otherwise for condition in scored):
        raise LeftOut(Code.SCORING)
    scored = [condition for condition in scored if condition.chosen]
    if single or (len(scored) > 1 and all(condition.is_about_one for condition in scored)):
        return Scoring(conditions, weights=_weights(scored, single=single))
    return _sets(conditions, scored)


def _weights(scored: Sequence[Condition], *, single: bool) -> dict[str, float]:
    weights: dict[str, float] = {}
    for condition in scored:
        if len(condition.chosen) > 1 and not condition.any_of:
            raise LeftOut(Code.SCORING)
        for ident in condition.chosen:
            weights[ident] = max(weights.get(ident, 0.0), condition.score)
    # Full marks are what the best answer gets, whatever unit the file counts in.
    full = max(weights.values(), default=1.0) if single else sum(weights.values())
    return {ident: 100 * weight / full for ident, weight in weights.items()}


def _sets(conditions: list[Condition], scored: Sequence[Condition]) -> Scoring:
    """One exact answer, perhaps with equal parts of the marks for its options."""
    if not scored:
        return Scoring(conditions)
    best = max(scored, key=lambda condition: (condition.score, len(condition.chosen) + len(condition.unchosen)))
    others = [condition for condition in scored if condition is not best]
    if best.any_of and len(best.chosen) > 1:
        raise LeftOut(Code.SEVERAL_RIGHT)
    if any(condition.score == best.score and condition.chosen != best.chosen for condition in others):
        raise LeftOut(Code.SEVERAL_RIGHT)
    if any(not condition.is_about_one or not condition.chosen <= best.chosen for condition in others):
        raise LeftOut(Code.PARTIAL_CREDIT)
    if len({condition.score for condition in others}) > 1:
        raise LeftOut(Code.PARTIAL_CREDIT)
    return Scoring(conditions, right=frozenset(best.chosen), partly=bool(others))


def _condition(element: etree._Element, known: set[str]) -> Condition:
    condition = Condition(goes_on=(element.get("continue") or "").lower() == "yes")
    for child in element:
        name = local_name(child)
        if name == "conditionvar":
            _read_test(child, condition, known, depth=0)
        elif name == "setvar" and (child.get("varname") or child.get("variablename") or "score").lower() in _SCORES:
            condition.score += _score(child)
        elif name == "displayfeedback":
            condition.shows.append(child.get("linkrefid") or "")
    return condition


def _read_test(element: etree._Element, condition: Condition, known: set[str], *, depth: int) -> None:
    for child in element:
        name = local_name(child)
        if name == "varequal":
            condition.chosen |= _named(child, known)
        elif name == "not":
            condition.unchosen |= {ident for test in child.iter("{*}varequal") for ident in _named(test, known)}
        elif name in ("and", "or") and depth < 10:
            condition.any_of |= name == "or" and len(child) > 1
            _read_test(child, condition, known, depth=depth + 1)
        elif name == "other":
            condition.otherwise = True
        elif name in _UNLIKE or name in ("and", "or"):
            condition.understood = False


def _named(test: etree._Element, known: set[str]) -> set[str]:
    """The option. Blackboard puts it where the question's name belongs, and leaves the text empty."""
    for name in ((test.text or "").strip(), test.get("respident") or ""):
        if name in known:
            return {name}
    return set()


def _score(setvar: etree._Element) -> float:
    text = (setvar.text or "").strip().lower()
    if text.endswith(".max"):
        return 100.0
    try:
        score = float(text or 0)
    except ValueError:
        raise LeftOut(Code.SCORING) from None
    return score if 0 <= score <= 10_000 else 0.0


def about(ident: str, scoring: Scoring, options: Sequence[str]) -> Iterator[str]:
    """What a feedback is about: "right", "wrong", "general", or the ident of an option."""
    low = ident.lower()
    name = ident.removesuffix("_fb")
    if name in options:
        yield name
    elif low in ("correct", "correct_fb"):
        yield "right"
    elif low in ("incorrect", "incorrect_fb", "general_incorrect_fb"):
        yield "wrong"
    elif low in ("general", "general_fb", "neutral"):
        yield "general"
    else:
        yield from _by_condition(ident, scoring)


def _by_condition(ident: str, scoring: Scoring) -> Iterator[str]:
    shown = [condition for condition in scoring.conditions if ident in condition.shows]
    for condition in shown:
        if condition.is_about_one:
            yield next(iter(condition.chosen))
        elif condition.otherwise:
            yield "general" if condition.goes_on else "wrong"
        else:
            yield "right" if condition.score > 0 else "general"
    if not shown:
        yield "general"
