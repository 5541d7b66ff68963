from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from lti_tool.employment.matching import Come, Listed, matches, name_key, suggestions

NAMES = ["Kari Nordmann", "Nordmann, Kari", "KARI  NORDMANN", "Åse Ånes", "Ase Anes", "Ola Nordmann", "Kari", ""]
ADDRESSES = [None, "kari@ntnu.test", "ola@ntnu.test", "aase@ntnu.test"]


def listed(*entries: tuple[str, str | None]) -> list[Listed]:
    return [Listed(email or f"r{number}", name, email) for number, (name, email) in enumerate(entries)]


def came(*people: tuple[str | None, str | None]) -> list[Come]:
    return [Come(number, name, email) for number, (name, email) in enumerate(people, start=1)]


def test_the_address_decides_whatever_the_name() -> None:
    found = matches(listed(("Kari Nordmann", "kari@ntnu.test")), came(("K. N.", "Kari@NTNU.test")))
    assert found == {"kari@ntnu.test": 1}


def test_an_address_that_two_people_have_decides_nothing() -> None:
    people = came(("Kari", "kari@ntnu.test"), ("Kari", "kari@ntnu.test"))
    assert matches(listed(("Kari", "kari@ntnu.test")), people) == {}


def test_a_name_decides_if_nobody_else_bears_it() -> None:
    assert matches(listed(("Nordmann, Kari", None)), came(("kari nordmann", None), ("Ola", None))) == {"r0": 1}
    assert matches(listed(("Kari", None)), came(("Kari", None), ("Kari", None))) == {}
    assert matches(listed(("Kari", None), ("Kari", None)), came(("Kari", None))) == {}


def test_letters_of_their_own_make_another_name() -> None:
    assert matches(listed(("Åse Ånes", None)), came(("Ase Anes", None))) == {}
    assert matches(listed(("José Pérez", None)), came(("Jose Perez", None))) == {"r0": 1}


def test_another_address_speaks_against_the_name() -> None:
    entry = listed(("Kari Nordmann", "kari@ntnu.test"))
    assert matches(entry, came(("Kari Nordmann", "other@ntnu.test"))) == {}
    assert matches(entry, came(("Kari Nordmann", None))) == {"kari@ntnu.test": 1}


def test_what_is_decided_stays_and_takes_its_person() -> None:
    entries = listed(("Kari Nordmann", None), ("Ola Nordmann", None))
    people = came(("Kari Nordmann", None), ("Ola Nordmann", None))
    assert matches(entries, people, {"r0": 2}) == {}
    assert matches(entries, people, {"r0": None}) == {"r1": 2}


def test_the_same_address_or_name_is_suggested_first_then_names_within_names() -> None:
    people = came(
        ("Kari Anne Nordmann", None), ("Kari Nordmann", "x@ntnu.test"), (None, "kari@ntnu.test"), ("Kari Hansen", None)
    )
    entries = listed(("Kari Nordmann", "kari@ntnu.test"))
    assert suggestions(entries, people, ()) == {"kari@ntnu.test": [3, 2, 1]}
    assert suggestions(listed(("kari", None)), came(("Kari", None), ("Kari", None), ("Ola", None)), ()) == {
        "r0": [1, 2]
    }
    assert suggestions(listed(("Nordmann Kari Anne Marie", None)), people, ()) == {"r0": [1, 2]}
    assert suggestions(entries, people, {2, 3}) == {"kari@ntnu.test": [1]}


entries_and_people = st.tuples(
    st.lists(st.tuples(st.sampled_from(NAMES), st.sampled_from(ADDRESSES)), max_size=7, unique_by=lambda e: e[1] or e),
    st.lists(st.tuples(st.sampled_from([*NAMES, None]), st.sampled_from(ADDRESSES)), max_size=7),
    st.data(),
)


@given(entries_and_people)
def test_never_two_people_for_one_line_nor_one_person_for_two_nor_a_name_that_is_ambiguous(
    drawn: tuple[list[tuple[str, str | None]], list[tuple[str | None, str | None]], st.DataObject],
) -> None:
    entries, people, data = listed(*drawn[0]), came(*drawn[1]), drawn[2]
    references = [entry.reference for entry in entries]
    decided = data.draw(st.lists(st.sampled_from(references), unique=True)) if references else []
    someone = st.none() | st.sampled_from([person.person_id for person in people] or [99])
    settled = {reference: data.draw(someone) for reference in decided}
    found = matches(entries, people, settled)
    assert not set(found) & set(settled)
    assert len(set(found.values()) - set(settled.values())) == len(found)
    by_id = {person.person_id: person for person in people}
    for entry in entries:
        if entry.reference in found:
            assert _is_evident(entry, by_id[found[entry.reference]], entries, people)
    shuffled = matches(data.draw(st.permutations(entries)), data.draw(st.permutations(people)), settled)
    assert shuffled == found


def _is_evident(entry: Listed, person: Come, entries: list[Listed], people: list[Come]) -> bool:
    """Told without the shortcuts of the rule: everyone against everyone."""
    if entry.email and entry.email == person.email and sum(other.email == entry.email for other in people) == 1:
        return True
    name = name_key(entry.name)
    return (
        bool(name)
        and [name_key(other.name or "") for other in people].count(name) == 1
        and [name_key(other.name) for other in entries].count(name) == 1
        and name_key(person.name or "") == name
        and (not entry.email or person.email in (None, entry.email))
    )
