"""What a word is, here and in `static/js/words.js`, which must say the same; a test compares the two.

A word begins with a letter or digit of any script and goes on with letters, digits and combining marks. A single
apostrophe or hyphen between two such runs keeps them one word ("isn't", "e-læring"); two dots, a slash, a dash or
underscores do not. Markdown's marks are no words: numbers of ordered lists and the addresses behind links are left out.
"""

from __future__ import annotations

import re
import unicodedata

# Only constructs that Python and JavaScript understand alike: no \s, \d or multi-line ^, which differ.
_LIST_NUMBER = re.compile(r"(^|\n)([ \t>]*)[0-9]{1,9}[.)](?=[ \t])")
_ADDRESS = re.compile(r"\]\([^()\n]*\)")
_WORD = re.compile(r"a[am]*(?:-a[am]*)*")
# Straight and curly apostrophe; hyphen-minus, hyphen and non-breaking hyphen.
_JOINERS = frozenset("'’-‐‑")
# Soft hyphen, zero-width (non-)joiner, word joiner, byte order mark: no reader sees them.
_INVISIBLE = frozenset("\u00ad\u200c\u200d\u2060\ufeff")


def count_words(text: str) -> int:
    shown = _ADDRESS.sub("]", _LIST_NUMBER.sub(r"\1\2", text))
    return len(_WORD.findall("".join(map(_shape, shown))))


def _shape(character: str) -> str:
    """`a` for a letter or digit, `m` for a combining mark, `-` for a joiner, nothing for what is invisible."""
    if character in _JOINERS:
        return "-"
    if character in _INVISIBLE:
        return ""
    return {"L": "a", "N": "a", "M": "m"}.get(unicodedata.category(character)[0], " ")
