"""The page on which the essay is written."""

from html import unescape

from flask import Flask

from tests.cast import Cast
from tests.reflection.writing import ANOTHER, ESSAY, LONG_ENOUGH, autosave, rows, send, start_evaluation
from tests.statements import statements


def test_a_learner_reads_the_task_and_finds_an_empty_field(cast: Cast) -> None:
    page = cast.visit("lina").get(ESSAY)
    assert page.status_code == 200
    assert "Write about <em>your</em> feedback." in page.text
    assert '<label class="form-label" for="text">Your essay</label>' in page.text
    assert "Between 20 and 60 are needed." in page.text
    assert 'name="version" type="hidden" value="0"' in page.text


def test_looking_writes_nothing(cast: Cast, app: Flask) -> None:
    cast.visit("lina").get(ESSAY)
    assert rows(app) == 0


def test_the_draft_is_there_in_another_visit_with_its_words_and_when_it_was_saved(cast: Cast) -> None:
    autosave(cast.visit("lina"), "My *first* try & more <b>")
    page = cast.visit("lina", course="TDT4100").get(ESSAY).text
    assert "My *first* try & more <b></textarea>" in unescape(page)
    assert "data-words>5</span>" in page
    assert "Saved " in page


def test_the_preview_shows_the_draft_as_others_would_read_it(cast: Cast, app: Flask) -> None:
    lina = cast.visit("lina")
    answer = send(lina, "# Mine\n\n*first* <script>try</script>", action="preview")
    assert answer.status_code == 303
    assert answer.location.endswith("?preview=1#preview")
    page = lina.get(f"{ESSAY}?preview=1").text
    assert "<h3>Mine</h3>" in page
    assert "<p><em>first</em> &lt;script&gt;try&lt;/script&gt;</p>" in page
    assert "Preview" not in lina.get(ESSAY).text.replace("Save and preview", "")


def test_changes_after_submitting_are_named_with_the_text_that_others_read(cast: Cast) -> None:
    lina = cast.visit("lina")
    send(lina, LONG_ENOUGH)
    unchanged = lina.get(ESSAY).text
    assert "Submitted" in unchanged
    assert "Your draft differs" not in unchanged
    autosave(lina, ANOTHER, 1)
    page = lina.get(ESSAY).text
    assert "Your draft differs from what you submitted." in page
    assert f"<p>{LONG_ENOUGH}</p>" in page
    assert f"{ANOTHER}</textarea>" in page


def test_once_an_evaluation_has_started_the_page_shows_what_was_submitted_and_why_it_stays(
    cast: Cast, app: Flask
) -> None:
    lina = cast.visit("lina")
    send(lina, LONG_ENOUGH)
    autosave(lina, ANOTHER, 1)
    start_evaluation(app)
    page = lina.get(ESSAY).text
    assert "Somebody has begun to evaluate your essay, so it can no longer be changed." in page
    assert f"<p>{LONG_ENOUGH}</p>" in page
    assert f"<p>{ANOTHER}</p>" in page
    assert "Your later draft, which you did not submit" in page
    assert "<textarea" not in page
    assert "Submit" not in page.replace("Submitted", "")


def test_the_text_on_the_device_has_one_name_in_every_visit_and_for_one_person_only(cast: Cast) -> None:
    def device_key(name: str, course: str) -> str:
        return cast.visit(name, course=course).get(ESSAY).text.split('data-device-key="')[1].split('"')[0]

    before = device_key("lina", "LAOS")
    assert len(before) == 32
    autosave(cast.visit("lina"), "saved")
    assert device_key("lina", "TDT4100") == before
    assert device_key("frode", "LAOS") != before


def test_nobody_sees_the_essay_of_somebody_else(cast: Cast, app: Flask) -> None:
    autosave(cast.visit("lina"), "something private")
    for name in ("frode", "una"):
        assert "something private" not in cast.visit(name).get(ESSAY).text


def test_only_learners_write(cast: Cast, app: Flask) -> None:
    for staff in (cast.visit("ingrid"), cast.visit("kari"), cast.visit("astrid")):
        assert staff.get(ESSAY).status_code == 403
        assert send(staff, LONG_ENOUGH).status_code == 403
        assert autosave(staff, LONG_ENOUGH).status_code == 403
    assert rows(app) == 0


def test_other_methods_are_refused(cast: Cast) -> None:
    lina = cast.visit("lina")
    assert lina.get(f"{ESSAY}/draft").status_code == 405
    assert lina.post(f"{ESSAY}/draft").status_code == 405
    assert lina.send_json("PUT", ESSAY, {}).status_code == 405


def test_a_module_that_does_not_exist_has_no_essay(cast: Cast, app: Flask) -> None:
    lina = cast.visit("lina")
    assert lina.get("modules/om9/essay").status_code == 404
    assert lina.post("modules/om9/essay", {"text": "x", "version": "0", "action": "save"}).status_code == 404
    assert lina.send_json("PUT", "modules/om9/essay/draft", {"text": "x", "version": 0}).status_code == 404
    assert rows(app) == 0


def test_page_and_saving_ask_the_database_little(cast: Cast, app: Flask) -> None:
    lina = cast.visit("lina")
    autosave(lina, LONG_ENOUGH)
    with statements(app) as page:
        lina.get(ESSAY)
    with statements(app) as save:
        autosave(lina, ANOTHER, 1)
    with statements(app) as submit:
        send(lina, ANOTHER, 2)
    assert len(page) <= 9
    assert len(save) <= 12
    assert len(submit) <= 26
