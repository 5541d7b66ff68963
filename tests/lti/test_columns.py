"""Which line item of a platform is ours. Pure."""

from __future__ import annotations

from typing import Any

import pytest

from lti_tool.lti.columns import TAG, Column, column_for, matching

COLUMN = Column("om1", "ours", "Giving feedback", 100, "link-1")


@pytest.mark.parametrize(
    ("items", "expected"),
    [
        ([], None),
        ([{"id": "a", "resourceLinkId": "link-2"}], None),
        ([{"id": "a", "resourceLinkId": "link-1", "tag": "the platform's"}], "a"),
        (
            [
                {"id": "a", "resourceLinkId": "link-1", "tag": "the platform's"},
                {"id": "b", "resourceLinkId": "link-1", "tag": "ours", "resourceId": "om1"},
            ],
            "b",
        ),
        ([{"id": "a", "tag": "ours"}, {"id": "b", "resourceLinkId": "link-1"}], "b"),
        ([{"id": "a", "tag": "ours", "resourceId": "om1"}, {"id": "b", "resourceLinkId": "link-1"}], "b"),
        ([{"id": "a", "tag": "ours", "resourceId": "om1"}], "a"),
        ([{"id": "a", "tag": "ours", "resourceId": "om2"}], None),
        ([{"id": "a", "tag": "ours", "resourceId": "om1", "resourceLinkId": "link-2"}], None),
        ([{"id": "a", "tag": "ours", "resourceId": "om1", "resourceLinkId": "of the course copied from"}], "a"),
        ([{"id": "a", "tag": "ours", "resourceId": "om1", "readOnly": True}], None),
        ([{"id": "a", "resourceLinkId": "link-1", "readOnly": True}], None),
        ([{"id": "a", "resourceLinkId": "link-1", "readOnly": False}], "a"),
    ],
)
def test_c105_the_line_item_of_a_link_is_told_from_others(items: list[dict[str, Any]], expected: str | None) -> None:
    found = matching(items, COLUMN, {"link-2"})
    assert (found and found["id"]) == expected


def test_a_column_that_the_platform_binds_itself_is_found_by_its_marks_alone() -> None:
    placed = column_for("om1", "Giving feedback", 100)
    assert placed == Column("om1", TAG, "Giving feedback", 100, None)
    assert matching([{"id": "a"}, {"id": "b", "resourceId": "om1", "tag": TAG}], placed, ()) == {
        "id": "b",
        "resourceId": "om1",
        "tag": TAG,
    }
