"""The test's page while no attempt is open: what it asks for, how it went, a way to begin."""

from flask import Flask

from tests.cast import Cast
from tests.quiz.taking import ALL_RIGHT, ALL_WRONG, TEST, attempts, begin, hand_in, limit_attempts, rows
from tests.statements import statements


def test_a_learner_reads_what_the_test_asks_for(cast: Cast) -> None:
    page = cast.visit("lina").get(TEST)
    assert page.status_code == 200
    assert "3 questions about what you have read. You need 2 right answers to pass." in page.text
    assert "You can try as often as you like." in page.text


def test_looking_at_the_test_writes_nothing(cast: Cast, app: Flask) -> None:
    cast.visit("lina").get(TEST)
    assert rows(app) == 0


def test_beginning_opens_one_attempt_however_often_the_button_is_used(cast: Cast, app: Flask) -> None:
    lina = begin(begin(cast.visit("lina")))
    assert attempts(app) == [(1, None, None)]
    assert "Question 1?" in lina.get(TEST).text


def test_somebody_who_failed_may_try_again_and_finds_the_earlier_attempt(cast: Cast, app: Flask) -> None:
    lina = begin(cast.visit("lina"))
    hand_in(lina, ALL_WRONG)
    page = lina.get(TEST).text
    assert "Try again" in page
    assert "0 of 3 right" in page
    begin(lina)
    assert attempts(app) == [(1, 0, False), (2, None, None)]


def test_somebody_who_passed_cannot_begin_again(cast: Cast, app: Flask) -> None:
    lina = begin(cast.visit("lina"))
    hand_in(lina, ALL_RIGHT)
    begin(lina)
    assert attempts(app) == [(1, 3, True)]
    page = lina.get(TEST).text
    assert "You have passed the test, with 3 of 3 questions right." in page
    assert "Start the test" not in page


def test_after_the_last_attempt_the_page_says_who_can_help(cast: Cast, app: Flask) -> None:
    limit_attempts(app, 1)
    lina = begin(cast.visit("lina"))
    hand_in(lina, ALL_WRONG)
    begin(lina)
    assert attempts(app) == [(1, 0, False)]
    page = lina.get(TEST).text
    assert "You have used all your attempts without passing." in page
    assert "contact your coordinator" in page
    assert f'{TEST}/attempts"' not in page


def test_the_page_says_how_many_attempts_are_left(cast: Cast, app: Flask) -> None:
    limit_attempts(app, 2)
    lina = cast.visit("lina")
    assert "You have 2 attempts left." in lina.get(TEST).text
    hand_in(begin(lina), ALL_WRONG)
    assert "You have one attempt left." in lina.get(TEST).text


def test_only_learners_take_the_test(cast: Cast, app: Flask) -> None:
    for name in ("ingrid", "kari", "astrid"):
        assert cast.visit(name).get(TEST).status_code == 403
        assert cast.visit(name).post(f"{TEST}/attempts").status_code == 403
    assert rows(app) == 0


def test_beginning_is_a_post(cast: Cast) -> None:
    assert cast.visit("lina").get(f"{TEST}/attempts").status_code == 405
    assert cast.visit("lina").post(TEST).status_code == 405


def test_a_module_that_does_not_exist_has_no_test(cast: Cast, app: Flask) -> None:
    lina = cast.visit("lina")
    assert lina.get("modules/om9/test").status_code == 404
    assert lina.post("modules/om9/test/attempts").status_code == 404
    assert rows(app) == 0


def test_the_page_asks_the_database_little_however_many_attempts_there_were(cast: Cast, app: Flask) -> None:
    lina = cast.visit("lina")
    for number in range(1, 6):
        hand_in(begin(lina), ALL_WRONG, number=number)
    with statements(app) as seen:
        lina.get(TEST)
    assert len(seen) <= 10
