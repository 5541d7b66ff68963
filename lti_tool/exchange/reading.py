"""The way in: which format a file is of, and what it holds."""

from __future__ import annotations

import re

from lti_tool.exchange import limits
from lti_tool.exchange.aiken import looks_like_aiken, read_aiken
from lti_tool.exchange.drafts import Findings, Progress
from lti_tool.exchange.encodings import text_of
from lti_tool.exchange.found import Code, Imported, Unreadable, UnreadableFile
from lti_tool.exchange.gift import read_gift

_XML = re.compile(rb"(?:\xef\xbb\xbf|\xff\xfe|\xfe\xff)?[\s\0]*<[\0]?(?:\?\0?x\0?m\0?l|!|[a-zA-Z])")


def read(
    data: bytes, filename: str, progress: Progress | None = None, true_false: tuple[str, str] = ("True", "False")
) -> Imported:
    """All questions of a file, with a note for each that cannot be kept whole.

    `progress` is called now and then with how many questions are done, of how many. `true_false` are the words
    for the options of a true/false question that has none of its own. `filename` decides only between formats
    that the content leaves open. UnreadableFile when nothing can be read.
    """
    if not data.strip():
        raise UnreadableFile(Unreadable.EMPTY)
    if len(data) > limits.FILE_BYTES:
        raise UnreadableFile(Unreadable.TOO_LARGE)
    return _read_text(data, progress, true_false)


def _read_text(data: bytes, progress: Progress | None, true_false: tuple[str, str]) -> Imported:
    text, guessed = text_of(data)
    if "\n" not in text:
        text = text.replace("\r", "\n")
    is_aiken = looks_like_aiken(text)
    if not is_aiken and "{" not in text:
        raise UnreadableFile(Unreadable.UNKNOWN_FORMAT)
    findings = Findings("aiken" if is_aiken else "gift", 0, progress, true_false)
    if guessed:
        findings.about_file(Code.ENCODING, name=guessed)
    (read_aiken if is_aiken else read_gift)(text, findings)
    return findings.imported()
