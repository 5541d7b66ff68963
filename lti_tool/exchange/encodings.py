"""Bytes as text, whatever program wrote them."""

from __future__ import annotations

import codecs
import re

from lti_tool.exchange.found import Unreadable, UnreadableFile

_BOMS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
_DECLARED = re.compile(rb"\s*<\?xml\b[^>]{0,200}?\bencoding\s*=\s*[\"']([\w.-]{1,40})[\"']")
_XML_ENCODINGS = {
    "utf8": "utf-8",
    "utf-8": "utf-8",
    "us-ascii": "utf-8",
    "ascii": "utf-8",
    # Browsers read Latin-1 as windows-1252, and so do the programs that write it.
    "iso-8859-1": "windows-1252",
    "latin1": "windows-1252",
    "windows-1252": "windows-1252",
    "cp1252": "windows-1252",
    "iso-8859-15": "iso-8859-15",
}


def text_of(data: bytes) -> tuple[str, str]:
    """The text, and the encoding when it was a guess (else empty). UnreadableFile when it is no text."""
    for bom, encoding in _BOMS:
        if data.startswith(bom):
            return _decoded(data[len(bom) :], encoding), ""
    if b"\0" in data:
        raise UnreadableFile(Unreadable.UNKNOWN_FORMAT)
    try:
        return data.decode("utf-8"), ""
    except UnicodeDecodeError:
        return _decoded(data, "windows-1252"), "windows-1252"


def utf8_of(data: bytes) -> bytes:
    """XML in UTF-8, without a byte order mark; what its declaration says of the encoding is no longer true."""
    for bom, encoding in _BOMS:
        if data.startswith(bom):
            data = data[len(bom) :]
            return data if encoding == "utf-8" else _decoded(data, encoding).encode("utf-8", "replace")
    declared = _DECLARED.match(data)
    name = declared[1].decode().lower() if declared else "utf-8"
    encoding = _XML_ENCODINGS.get(name, "")
    if not encoding:
        raise UnreadableFile(Unreadable.ENCODING, 1)
    return data if encoding == "utf-8" else _decoded(data, encoding).encode()


def _decoded(data: bytes, encoding: str) -> str:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        raise UnreadableFile(Unreadable.ENCODING, data.count(b"\n", 0, error.start) + 1) from None
