"""The way in: which format a file is of, and what it holds."""

from __future__ import annotations

import re
from collections.abc import Callable

from lti_tool.exchange import limits
from lti_tool.exchange.aiken import looks_like_aiken, read_aiken
from lti_tool.exchange.drafts import Findings, Progress
from lti_tool.exchange.encodings import text_of, utf8_of
from lti_tool.exchange.found import Code, Imported, LeftOut, Unreadable, UnreadableFile
from lti_tool.exchange.gift import read_gift
from lti_tool.exchange.images import FindsImage, nowhere
from lti_tool.exchange.moodle import read_moodle
from lti_tool.exchange.packages import Package, is_package
from lti_tool.exchange.qti1 import read_qti1
from lti_tool.exchange.qti2 import read_qti2
from lti_tool.exchange.safe_xml import Document, open_xml

_UNITS = ("question", "item", "assessmentItem", "qti-assessment-item")
_READERS: dict[str, tuple[str, Callable[[Document, Findings, FindsImage, str], None]]] = {
    "quiz": ("moodle_xml", read_moodle),
    "questestinterop": ("qti_1", read_qti1),
    "assessmentitem": ("qti_2", read_qti2),
    "qti-assessment-item": ("qti_3", read_qti2),
}
_ROOTS = rb"quiz|questestinterop|assessmentItem|assessmentTest|qti-assessment-item|qti-assessment-test"
_ROOT = re.compile(rb"<(?:[\w.-]+:)?([A-Za-z][\w.-]*)")
_COMMENT = re.compile(rb"<!--.*?-->", re.DOTALL)
_XML = re.compile(rb"\s*<(?:\?xml|!DOCTYPE|!--|(?:[\w.-]+:)?(?:" + _ROOTS + rb")\b)", re.IGNORECASE)


def read(
    data: bytes, filename: str, progress: Progress | None = None, true_false: tuple[str, str] = ("True", "False")
) -> Imported:
    """All questions of a file, with a note for each that cannot be kept whole.

    `progress` is called now and then with how many questions are done, of how many. `true_false` are the words
    for the options of a true/false question that has none of its own. UnreadableFile when nothing can be read.
    """
    if not data.strip():
        raise UnreadableFile(Unreadable.EMPTY)
    if len(data) > limits.FILE_BYTES:
        raise UnreadableFile(Unreadable.TOO_LARGE)
    findings = Findings(progress=progress, true_false=true_false)
    if is_package(data):
        _read_package(Package(data), findings)
    elif is_xml(data):
        _read_document(open_xml(utf8_of(data), *_UNITS), findings)
    else:
        _read_text(data, findings)
    return findings.imported()


def is_xml(data: bytes) -> bool:
    # A byte order mark and the zeros of UTF-16 aside.
    return bool(_XML.match(data[:400].lstrip(b"\xef\xbb\xbf\xff\xfe").replace(b"\0", b"")))


def _read_package(package: Package, findings: Findings) -> None:
    names = [name for name in package.documents() if not (_is_manifest(name) or _is_double(name, package))]
    # Until it is opened, a document counts for one question.
    findings.expected = len(names)
    for name in names:
        data = package.read(name)
        root = _root(data)
        if root not in _READERS:
            findings.expected -= 1
            continue
        document = open_xml(utf8_of(data), *_UNITS)
        findings.expected += document.units - 1
        try:
            _read_document(document, findings, package.images_beside(name), name)
        except UnreadableFile as broken:
            # One damaged item among many is told as such; what else a damaged file held nobody knows.
            if broken.code is not Unreadable.BROKEN_XML or document.units > 1:
                raise
            with findings.question(line=broken.line, file=name):
                raise LeftOut(Code.NOT_UNDERSTOOD) from None


def _is_manifest(name: str) -> bool:
    return name.rpartition("/")[2].lower() == "imsmanifest.xml"


def _is_double(name: str, package: Package) -> bool:
    """A Canvas course has each quiz twice: for everyone, and whole for Canvas."""
    folder, _slash, file = name.rpartition("/")
    whole = f"non_cc_assessments/{folder.rpartition('/')[2]}.xml.qti"
    return file == "assessment_qti.xml" and whole in package.entries


def _root(data: bytes) -> str:
    match = _ROOT.search(_COMMENT.sub(b"", data[:4096].replace(b"\0", b"")))
    return match[1].decode().lower() if match else ""


def _read_document(document: Document, findings: Findings, find: FindsImage = nowhere, file: str = "") -> None:
    reader = _READERS.get(document.root)
    if reader is None:
        raise UnreadableFile(Unreadable.UNKNOWN_FORMAT)
    findings.expected = max(findings.expected, document.units)
    findings.format = findings.format or reader[0]
    reader[1](document, findings, find, file)


def _read_text(data: bytes, findings: Findings) -> None:
    text, guessed = text_of(data)
    if "\n" not in text:
        text = text.replace("\r", "\n")
    is_aiken = looks_like_aiken(text)
    if not is_aiken and "{" not in text:
        raise UnreadableFile(Unreadable.UNKNOWN_FORMAT)
    findings.format = "aiken" if is_aiken else "gift"
    if guessed:
        findings.about_file(Code.ENCODING, name=guessed)
    (read_aiken if is_aiken else read_gift)(text, findings)
