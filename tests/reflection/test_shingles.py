"""What two texts have in common, word for word."""

from __future__ import annotations

import unicodedata

from hypothesis import given, settings
from hypothesis import strategies as st

from lti_tool.reflection.shingles import GUARANTEED, SHINGLE, WINDOW, compare, fingerprints, plain, shingles

OURS = st.lists(st.sampled_from([f"our{n}" for n in range(40)]), max_size=60)
THEIRS = st.lists(st.sampled_from([f"their{n}" for n in range(40)]), max_size=60)
COPIED = st.lists(st.sampled_from("abcdefghijklmnopqrst"), min_size=GUARANTEED, max_size=40)
RUN = "Feedback works best when the student has tried something first and can say what it was."


def text_of(*parts: list[str]) -> str:
    return " ".join(word for part in parts for word in part)


def marked(text: str, passages: tuple[object, ...]) -> list[str]:
    return [plain(text)[p.span.start : p.span.end] for p in passages]  # type: ignore[attr-defined]


@settings(max_examples=60)
@given(OURS, THEIRS, COPIED, OURS, THEIRS)
def test_a_copied_run_of_the_guaranteed_length_is_always_found(
    before: list[str], other_before: list[str], copied: list[str], after: list[str], other_after: list[str]
) -> None:
    here, there = text_of(before, copied, after), text_of(other_before, copied, other_after)
    assert fingerprints(here) & fingerprints(there)
    found = compare(here, there)
    assert found.words == len(copied)
    assert marked(here, found.here) == marked(there, found.there) == [text_of(copied)]


@settings(max_examples=60)
@given(OURS, THEIRS)
def test_texts_without_a_common_word_have_nothing_in_common(ours: list[str], theirs: list[str]) -> None:
    here, there = text_of(ours), text_of(theirs)
    assert not fingerprints(here) & fingerprints(there)
    assert compare(here, there).share == 0


@settings(max_examples=60)
@given(OURS, st.lists(st.sampled_from("abcdefg"), max_size=SHINGLE - 1, unique=True), THEIRS)
def test_a_run_shorter_than_a_shingle_is_not_copied(ours: list[str], common: list[str], theirs: list[str]) -> None:
    here, there = text_of(ours, common, ours), text_of(theirs, common, theirs)
    assert not fingerprints(here) & fingerprints(there)
    assert compare(here, there).here == ()


@settings(max_examples=40)
@given(st.lists(st.sampled_from([f"w{n}" for n in range(300)]), max_size=200))
def test_fingerprints_are_some_of_the_shingles_and_there_is_one_in_every_window(words: list[str]) -> None:
    text = text_of(words)
    hashes, chosen = shingles(text), fingerprints(text)
    assert chosen <= set(hashes)
    for first in range(max(0, len(hashes) - WINDOW + 1)):
        assert chosen & set(hashes[first : first + WINDOW])


@settings(max_examples=40)
@given(OURS, COPIED, THEIRS)
def test_what_is_to_be_ignored_is_never_copied(ours: list[str], material: list[str], theirs: list[str]) -> None:
    ignored = frozenset(shingles(text_of(material)))
    here, there = text_of(ours, material), text_of(theirs, material)
    assert not fingerprints(here, ignored) & fingerprints(there, ignored)
    assert compare(here, there, ignored).share == 0


def test_case_punctuation_layout_and_ways_to_write_a_character_make_no_difference() -> None:
    other = "FEEDBACK works — best\n\n> when the *student*, has “tried” something; first and can say: what it was!"
    assert shingles(RUN) == shingles(other)
    norwegian = "Å gi tilbakemelding på læring når studenten øver er å spørre først"
    assert shingles(norwegian) == shingles(unicodedata.normalize("NFD", norwegian))


def test_characters_that_nobody_sees_hide_no_copy() -> None:
    assert shingles(RUN) == shingles(RUN.replace("e", "e\u200b").replace("st", "s\u00adt"))


def test_a_hash_is_the_same_in_every_process_and_fits_a_column() -> None:
    assert shingles("one two three four five six seven eight") == [-3158981961060963292]
    assert all(-(2**63) <= shingle < 2**63 for shingle in shingles(RUN))


def test_each_passage_leads_to_its_counterpart() -> None:
    first, second = "a b c d e f g h i j k l m", "n o p q r s t u v w x y z"
    found = compare(f"{first} mine {second}", f"{second} yours yours {first}")
    assert [passage.there for passage in found.here] == [1, 0]
    assert [passage.there for passage in found.there] == [1, 0]
    assert found.words == 26
    assert round(found.share, 3) == round(26 / 27, 3)


def test_a_passage_that_is_copied_twice_leads_to_the_one_it_comes_from() -> None:
    found = compare(f"{RUN} And again: {RUN}", f"He said: {RUN}")
    assert [passage.there for passage in found.here] == [0, 0]
    assert [passage.there for passage in found.there] == [0]


def test_empty_and_short_texts_have_no_fingerprints() -> None:
    assert fingerprints("") == fingerprints("Only seven words stand in this text") == set()
    assert compare("", RUN).share == compare(RUN, "").share == 0
