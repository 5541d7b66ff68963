"""Moodle XML. A text is marked as plain, which Moodle keeps and shows to the letter; only images need HTML."""

from __future__ import annotations

import base64
import html
from collections.abc import Iterator, Sequence
from urllib.parse import quote

from lti_tool.exchange.found import FoundOption, FoundQuestion, Image
from lti_tool.exchange.gift_writing import share
from lti_tool.exchange.text import to_html


def write_moodle(questions: Sequence[FoundQuestion]) -> bytes:
    body = "".join("".join(_question(question)) for question in questions)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n<quiz>\n{body}</quiz>\n'.encode()


def _question(question: FoundQuestion) -> Iterator[str]:
    yield f'<question type="multichoice">\n<name><text>{html.escape(question.name)}</text></name>\n'
    yield from _text(question)
    yield f'<generalfeedback format="plain_text">{_plain(question.general_feedback)}</generalfeedback>\n'
    yield f"<single>{str(question.kind == 'single').lower()}</single>\n<shuffleanswers>true</shuffleanswers>\n"
    for option in question.options:
        yield f'<answer fraction="{_fraction(option, question)}" format="plain_text">{_plain(option.text)}'
        yield f'<feedback format="plain_text">{_plain(option.feedback)}</feedback></answer>\n'
    yield "</question>\n"


def _text(question: FoundQuestion) -> Iterator[str]:
    if not question.images:
        yield f'<questiontext format="plain_text">{_plain(question.text)}</questiontext>\n'
        return
    shown = "".join(_shown(image) for image in question.images)
    yield f'<questiontext format="html">{_plain(f"<p>{to_html(question.text)}</p>{shown}")}'
    for image in question.images:
        data = base64.b64encode(image.data).decode()
        yield f'<file name="{html.escape(image.name)}" path="/" encoding="base64">{data}</file>'
    yield "</questiontext>\n"


def _shown(image: Image) -> str:
    return f'<p><img src="@@PLUGINFILE@@/{quote(image.name)}" alt="{html.escape(image.alt)}"/></p>'


def _plain(text: str) -> str:
    return f"<text>{html.escape(text, quote=False)}</text>"


def _fraction(option: FoundOption, question: FoundQuestion) -> str:
    """A wrong choice of several costs all, which is as near to all or nothing as Moodle comes."""
    if option.correct:
        return share(question)
    return "0" if question.kind == "single" else "-100"
