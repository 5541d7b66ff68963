"""What the address of a gradebook page says."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lti_tool.gradebook.view import Show, Sort, View


def test_an_address_without_arguments_shows_everybody_by_name() -> None:
    assert View.read({}) == View(None, Show.ALL, Sort.NAME, page=1)


@pytest.mark.parametrize(
    "arguments",
    [{"show": "some"}, {"sort": "grade"}, {"page": "0"}, {"page": "-1"}, {"page": "x"}, {"page": "1" * 30}],
)
def test_an_address_no_link_of_ours_has_is_refused(arguments: dict[str, str]) -> None:
    with pytest.raises(ValueError, match=r"."):
        View.read(arguments)


@given(
    st.builds(View, st.none() | st.just("om2"), st.sampled_from(Show), st.sampled_from(Sort), page=st.integers(1, 99))
)
def test_what_a_view_writes_it_reads_back(view: View) -> None:
    written = {name: str(value) for name, value in view.with_(page=view.page).items()}
    assert View.read(written) == view


def test_a_changed_filter_begins_on_the_first_page_and_keeps_the_rest() -> None:
    view = View(module="om2", show=Show.DONE, sort=Sort.PROGRESS, page=3)
    assert view.with_(show="failed") == {"module": "om2", "show": "failed", "sort": "progress"}


def test_sorting_by_the_same_column_again_turns_it_round() -> None:
    assert View().toggled("name") == {"sort": "-name"}
    assert View(sort=Sort.NAME_DOWN).toggled("name") == {}
    assert View().toggled("progress") == {"sort": "progress"}


@pytest.mark.parametrize(
    ("sort", "said"), [(Sort.NAME, "ascending"), (Sort.NAME_DOWN, "descending"), (Sort.PROGRESS, "none")]
)
def test_a_column_head_says_how_it_is_sorted(sort: Sort, said: str) -> None:
    assert View(sort=sort).sorted_by("name") == said
