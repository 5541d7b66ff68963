"""What two texts have in common, word for word, whatever their case, punctuation and layout.

A text stands as its shingles, the hashes of each run of `SHINGLE` words. Of these only the fingerprints are kept,
chosen by winnowing: the smallest hash of each `WINDOW` shingles in a row. Two texts that share `GUARANTEED` words in a
row share a fingerprint; those that share fewer than `SHINGLE` share none.
Schleimer, Wilkerson, Aiken: Winnowing. Local Algorithms for Document Fingerprinting. SIGMOD 2003,
https://theory.stanford.edu/~aiken/publications/papers/sigmod03.pdf
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Container, Iterable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from itertools import groupby

SHINGLE = 8
WINDOW = 5
GUARANTEED = SHINGLE + WINDOW - 1

_WORD = re.compile(r"[^\W_]+")
# Soft hyphen, zero-width characters, word joiner, byte order mark: no reader sees them, and they must not hide a copy.
_INVISIBLE = dict.fromkeys(map(ord, "\u00ad\u200b\u200c\u200d\u2060\ufeff"))


@dataclass(frozen=True, slots=True)
class Span:
    """Characters from `start` up to `end` of a text as `plain` gives it."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Passage:
    """A run of words that stands in both texts; `there` is the place of its counterpart in the list of the other's."""

    span: Span
    there: int


@dataclass(frozen=True, slots=True)
class Comparison:
    """`share` is how many of the words of `here`, in [0, 1], stand in passages that `there` has, too."""

    share: float
    words: int
    here: tuple[Passage, ...]
    there: tuple[Passage, ...]


def plain(text: str) -> str:
    """The text with each character in one way only, and without those that nobody sees."""
    return unicodedata.normalize("NFC", text.translate(_INVISIBLE))


def shingles(text: str) -> list[int]:
    """The hashes, signed and of 64 bits, of each run of `SHINGLE` words, in order; none of a shorter text."""
    return _hashes(_words(text))


def fingerprints(text: str, ignored: Container[int] = frozenset()) -> set[int]:
    """Those shingles that stand for the text; none that is `ignored`, such as what it quotes of its material."""
    chosen: set[int] = set()
    hashes = [None if shingle in ignored else shingle for shingle in shingles(text)]
    # A text shorter than a window is one window.
    for end in range(min(WINDOW, len(hashes)), len(hashes) + 1):
        window = [shingle for shingle in hashes[max(0, end - WINDOW) : end] if shingle is not None]
        chosen.update([min(window)] if window else [])
    return chosen


def compare(here: str, there: str, ignored: Container[int] = frozenset()) -> Comparison:
    """The passages that both texts have, leaving out those that consist of `ignored` shingles."""
    ours, theirs = _Read(here), _Read(there)
    common = {shingle for shingle in set(ours.hashes) & set(theirs.hashes) if shingle not in ignored}
    our_runs, their_runs = ours.runs(common), theirs.runs(common)
    words = sum(len(run) for run in our_runs)
    return Comparison(
        share=words / len(ours.words) if words else 0.0,
        words=words,
        here=ours.passages(our_runs, their_runs, theirs.places(common)),
        there=theirs.passages(their_runs, our_runs, ours.places(common)),
    )


class _Read:
    """A text as its words and shingles."""

    def __init__(self, text: str) -> None:
        self.spans = [Span(*found.span()) for found in _WORD.finditer(plain(text))]
        self.words = _words(text)
        self.hashes = _hashes(self.words)

    def runs(self, common: Collection[int]) -> list[range]:
        """The words that common shingles cover, as ranges that neither touch nor overlap."""
        begun = [at for at, shingle in enumerate(self.hashes) if shingle in common]
        covered = sorted({word for at in begun for word in range(at, at + SHINGLE)})
        # Words in a row keep their distance to their place in the list.
        rows = groupby(enumerate(covered), lambda pair: pair[1] - pair[0])
        return [range(run[0][1], run[-1][1] + 1) for run in (list(group) for _distance, group in rows)]

    def places(self, common: Collection[int]) -> dict[int, int]:
        """The word at which each common shingle stands first."""
        return {shingle: at for at, shingle in reversed(list(enumerate(self.hashes))) if shingle in common}

    def passages(
        self, runs: Sequence[range], others: Sequence[range], places: Mapping[int, int]
    ) -> tuple[Passage, ...]:
        return tuple(
            Passage(
                Span(self.spans[run[0]].start, self.spans[run[-1]].end),
                # A run begins with a common shingle.
                next(number for number, other in enumerate(others) if places[self.hashes[run[0]]] in other),
            )
            for run in runs
        )


def _words(text: str) -> list[str]:
    return [unicodedata.normalize("NFKC", word).casefold() for word in _WORD.findall(plain(text))]


def _hashes(words: Sequence[str]) -> list[int]:
    return [_hash(words[first : first + SHINGLE]) for first in range(len(words) - SHINGLE + 1)]


def _hash(words: Iterable[str]) -> int:
    # Stored, so it must be the same in every process and version, which Python's own is not.
    return int.from_bytes(blake2b(" ".join(words).encode(), digest_size=8).digest(), signed=True)
