"""An open attempt: its page, and answers that survive leaving it."""

import re
from datetime import timedelta
from typing import Any

from flask import Flask
from sqlalchemy import update

from lti_tool.database import db, now
from lti_tool.people.models import LaunchSession
from tests.cast import Cast
from tests.quiz.taking import ALL_RIGHT, TEST, attempts, autosave, begin, hand_in, recorded_results, rows, saved_answers
from tests.statements import statements

NONSENSE: tuple[Any, ...] = (
    [],
    "q1",
    {},
    {"question": "q1"},
    {"question": "q9", "chosen": ["a"]},
    {"question": "q1", "chosen": "a"},
    {"question": "q1", "chosen": ["z"]},
    {"question": "q1", "chosen": ["a", "b"]},
    {"question": "q3", "chosen": ["a", "a"]},
    {"question": "q1", "chosen": [1]},
    {"question": ["q1"], "chosen": ["a"]},
    {"question": "q1\x00", "chosen": ["\ud800"]},
    {"question": "q1", "chosen": ["a"], "right": True},
)
NOT_OFFERED: tuple[dict[str, str | list[str]], ...] = (
    {"action": "delete"},
    {"action": ""},
    {"q-q9": "a"},
    {"q-q1": "z"},
    {"q-q1": ["a", "b"]},
    {"q-q3": ["a", "a"]},
    {"q-q1": "a" * 100_000},
    {"q-q1": "a\x00"},
    {"right": "14"},
)


def checked(page: str) -> set[str]:
    return set(re.findall(r'id="q-([\w-]+)" value="\w+" checked', page))


def options_in_order(page: str) -> list[str]:
    return re.findall(r'id="q-([\w-]+)" value=', page)


def test_every_question_is_a_group_with_its_legend_and_says_how_many_to_choose(cast: Cast) -> None:
    page = begin(cast.visit("lina")).get(TEST).text
    assert page.count("<fieldset") == page.count("<legend>") == 3
    assert page.count('type="radio"') == 8
    assert page.count('type="checkbox"') == 4
    assert page.count("Choose one.") == 2
    assert page.count("Choose all that apply.") == 1


def test_a_reload_shows_the_options_in_the_same_order(cast: Cast) -> None:
    lina = begin(cast.visit("lina"))
    assert options_in_order(lina.get(TEST).text) == options_in_order(lina.get(TEST).text)


def test_the_page_does_not_tell_which_options_are_right(cast: Cast) -> None:
    page = begin(cast.visit("lina")).get(TEST).text
    assert "About a" not in page
    assert "correct" not in page.lower()


def test_an_answer_that_the_script_saved_is_there_after_a_reload(cast: Cast) -> None:
    lina = begin(cast.visit("lina"))
    answer = autosave(lina, {"question": "q3", "chosen": ["a", "c"]})
    assert answer.status_code == 200
    assert re.fullmatch(r"Saved \d\d:\d\d", answer.get_json()["status"])
    assert checked(lina.get(TEST).text) == {"q3-a", "q3-c"}
    autosave(lina, {"question": "q3", "chosen": ["c"]})
    autosave(lina, {"question": "q1", "chosen": ["b"]})
    assert checked(lina.get(TEST).text) == {"q1-b", "q3-c"}


def test_answers_saved_without_script_are_there_after_a_reload(cast: Cast, app: Flask) -> None:
    lina = begin(cast.visit("lina"))
    answer = hand_in(lina, {"q-q1": "c", "q-q3": ["a", "b"]}, "save")
    assert answer.status_code == 303
    assert answer.location.endswith(f"{TEST}?notice=saved")
    assert checked(lina.get(TEST).text) == {"q1-c", "q3-a", "q3-b"}
    assert attempts(app) == [(1, None, None)]


def test_answers_are_there_in_another_visit(cast: Cast) -> None:
    autosave(begin(cast.visit("lina")), {"question": "q1", "chosen": ["a"]})
    assert checked(cast.visit("lina", course="TDT4100").get(TEST).text) == {"q1-a"}


def test_a_tab_that_does_not_know_of_an_answer_keeps_it(cast: Cast, app: Flask) -> None:
    lina = begin(cast.visit("lina"))
    autosave(lina, {"question": "q1", "chosen": ["a"]})
    hand_in(lina, {"q-q2": "b"}, "save")
    assert saved_answers(app) == {"q1": ["a"], "q2": ["b"], "q3": []}


def test_check_boxes_can_be_cleared(cast: Cast, app: Flask) -> None:
    lina = begin(cast.visit("lina"))
    hand_in(lina, {"q-q3": ["a", "b"]}, "save")
    hand_in(lina, {}, "save")
    assert saved_answers(app) == {"q3": []}


def test_submitting_with_questions_left_out_asks_first_and_keeps_what_was_answered(cast: Cast, app: Flask) -> None:
    lina = begin(cast.visit("lina"))
    answer = hand_in(lina, {"q-q1": "a"})
    assert answer.status_code == 303
    page = lina.get(answer.location.removeprefix(lina.prefix)).text
    assert attempts(app) == [(1, None, None)]
    assert "2 questions have no answer yet" in page
    assert checked(page) == {"q1-a"}
    assert "Submit anyway" in page
    summary = page[page.index("problem-summary") :]
    for target in re.findall(r'<a href="#([\w-]+)">Question [23]</a>', summary):
        assert f'id="{target}"' in page
    assert summary.count("This question has no answer yet.") == 2


