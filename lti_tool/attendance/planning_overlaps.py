"""Which dates are the same as others, and which are in each other's way. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Protocol, TypeVar


class Planned(Protocol):
    """What both a date that is stored and one that is to be have."""

    @property
    def meeting_key(self) -> str: ...
    @property
    def starts_at(self) -> datetime: ...
    @property
    def ends_at(self) -> datetime: ...
    @property
    def place(self) -> str: ...
    @property
    def town(self) -> str: ...
    @property
    def online_url(self) -> str: ...
    @property
    def language(self) -> str: ...
    @property
    def leader(self) -> str: ...


Found = TypeVar("Found", bound=Planned)


def same_as(one: Planned, others: Iterable[Found]) -> Found | None:
    """Another date of the same meeting at the same time and place, in the same language and with the same leader."""
    return next((other for other in others if _identity(other) == _identity(one)), None)


def in_the_way(one: Planned, others: Iterable[Found]) -> Found | None:
    """Another date at an overlapping time that needs the same room, link or leader."""
    return next((other for other in others if other is not one and _overlap(one, other) and _share(one, other)), None)


def _identity(one: Planned) -> tuple[object, ...]:
    texts = (one.place, one.town, one.online_url, one.leader, one.language)
    return one.meeting_key, one.starts_at, *(text.casefold() for text in texts)


def _overlap(one: Planned, other: Planned) -> bool:
    return one.starts_at < other.ends_at and other.starts_at < one.ends_at


def _share(one: Planned, other: Planned) -> bool:
    same_room = bool(one.place) and (_plain(one.place), _plain(one.town)) == (_plain(other.place), _plain(other.town))
    same_link = bool(one.online_url) and one.online_url == other.online_url
    return same_room or same_link or (bool(one.leader) and _plain(one.leader) == _plain(other.leader))


def _plain(text: str) -> str:
    return text.casefold()
