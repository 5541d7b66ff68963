"""The list as coordinators read it, and saying who is who."""

from __future__ import annotations

import pytest

from lti_tool.database import db
from lti_tool.employment.taking import take_over
from tests.cast import Cast
from tests.employment.lists import Desk, found, line, name_people, who


@pytest.fixture
def home(desk: Desk, cast: Cast) -> Desk:
    """Two Siris have come, one of them is on the list; so are Frode and somebody who has not come."""
    with cast.app.app_context():
        name_people(db.session, cast, siri=("Siri Sand", None), tuva=("Siri Sand", None), amir=("Amir <b>", None))
        lines = (line("Siri Sand", department="IDI"), line("Frode Foss", department="IMF"), line("Nora", "n@n.test"))
        take_over(db.session, cast.cohort_id, found(*lines))
        db.session.commit()
    return desk


def ids(home: Desk) -> dict[str, int]:
    return {one.name: one.id for one in home.rows()}


def matched(home: Desk) -> dict[str, int | None]:
    with home.cast.app.app_context():
        return who(db.session)


def test_the_list_is_narrowed_down_by_what_is_known(home: Desk) -> None:
    page = home.browser.get(home.home).text
    assert all(name in page for name in ("Siri Sand", "Frode Foss", "n@n.test"))
    page = home.browser.get(f"{home.home}?department=IMF").text
    assert "Frode Foss" in page
    assert "Siri Sand" not in page
    assert "Siri Sand" in home.browser.get(f"{home.home}?q=SIRI").text
    assert "Nobody is in this list" in home.browser.get(f"{home.home}?q=Ola").text
    assert home.browser.get(f"{home.home}?show=everything").status_code == 400


def test_who_is_who_is_said_for_many_at_once(home: Desk) -> None:
    page = home.browser.get(f"{home.home}/unmatched").text
    assert page.count("Siri Sand") > 2
    assert page.index("Siri Sand") < page.index("Nora")
    assert "One of them may be somebody who has come" in page
    assert "Nobody with such a name has come yet." in page
    siri, line_id = home.cast.people["siri"], ids(home)["Siri Sand"]
    assert home.browser.post(f"{home.home}/unmatched", {f"who-{line_id}": ""}).status_code == 422
    answer = home.browser.post(f"{home.home}/unmatched", {f"who-{line_id}": str(siri)})
    assert answer.status_code == 303
    assert matched(home)["siri sand"] == siri


def test_somebody_else_is_found_by_name_and_put_right_again(home: Desk) -> None:
    nora = f"{home.home}/people/{ids(home)['Nora']}"
    assert "Amir &lt;b&gt;" in home.browser.get(f"{nora}?q=amir").text
    assert "Nobody who has come is called" in home.browser.get(f"{nora}?q=ingrid").text
    amir = home.cast.people["amir"]
    assert home.browser.post(nora, {"who": str(amir)}).status_code == 303
    assert matched(home)["n@n.test"] == amir
    assert "Somebody has said so." in home.browser.get(nora).text
    home.browser.post(nora, {"who": "nobody"})
    assert matched(home)["n@n.test"] is None


def test_only_those_who_have_come_as_learning_assistants_can_be_somebody_on_a_list(home: Desk) -> None:
    nora = f"{home.home}/people/{ids(home)['Nora']}"
    for wrong, status in ((str(home.cast.people["ingrid"]), 404), ("999", 404), ("x", 400), ("", 400)):
        assert home.browser.post(nora, {"who": wrong}).status_code == status
    assert home.browser.get(f"{home.home}/people/999").status_code == 404


def test_forgetting_asks_first_and_leaves_those_who_came(home: Desk) -> None:
    assert "2 lines name people who have not been found" in home.browser.get(f"{home.home}/end").text
    assert home.browser.post(f"{home.home}/end", {"action": "unmatched"}).status_code == 303
    assert list(matched(home)) == ["frode foss"]
    home.browser.post(f"{home.home}/end", {"action": "everything"})
    assert matched(home) == {}
    assert home.browser.post(f"{home.home}/end", {"action": "x"}).status_code == 400
