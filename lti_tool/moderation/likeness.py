"""How much of one evaluation stands in another.

Two steps, because ten thousand others are too many for a close look: samples of three words find the few that are worth
it; there, the passages of some words that both share are measured.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Collection, Hashable, Iterable, Mapping, Sequence
from heapq import nlargest
from itertools import chain
from typing import Generic, TypeVar

from rapidfuzz.distance import Indel

# What everybody writes ("a good essay") is shorter than a passage that counts.
PASSAGE_FROM = 5
# So few words in common are chance, however little is written beside them.
COPIED_WORDS_FROM = 20
_SAMPLES = 24
_SAMPLE_WORDS = 3
_CLOSE_LOOKS = 20
_WORD = re.compile(r"\w+")

Key = TypeVar("Key", bound=Hashable)


class Library(Generic[Key]):
    """Evaluations to compare: `texts` in any encoding that is the same for all, as cheap as can be had, and
    `comments_of` one of them, read only of those that deserve a close look."""

    def __init__(self, texts: Mapping[Key, str], comments_of: Callable[[Key], Sequence[str]]) -> None:
        self._comments_of = comments_of
        self._texts = {key: text.lower() for key, text in texts.items()}

    def most_alike(self, own: Key, among: Collection[Key], essay: str = "") -> tuple[Key, float] | None:
        """Which of those `among` holds the largest share, in (0, 1], of what `own` says without quoting `essay`."""
        comments = [unquoted(words_of(comment), words_of(essay)) for comment in self._comments_of(own)]
        suspects = self._nearest(own, among)
        shares = [(key, share_in(comments, map(words_of, self._comments_of(key)))) for key in suspects]
        best = max(shares, key=lambda found: found[1], default=None)
        return best if best and best[1] else None

    def _nearest(self, own: Key, among: Collection[Key]) -> list[Key]:
        samples = _samples(self._texts[own])
        held = {key: [sample for sample in samples if sample in self._texts[key]] for key in among}
        counts = Counter(chain.from_iterable(held.values()))
        # What many say tells little.
        near = {key: sum(1 / counts[sample] for sample in found) for key, found in held.items() if found}
        return nlargest(_CLOSE_LOOKS, near, key=near.__getitem__)


def share_in(own: Sequence[Sequence[str]], other: Iterable[Sequence[str]]) -> float:
    """The share of all words of `own` comments that are in passages of `other` ones; 0 when that is only chance.

    A passage of the other is the source of one passage only, so that a stock phrase does not count again and again.
    """
    left: list[list[str | None]] = [list(words) for words in other]
    copied = sum(_taken(comment, left) for comment in own)
    return copied / sum(map(len, own)) if copied >= COPIED_WORDS_FROM else 0.0


def unquoted(words: Sequence[str], source: Sequence[str]) -> list[str]:
    """`words` without the passages that stand in `source`."""
    known = set(_passages(source))
    quoted = {n + k for n, passage in enumerate(_passages(words)) if passage in known for k in range(PASSAGE_FROM)}
    return [word for n, word in enumerate(words) if n not in quoted]


def words_of(text: str) -> list[str]:
    return _WORD.findall(text.casefold())


def _taken(own: Sequence[str], left: list[list[str | None]]) -> int:
    """How many words of `own` are in passages of one of those `left`, which loses them."""
    found = [_common(own, words) for words in left]
    lengths = [sum(length for _start, length in passages) for passages in found]
    most = max(lengths, default=0)
    if most:
        nearest = lengths.index(most)
        for start, length in found[nearest]:
            left[nearest][start : start + length] = [None] * length
    return most


def _common(own: Sequence[str], other: Sequence[str | None]) -> list[tuple[int, int]]:
    """Where in `other` the passages begin that are in `own`, too, in the same order, and how long they are."""
    same = [step for step in Indel.opcodes(own, other) if step.tag == "equal"]
    return [(step.dest_start, length) for step in same if (length := step.dest_end - step.dest_start) >= PASSAGE_FROM]


def _samples(text: str) -> list[str]:
    """Runs of words from all over the text, none across the marks of its encoding."""
    words = text.split()
    runs = [" ".join(words[n : n + _SAMPLE_WORDS]) for n in range(len(words) - _SAMPLE_WORDS + 1)]
    runs = [run for run in runs if '"' not in run]
    return runs[:: max(1, len(runs) // _SAMPLES)]


def _passages(words: Sequence[str]) -> list[tuple[str, ...]]:
    return [tuple(words[n : n + PASSAGE_FROM]) for n in range(len(words) - PASSAGE_FROM + 1)]
