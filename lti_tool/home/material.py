"""What a module gives people besides its reading: videos, and topics on pages of their own."""

from __future__ import annotations

from dataclasses import dataclass

from lti_tool.errors import NotFound
from lti_tool.programme.content import ModuleText, Topic, Video
from lti_tool.programme.video_hosts import Embed, embed_of


@dataclass(frozen=True, slots=True)
class Film:
    """A video as a page shows it; without `embed` it is there as its transcript only."""

    video: Video
    embed: Embed | None


@dataclass(frozen=True, slots=True)
class Place:
    """A topic among those of its module."""

    topic: Topic
    previous: Topic | None
    next: Topic | None


def films_of(text: ModuleText) -> list[Film]:
    return [Film(video, embed_of(video.url) if video.url else None) for video in text.videos]


def origins_of(films: list[Film]) -> list[str]:
    """The hosts that the page may show in a frame."""
    return sorted({film.embed.origin for film in films if film.embed})


def place_of(text: ModuleText, key: str) -> Place:
    """Raises `NotFound` for a topic that the module does not have."""
    keys = [topic.key for topic in text.topics]
    if key not in keys:
        raise NotFound("the module does not have this topic")
    number = keys.index(key)
    beside = (None, *text.topics, None)
    return Place(text.topics[number], beside[number], beside[number + 2])
