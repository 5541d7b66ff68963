from __future__ import annotations

from lti_tool.marking.report_matching import Candidate, matched, suggested
from lti_tool.marking.report_reading import Attendee

LINA = Candidate(1, "Lina Solberg", frozenset({"lina@uni.test"}), True)
FRODE = Candidate(2, "Frode Bjerke", frozenset(), True)
OTHER_LINA = Candidate(3, "Lina Solberg", frozenset({"lina.s@uni.test"}), False)
AASE = Candidate(4, "Åse Ødegård", frozenset(), False)
ANOTHER_FRODE = Candidate(5, "Bjerke, Frode", frozenset(), True)
NAMELESS = Candidate(6, "", frozenset(), True)
PEOPLE = [LINA, FRODE, OTHER_LINA, AASE, NAMELESS]


def who(name: str, email: str = "", people: list[Candidate] = PEOPLE) -> int | None:
    return matched([Attendee(name, email, ())], people)[0]


def test_an_address_tells_more_than_a_name() -> None:
    assert who("Somebody else", "lina.s@uni.test") == 3
    assert who("Frode Bjerke", "private@mail.test") == 2


def test_a_name_counts_if_only_one_of_those_who_are_expected_has_it() -> None:
    assert who("lina solberg") == 1
    assert who("Åse ødegård") == 4
    assert who("Frode Bjerke", people=[*PEOPLE, ANOTHER_FRODE]) is None


def test_names_are_known_in_brackets_without_pronouns_and_in_either_order() -> None:
    assert who("F (Frode Bjerke)") == 2
    assert who("Frode Bjerke (he/him)") == 2
    assert who("Bjerke, Frode (Guest)") == 2
    assert who("iPhone") is None
    assert who("()") is None


def test_names_that_are_like_it_are_suggested_first() -> None:
    assert suggested(Attendee("Frode B", "", ()), PEOPLE)[0] is FRODE
    assert suggested(Attendee("Ase Odegard", "", ()), PEOPLE)[0] is AASE
    assert suggested(Attendee("Quux", "", ()), PEOPLE) == []
