"""Which line item of a platform is ours. Pure."""

from __future__ import annotations

from typing import Any

import pytest

from lti_tool.lti.columns import TAG, Column, Subject, column_for, corrected, matching

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


OURS = {"id": "a", "resourceId": "om1", "tag": "ours", "label": "Giving feedback", "scoreMaximum": 100}
AS_IT_SHOULD_BE = {**OURS, "resourceLinkId": "link-1"}


@pytest.mark.parametrize(
    ("item", "expected"),
    [
        (AS_IT_SHOULD_BE, None),
        ({**AS_IT_SHOULD_BE, "scoreMaximum": 100.0}, None),
        ({**AS_IT_SHOULD_BE, "resourceLinkId": "of the course copied from"}, None),
        ({**AS_IT_SHOULD_BE, "tag": "the platform's", "label": "Old"}, None),
        (OURS, AS_IT_SHOULD_BE),
        ({**OURS, "resourceLinkId": ""}, AS_IT_SHOULD_BE),
        ({**AS_IT_SHOULD_BE, "label": "Old"}, AS_IT_SHOULD_BE),
        ({**AS_IT_SHOULD_BE, "scoreMaximum": 10}, AS_IT_SHOULD_BE),
        (
            {**OURS, "label": "Old", "resourceLinkId": "link-0", "endDateTime": "x", "submissionReview": {"y": 1}},
            {**OURS, "resourceLinkId": "link-0", "endDateTime": "x", "submissionReview": {"y": 1}},
        ),
    ],
)
def test_c103_an_update_keeps_id_and_link_and_all_that_is_not_ours(
    item: dict[str, Any], expected: dict[str, Any] | None
) -> None:
    assert corrected(item, COLUMN) == expected


def test_another_links_column_is_not_taken_for_a_copied_one() -> None:
    copied = {**OURS, "resourceLinkId": "of the course copied from"}
    assert matching([copied], COLUMN, (), taken=["a"]) is None
    assert matching([copied, {**copied, "id": "b"}], COLUMN, (), taken=["a"]) == {**copied, "id": "b"}


def test_a_column_that_the_platform_binds_itself_is_found_by_its_marks_alone() -> None:
    placed = column_for(Subject("om1"), "Giving feedback", 100)
    assert placed == Column("om1", TAG, "Giving feedback", 100, None)
    assert matching([{"id": "a"}, {"id": "b", "resourceId": "om1", "tag": TAG}], placed, ()) == {
        "id": "b",
        "resourceId": "om1",
        "tag": TAG,
    }
