"""What a word is, on the server and in the browser."""

import base64
import json
import random
import shutil
import subprocess
import unicodedata
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lti_tool.paths import PACKAGE
from lti_tool.reflection.words import count_words
from tests.databases import skip_or_fail

WORDS_JS = PACKAGE / "static" / "js" / "words.js"
TRICKY = (
    ("", 0),
    ("   \n\t ", 0),
    ("one", 1),
    ("one two", 2),
    ("one\u00a0two\u2003three\u200bfour", 4),
    ("Det er ærlig talt på høy tid, så å si.", 10),
    ("e-læring isn’t isn't 'quoted'", 4),
    ("rock‐solid non‑breaking", 2),
    ("300–500 words—or so", 5),
    ("well-- no", 2),
    ("- a\n- b\n* c", 3),
    ("1. first\n2) second\n   10. third", 3),
    ("In 2024. That year", 4),
    ("# Heading\n\n**bold** _italic_ `code` ~~gone~~", 5),
    ("snake_case", 2),
    ("[the text](https://example.org/a-b?c=d)", 2),
    ("https://example.org/a-b", 4),
    ("![alt](x.png) [a] (b)", 3),
    ("👍 👩🏽‍🚀 ❤️ 🇳🇴", 0),
    ("1️⃣ 2️⃣", 2),
    ("cafe\u0301 nai\u0308ve", 2),
    ("\u0301 \ufe0f", 0),
    ("sam\u00adarbeid \ufeffstart", 2),
    ("3.14 3,5", 4),
    ("x² ½ Ⅷ", 3),
    ("日本語 です", 2),
    ("नमस्ते دنیا", 2),
    ("ΑΒΓ Straße ﬁn", 3),
    ("a\x00b\x07c", 3),
    ("a\r\nb\rc", 3),
    ("1\\. not a list", 4),
    ("> 1. quoted", 1),
    ("| a | b |\n|---|---|", 2),
    ("'' -- - ’ '-'", 0),
)


@pytest.mark.parametrize(("text", "words"), TRICKY)
def test_words_are_counted_as_people_would(text: str, words: int) -> None:
    assert count_words(text) == words


@given(
    st.lists(st.text("abcæøå0123456789", min_size=1), max_size=30), st.sampled_from([" ", "\n", ", ", " – ", "\u00a0"])
)
def test_n_words_between_separators_are_n_words(words: list[str], separator: str) -> None:
    assert count_words("x" + separator + separator.join(words)) == 1 + len(words)


@given(st.text(), st.text())
def test_texts_in_two_paragraphs_have_the_words_of_both(first: str, second: str) -> None:
    assert count_words(f"{first}\n\n{second}") == count_words(first) + count_words(second)


LIKELY = [
    *"aæøåÉ1²'’-‐‑–_*#`~>|![]().,\u00a0\u00ad\u0301\ufe0f\u200d\u200b\u2060\ufeff \t\n👍🏽",
    "1. ",
    "](",
    "[x](",
    "ord",
]
# Assigned since Unicode 14 or earlier, which Python 3.11 knows; a browser may know more.
ASSIGNED = [chr(code) for code in range(0x20000) if unicodedata.category(chr(code)) not in ("Cn", "Cs")]


def test_the_browser_counts_the_same() -> None:
    chance = random.Random(20260901)
    likely = ["".join(chance.choices(LIKELY, k=chance.randrange(25))) for _ in range(3000)]
    anything = ["".join(chance.choices(ASSIGNED, k=40)) for _ in range(3000)]
    texts = [*(text for text, _ in TRICKY), *likely, *anything]
    differing = [
        (text, ours, theirs)
        for text, ours, theirs in zip(texts, map(count_words, texts), counted_by_the_browser(texts), strict=True)
        if ours != theirs
    ]
    assert differing == []


def counted_by_the_browser(texts: list[str]) -> list[int]:
    """Run the page's own module; older releases of Node need it as a data address to see that it is a module."""
    node = shutil.which("node")
    if node is None:
        skip_or_fail("Node is not installed (Debian: apt-get install nodejs)")
        raise AssertionError("unreachable")
    source = base64.b64encode(Path(WORDS_JS).read_bytes()).decode()
    program = f"""
        import {{ countWords }} from "data:text/javascript;base64,{source}";
        let input = "";
        for await (const chunk of process.stdin.setEncoding("utf8")) input += chunk;
        console.log(JSON.stringify(JSON.parse(input).map(countWords)));
    """
    done = subprocess.run(
        [node, "--input-type=module", "-e", program],
        input=json.dumps(texts),
        capture_output=True,
        text=True,
        check=True,
    )
    counts: list[int] = json.loads(done.stdout)
    return counts
