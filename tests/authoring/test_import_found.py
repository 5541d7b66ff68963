"""What is kept of a file: nothing is lost between the reader's values and the draft's."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from lti_tool.authoring.exporting import outgoing
from lti_tool.authoring.import_found import Found, Ours, digest_of, found_in, pictures_in, with_general_feedback
from lti_tool.authoring.parts import DraftOption, DraftQuestion
from lti_tool.exchange.found import Code, FoundOption, FoundQuestion, Image, Imported, Note, Place, Severity
from lti_tool.programme.pictures import Picture
from tests.exchange.questions import GIF, PNG, questions


def imported(*found: FoundQuestion, notes: tuple[Note, ...] = ()) -> Imported:
    return Imported("gift", found, notes)


def asked(
    text: str = "What?", general: str = "", feedback: tuple[str, str] = ("", ""), images: tuple[Image, ...] = ()
) -> FoundQuestion:
    options = (FoundOption("Ask", True, feedback[0]), FoundOption("Tell", False, feedback[1]))
    return FoundQuestion("one", text, "single", options, general, images, Place(1, 3))


@given(st.lists(questions(), max_size=3))
def test_what_is_kept_survives_being_stored(found: list[FoundQuestion]) -> None:
    kept = found_in(imported(*found), Found(language="nb", tries=1), "Bilde")
    assert Found.model_validate(kept.stored()) == kept


def test_a_note_stands_with_its_question_and_one_about_none_with_the_file() -> None:
    notes = (
        Note(Place(1, 3), "one", Severity.CHANGED, Code.HINTS, {"count": 2}),
        Note(Place(2, 9), "two", Severity.LEFT_OUT, Code.ESSAY),
        Note(Place(2, 8), "", Severity.CHANGED, Code.CATEGORY, {"name": "Week 1"}),
        Note(None, "", Severity.CHANGED, Code.ENCODING, {"name": "windows-1252"}),
    )
    kept = found_in(imported(asked(), notes=notes), Found(language="nb"), "Bilde")
    assert [saying.code for saying in kept.entries[0].said] == [Code.HINTS]
    assert [(saying.code, saying.number, saying.line, saying.name) for saying in kept.left_out] == [
        (Code.ESSAY, 2, 9, "two")
    ]
    assert {saying.code for saying in kept.about_file} == {Code.CATEGORY, Code.ENCODING}


def test_feedback_on_the_whole_question_goes_to_options_without_any_or_else_to_the_right_ones() -> None:
    bare, merged = with_general_feedback(asked(general="See.", feedback=("Yes.", "")))
    assert ([option.feedback for option in bare], merged) == (["Yes.", "See."], Ours.GENERAL_TO_BARE)
    full, merged = with_general_feedback(asked(general="See.", feedback=("Yes.", "No.")))
    assert ([option.feedback for option in full], merged) == (["Yes.\n\nSee.", "No."], Ours.GENERAL_TO_RIGHT)
    assert with_general_feedback(asked(feedback=("Yes.", "No.")))[1] is None
    said = found_in(imported(asked(general="See.")), Found(language="nb"), "Bilde").entries[0].said
    assert [saying.code for saying in said] == [Ours.GENERAL_TO_BARE]


def test_the_same_picture_is_shown_once_and_where_it_stood_is_its_number() -> None:
    one, two = Image("a.png", "image/png", PNG, "A curve"), Image("b.gif", "image/gif", GIF)
    found = asked("Is it [b.gif]?", images=(one, two, Image("c.png", "image/png", PNG)))
    question = found_in(imported(found), Found(language="nb"), "Bilde").entries[0].question
    assert question.text == "Is it [Bilde 2]?"
    assert [image.model_dump() for image in question.images] == [
        {"digest": digest_of(PNG), "alternative": "A curve"},
        {"digest": digest_of(GIF), "alternative": ""},
    ]
    assert set(pictures_in(imported(found))) == {digest_of(PNG), digest_of(GIF)}


def test_a_question_that_is_not_finished_is_left_out_of_a_file_and_named() -> None:
    def drafted(text: str, kind: str, *options: tuple[str, bool]) -> DraftQuestion:
        given = tuple(DraftOption(key=f"o{n}", text=words, correct=right) for n, (words, right) in enumerate(options))
        return DraftQuestion.model_validate({"key": "q", "text": text, "kind": kind, "options": given})

    good = drafted("What?", "single", ("Ask", True), ("Tell", False))
    bad = {
        Code.NO_TEXT: drafted(" ", "single", ("Ask", True), ("Tell", False)),
        Code.TOO_FEW_OPTIONS: drafted("What?", "single", ("Ask", True)),
        Code.EMPTY_OPTION: drafted("What?", "single", ("Ask", True), ("", False)),
        Code.NO_RIGHT_ANSWER: drafted("What?", "single", ("Ask", False), ("Tell", False)),
        Code.NO_WRONG_ANSWER: drafted("What?", "multiple", ("Ask", True), ("Tell", True)),
        Code.SEVERAL_RIGHT: drafted("What?", "single", ("Ask", True), ("Say", True), ("Tell", False)),
    }
    going = outgoing([*bad.values(), good], {})
    assert [(saying.code, saying.number) for saying in going.left_out] == [
        (code, n) for n, code in enumerate(bad, start=1)
    ]
    assert [question.text for question in going.questions] == ["What?"]


def test_a_picture_that_is_not_stored_is_said_to_be_missing_in_the_file() -> None:
    question = found_in(
        imported(asked(images=(Image("a.png", "image/png", PNG, "A curve"),))), Found(language="nb"), "Bilde"
    )
    drafted = [entry.question for entry in question.entries]
    assert [saying.values for saying in outgoing(drafted, {}).missing] == [{"name": "A curve"}]
    going = outgoing(drafted, {digest_of(PNG): Picture("image/png", PNG)})
    assert going.missing == ()
    assert going.questions[0].images == (Image("picture-1.png", "image/png", PNG, "A curve"),)
