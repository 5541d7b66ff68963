"""The only hosts that videos may lie on, and the address under which each gives a video for a frame of another page.

Where a host has an address that sets no cookies before the video is played, it is that. The forms are those of
https://developers.google.com/youtube/player_parameters (youtube-nocookie.com: "privacy-enhanced mode" in
https://support.google.com/youtube/answer/171780), https://developer.vimeo.com/player/sdk/embed (`dnt`), and
https://support.panopto.com/s/article/Embed-a-Video.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from urllib.parse import parse_qs, urlsplit

# What people are told when an address is refused.
NAMES = ("YouTube", "Vimeo", "Panopto")

_YOUTUBE_ID = r"[A-Za-z0-9_-]{11}"
_YOUTUBE_PATH = re.compile(rf"/(?:embed|shorts|live|v)/({_YOUTUBE_ID})/?")
_YOUTUBE_SHORT = re.compile(rf"/({_YOUTUBE_ID})/?")
_VIMEO_PATH = re.compile(r"/(?:video/)?([0-9]{1,12})(?:/([0-9a-f]{6,32}))?/?")
_VIMEO_HASH = re.compile(r"[0-9a-f]{6,32}")
_PANOPTO_HOST = re.compile(r"[a-z0-9-]+\.(?:cloud\.panopto\.eu|hosted\.panopto\.com)")
_PANOPTO_PATH = re.compile(r"/Panopto/Pages/(?:Viewer|Embed)\.aspx")
_PANOPTO_ID = re.compile(r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")

Query = Mapping[str, list[str]]


@dataclass(frozen=True, slots=True)
class Embed:
    """Where a frame gets the video from; `host` is all that is contacted before it plays."""

    host: str
    address: str

    @property
    def origin(self) -> str:
        return f"https://{self.host}"


def embed_of(url: str) -> Embed | None:
    """Of the address under which people watch a video; None where it is not that of a video on a host listed here."""
    try:
        parts = urlsplit(url)
        plain = parts.scheme == "https" and parts.netloc == parts.hostname
    except ValueError:
        return None
    if not plain:
        return None
    host, query = parts.netloc, parse_qs(parts.query)
    read = _panopto if _PANOPTO_HOST.fullmatch(host) else _READERS.get(host)
    return read(host, parts.path, query) if read else None


def _youtube(_host: str, path: str, query: Query) -> Embed | None:
    found = _YOUTUBE_PATH.fullmatch(f"/v/{_first(query, 'v')}" if path == "/watch" else path)
    return _nocookie(found[1]) if found else None


def _youtube_short(_host: str, path: str, _query: Query) -> Embed | None:
    found = _YOUTUBE_SHORT.fullmatch(path)
    return _nocookie(found[1]) if found else None


def _nocookie(video: str) -> Embed:
    host = "www.youtube-nocookie.com"
    return Embed(host, f"https://{host}/embed/{video}")


def _vimeo(_host: str, path: str, query: Query) -> Embed | None:
    """A video that is not listed publicly has a hash as well."""
    found = _VIMEO_PATH.fullmatch(path)
    if found is None:
        return None
    secret = found[2] or _first(query, "h")
    shared = f"&h={secret}" if _VIMEO_HASH.fullmatch(secret) else ""
    return Embed("player.vimeo.com", f"https://player.vimeo.com/video/{found[1]}?dnt=1{shared}")


def _panopto(host: str, path: str, query: Query) -> Embed | None:
    video = _first(query, "id")
    if not _PANOPTO_PATH.fullmatch(path) or not _PANOPTO_ID.fullmatch(video):
        return None
    return Embed(host, f"https://{host}/Panopto/Pages/Embed.aspx?id={video}&autoplay=false")


def _first(query: Query, name: str) -> str:
    return query.get(name, [""])[0]


_READERS: dict[str, Callable[[str, str, Query], Embed | None]] = {
    "www.youtube.com": _youtube,
    "youtube.com": _youtube,
    "m.youtube.com": _youtube,
    "www.youtube-nocookie.com": _youtube,
    "youtu.be": _youtube_short,
    "vimeo.com": _vimeo,
    "player.vimeo.com": _vimeo,
}
