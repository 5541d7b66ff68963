from __future__ import annotations

from lti_tool.sheets.columns import find_head, plain
from lti_tool.sheets.sheet import Row

NAMES = {"name": ("Name", "Navn"), "email": ("E-mail", "E-postadresse")}


def rows(*lines: str) -> list[Row]:
    return [Row(number, tuple(line.split(";"))) for number, line in enumerate(lines, start=1)]


def test_columns_are_known_by_their_names_in_any_order_and_spelling() -> None:
    head = find_head(rows("E-POSTADRESSE:;Kommentar;navn ", "a@b.no;-;Kari"), NAMES)
    assert head is not None
    assert (head.place, head.columns, head.unknown) == (0, {"email": 0, "name": 2}, ("Kommentar",))


def test_a_title_above_the_table_is_no_head() -> None:
    head = find_head(rows("Ansatte høsten 2026", "Name", "Navn;E-mail", "Kari;a@b.no"), NAMES)
    assert head is not None
    assert head.place == 2


def test_of_two_columns_that_mean_the_same_the_first_counts() -> None:
    head = find_head(rows("Navn;Name"), NAMES)
    assert head is not None
    assert (head.columns, head.unknown) == ({"name": 0}, ("Name",))


def test_without_a_known_name_there_is_no_head() -> None:
    assert find_head(rows("a;b", "c;d"), NAMES) is None
    assert find_head([], NAMES) is None


def test_norwegian_letters_are_letters_of_their_own() -> None:
    assert plain("  José ÅSE_Ørn-Æ ") == "jose åse ørn æ"
    assert plain("Ål") != plain("Al")
