"""Files made to hurt: each small or within the limit, and a gigabyte to a careless reader."""

from __future__ import annotations

import io
import random
import zipfile
from collections.abc import Callable

from lti_tool.exchange import limits
from tests.exchange.questions import PNG

_FULL = limits.FILE_BYTES - 1_000
_MOODLE = '<question type="multichoice"><questiontext><text>{}</text></questiontext>{}</question>'
_ANSWERS = '<answer fraction="100"><text>a</text></answer><answer fraction="0"><text>b</text></answer>'


def _quiz(inside: str, times: int | None = None) -> bytes:
    return f"<quiz>{inside * (times or _FULL // len(inside))}</quiz>".encode()


def _package(*entries: tuple[str, bytes]) -> bytes:
    into = io.BytesIO()
    with zipfile.ZipFile(into, "w") as package:
        for name, data in entries:
            # How small it gets does not matter, how soon does.
            package.writestr(name, data, zipfile.ZIP_DEFLATED, 1)
    return into.getvalue()


def _billion_laughs() -> bytes:
    entities = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
    return f'<!DOCTYPE quiz [<!ENTITY l0 "ha">{entities}]><quiz>&l9;</quiz>'.encode()


def _many_entries() -> bytes:
    return _package(*((f"{number}.xml", b"<a/>") for number in range(limits.ZIP_ENTRIES + 1)))


def _images_often() -> bytes:
    item = (
        '<item><presentation><material><mattext texttype="text/html">&lt;img src="{}.png"&gt;</mattext></material>'
        '<response_lid rcardinality="Single"><render_choice/></response_lid></presentation></item>'
    )
    items = "".join(item.format(number) for number in range(20)) * 200
    # Just regular enough to be packed into the file, and not so regular as to be refused for it.
    noise = random.Random(5).randbytes(20_000)
    image = PNG + noise + bytes(limits.IMAGE_BYTES - len(PNG + noise))
    xml = f"<questestinterop>{items}</questestinterop>".encode()
    return _package(("q.xml", xml), *((f"{number}.png", image) for number in range(20)))


def _long_questions() -> bytes:
    """As much text as a package holds, in the widest letters."""
    chance = random.Random(5)
    texts = ("😀" + chance.randbytes(1_500).hex() for _number in range(4_500))
    items = "".join(_MOODLE.format(text, _ANSWERS) for text in texts)
    return _package(("q.xml", f"<quiz>{items}</quiz>".encode()), ("r.xml", f"<quiz>{items[:-9]}".encode()))


def _attributes() -> bytes:
    return ("<quiz " + " ".join(f"a{number}=''" for number in range(1_300_000)) + "/>").encode()


EVIL: dict[str, Callable[[], bytes]] = {
    "empty elements": lambda: _quiz("<a/>"),
    "empty elements in a question": lambda: b"<quiz><question>" + b"<a/>" * (_FULL // 4),
    "empty questions": lambda: _quiz("<question/>"),
    "as many questions as may be": lambda: _quiz(_MOODLE.format("x" * 300, _ANSWERS), limits.QUESTIONS),
    "elements between questions": lambda: _quiz("<question/>" + "<a/>" * 3_000),
    "attributes": _attributes,
    "deep": lambda: _quiz("<a>"),
    "one long text": lambda: _quiz(_MOODLE.format("x" * (9 * 1024 * 1024), _ANSWERS), 1),
    "wide HTML": lambda: _quiz(_MOODLE.format("&lt;b&gt;" * 900_000, _ANSWERS), 1),
    "deep HTML": lambda: _quiz(_MOODLE.format("&lt;b&gt;" * 90_000, _ANSWERS), 1),
    "many pictures": lambda: _quiz(_MOODLE.format("&lt;img src=a&gt;" * 2_000, _ANSWERS), 40),
    "comments": lambda: _quiz("<!---->", 500_000),
    "open comments": lambda: _quiz("<!--"),
    "laughs": _billion_laughs,
    "empty GIFT": lambda: b"{}\n\n" * (_FULL // 4),
    "lines": lambda: b"{" + b"\n" * 4_000_000,
    "one GIFT line": lambda: "😀{=".encode() * (_FULL // 6),
    "GIFT options": lambda: b"a{" + b"~" * 900_000 + b"}",
    "GIFT escapes": lambda: b"a{" + b"\\~" * 400_000 + b"=b ~c}",
    "GIFT categories": lambda: b"$CATEGORY: a\n\n" * (_FULL // 14) + b"{",
    "GIFT brackets": lambda: b"a{=" + b"\\(" * 9_000 + b" ~b}",
    "GIFT comments": lambda: b"//[tag:\\\n" * (_FULL // 9) + b"{",
    "Aiken": lambda: b"q\nA. a\nANSWER: A\n" * (_FULL // 17),
    "Aiken options": lambda: b"q\n" + b"A. a\n" * (_FULL // 5) + b"\nANSWER: A\n",
    "zip bomb": lambda: _package(("q.xml", b"<quiz>" + bytes(60 * 1024 * 1024))),
    "zip of zeros in small pieces": lambda: _package(*((f"{n}.xml", bytes(900 * 1024)) for n in range(100))),
    "zip entries": _many_entries,
    "zip of large images": _images_often,
    "zip of long questions": _long_questions,
    "zip of elements": lambda: _package(("q.xml", b"<quiz>" + 150 * b"".join(b"<a>%d</a>" % n for n in range(10_000)))),
}
