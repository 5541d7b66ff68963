from __future__ import annotations

import pytest

from lti_tool.employment.found import Code, Found, Line
from lti_tool.employment.lines import head_of, lines_in, position_of
from lti_tool.employment.resolving import resolve
from lti_tool.employment.terms import term_of
from lti_tool.programme.content import ProgrammeContent
from lti_tool.programme.pack import read_pack
from lti_tool.sheets.reading import read_sheet


@pytest.fixture(scope="module")
def laos() -> ProgrammeContent:
    return read_pack("laos").programme


def found_in(laos: ProgrammeContent, table: str) -> Found:
    rows = read_sheet(table.encode(), "people.csv").rows
    head = head_of(rows)
    assert head is not None
    return lines_in(rows[head.place + 1 :], head, laos, "2026-autumn", Found())


def wrong(laos: ProgrammeContent, table: str) -> list[tuple[int, Code, str]]:
    return [(mistake.line, mistake.code, mistake.said) for mistake in found_in(laos, table).mistakes]


def test_a_norwegian_list_is_understood(laos: ProgrammeContent) -> None:
    table = (
        "Ansatte ved IE\n"
        "Etternavn;Fornavn;E-postadresse;Stilling;Emnekode;Institutt;Campus;Antall timer;Semester;Lønn\n"
        "Ånes;Åse;Aase@NTNU.test;Stud.ass.;tdt4100;IDI;gjøvik;80,5 t;H26;1\n"
    )
    found = found_in(laos, table)
    assert found.lines == (
        Line(
            line=3, name="Åse Ånes", email="aase@ntnu.test", position="Stud.ass.", course_code="TDT4100",
            department="IDI", town="Gjøvik", hours=80.5,
        ),
    )  # fmt: skip
    assert (found.positions, found.unknown, found.mistakes) == ({"Stud.ass.": "student-assistant"}, ("Lønn",), ())


def test_an_english_list_of_names_or_addresses_alone_is_understood(laos: ProgrammeContent) -> None:
    assert [line.reference for line in found_in(laos, "Name;Hours\nKari Nordmann;\n").lines] == ["kari nordmann"]
    assert [line.reference for line in found_in(laos, "E-mail\nKari@NTNU.test\n").lines] == ["kari@ntnu.test"]


def test_a_table_that_names_no_people_has_no_head() -> None:
    assert head_of(read_sheet(b"Course;Hours\nTDT4100;80\n", "").rows) is None


def test_each_mistake_is_told_with_its_line(laos: ProgrammeContent) -> None:
    table = (
        "Name;E-mail;Hours;Term;Course\nKari;kari;80;H26;A\n;;80;H26;A\nOla;;many;H26;A\nPer;;3000;;A\nUna;;;Easter;A\n"
        f"Eva;;;;{'x' * 81}\nIda;;0;;A\nAda;;;V26;A\n"
    )
    assert wrong(laos, table) == [
        (2, Code.ADDRESS, "kari"),
        (3, Code.NOBODY, ""),
        (4, Code.HOURS, "many"),
        (5, Code.HOURS, "3000"),
        (6, Code.TERM, "Easter"),
        (7, Code.TOO_LONG, "x" * 80),
    ]
    found = found_in(laos, table)
    assert [(line.name, line.hours) for line in found.lines] == [("Ida", None)]
    assert found.other_terms == 1


def test_a_position_goes_by_any_of_its_names(laos: ProgrammeContent) -> None:
    assert position_of("LÆRINGS-ASSISTENT", laos) == "learning-assistant"
    assert position_of("Ph.D.", laos) == "phd-candidate"
    assert position_of("Professor", laos) is None
    assert position_of("", laos) is None


@pytest.mark.parametrize("said", ["2026-autumn", "Høst 2026", "H26", "h2026", "26 H", "Autumn 2026", "a-26"])
def test_a_term_is_understood_as_people_write_it(laos: ProgrammeContent, said: str) -> None:
    assert term_of(said, laos) == "2026-autumn"


@pytest.mark.parametrize("said", ["", "2026", "Easter 2026", "H26 V27", "26 26", "H126"])
def test_what_is_no_term_is_none(laos: ProgrammeContent, said: str) -> None:
    assert term_of(said, laos) is None


def test_a_position_nobody_knows_waits_for_an_answer(laos: ProgrammeContent) -> None:
    found = found_in(laos, "Name;Position\nKari;LA\nOla;Professor\nPer;\n")
    resolved = resolve(found)
    assert (dict(resolved.unknown), resolved.ready) == ({"Professor": 1, "": 1}, False)
    answered = resolve(found.with_(positions={**found.positions, "Professor": "other-staff", "": ""}))
    assert (list(answered.lines), answered.left_out, answered.ready) == (
        [("kari", "", "learning-assistant"), ("ola", "", "other-staff")],
        1,
        True,
    )


def test_a_line_that_stands_twice_counts_once_unless_they_contradict_each_other(laos: ProgrammeContent) -> None:
    again = resolve(found_in(laos, "Name;Position;Hours\nKari;LA;80\nKari;Læringsassistent;80\nKari;LA;40\n"))
    assert (len(again.lines), again.doubles) == (1, 1)
    assert [(mistake.line, mistake.code, mistake.other) for mistake in again.mistakes] == [(4, Code.TWICE, 2)]


def test_an_address_with_quite_another_name_is_a_mistake(laos: ProgrammeContent) -> None:
    people = "Kari Nordmann;k@n.test;LA;A\nKari A. Nordmann;k@n.test;LA;B\nOla Li;k@n.test;LA;C\n"
    table = f"Name;E-mail;Position;Course\n{people}"
    assert [(one.line, one.code, one.other) for one in resolve(found_in(laos, table)).mistakes] == [
        (4, Code.OTHER_NAME, 2)
    ]
