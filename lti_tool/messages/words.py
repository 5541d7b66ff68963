"""What there is to do, in the language of the page or of the message."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TypeAlias

from flask import url_for
from markupsafe import Markup

from lti_tool.messages import meeting_words, record_words
from lti_tool.messages.everything import News
from lti_tool.messages.meeting_news import MeetingItem
from lti_tool.messages.news import Item, Kind
from lti_tool.messages.record_news import RecordItem
from lti_tool.moments import moment
from lti_tool.programme.content import Step
from lti_tool.texts import gettext as _
from lti_tool.texts import ngettext

ShowMoment: TypeAlias = Callable[[datetime], str]
_STEP_PAGES = {Step.TEST: "quiz.test", Step.ESSAY: "reflection.essay", Step.EVALUATIONS: "peer_review.evaluations"}


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the panel: what there is to do, and the link that leads there."""

    text: Markup
    action: str
    url: str


def entry(item: News, title: str) -> Entry:
    """`title` is what `everything.title_of` says."""
    if isinstance(item, MeetingItem):
        return Entry(sentence(item, title, moment), meeting_words.action(item), meeting_words.url(item))
    if isinstance(item, RecordItem):
        return Entry(sentence(item, title, moment), record_words.action(item), record_words.url(item))
    return Entry(sentence(item, title, moment), _ACTIONS[item.kind](item), _url(item))


def sentence(item: News, title: str, show: ShowMoment) -> Markup:
    """What an item says; `show` turns moments into words, or into markup."""
    if isinstance(item, MeetingItem):
        return meeting_words.sentence(item, title, show)
    if isinstance(item, RecordItem):
        return record_words.sentence(item, title)
    if item.due_at:
        # With the moment filled in by markup, the title has to be escaped here.
        return Markup(_DUE[item.step]()) % {"module": title, "when": show(item.due_at)}  # noqa: S704
    return Markup.escape(_SENTENCES[item.kind](item, title))


def _url(item: Item) -> str:
    key = item.situation.module_key
    if item.kind is Kind.EVALUATED:
        return url_for("peer_review.received", key=key)
    if item.public_id:
        return url_for("peer_review.evaluation", public_id=item.public_id)
    return url_for(_STEP_PAGES[item.step], key=key)


def _essay_returned(_item: Item, title: str) -> str:
    return _("Your coordinator has returned your essay in “%(module)s” with a comment.", module=title)


def _evaluation_returned(_item: Item, title: str) -> str:
    return _("Your coordinator has returned one of your evaluations in “%(module)s” with a comment.", module=title)


def _lapsed(item: Item, title: str) -> str:
    return ngettext(
        "The time for one evaluation in “%(module)s” was over. You can get another essay to evaluate.",
        "The time for %(num)s evaluations in “%(module)s” was over. You can get other essays to evaluate.",
        item.count,
        module=title,
    )


def _ready(item: Item, title: str) -> str:
    if item.waited:
        return ngettext(
            "Your waiting is over: one essay in “%(module)s” is ready for you to evaluate.",
            "Your waiting is over: %(num)s essays in “%(module)s” are ready for you to evaluate.",
            item.count,
            module=title,
        )
    return ngettext(
        "One essay in “%(module)s” is ready for you to evaluate.",
        "%(num)s essays in “%(module)s” are ready for you to evaluate.",
        item.count,
        module=title,
    )


def _evaluated(_item: Item, title: str) -> str:
    return _("Your essay in “%(module)s” has received its second evaluation.", module=title)


_SENTENCES: dict[Kind, Callable[[Item, str], str]] = {
    Kind.ESSAY_RETURNED: _essay_returned,
    Kind.EVALUATION_RETURNED: _evaluation_returned,
    Kind.LAPSED: _lapsed,
    Kind.READY: _ready,
    Kind.EVALUATED: _evaluated,
}
_DUE: dict[Step, Callable[[], str]] = {
    Step.TEST: lambda: _("The test in “%(module)s” is due %(when)s."),
    Step.ESSAY: lambda: _("Your essay in “%(module)s” is due %(when)s."),
    Step.EVALUATIONS: lambda: _("Your evaluations in “%(module)s” are due %(when)s."),
}
_STEPS: dict[Step, Callable[[], str]] = {
    Step.TEST: lambda: _("Open the test"),
    Step.ESSAY: lambda: _("Open your essay"),
    Step.EVALUATIONS: lambda: _("Open your evaluations"),
}
_ACTIONS: dict[Kind, Callable[[Item], str]] = {
    Kind.ESSAY_RETURNED: lambda _item: _("Read the comment and revise your essay"),
    Kind.EVALUATION_RETURNED: lambda _item: _("Read the comment and revise your evaluation"),
    Kind.LAPSED: lambda item: ngettext("Get another essay", "Get other essays", item.count),
    Kind.DUE: lambda item: _STEPS[item.step](),
    Kind.READY: lambda _item: _("Open the essay"),
    Kind.EVALUATED: lambda _item: _("Read the evaluations"),
}
