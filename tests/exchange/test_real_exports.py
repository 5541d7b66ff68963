"""Files as the platforms write them: what is kept, and what is said about the rest."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import pytest

from lti_tool.exchange.found import Code, FoundQuestion, Imported, Severity
from lti_tool.exchange.reading import read
from tests.exchange.questions import PNG

FILES = Path(__file__).parent / "files"


def _read(name: str) -> Imported:
    return read((FILES / name).read_bytes(), name, true_false=("Sant", "Usant"))


def _left_out(imported: Imported) -> list[tuple[int, Code]]:
    return [(n.place.number, n.code) for n in imported.notes if n.place and n.severity is Severity.LEFT_OUT]


def _changed(imported: Imported, number: int) -> list[tuple[Code, dict[str, str | int]]]:
    notes = [note for note in imported.notes if note.place and note.place.number == number]
    return [(note.code, dict(note.values)) for note in notes if note.severity is Severity.CHANGED]


def _right(question: FoundQuestion) -> list[str]:
    return [option.text for option in question.options if option.correct]


def packed(**files: bytes) -> bytes:
    into = io.BytesIO()
    with zipfile.ZipFile(into, "w", zipfile.ZIP_DEFLATED) as package:
        for name, data in files.items():
            package.writestr(name, data)
    return into.getvalue()


def test_gift_of_moodle() -> None:
    imported = _read("moodle.gift.txt")
    hint, several, truth, formula, words = imported.questions
    assert hint.name == "Hint først"
    assert hint.text == 'A student says: "I am stuck."\nWhat do you do?'
    assert [option.feedback for option in hint.options] == [
        "Then nothing is left to think about.", "Yes = you learn where they are.", ""
    ]  # fmt: skip
    assert hint.general_feedback == "See chapter #2."
    assert (several.kind, _right(several)) == ("multiple", ["Why did you choose that?", "What would happen if x ~ 0?"])
    assert [(o.text, o.feedback) for o in truth.options] == [("Sant", "Right!"), ("Usant", "No, it is.")]
    assert formula.text == r"What is \(\frac{1}{2} < 1\)?"
    assert words.text == "The *best* answer is _____ here."
    assert _left_out(imported) == [
        (5, Code.ESSAY), (6, Code.NUMERICAL), (7, Code.SHORT_ANSWER), (8, Code.MATCHING), (9, Code.PARTIAL_CREDIT),
        (10, Code.SEVERAL_RIGHT), (12, Code.DESCRIPTION), (13, Code.NOT_UNDERSTOOD),
    ]  # fmt: skip
    assert _changed(imported, 1) == [
        (Code.CATEGORY, {"name": "$course$/top/Øvingstimer"}),
        (Code.TAGS, {"names": "feedback, uke 3"}),
        (Code.SETTINGS, {"names": "id ot-1"}),
        (Code.FORMATTING, {}),
    ]


def test_a_question_says_at_which_line_it_begins() -> None:
    places = [question.place for question in _read("moodle.gift.txt").questions]
    assert [(place.number, place.line) for place in places] == [(1, 7), (2, 15), (3, 21), (4, 23), (11, 37)]


def test_moodle_xml() -> None:
    imported = _read("moodle.xml")
    figure, several, truth = imported.questions
    assert figure.text == "Hva viser figuren for H_2O?\n\n- varme\n- trykk"
    assert [(image.name, image.media_type, image.alt) for image in figure.images] == [
        ("fase_diagram.png", "image/png", "Fasediagram")
    ]
    assert [option.text for option in figure.options] == ["Et trippelpunkt", "Et if (a < b)"]
    assert _changed(imported, 1)[1:] == [
        (Code.SCRIPTS, {}),
        (Code.FORMATTING, {}),
        (Code.FEEDBACK_DROPPED, {"text": "Your answer is correct."}),
        (Code.FEEDBACK_MERGED, {"text": "Your answer is incorrect."}),
        (Code.HINTS, {"count": 1}),
        (Code.TAGS, {"names": "kjemi, om4"}),
        (Code.FIXED_ORDER, {}),
        (Code.SETTINGS, {"names": "defaultgrade 2, idnumber fig-1"}),
    ]
    assert (several.text, _right(several)) == ("Velg alle\nsom passer", ["a", "b", "c"])
    assert _changed(imported, 2) == [(Code.ALL_OR_NOTHING, {})]
    assert _right(truth) == ["Sant"]
    assert _left_out(imported) == [
        (4, Code.PARTIAL_CREDIT), (5, Code.FORMULA_IMAGE), (6, Code.ESSAY), (7, Code.OTHER_KIND)
    ]  # fmt: skip


def test_aiken() -> None:
    imported = _read("aiken.txt")
    assert imported.questions[0].text == "What is the first thing to do\nwhen a group is stuck?"
    assert _right(imported.questions[0]) == ["Ask what they have tried\nand listen"]
    assert _left_out(imported) == [(2, Code.NO_RIGHT_ANSWER)]


def test_a_canvas_package_with_its_image() -> None:
    canvas = (FILES / "canvas.xml").read_bytes()
    files = {"g1/g1.xml": canvas, "g1/assessment_meta.xml": b"<quiz xmlns='x'/>", "Uploaded Media/kurve.png": PNG}
    imported = read(packed(**files), "quiz_export.zip")
    curve, several = imported.questions
    assert curve.text == r"What does \(x^2\) show in the figure?"
    assert [(image.name, image.alt, image.data) for image in curve.images] == [("kurve.png", "A curve", PNG)]
    assert [option.text for option in curve.options] == ["a <b> line", "a parabola"]
    assert [option.feedback for option in curve.options] == ["Look again", "It bends"]
    assert curve.general_feedback == "Neutral"
    assert (Code.FEEDBACK_DROPPED, {"text": "Well done"}) in _changed(imported, 1)
    assert (several.name, several.kind, _right(several)) == ("All of them", "multiple", ["A", "C"])
    assert _left_out(imported) == [(3, Code.ESSAY), (4, Code.PARTIAL_CREDIT)]


def test_a_canvas_course_has_each_quiz_twice_and_gives_it_once() -> None:
    canvas = (FILES / "canvas.xml").read_bytes()
    files = {"i7/assessment_qti.xml": canvas, "non_cc_assessments/i7.xml.qti": canvas}
    assert len(read(packed(**files), "course.imscc").questions) == 2


def test_a_blackboard_package_with_its_image() -> None:
    files = {
        "imsmanifest.xml": b'<manifest xmlns:bb="b"><resource bb:file="res00001.dat"/></manifest>',
        "res00001.dat": (FILES / "blackboard.dat").read_bytes(),
        "res00002.dat": b"<ASSESSMENTCREATIONSETTINGS/>",
        "csfiles/home_dir/spectrum__xid-1234_1.png": PNG,
        "csfiles/home_dir/spectrum__xid-1234_1.png.xml": b"<lom/>",
    }
    imported = read(packed(**files), "Pool.zip")
    several, truth = imported.questions
    assert several.text == "Which lie between red and green?"
    assert [image.alt for image in several.images] == ["Spectrum"]
    assert (several.kind, _right(several)) == ("multiple", ["yellow", "orange"])
    assert [option.feedback for option in several.options] == ["", "Blue comes after green.", ""]
    assert _changed(imported, 1) == [(Code.FEEDBACK_DROPPED, {"text": "Well seen."})]
    assert _right(truth) == ["False"]
    assert _left_out(imported) == [(3, Code.MATCHING)]


def test_a_qti_2_package_in_the_order_of_its_manifest() -> None:
    item = (FILES / "qti21.xml").read_bytes()
    manifest = b'<manifest><resources><resource href="z.xml"/><resource href="a.xml"/></resources></manifest>'
    files = {
        "imsmanifest.xml": manifest,
        "a.xml": item.replace(b"Unattended Luggage", b"Second"),
        "z.xml": item,
        "images/sign.png": PNG,
    }
    imported = read(packed(**files), "items.zip")
    assert [(q.name, q.place.file) for q in imported.questions] == [
        ("Unattended Luggage", "z.xml"),
        ("Second", "a.xml"),
    ]
    luggage = imported.questions[0]
    assert luggage.text == "Look at the sign, where x^2 is left out.\n\n[sign.png]\n\nWhat does it say?"
    assert (luggage.kind, _right(luggage)) == ("multiple", ["Stay with it.", "Remember it when you leave."])
    assert (luggage.options[0].feedback, luggage.general_feedback) == ("Yes.", "Signs are short.")
    codes = [code for code, _values in _changed(imported, 1)]
    assert codes == [Code.FORMULA, Code.IMAGE_MOVED, Code.ALL_OR_NOTHING, Code.FIXED_ORDER]


def test_a_damaged_item_among_others_is_told() -> None:
    item = (FILES / "qti21.xml").read_bytes()
    imported = read(packed(**{"a.xml": item[:-20], "b.xml": item}), "items.zip")
    assert _left_out(imported) == [(1, Code.NOT_UNDERSTOOD)]
    assert len(imported.questions) == 1


def test_qti_3() -> None:
    imported = _read("qti3.xml")
    assert imported.format == "qti_3"
    (question,) = imported.questions
    assert (question.name, question.text, _right(question)) == (
        "Single", "Which one opens a talk?", ["How did you think?"]
    )  # fmt: skip
    assert [option.feedback for option in question.options] == ["", "Right."]
    assert _changed(imported, 1) == [
        (Code.FORMATTING, {}),
        (Code.FEEDBACK_MERGED, {"text": "Right."}),
        (Code.PARTS, {"names": "rubricblock"}),
    ]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_gift_in_any_unicode(encoding: str) -> None:
    imported = read("Blåbær?{=æ ~ø}".encode(encoding), "a.txt")
    assert (imported.questions[0].text, imported.notes) == ("Blåbær?", ())


def test_gift_in_windows_1252_is_read_and_said_to_be() -> None:
    imported = read("Blåbær – ikke sant?{=æ ~ø}".encode("windows-1252"), "a.txt")
    assert imported.questions[0].text == "Blåbær – ikke sant?"
    assert [(note.place, note.code) for note in imported.notes] == [(None, Code.ENCODING)]


@pytest.mark.parametrize("encoding", ["utf-16", "iso-8859-1", "windows-1252"])
def test_xml_in_the_encoding_it_declares(encoding: str) -> None:
    source = (FILES / "moodle.xml").read_text().replace("π", "p").replace('"UTF-8"', f'"{encoding}"')
    assert read(source.encode(encoding), "a.xml").questions[0].text.startswith("Hva viser figuren")
