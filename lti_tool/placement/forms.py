"""Read what somebody chose. Anything that the page does not offer is refused."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum

from werkzeug.datastructures import MultiDict

from lti_tool.drafts import Unreadable, one_line
from lti_tool.lti.deep_linking.items import Link
from lti_tool.people.models import ID_LENGTH
from lti_tool.placement.choices import Choice
from lti_tool.texts import gettext as _

CHOICE = "choice"
TITLE = "title-"


class Wish(StrEnum):
    """Which button was used."""

    ADD = "add"
    CANCEL = "cancel"


@dataclass(frozen=True, slots=True)
class Selection:
    """The names of what was chosen, the titles as they were typed, and what is wrong, by the id of the field."""

    chosen: Collection[str] = ()
    titles: Mapping[str, str] = field(default_factory=dict)
    problems: Mapping[str, str] = field(default_factory=dict)

    def title_of(self, choice: Choice) -> str:
        return self.titles.get(choice.name) or choice.link.title

    def links(self, offered: Sequence[Choice]) -> list[Link]:
        """In the order in which they are offered."""
        chosen = [choice for choice in offered if choice.name in self.chosen]
        return [replace(choice.link, title=self.title_of(choice)) for choice in chosen]


def wish_in(form: MultiDict[str, str]) -> Wish:
    try:
        return Wish(form.get("action", ""))
    except ValueError as error:
        raise Unreadable("unknown button") from error


def selection_in(form: MultiDict[str, str], offered: Sequence[Choice], multiple: bool) -> Selection:
    """Raises `Unreadable` for a choice that is not offered. A title that is left empty is the one it had."""
    chosen = set(form.getlist(CHOICE))
    if chosen - {choice.name for choice in offered}:
        raise Unreadable("a choice that the page does not offer")
    typed = {choice.name: one_line(form.get(TITLE + choice.name, "")) for choice in offered}
    problems = {TITLE + name: _too_long() for name in sorted(chosen) if len(typed[name]) > ID_LENGTH}
    if len(chosen) > 1 and not multiple:
        first = next(choice.name for choice in offered if choice.name in chosen)
        problems = {f"{CHOICE}-{first}": _("Choose only one: your learning platform takes one link at a time.")}
    return Selection(chosen, typed, problems)


def _too_long() -> str:
    return _("A name has at most %(most)s characters.", most=ID_LENGTH)
