"""The images of a file: found, weighed, and known by what they are rather than by what they are called."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Callable
from urllib.parse import unquote, unquote_to_bytes

from lti_tool.exchange import limits
from lti_tool.exchange.found import Code, Image
from lti_tool.exchange.text import quoted

# Given an address as a text has it, the bytes and a file name; None where the file has no such image.
FindsImage = Callable[[str], tuple[str, bytes] | None]

_BEGINNINGS = (
    (re.compile(rb"\x89PNG\r\n\x1a\n"), "image/png"),
    (re.compile(rb"\xff\xd8\xff"), "image/jpeg"),
    (re.compile(rb"GIF8[79]a"), "image/gif"),
    (re.compile(rb"RIFF....WEBP", re.DOTALL), "image/webp"),
)
ENDINGS = {"image/png": ".png", "image/jpeg": ".jpg", "image/gif": ".gif", "image/webp": ".webp"}
_NOT_IN_NAMES = re.compile(r"[^\w.-]+|^\.+")
_OUTSIDE = re.compile(r"(?:https?:)?//", re.IGNORECASE)
_EMBEDDED = re.compile(r"data:[^,]{0,200}?(;base64)?,", re.IGNORECASE)


class Refused(Exception):
    """The image stays behind; the note says which and why."""

    def __init__(self, code: Code, **values: str | int) -> None:
        super().__init__(code)
        self.code = code
        self.values = values


class Images:
    """The images of one file. The same bytes are held once, however many questions show them."""

    def __init__(self) -> None:
        self.held: dict[bytes, bytes] = {}
        self.bytes = 0

    def take(self, address: str, alt: str, find: FindsImage) -> Image:
        """Refused when it is missing, outside, of another kind or too large."""
        found = _embedded(address) if address[:5].lower() == "data:" else find(address)
        name = quoted(unquote(address.partition("?")[0]).rpartition("/")[2], limits.QUOTED)
        if found is None:
            if _OUTSIDE.match(address):
                raise Refused(Code.IMAGE_OUTSIDE, name=quoted(address, limits.QUOTED))
            raise Refused(Code.IMAGE_MISSING, name=name)
        name, data = found
        media_type = media_type_of(data)
        if media_type is None:
            raise Refused(Code.IMAGE_KIND, name=quoted(name, limits.QUOTED))
        self._weigh(name, data)
        return Image(_file_name(name, media_type), media_type, self.held.setdefault(data, data), alt)

    def _weigh(self, name: str, data: bytes) -> None:
        if data in self.held:
            return
        if len(data) > limits.IMAGE_BYTES:
            raise Refused(Code.IMAGE_TOO_LARGE, name=name, most=limits.IMAGE_BYTES)
        if self.bytes + len(data) > limits.IMAGES_BYTES:
            raise Refused(Code.IMAGE_TOO_LARGE, name=name, most=limits.IMAGES_BYTES)
        self.bytes += len(data)


def media_type_of(data: bytes) -> str | None:
    return next((kind for beginning, kind in _BEGINNINGS if beginning.match(data)), None)


def nowhere(address: str) -> None:
    """For files that bring no images of their own."""


def from_base64(text: str | bytes) -> bytes:
    """Empty when it is none. Blanks and line ends do not count."""
    try:
        return base64.b64decode(re.sub(rb"\s+", b"", text.encode() if isinstance(text, str) else text))
    except (binascii.Error, ValueError):
        return b""


def _embedded(address: str) -> tuple[str, bytes] | None:
    match = _EMBEDDED.match(address)
    if match is None:
        return None
    payload = unquote_to_bytes(address[match.end() :])
    return "image", from_base64(payload) if match[1] else payload


def _file_name(name: str, media_type: str) -> str:
    """A plain file name of at most 100 characters, with an ending; the same for a name that is one already."""
    name = _NOT_IN_NAMES.sub("_", name.rpartition("/")[2])[-100:]
    name = _NOT_IN_NAMES.sub("_", name) or "image"
    ending = ENDINGS[media_type]
    return name if "." in name else name[: 100 - len(ending)] + ending