def test_the_page_does_not_complain_before_anything_was_submitted(cast: Cast) -> None:
    page = begin(cast.visit("lina")).get(TEST).text
    assert "no answer yet" not in page
    assert "Submit anyway" not in page


def test_questions_left_out_count_as_wrong_once_that_is_confirmed(cast: Cast, app: Flask) -> None:
    lina = begin(cast.visit("lina"))
    hand_in(lina, {"q-q1": "a"}, "submit-anyway")
    assert attempts(app) == [(1, 1, False)]


def test_a_script_that_sends_nonsense_is_refused_and_nothing_is_kept(cast: Cast, app: Flask) -> None:
    lina = begin(cast.visit("lina"))
    for body in NONSENSE:
        assert autosave(lina, body).status_code == 400, body
    assert saved_answers(app) == {}


def test_a_body_that_is_no_json_is_refused(cast: Cast, app: Flask) -> None:
    lina = begin(cast.visit("lina"))
    for raw in (b"{", b"null", b"\xff\xfe", b"[" * 200_000, b'{"question": ' + b"9" * 5000 + b"}", b""):
        answer = lina.client.put(
            f"{lina.prefix}{TEST}/attempts/1/answers",
            data=raw,
            content_type="application/json",
            headers={"X-CSRFToken": lina.form_token},
            base_url="https://tool.test",
        )
        assert answer.status_code == 400, raw[:20]
    assert saved_answers(app) == {}


def test_a_form_with_anything_that_the_page_does_not_offer_is_refused(cast: Cast, app: Flask) -> None:
    lina = begin(cast.visit("lina"))
    for fields in NOT_OFFERED:
        answer = lina.post(f"{TEST}/attempts/1", {**ALL_RIGHT, "action": "submit", **fields})
        assert answer.status_code == 400, fields
    assert saved_answers(app) == {}
    assert attempts(app) == [(1, None, None)]


def test_attempts_that_do_not_exist_are_not_found(cast: Cast, app: Flask) -> None:
    lina = begin(cast.visit("lina"))
    for number in ("2", "99999", "100000", "9" * 30, "9" * 5000, "0", "-1", "x", "1%00"):
        attempt = f"{TEST}/attempts/{number}"
        # Where the number is too long, the router says 405 for want of a rule that could take it.
        assert lina.get(attempt).status_code in (404, 405), number
        assert lina.post(attempt, {**ALL_RIGHT, "action": "submit"}).status_code in (404, 405), number
        answer = lina.send_json("PUT", f"{attempt}/answers", {"question": "q1", "chosen": ["a"]})
        assert answer.status_code in (404, 405), number
    assert saved_answers(app) == {}


def test_nobody_reaches_the_attempt_of_somebody_else(cast: Cast, app: Flask) -> None:
    begin(cast.visit("lina"))
    for name in ("frode", "una"):
        other = cast.visit(name)
        assert autosave(other, {"question": "q1", "chosen": ["a"]}).status_code == 404
        assert hand_in(other, ALL_RIGHT).status_code == 404
        assert other.get(f"{TEST}/attempts/1").status_code == 404
    assert saved_answers(app) == {}


def test_staff_can_neither_save_nor_submit(cast: Cast, app: Flask) -> None:
    begin(cast.visit("lina"))
    for staff in (cast.visit("ingrid"), cast.visit("kari"), cast.visit("astrid")):
        assert autosave(staff, {"question": "q1", "chosen": ["a"]}).status_code == 403
        assert hand_in(staff, ALL_RIGHT).status_code == 403
    assert saved_answers(app) == {}


def test_saving_is_a_put_and_needs_the_form_token(cast: Cast, app: Flask) -> None:
    lina = begin(cast.visit("lina"))
    answers = f"{TEST}/attempts/1/answers"
    assert lina.get(answers).status_code == 405
    assert lina.post(answers).status_code == 405
    bare = lina.client.put(
        lina.prefix + answers, json={"question": "q1", "chosen": ["a"]}, base_url="https://tool.test"
    )
    assert bare.status_code == 400
    assert saved_answers(app) == {}


def test_an_ended_visit_is_told_so_as_json(cast: Cast, app: Flask) -> None:
    lina = begin(cast.visit("lina"))
    assert lina.form_token
    with app.app_context():
        db.session.execute(update(LaunchSession).values(expires_at=now() - timedelta(seconds=1)))
        db.session.commit()
    answer = autosave(lina, {"question": "q1", "chosen": ["a"]})
    assert answer.status_code == 401
    assert answer.get_json()["error"] == "Your visit has ended"


def test_pages_and_saving_ask_the_database_little(cast: Cast, app: Flask) -> None:
    lina = begin(cast.visit("lina"))
    with statements(app) as page:
        lina.get(TEST)
    with statements(app) as save:
        autosave(lina, {"question": "q1", "chosen": ["a"]})
    with statements(app) as submit:
        hand_in(lina, ALL_RIGHT)
    assert len(page) <= 10
    assert len(save) <= 10
    assert len(submit) <= 24


def test_nothing_but_answers_is_written_before_submitting(cast: Cast, app: Flask) -> None:
    lina = begin(cast.visit("lina"))
    autosave(lina, {"question": "q1", "chosen": ["a"]})
    assert rows(app) == 3
    assert recorded_results(app) == []
