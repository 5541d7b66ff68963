"""What templates make of a text to translate."""

from __future__ import annotations

import pytest
from flask import Flask, render_template_string


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    ("asked", "shown"),
    [
        ("_('Signed in as %(name)s', name='<b>')", "Signed in as &lt;b&gt;"),
        ("_('<b>as it is written</b>')", "<b>as it is written</b>"),
        ("_('100 %% of them')", "100 % of them"),
    ],
)
def test_what_is_filled_in_is_escaped_and_the_text_itself_is_not(app: Flask, asked: str, shown: str) -> None:
    with app.test_request_context():
        assert render_template_string(f"{{{{ {asked} }}}}") == shown


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_nothing_is_escaped_where_the_template_is_no_page(app: Flask) -> None:
    template = "{% autoescape false %}{{ _('Signed in as %(name)s', name='<b>') }}{% endautoescape %}"
    with app.test_request_context():
        assert render_template_string(template) == "Signed in as <b>"
