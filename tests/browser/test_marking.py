"""Marking a session on a phone, with the network cut in the middle: nothing is lost, nothing is done twice."""

from __future__ import annotations

import json
import re
import uuid
from collections.abc import Iterator
from datetime import timedelta

import pytest
from playwright.sync_api import Locator, Page, Route, expect
from sqlalchemy import Engine, create_engine, select
from sqlalchemy.orm import Session

from lti_tool.attendance.models import MarkEvent, SignUp, SignUpState, TrainingSession
from lti_tool.database import engine_options, now, prepare_engine
from lti_tool.people.models import Person as Somebody
from lti_tool.programme.models import Cohort
from tests.browser.conftest import Enter
from tests.browser.eye import PHONE, problems
from tests.browser.stage import Person, Stage

OFFLINE = "ERR_INTERNET_DISCONNECTED"


class Held:
    """A session that is under way, where four people have a place."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        with Session(engine) as session:
            people = session.scalars(select(Somebody).where(Somebody.subject.like("la-%")).order_by(Somebody.id))
            self.people = {person.id: str(person.name) for person in people.fetchmany(4)}
            self.id = self._plan(session)
            session.commit()

    def _plan(self, session: Session) -> int:
        began = now() - timedelta(hours=1)
        held = TrainingSession(
            uid=uuid.uuid4().hex,
            cohort_id=session.scalars(select(Cohort.id).where(Cohort.is_open).order_by(Cohort.id)).first(),
            # A meeting of its own, so that it is in nobody's way.
            meeting_key=uuid.uuid4().hex,
            starts_at=began,
            ends_at=began + timedelta(hours=4),
            minutes=240,
            sign_up_until=began,
            place="R1",
            language="en",
            taken=4,
        )
        session.add(held)
        session.flush()
        key = {"session_id": held.id, "cohort_id": held.cohort_id, "meeting_key": held.meeting_key}
        session.add_all(SignUp(person_id=one, state=SignUpState.PLACE, **key) for one in self.people)
        return held.id

    @property
    def names(self) -> list[str]:
        return list(self.people.values())

    def changes(self) -> list[tuple[str, str | None, str]]:
        """What the server has of it, in its order: whom, as what, and why."""
        # On SQLite a transaction that is left open would keep the server waiting.
        with Session(self._engine) as session:
            found = session.scalars(select(MarkEvent).where(MarkEvent.session_id == self.id).order_by(MarkEvent.id))
            return [(self.people[one.person_id], one.after.value if one.after else None, one.reason) for one in found]


@pytest.fixture
def held(stage: Stage) -> Iterator[Held]:
    engine = create_engine(stage.database_url, **engine_options(stage.database_url))
    prepare_engine(engine)
    yield Held(engine)
    engine.dispose()


def open_list(person: Person, held: Held) -> Page:
    address = person.open()
    person.page.set_viewport_size(PHONE)  # type: ignore[arg-type]
    person.page.goto(f"{address}/marking/{held.id}")
    return person.page


def row(page: Page, name: str) -> Locator:
    return page.locator("[data-person]", has=page.get_by_role("heading", name=name, exact=True))


def look_at_its_pages(page: Page, address: str) -> None:
    """Each of them is for everybody, by day and night, on a phone and beside it."""
    page.goto(f"{address}/check-in")
    page.get_by_role("button", name="Open check-in for a quarter of an hour").click()
    expect(page.locator("[data-code]")).to_have_text(re.compile("^[0-9A-Z]{3} [0-9A-Z]{3}$"))
    found = {"check-in": problems(page)}
    for path in ("rest?presence=absent", "paper", "log", "reports"):
        page.goto(f"{address}/{path}")
        found[path] = problems(page)
    assert found == {path: [] for path in found}


def tap(page: Page, name: str, presence: str) -> None:
    row(page, name).get_by_role("button", name=presence, exact=True).click()


def says(page: Page, text: str) -> None:
    expect(page.locator("[data-status]")).to_contain_text(text)


def pressed(page: Page, name: str, presence: str) -> None:
    button = row(page, name).get_by_role("button", name=presence, exact=True)
    expect(button).to_have_attribute("aria-pressed", "true")


def test_marks_made_without_a_network_are_kept_over_a_closed_page_and_sent_in_order(enter: Enter, held: Held) -> None:
    henrik = enter("coordinator-henrik")
    henrik.watch.expect(OFFLINE)
    page = open_list(henrik, held)
    one, two, three, four = held.names
    assert problems(page) == []
    page.set_viewport_size(PHONE)  # type: ignore[arg-type]
    tap(page, one, "Present")
    says(page, "Everything is saved.")
    henrik.context.set_offline(True)
    tap(page, two, "Came late")
    tap(page, three, "Absent")
    tap(page, three, "Present")
    says(page, "No connection. 3 marks are kept on this device")
    pressed(page, three, "Present")
    expect(page.locator('[data-count="none"]')).to_have_text("1")
    assert problems(page) == []
    stored = page.evaluate("JSON.stringify(localStorage)")
    assert not any(name in stored for name in held.names), "numbers are enough"
    assert held.changes() == [(one, "present", "")]
    address = page.url
    page.close()
    henrik.context.set_offline(False)
    henrik.page = henrik.context.new_page()
    henrik.page.goto(address)
    says(henrik.page, "Everything is saved.")
    pressed(henrik.page, three, "Present")
    expected = [(one, "present", ""), (two, "late", ""), (three, "absent", ""), (three, "present", "")]
    assert held.changes() == expected
    # All that are left, again without a network, which comes back while the page is open.
    henrik.context.set_offline(True)
    henrik.page.get_by_role("link", name="Mark everybody else as absent").click()
    expect(henrik.page.get_by_role("dialog")).to_contain_text(four)
    henrik.page.get_by_role("button", name="Mark them", exact=True).click()
    says(henrik.page, "No connection. One mark is kept on this device")
    henrik.context.set_offline(False)
    says(henrik.page, "Everything is saved.")
    assert held.changes() == [*expected, (four, "absent", "")]
    look_at_its_pages(henrik.page, address)


def test_an_answer_that_is_lost_on_its_way_doubles_nothing(enter: Enter, held: Held) -> None:
    henrik = enter("coordinator-henrik")
    henrik.watch.expect("ERR_FAILED")
    page = open_list(henrik, held)
    sent: list[str] = []

    def lose_the_first(route: Route) -> None:
        if route.request.method != "PUT":
            return route.continue_()
        sent.append(json.loads(route.request.post_data or "")["key"])
        if len(sent) > 1:
            return route.continue_()
        assert route.fetch().status == 200, "the server has it"
        return route.abort()

    page.route("**/marks", lose_the_first)
    tap(page, held.names[0], "Present")
    tap(page, held.names[1], "Present")
    says(page, "Everything is saved.")
    assert len(sent) == 3
    assert sent[0] == sent[1] != sent[2], "by its key the server knows it again"
    assert held.changes() == [(name, "present", "") for name in held.names[:2]]


def test_whoever_was_faster_is_shown_and_each_side_can_be_chosen(enter: Enter, held: Held) -> None:
    henrik, marit = enter("coordinator-henrik"), enter("admin-marit")
    henrik.watch.expected += [OFFLINE, "status of 409"]
    page, others = open_list(henrik, held), open_list(marit, held)
    one, two, three, _four = held.names
    henrik.context.set_offline(True)
    for name in (one, two, three):
        tap(page, name, "Present")
    tap(others, one, "Absent")
    tap(others, two, "Absent")
    says(others, "Everything is saved.")
    henrik.context.set_offline(False)
    says(page, "Not everything is saved: please decide below.")
    for name in (one, two):
        expect(row(page, name).locator("[data-settle]")).to_contain_text("Meanwhile marked as “Absent”: Marit")
    expect(row(page, three).locator("[data-unsent-mark]")).to_be_hidden()
    assert problems(page) == []
    assert held.changes()[-1] == (three, "present", ""), "the others go on"
    row(page, one).get_by_role("button", name="Leave it as it is").click()
    pressed(page, one, "Absent")
    row(page, two).get_by_role("button", name="Change to “Present”").click()
    expect(row(page, two).get_by_text("Write why.")).to_be_visible()
    row(page, two).get_by_label("Why?").fill("Sat in the back")
    page.keyboard.press("Enter")
    says(page, "Everything is saved.")
    assert held.changes()[-1] == (two, "present", "Sat in the back")
    assert [change for change in held.changes() if change[0] == one] == [(one, "absent", "")]


def test_a_visit_that_ends_keeps_the_marks_until_the_next(stage: Stage, enter: Enter, held: Held) -> None:
    henrik = enter("coordinator-henrik")
    henrik.watch.expect("status of 401")
    page = open_list(henrik, held)
    stage.end_visits()
    tap(page, held.names[0], "Present")
    says(page, "Your visit has ended. One mark is kept on this device: open the training from your course again")
    assert held.changes() == []
    address = henrik.open()
    page.goto(f"{address}/marking")
    expect(page.get_by_text("One mark on this device is not sent yet")).to_be_visible()
    page.goto(f"{address}/marking/{held.id}")
    says(page, "Everything is saved.")
    assert held.changes() == [(held.names[0], "present", "")]


def test_the_keyboard_marks_and_a_correction_asks_why(enter: Enter, held: Held) -> None:
    henrik, marit = enter("coordinator-henrik"), enter("admin-marit")
    others = open_list(marit, held)
    tap(others, held.names[0], "Absent")
    says(others, "Everything is saved.")
    page = open_list(henrik, held)
    first = row(page, held.names[0])
    page.keyboard.press("j")
    while "Absent" not in (page.locator(":focus [aria-pressed=true]").all_inner_texts() or [""])[0]:
        page.keyboard.press("p")
    page.keyboard.press("p")
    expect(first.get_by_label("Why?")).to_be_focused()
    page.keyboard.type("palapa")
    page.keyboard.press("Enter")
    says(page, "Everything is saved.")
    assert (held.names[0], "present", "palapa") in held.changes()
