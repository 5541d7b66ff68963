"""The figures as files for programs that calculate: comma-separated, full precision, names that never change."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Sequence

from lti_tool.item_analysis.advice import advise
from lti_tool.item_analysis.analysis import Item
from lti_tool.item_analysis.thresholds import FEWEST

_QUESTIONS = (
    "question",
    "versions",
    "place",
    "text",
    "kind",
    "people",
    "right",
    "facility",
    "item_rest_correlation",
    "upper_lower_27_index",
    "unanswered",
    "people_timed",
    "median_seconds",
    "later_attempts",
    "later_right",
    "advice",
)
_OPTIONS = ("question", "versions", "option", "text", "correct", "people", "share", "mean_share_of_others_right")
# Spreadsheets run a cell that begins so: https://owasp.org/www-community/attacks/CSV_Injection
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")
Cell = str | int | float | None


def questions_table(items: Iterable[Item], language: str) -> str:
    """One line a question; a wording that too few people have answered is left out."""
    return _written(_QUESTIONS, (_question(item, language) for item in items if item.told))


def options_table(items: Iterable[Item], language: str) -> str:
    """One line an option."""
    return _written(_OPTIONS, (line for item in items if item.told for line in _options(item, language)))


def _question(item: Item, language: str) -> Sequence[Cell]:
    question = item.wording.text_in(language)
    return (
        question.key,
        _versions(item),
        item.wording.place,
        question.text,
        question.kind,
        item.people,
        item.right,
        item.facility,
        item.correlation,
        item.index,
        item.unanswered,
        item.timed,
        item.seconds if item.timed >= FEWEST else None,
        item.later,
        item.later_right,
        " ".join(advice.kind for advice in advise(item)),
    )


def _options(item: Item, language: str) -> Iterator[Sequence[Cell]]:
    texts = {option.key: option.text for option in item.wording.text_in(language).options}
    for choice in item.choices:
        others = choice.others if choice.people >= FEWEST else None
        start = (item.wording.key, _versions(item), choice.key, texts[choice.key])
        yield (*start, int(choice.correct), choice.people, choice.share, others)


def _versions(item: Item) -> str:
    return " ".join(str(number) for number in item.wording.versions)


def _written(heads: Sequence[str], lines: Iterable[Sequence[Cell]]) -> str:
    file = io.StringIO()
    writer = csv.writer(file)
    writer.writerow(heads)
    writer.writerows([_harmless(cell) for cell in line] for line in lines)
    return file.getvalue()


def _harmless(cell: Cell) -> Cell:
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(_FORMULA) else cell
