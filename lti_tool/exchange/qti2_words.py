"""The names of QTI 2 and 3 as one: `choiceinteraction` for `choiceInteraction` and `qti-choice-interaction`."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

from lxml import etree

from lti_tool.exchange.safe_xml import local_name


def kind(element: etree._Element) -> str:
    return _plain(local_name(element))


@lru_cache(maxsize=1_000)
def _plain(name: str) -> str:
    return name.removeprefix("qti-").replace("-", "")


def attribute(element: etree._Element, name: str) -> str:
    """`name` without hyphens, in small letters; empty when there is none."""
    for key, value in element.attrib.items():
        if str(key).replace("-", "").lower() == name:
            return str(value).strip()
    return ""


def of_kind(element: etree._Element, name: str) -> Iterator[etree._Element]:
    """Of the element and all within it."""
    return (found for found in element.iter() if kind(found) == name)


def has(element: etree._Element, name: str) -> bool:
    return next(of_kind(element, name), None) is not None
