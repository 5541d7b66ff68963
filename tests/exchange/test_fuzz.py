"""Ten thousand broken files: each is read, or refused with a reason."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from lti_tool.exchange.found import FoundOption, FoundQuestion, Image, Imported, UnreadableFile
from lti_tool.exchange.reading import read
from lti_tool.exchange.writing import Format, write
from tests.exchange.questions import PNG
from tests.exchange.test_real_exports import packed

FILES = sorted((Path(__file__).parent / "files").iterdir())
_INSERTED = [
    b"<", b">", b"{", b"}", b"~", b"=", b"\\", b"::", b"\0", b"\xff", b"]]>", b"<![CDATA[", b"<!DOCTYPE a>", b"&a;",
    b"<question>", b"</text>", b"<item/>", b"<img src='a.png'>", b"&lt;img src=x&gt;", b"\xf0\x9f\x98", b"\n\n",
    b"PK\x01\x02", b'fraction="1e999"', b"<value>A</value>", b"$CATEGORY:", b"ANSWER: A\n", b"%nan%", b"../",
]  # fmt: skip
_QUESTION = FoundQuestion(
    "Navn", "Hva?", "multiple", (FoundOption("ja", True, "Bra"), FoundOption("nei", False)),
    images=(Image("a.png", "image/png", PNG),),
)  # fmt: skip


def _seeds() -> list[bytes]:
    singles = [file.read_bytes() for file in FILES]
    # Few questions each, so that ten thousand files are soon read.
    items = [packed(**{"a.xml": file.read_bytes(), "images/sign.png": PNG}) for file in FILES if file.suffix == ".xml"]
    return singles + items + [write([_QUESTION], file_format).data for file_format in Format]


def _broken(seed: bytes, chance: random.Random) -> bytes:
    data = bytearray(seed)
    for _ in range(chance.randint(1, 3)):
        start = chance.randrange(len(data) + 1)
        end = min(len(data), start + chance.choice((1, 4, 30, 400)))
        match chance.randrange(6):
            case 0:
                del data[start:]
            case 1:
                del data[start:end]
            case 2:
                data[start:start] = chance.choice(_INSERTED)
            case 3:
                data[start:end] = chance.randbytes(end - start)
            case 4:
                data[start:start] = data[chance.randrange(len(data) + 1) :][:200]
            case _:
                data[start : start + 1] = bytes([chance.randrange(256)])
    return bytes(data)


@pytest.mark.parametrize("part", range(4))
def test_a_broken_file_is_read_or_refused(part: int) -> None:
    chance, seeds = random.Random(part), _seeds()
    outcomes = {"read": 0, "refused": 0}
    for number in range(2_500):
        data = _broken(seeds[number % len(seeds)], chance)
        try:
            found = read(data, "broken")
            assert isinstance(found, Imported)
            assert all(len(question.options) > 1 for question in found.questions)
            outcomes["read"] += 1
        except UnreadableFile:
            outcomes["refused"] += 1
    assert min(outcomes.values()) > 100
