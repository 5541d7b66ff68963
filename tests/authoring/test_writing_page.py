"""A coordinator writes a text of a module; nobody overwrites what they have not seen."""

from __future__ import annotations

import html
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from lti_tool.authoring import actions
from lti_tool.authoring.actions import draft_of
from lti_tool.authoring.draft import Draft
from lti_tool.authoring.models import ModuleDraft
from lti_tool.errors import NotFound
from lti_tool.programme.content import Question
from tests.cast import Browser, Cast, small_module
from tests.pages import problems_of
from tests.work import done_before

READING = "authoring/om1/edit/reading/en"
QUESTION = "authoring/om1/edit/questions.q1/en"


@pytest.fixture
def kari(cast: Cast) -> Browser:
    return cast.visit("kari")


def written(cast: Cast) -> Draft:
    with done_before(cast) as session:
        return draft_of(session, cast.module_id).draft


def version(browser: Browser, path: str) -> str:
    return browser.get(path).text.split('name="version"')[1].split('value="')[1].split('"')[0]


def form(browser: Browser, path: str, **texts: str) -> dict[str, str]:
    return {"version": version(browser, path), "action": "save", **{f"t-{name}": text for name, text in texts.items()}}


def question_form(browser: Browser, **typed: str) -> dict[str, str]:
    options = {f"t-option-{key}-{part}": f"{part} {key}" for key in "abcd" for part in ("text", "feedback")}
    return {"version": version(browser, QUESTION), "action": "save", "t-text": "What now?", "kind": "single"} | (
        options | {name.replace("_", "-"): text for name, text in typed.items()}
    )


def test_a_text_is_kept_as_a_draft_and_only_in_its_language(cast: Cast, kari: Browser) -> None:
    assert kari.post(READING, form(kari, READING, reading="New *text*.")).status_code == 303
    draft = written(cast)
    assert draft.main.reading == "New *text*."
    assert draft.languages["nb"].reading == small_module().text_in("nb").reading
    page = kari.get("authoring/om1").text
    assert "Draft, not published" in page
    assert "Changed by Kari Testperson" in page


def test_saving_what_is_there_begins_no_draft(cast: Cast, kari: Browser) -> None:
    kari.post(READING, form(kari, READING, reading=small_module().text_in("en").reading))
    with done_before(cast) as session:
        assert session.scalar(select(func.count()).select_from(ModuleDraft)) == 0


def test_without_script_a_preview_button_saves_and_shows_it(kari: Browser) -> None:
    answer = kari.post(READING, {**form(kari, READING, reading="New *text*."), "action": "preview"})
    page = kari.get(answer.headers["Location"].split("/", 3)[3].partition("#")[0])
    assert "<em>text</em>" in page.text
    assert problems_of(page.text) == []


def test_the_default_language_stands_beside_another(kari: Browser) -> None:
    assert "Question 1?" in kari.get("authoring/om1/edit/questions.q1/nb").text.split("<details")[1]
    assert "<details" not in kari.get(QUESTION).text


def test_two_tabs_with_the_same_text_never_overwrite_each_other(cast: Cast, kari: Browser) -> None:
    mine = form(kari, READING, reading="Mine <b>.")
    astrid = cast.visit("astrid")
    assert astrid.post(READING, form(astrid, READING, reading="Hers.")).status_code == 303
    answer = kari.post(READING, mine)
    assert answer.status_code == 409
    assert problems_of(answer.text) == []
    shown = html.unescape(answer.text)
    assert "Mine <b>." in shown
    assert "Hers." in shown
    assert "Astrid Testperson has changed this" in shown
    assert written(cast).main.reading == "Hers."
    again = answer.text.split('name="version"')[1].split('value="')[1].split('"')[0]
    assert kari.post(READING, {**mine, "version": again}).status_code == 303
    assert written(cast).main.reading == "Mine <b>."


def test_two_people_write_different_parts_and_languages_at_the_same_time(cast: Cast, kari: Browser) -> None:
    mine = form(kari, READING, reading="Mine.")
    astrid = cast.visit("astrid")
    for place, name in (("essay/en", "essay_prompt"), ("reading/nb", "reading")):
        path = f"authoring/om1/edit/{place}"
        assert astrid.post(path, form(astrid, path, **{name: "Hers."})).status_code == 303
    assert kari.post(READING, mine).status_code == 303
    draft = written(cast)
    assert (draft.main.reading, draft.main.essay_prompt, draft.languages["nb"].reading) == ("Mine.", "Hers.", "Hers.")


