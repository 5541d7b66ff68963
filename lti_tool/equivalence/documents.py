"""Files that people hand in as proof: known by what they are rather than by what they are called. Pure."""

from __future__ import annotations

import enum
import re
from dataclasses import dataclass, field

FILE_BYTES = 10 * 1024 * 1024
_LONGEST_NAME = 100
_KINDS = (
    (b"%PDF-", "application/pdf", "pdf"),
    (b"\x89PNG\r\n\x1a\n", "image/png", "png"),
    (b"\xff\xd8\xff", "image/jpeg", "jpg"),
)
_UNFIT = re.compile(r"[^\w .()-]+")


class Refused(enum.StrEnum):
    TOO_LARGE = "too-large"
    KIND = "kind"


class RefusedDocument(Exception):
    def __init__(self, code: Refused) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class Document:
    filename: str
    media_type: str
    data: bytes = field(repr=False)


def document_of(filename: str, data: bytes) -> Document:
    """With a name that says what it is. RefusedDocument for what is too large, or neither PDF, PNG nor JPEG."""
    if len(data) > FILE_BYTES:
        raise RefusedDocument(Refused.TOO_LARGE)
    for beginning, media_type, ending in _KINDS:
        if data.startswith(beginning):
            return Document(_named(filename, ending), media_type, data)
    raise RefusedDocument(Refused.KIND)


def _named(filename: str, ending: str) -> str:
    """Without folders and signs that mean something to some system."""
    name = filename.replace("\\", "/").rpartition("/")[2].rpartition(".")[0]
    plain = _UNFIT.sub(" ", name).strip(" .")[:_LONGEST_NAME].strip(" .")
    return f"{plain or 'document'}.{ending}"
