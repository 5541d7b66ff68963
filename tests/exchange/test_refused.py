"""Files of which nothing is read, each with its reason; and what is refused within a file."""

from __future__ import annotations

import io
import random
import sys
import zipfile

import pytest

from lti_tool.exchange import limits
from lti_tool.exchange.found import Code, FoundOption, FoundQuestion, Unreadable, UnreadableFile
from lti_tool.exchange.reading import read
from lti_tool.exchange.safe_xml import open_xml
from lti_tool.exchange.writing import Format, write
from tests.exchange.questions import PNG
from tests.exchange.test_real_exports import FILES, packed

ITEM = (FILES / "qti21.xml").read_bytes()


def _entry(name: str, *, mode: int = 0, flag: int = 0) -> bytes:
    into = io.BytesIO()
    with zipfile.ZipFile(into, "w") as package:
        entry = zipfile.ZipInfo(name)
        entry.external_attr = mode << 16
        package.writestr(entry, ITEM)
    data = bytearray(into.getvalue())
    # Bit 0 of the flags says that an entry is encrypted; both its headers have them.
    data[6] |= flag
    data[data.index(b"PK\x01\x02") + 8] |= flag
    return bytes(data)


@pytest.mark.parametrize(
    ("data", "code", "line"),
    [
        (b" \n", Unreadable.EMPTY, None),
        (b"x" * (limits.FILE_BYTES + 1), Unreadable.TOO_LARGE, None),
        (b"%PDF-1.7 \0\1", Unreadable.UNKNOWN_FORMAT, None),
        (b"A letter to the editor", Unreadable.UNKNOWN_FORMAT, None),
        (b"<?xml version='1.0'?><html/>", Unreadable.UNKNOWN_FORMAT, None),
        (b"<quiz>\n<question>\n</quiz>", Unreadable.BROKEN_XML, 3),
        (b"<quiz>\n\n<!DOCTYPE a></quiz>", Unreadable.DOCTYPE, 3),
        (b"<!DOCTYPE quiz SYSTEM 'file:///etc/passwd'><quiz/>", Unreadable.DOCTYPE, 1),
        (b"<quiz>&amp;</quiz>", Unreadable.NO_QUESTIONS, None),
        (b"<?xml version='1.0' encoding='utf-7'?><quiz/>", Unreadable.ENCODING, 1),
        (b"Bl\x81b{=a ~b}", Unreadable.ENCODING, 1),
        (b"PK\x03\x04 and no more", Unreadable.BROKEN_ZIP, None),
        (_entry("../a.xml"), Unreadable.ZIP_PATHS, None),
        (_entry("/a.xml"), Unreadable.ZIP_PATHS, None),
        (_entry("C:\\a.xml"), Unreadable.ZIP_PATHS, None),
        (_entry("b\\..\\a.xml"), Unreadable.ZIP_PATHS, None),
        (_entry("a.xml", mode=0o120777), Unreadable.ZIP_PATHS, None),
        (_entry("a.xml", flag=1), Unreadable.ZIP_ENCRYPTED, None),
        (packed(**{"a.zip": packed(**{"a.xml": ITEM})}), Unreadable.NO_QUESTIONS, None),
        (packed(**{"a.xml": b"<quiz>" + bytes(3_000_000)}), Unreadable.ZIP_TOO_LARGE, None),
    ],
    ids=lambda value: "file" if isinstance(value, bytes) else str(value),
)
def test_a_file_is_refused_with_its_reason(data: bytes, code: Unreadable, line: int | None) -> None:
    with pytest.raises(UnreadableFile) as refused:
        read(data, "file")
    assert (refused.value.code, refused.value.line) == (code, line)


def test_a_package_that_says_less_than_it_holds_is_refused() -> None:
    data = bytearray(packed(**{"a.xml": b"<quiz>" + b" " * 900_000}))
    at = data.index(b"PK\x01\x02") + 24
    data[at : at + 4] = (100).to_bytes(4, "little")
    with pytest.raises(UnreadableFile):
        read(bytes(data), "file.zip")


@pytest.mark.parametrize(
    ("image", "code"),
    [
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", Code.IMAGE_KIND),
        (b"MZ\x90", Code.IMAGE_KIND),
        (PNG + random.Random(5).randbytes(limits.IMAGE_BYTES), Code.IMAGE_TOO_LARGE),
    ],
    ids=["svg", "program", "large"],
)
def test_an_image_is_known_by_what_it_is(image: bytes, code: Code) -> None:
    imported = read(packed(**{"a.xml": ITEM, "images/sign.png": image}), "items.zip")
    assert imported.questions[0].images == ()
    assert code in [note.code for note in imported.notes]


def _questions(count: int) -> list[FoundQuestion]:
    options = (FoundOption("ja", True, "Fordi"), FoundOption("nei & <nei>", False))
    return [FoundQuestion(f"Q{number}", f"Hva\ner {number}?", "single", options) for number in range(count)]


@pytest.mark.parametrize("file_format", Format)
def test_each_question_takes_as_much_work_as_the_one_before(file_format: Format) -> None:
    few, many = (_calls(write(_questions(count), file_format).data) for count in (40, 160))
    assert many < 4.5 * few


def _calls(data: bytes) -> int:
    """How many functions are called to read it: time without a clock."""
    calls = 0

    def count(frame: object, event: str, argument: object) -> None:
        nonlocal calls
        calls += event in ("call", "c_call")

    sys.setprofile(count)
    try:
        read(data, "file")
    finally:
        sys.setprofile(None)
    return calls


@pytest.mark.parametrize("file_format", Format)
def test_progress_goes_up_to_the_last_question(file_format: Format) -> None:
    told: list[tuple[int, int]] = []
    read(write(_questions(250), file_format).data, "file", lambda *step: told.append(step))
    assert told[-1] == (250, 250)
    assert told == sorted(told)
    assert len(told) <= 252


def test_questions_that_were_read_are_let_go() -> None:
    """The parser is a few ahead of the reader."""
    question = f"<question>{'x' * 10_000}</question>"
    document = open_xml(f"<quiz>{question * 40}</quiz>".encode(), "question")
    beside = [len(parent) for each in document.each("question") if (parent := each.getparent()) is not None]
    assert len(beside) == 40
    assert max(beside) < 10