def test_autosave_keeps_a_text_and_answers_with_both_in_a_conflict(cast: Cast, kari: Browser) -> None:
    def put(reading: str, base: int) -> Any:
        return kari.send_json("PUT", f"{READING}/draft", {"fields": {"t-reading": reading}, "version": base})

    first = put("One.", 0)
    assert first.json["version"] == 1
    assert first.json["status"].startswith("Saved ")
    assert put("One.", 0).json["version"] == 1
    other = put("Two.", 0)
    assert other.status_code == 409
    assert other.json["reason"] == "changed"
    assert (other.json["version"], other.json["fields"]) == (1, {"t-reading": "One."})
    assert put("Two.", 1).json["version"] == 2
    assert written(cast).main.reading == "Two."


def test_what_a_question_asks_for_is_saved_for_every_language(cast: Cast, kari: Browser) -> None:
    assert kari.post(QUESTION, question_form(kari, right_b="1", right_c="1", kind="multiple")).status_code == 303
    for code in ("en", "nb"):
        question = written(cast).languages[code].questions[0]
        assert (question.kind, set(question.right)) == ("multiple", {"b", "c"})
    assert written(cast).languages["nb"].questions[0].text == "Question 1?"


def test_who_translates_a_question_is_not_disturbed_by_a_better_wording_of_it(cast: Cast, kari: Browser) -> None:
    path = "authoring/om1/edit/questions.q1/nb"
    mine = form(kari, path, text="Hva nå?")
    astrid = cast.visit("astrid")
    astrid.post(QUESTION, question_form(astrid, right_a="1"))
    assert kari.post(path, mine).status_code == 303


def test_right_answers_that_a_colleague_has_set_are_shown_before_they_are_replaced(cast: Cast, kari: Browser) -> None:
    mine = question_form(kari, right_a="1")
    astrid = cast.visit("astrid")
    astrid.post(QUESTION, question_form(astrid, right_c="1"))
    answer = kari.post(QUESTION, mine)
    assert answer.status_code == 409
    assert "The other text: Right answers" in answer.text
    assert written(cast).main.questions[0].right == {"c"}


def test_options_come_and_go_by_buttons_that_save_first(cast: Cast, kari: Browser) -> None:
    kari.post(QUESTION, {**question_form(kari, right_a="1"), "action": "add-option"})
    kari.post(QUESTION, {**question_form(kari, right_a="1"), "action": "remove-option:b"})
    question = written(cast).languages["nb"].questions[0]
    assert [option.key for option in question.options] == ["a", "c", "d", "option-1"]
    assert written(cast).main.questions[0].options[0].text == "text a"
    assert problems_of(kari.get(QUESTION).text) == []


def test_a_translation_of_an_option_that_went_meanwhile_is_handed_back(cast: Cast, kari: Browser) -> None:
    path = "authoring/om1/edit/questions.q1/nb"
    texts = {"text": "Hva nå?", "option-b-text": "Min oversettelse"}
    mine = form(kari, path, **texts)
    astrid = cast.visit("astrid")
    astrid.post(QUESTION, {**question_form(astrid, right_a="1"), "action": "remove-option:b"})
    answer = kari.post(path, mine)
    assert answer.status_code == 409
    assert "Min oversettelse" in answer.text
    assert "Hva nå?" in answer.text
    assert problems_of(answer.text) == []


def test_what_was_typed_into_a_question_that_is_deleted_meanwhile_is_handed_back(kari: Browser) -> None:
    mine = question_form(kari, right_a="1")
    kari.post("authoring/om1/items/questions", {"action": "remove:q1"})
    answer = kari.post(QUESTION, mine)
    assert answer.status_code == 409
    assert "What now?" in answer.text
    assert problems_of(answer.text) == []


