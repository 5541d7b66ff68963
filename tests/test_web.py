"""What every response and every page shares."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
import time_machine
from flask import Flask, render_template_string
from flask_babel import force_locale
from wtforms import BooleanField, Form, RadioField, SelectField, StringField
from wtforms.validators import InputRequired

from lti_tool.moments import at_moment, moment
from lti_tool.web import LARGEST_REQUEST, supported_locale
from tests import work
from tests.cast import Cast
from tests.pages import problems_of

THEN = datetime(2026, 11, 26, 13, 0, 5, tzinfo=UTC)
PAGES = [
    ("lina", "om1", ""),
    ("amir", "om1", ""),
    ("lina", None, ""),
    ("lina", "om1", "modules/om1/reading"),
    ("lina", "om1", "modules/om99"),
    ("lina", "om1", "gradebook"),
    ("ingrid", "om1", ""),
    ("astrid", None, ""),
    ("ingrid", "om1", "gradebook"),
    ("ingrid", "om1", "gradebook?show=failed"),
    ("ingrid", "om1", "gradebook?page=x"),
    ("ingrid", "om1", "gradebook/learners/{lina}"),
    ("ingrid", "om1", "nowhere"),
]


@pytest.mark.parametrize(("name", "module", "path"), PAGES)
def test_a_page_is_sound_html_with_headings_in_order_and_no_code_in_it(
    cast: Cast, name: str, module: str | None, path: str
) -> None:
    cast.visit("amir")
    with work.done_before(cast) as session:
        work.try_test(session, cast.person_id("lina"), 1, passed=False)
        work.complete(session, cast.person_id("amir"))
    page = cast.visit(name, module=module).get(path.format(lina=cast.person_id("lina"))).text
    assert problems_of(page) == []


def test_every_page_says_its_language_and_where_one_is(cast: Cast) -> None:
    page = cast.visit("lina").get().text
    assert '<html lang="en">' in page
    assert "Course LAOS" in page
    assert "Signed in as Lina Testperson" in page


def test_a_notice_is_shown_for_its_code_and_nothing_for_any_other(cast: Cast) -> None:
    browser = cast.visit("lina")
    assert "You passed the test." in browser.get("?notice=test-passed").text
    assert 'role="status"' not in browser.get("?notice=<script>").text


def test_headers_keep_addresses_and_pages_to_the_visit(cast: Cast) -> None:
    headers = cast.visit("lina").get().headers
    assert headers["Referrer-Policy"] == "no-referrer"
    assert headers["Cache-Control"] == "no-store"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert "default-src 'self'" in headers["Content-Security-Policy"]
    assert "unsafe-inline" not in headers["Content-Security-Policy"]


def test_too_much_at_once_is_refused(cast: Cast) -> None:
    answer = cast.visit("lina").post("language", {"language": "x" * (LARGEST_REQUEST + 1)})
    assert answer.status_code == 413


@pytest.mark.parametrize(
    ("wanted", "language"),
    [("nb-NO", "nb"), ("no", "nb"), ("nn_NO", "nn"), ("en_GB", "en"), ("de", "en"), (None, "en")],
)
def test_a_locale_from_outside_becomes_a_language_of_ours(wanted: str | None, language: str) -> None:
    assert supported_locale(wanted) == language


@time_machine.travel(datetime(2026, 12, 1, tzinfo=UTC))
@pytest.mark.parametrize(
    ("language", "shown"), [("en", "Thu 26 Nov, 14:00"), ("nb", "tor. 26. nov., 14:00"), ("nn", "to. 26. nov., 14:00")]
)
def test_a_moment_is_short_in_the_persons_zone_and_exact_on_hover(app: Flask, language: str, shown: str) -> None:
    with app.test_request_context(), force_locale(language):
        element = moment(THEN)
    assert f">{shown}</time>" in element
    assert 'datetime="2026-11-26T13:00:05+00:00"' in element
    assert "2026, 14:00:05" in element


@time_machine.travel(datetime(2027, 1, 2, tzinfo=UTC))
def test_a_moment_of_another_year_says_which(app: Flask) -> None:
    with app.test_request_context(), force_locale("en"):
        assert ">Thu 26 Nov 2026, 14:00</time>" in moment(THEN)


def test_a_sentence_with_a_moment_stays_empty_without_one(app: Flask) -> None:
    with app.test_request_context():
        assert at_moment("Since %(when)s.", None) == ""
        assert at_moment("Since %(when)s.", THEN).startswith("Since <time ")


class _Form(Form):
    title = StringField("Title", [InputRequired("Give it a title.")], description="Short is good.")
    level = RadioField("Level", [InputRequired("Choose a level.")], choices=["a", "b"])  # type: ignore[list-item]
    kind = SelectField("Kind", choices=["x"])  # type: ignore[list-item]
    agreed = BooleanField("Agreed", [InputRequired("Say yes.")])


def test_fields_carry_labels_hints_and_messages_and_the_summary_leads_to_them(app: Flask) -> None:
    form = _Form(data={"kind": "x"})
    form.validate()
    template = (
        '<a href="#main"></a><main id="main"><h1>x</h1>{% from "_macros.html" import field, error_summary %}'
        "{{ error_summary(form) }}{% for one in form %}{{ field(one) }}{% endfor %}</main>"
    )
    with app.test_request_context():
        page = render_template_string(template, form=form)
    assert problems_of(page) == []
    for target in ('href="#title"', 'href="#level-0"', 'id="level-0"', 'href="#agreed"'):
        assert target in page
    assert 'aria-describedby="title-hint title-error"' in page
    assert page.count('aria-invalid="true"') == 2
