"""What the address of a gradebook page says."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lti_tool.gradebook.view import PAGE_SIZE, Show, Sort, View, pages_of


def test_an_address_without_arguments_shows_everybody_by_name() -> None:
    assert View.read({}) == View(None, Show.ALL, Sort.NAME, 1)


@pytest.mark.parametrize(
    "arguments",
    [{"show": "some"}, {"sort": "grade"}, {"page": "0"}, {"page": "-1"}, {"page": "x"}, {"page": "1" * 30}],
)
def test_an_address_no_link_of_ours_has_is_refused(arguments: dict[str, str]) -> None:
    with pytest.raises(ValueError, match=r"."):
        View.read(arguments)


@given(st.builds(View, st.none() | st.just("om2"), st.sampled_from(Show), st.sampled_from(Sort), st.integers(1, 99)))
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


def test_a_page_past_the_end_is_the_last_one() -> None:
    assert View(page=9).on_page_of(PAGE_SIZE + 1).page == 2
    assert View(page=9).on_page_of(0).page == 1


@pytest.mark.parametrize(("total", "pages"), [(0, 1), (1, 1), (PAGE_SIZE, 1), (PAGE_SIZE + 1, 2)])
def test_pages_are_filled_before_a_new_one_begins(total: int, pages: int) -> None:
    assert pages_of(total) == pages