def test_questions_are_added_ordered_copied_deleted_and_put_back(cast: Cast, kari: Browser) -> None:
    path = "authoring/om1/items/questions"
    added = kari.post(path, {"action": "add", "name": "What first?", "language": "en"})
    assert added.headers["Location"].endswith("edit/questions.what-first/en")
    for action in ("up:what-first", "copy:q1", "remove:q3"):
        assert kari.post(path, {"action": action}).status_code == 303
    assert [item.key for item in written(cast).main.questions] == ["q1", "q1-1", "q2", "what-first"]
    assert "Question “Question 3?”" in kari.get(path).text
    kari.post(path, {"action": "restore:1"})
    assert [item.key for item in written(cast).main.questions] == ["q1", "q1-1", "q2", "what-first", "q3"]
    empty = kari.post(path, {"action": "add", "name": " ", "language": "en"})
    assert empty.status_code == 422
    assert "Write something first." in empty.text


def test_a_long_list_has_pages_and_a_moved_question_is_followed_to_its_page(cast: Cast, kari: Browser) -> None:
    with done_before(cast) as session:
        questions = list(small_module().text_in("en").questions) * 20
        actions.add_questions(session, cast.module_id, questions, "en", cast.person_id("kari"))
    path = "authoring/om1/items/questions"
    page = kari.get(path).text
    assert page.count('<li id="item-') == 50
    assert kari.get(f"{path}?page=2").text.count('<li id="item-') == 13
    last = page.rpartition('<li id="item-')[2].partition('"')[0]
    answer = kari.post(path, {"action": f"down:{last}"})
    assert f"page=2#item-{last}" in answer.headers["Location"]
    assert kari.get("authoring/om1/publish").text.count("Norsk bokmål: Question") == 60
    assert kari.get(f"{path}?page=x").status_code == 404


def test_the_live_preview_renders_and_stores_nothing(cast: Cast, kari: Browser) -> None:
    answer = kari.send_json("POST", "authoring/markdown", {"markdown": "# A\n\n<script>x</script> *b*"})
    assert answer.json is not None
    assert "<em>b</em>" in answer.json["html"]
    assert "<script" not in answer.json["html"]
    with done_before(cast) as session:
        assert session.scalar(select(func.count()).select_from(ModuleDraft)) == 0


def test_questions_from_elsewhere_are_added_in_one_language_or_not_at_all(cast: Cast, session: Session) -> None:
    questions: list[Question] = list(small_module().text_in("en").questions)
    kari = cast.person_id("kari")
    with pytest.raises(NotFound):
        actions.add_questions(session, cast.module_id, questions, "se", kari)
    assert not draft_of(session, cast.module_id).begun
    assert actions.add_questions(session, cast.module_id, questions, "nb", kari) == 3
    draft = draft_of(session, cast.module_id).draft
    assert len({item.key for item in draft.main.questions}) == 6
    assert [item.text for item in draft.main.questions[3:]] == ["", "", ""]
    assert draft.languages["nb"].questions[3].text == "Question 1?"


def test_steps_and_figures_are_set_and_what_is_no_number_is_shown_again(cast: Cast, kari: Browser) -> None:
    path = "authoring/om1/figures"
    typed = {"steps": ["essay"], "hours": "2,5", "reading_minutes": "9", "pass_share": "75", "attempts_allowed": ""}
    words = {"essay_words_min": "100", "essay_words_max": "200", "comment_words_min": "5"}
    posted = {"version": version(kari, path), **typed, **words}
    wrong = kari.post(path, {**posted, "essay_words_max": "50", "hours": "many"})
    assert wrong.status_code == 422
    assert 'value="many"' in wrong.text
    assert problems_of(wrong.text) == []
    assert kari.post(path, posted).status_code == 303
    draft = written(cast)
    assert (draft.steps, draft.hours, draft.pass_share, draft.essay_words_max) == (("essay",), 2.5, 0.75, 200)
    stale = kari.post(path, {**posted, "hours": "4"})
    assert stale.status_code == 409
    assert 'value="4"' in stale.text


def test_a_language_is_left_out_and_taken_in_again_with_its_texts(cast: Cast, kari: Browser) -> None:
    kari.post("authoring/om1/languages/nb", {"action": "leave-out"})
    assert list(written(cast).offered) == ["en"]
    kari.post("authoring/om1/languages/nb", {"action": "take-in"})
    assert list(written(cast).offered) == ["en", "nb"]
    assert written(cast).languages["nb"].reading
    assert kari.post("authoring/om1/languages/en", {"action": "leave-out"}).status_code == 404
