"""Reading a pack: where it is found, what it may be made of, and that all mistakes are told at once."""

import os
from pathlib import Path

import pytest

from lti_tool.programme.pack import LARGEST_FILE, LARGEST_MARKDOWN, PackError, PackMistake, read_pack
from tests.programme.small_pack import ESSAY, FORM, MODULE, NB_FORM, QUESTIONS, edit, mistakes


def test_a_pack_without_mistakes_is_read(small_pack: Path) -> None:
    small = read_pack(small_pack)
    assert [module.key for module in small.modules] == ["one"]
    assert small.modules[0].text_in("nb").questions[1].options[2].feedback == "Nei, den er tung."
    assert small.modules[0].attempts_allowed is None


def test_words_and_numbers_stay_the_texts_they_were_typed_as(small_pack: Path) -> None:
    edit(small_pack, QUESTIONS, "text: Slowly", "text: 0.10")
    edit(small_pack, QUESTIONS, "text: Fast", "text: no")
    options = read_pack(small_pack).modules[0].text_in("en").questions[0].options
    assert [option.text for option in options] == ["0.10", "no"]


def test_a_byte_order_mark_and_windows_line_ends_do_no_harm(small_pack: Path) -> None:
    path = small_pack / ESSAY
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes() + b"\r\nTwo lines.\r\n")
    assert read_pack(small_pack).modules[0].text_in("en").essay_prompt == "Write about **one** scene.\n\nTwo lines."


def test_modules_count_their_position_from_one(small_pack: Path) -> None:
    (small_pack / "one").rename(small_pack / "two")
    os.symlink(small_pack / "two", small_pack / "one")
    edit(small_pack, "programme.yaml", "  - one", "  - two\n  - one")
    assert [(module.key, module.position) for module in read_pack(small_pack).modules] == [("two", 1), ("one", 2)]


def test_mistakes_in_one_question_do_not_hide_each_other(small_pack: Path) -> None:
    edit(small_pack, QUESTIONS, "        feedback: No, they get lost.\n", "")
    edit(small_pack, QUESTIONS, "correct: true", "correct: false")
    found = mistakes(small_pack)
    assert f'{QUESTIONS}, line 2: the question "pace" has no right answer' in found
    assert f'{QUESTIONS}, line 10: the option "fast" of the question "pace": "feedback" is missing' in found


def test_mistakes_in_several_files_are_told_together_and_in_order(small_pack: Path) -> None:
    (small_pack / ESSAY).unlink()
    edit(small_pack, NB_FORM, "title: En scene", "titel: En scene")
    edit(small_pack, MODULE, "0.8", "1.5")
    edit(small_pack, "programme.yaml", "key: small", "key: Small")
    assert mistakes(small_pack) == [
        f"{ESSAY}: the file is missing",
        f'{MODULE}, line 10: "pass_share" must be at most 1',
        f'{NB_FORM}, line 3: the criterion "scene": "title" is missing',
        f'{NB_FORM}, line 4: the criterion "scene": "titel" is not an entry that belongs here',
        'programme.yaml, line 1: "key" may only have small letters a-z, digits and single hyphens',
    ]


def test_an_error_carries_its_mistakes_as_values(small_pack: Path) -> None:
    edit(small_pack, MODULE, "0.8", "1.5")
    with pytest.raises(PackError) as caught:
        read_pack(small_pack)
    assert caught.value.mistakes == (PackMistake(MODULE, 10, '"pass_share" must be at most 1'),)


@pytest.mark.parametrize("file", ["programme.yaml", MODULE, QUESTIONS, NB_FORM, ESSAY, "one/nb/reading.md"])
def test_a_missing_file_is_named(small_pack: Path, file: str) -> None:
    (small_pack / file).unlink()
    assert mistakes(small_pack) == [f"{file}: the file is missing"]


@pytest.mark.parametrize("file", ["programme.yaml", MODULE, QUESTIONS, NB_FORM])
def test_an_empty_file_is_named(small_pack: Path, file: str) -> None:
    (small_pack / file).write_text("# only a note\n")
    assert mistakes(small_pack) == [f"{file}, line 1: the file is empty"]


def test_a_file_that_is_no_list_of_entries_is_named(small_pack: Path) -> None:
    (small_pack / FORM).write_text("- just\n- a list\n")
    assert f'{FORM}, line 1: the file must be entries of the form "name: value"' in mistakes(small_pack)


@pytest.mark.parametrize("file", [QUESTIONS, ESSAY])
def test_a_file_that_is_not_utf_8_is_told_at_its_line(small_pack: Path, file: str) -> None:
    path = small_pack / file
    path.write_bytes(path.read_bytes() + b"\n# bl\xe5b\xe6r\n")
    line = path.read_bytes().count(b"\n")
    assert mistakes(small_pack) == [f"{file}, line {line}: this is not UTF-8; save the file with the encoding UTF-8"]


def test_a_file_that_is_too_large_is_not_read(small_pack: Path) -> None:
    (small_pack / ESSAY).write_text("word " * (LARGEST_MARKDOWN // 5 + 1))
    (small_pack / QUESTIONS).write_text("#" * (LARGEST_FILE + 1))
    assert mistakes(small_pack) == [
        f"{ESSAY}: the file is larger than 64 kB",
        f"{QUESTIONS}: the file is larger than 256 kB",
    ]


def test_a_link_to_a_file_outside_of_the_pack_is_not_followed(small_pack: Path, tmp_path: Path) -> None:
    (small_pack / ESSAY).rename(tmp_path / "secret.md")
    os.symlink(tmp_path / "secret.md", small_pack / ESSAY)
    assert mistakes(small_pack) == [f"{ESSAY}: the file lies outside of the pack"]


def test_a_link_that_leads_to_itself_is_a_missing_file(small_pack: Path) -> None:
    (small_pack / ESSAY).unlink()
    os.symlink(small_pack / ESSAY, small_pack / ESSAY)
    assert mistakes(small_pack) == [f"{ESSAY}: the file is missing"]


@pytest.mark.parametrize("name", ["no-such-programme", "/no/such/folder", "x" * 5000, "../laos"])
def test_an_unknown_name_is_told(name: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(PackError, match="there is no programme or folder of this name"):
        read_pack(name)


def test_a_packaged_name_wins_over_a_folder_here(monkeypatch: pytest.MonkeyPatch, small_pack: Path) -> None:
    small_pack.rename(small_pack.parent / "laos")
    monkeypatch.chdir(small_pack.parent)
    assert read_pack("laos").programme.key == "laos"
    assert read_pack("./laos").programme.key == "small"


def test_a_mistake_in_a_module_that_is_listed_twice_is_told_once(small_pack: Path) -> None:
    edit(small_pack, "programme.yaml", "  - one", "  - one\n  - one")
    (small_pack / ESSAY).unlink()
    assert mistakes(small_pack).count(f"{ESSAY}: the file is missing") == 1
