"""The rules of choosing some of the modules that a programme offers."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lti_tool.modules.choices import Candidate, Choice, NoRoom, Settled, chosen_after, chosen_without
from lti_tool.programme.requirements import Completion

KEYS = tuple(f"om{number}" for number in range(1, 9))
THEN = datetime(2026, 9, 1, tzinfo=UTC)


def choice_of(needed: int | None = 2, *, chosen: str = "", complete: str = "", offered: int = 8) -> Choice:
    requirement = Completion(kind="complete", key="online", titles={"en": "Online"}, choose=needed, hours=6)
    candidates = tuple(
        Candidate(
            number,
            key,
            offered=True,
            chosen=key in chosen.split(),
            participation_id=number if key in (chosen + complete).split() else None,
            completed_at=THEN if key in complete.split() else None,
        )
        for number, key in enumerate(KEYS[:offered], 1)
    )
    return Choice(requirement, 1, candidates)


@pytest.mark.parametrize(
    ("choice", "room", "hours"),
    [
        (choice_of(), 2, 0),
        (choice_of(chosen="om1"), 1, 0),
        (choice_of(chosen="om1 om2", complete="om1"), 0, 3),
        # What is complete counts, chosen or not.
        (choice_of(chosen="om2", complete="om1"), 0, 3),
        (choice_of(complete="om1 om2"), 0, 6),
        # More than enough counts nothing extra, and is nobody's fault.
        (choice_of(chosen="om1 om2 om3", complete="om1 om2 om3"), 0, 6),
        (choice_of(chosen="om1 om2 om3"), 0, 0),
    ],
)
def test_what_is_chosen_or_complete_takes_a_place_and_only_what_is_complete_counts(
    choice: Choice, room: int, hours: float
) -> None:
    assert (choice.room, choice.hours_done) == (room, hours)


@pytest.mark.parametrize(("needed", "offered"), [(None, 8), (2, 2), (2, 1)])
def test_where_all_are_asked_for_all_are_taken_and_nothing_is_to_be_chosen(needed: int | None, offered: int) -> None:
    choice = choice_of(needed, offered=offered)
    assert (choice.is_free, choice.room) == (False, 0)
    assert choice.taken == choice.candidates


def test_a_third_needs_another_to_be_given_up() -> None:
    choice = choice_of(chosen="om1 om2")
    with pytest.raises(NoRoom):
        chosen_after(choice, "om3", None, ())
    assert chosen_after(choice, "om3", "om1", ()) == {"om2", "om3"}


def test_what_is_settled_stays() -> None:
    choice = choice_of(chosen="om1 om2")
    with pytest.raises(Settled):
        chosen_after(choice, "om3", "om1", {"om1"})
    with pytest.raises(Settled):
        chosen_without(choice, "om1", {"om1"})


def test_with_three_from_before_giving_up_one_makes_no_room() -> None:
    with pytest.raises(NoRoom):
        chosen_after(choice_of(chosen="om1 om2 om3"), "om4", "om1", ())


keys = st.sampled_from(KEYS)
moves = st.lists(st.tuples(keys, st.none() | keys, st.sampled_from(["choose", "give up", "complete", "settle"])))


@given(st.integers(1, 7), st.frozensets(keys, max_size=4), moves)
def test_nobody_ever_chooses_more_than_asked_for_nor_loses_what_is_settled(
    needed: int, before: frozenset[str], steps: list[tuple[str, str | None, str]]
) -> None:
    choice = choice_of(needed, chosen=" ".join(before))
    settled: set[str] = set()
    most = max(needed, len(before))
    for key, instead_of, what in steps:
        earlier = choice.chosen
        try:
            if what == "choose":
                choice = choice.with_chosen(chosen_after(choice, key, instead_of, settled))
                # The same again, as a second click sends it, changes nothing.
                assert chosen_after(choice, key, instead_of, settled) == choice.chosen
                assert key in choice.chosen or key in completed_in(choice)
            elif what == "give up":
                choice = choice.with_chosen(chosen_without(choice, key, settled))
                assert chosen_without(choice, key, settled) == choice.chosen
        except (NoRoom, Settled):
            assert choice.chosen == earlier
        if what == "settle" and key in choice.chosen:
            settled.add(key)
        if what == "complete" and key in choice.chosen:
            settled.add(key)
            choice = completing(choice, key)
        assert settled <= choice.chosen
        assert len(choice.chosen) <= most
        assert choice.completed <= needed


def completed_in(choice: Choice) -> set[str]:
    return {one.key for one in choice.candidates if one.completed_at}


def completing(choice: Choice, key: str) -> Choice:
    done = (replace(one, completed_at=THEN) if one.key == key else one for one in choice.candidates)
    return replace(choice, candidates=tuple(done))
