"""How much of one evaluation stands in another.

Two steps, because ten thousand others are too many for a close look: sentences that are nearly the same, whatever
their order, find the few evaluations worth it; there, the passages of some words that both share are measured.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from rapidfuzz import fuzz, process
from rapidfuzz.distance import Indel

# What everybody writes ("a good essay") is shorter than a passage that counts.
PASSAGE_FROM = 5
# So few words in common are chance, however little is written beside them.
COPIED_WORDS_FROM = 20
_NEARLY_THE_SAME = 75
_CLOSE_LOOKS = 5
_WORD = re.compile(r"\w+")
_SENTENCE_END = re.compile(r"[.!?:;\n]+\s*")

Key = TypeVar("Key", bound=Hashable)


@dataclass(frozen=True, slots=True)
class Library(Generic[Key]):
    """Evaluations to compare with, as their comments by key."""

    comments: dict[Key, Sequence[str]]
    _owners: dict[str, list[Key]] = field(init=False)
    _sentences: list[str] = field(init=False)

    def __post_init__(self) -> None:
        owners: defaultdict[str, list[Key]] = defaultdict(list)
        for key, comments in self.comments.items():
            for sentence in sentences_of(comments):
                owners[sentence].append(key)
        object.__setattr__(self, "_owners", owners)
        object.__setattr__(self, "_sentences", list(owners))

    def most_alike(self, comments: Sequence[str], among: set[Key], essay: str = "") -> tuple[Key, float] | None:
        """Which of those `among` holds the largest share, in (0, 1], of what `comments` say without quoting `essay`."""
        own = [unquoted(words_of(comment), words_of(essay)) for comment in comments]
        shares = [(key, share_in(own, map(words_of, self.comments[key]))) for key in self._suspects(comments, among)]
        best = max(shares, key=lambda found: found[1], default=None)
        return best if best and best[1] else None

    def _suspects(self, comments: Sequence[str], among: set[Key]) -> list[Key]:
        alike: Counter[Key] = Counter()
        for sentence in set(sentences_of(comments)):
            near = process.extract_iter(sentence, self._sentences, scorer=fuzz.ratio, score_cutoff=_NEARLY_THE_SAME)
            for other, score, _place in near:
                alike.update({key: round(len(sentence) * score) for key in among.intersection(self._owners[other])})
        return [key for key, _weight in alike.most_common(_CLOSE_LOOKS)]


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


def sentences_of(comments: Iterable[str]) -> list[str]:
    """Sentences that say enough to be compared."""
    sentences = _SENTENCE_END.split("\n".join(comments).casefold())
    return [sentence for sentence in sentences if sentence.count(" ") >= PASSAGE_FROM - 1]


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


def _passages(words: Sequence[str]) -> list[tuple[str, ...]]:
    return [tuple(words[n : n + PASSAGE_FROM]) for n in range(len(words) - PASSAGE_FROM + 1)]
