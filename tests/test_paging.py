"""Long lists in pages, whose view stands in the address."""

from __future__ import annotations

import pytest

from lti_tool.gradebook.view import View
from lti_tool.paging import PAGE_SIZE, page_in, pages_of


def test_a_page_past_the_end_is_the_last_one() -> None:
    assert View(page=9).on_page_of(PAGE_SIZE + 1).page == 2
    assert View(page=9).on_page_of(0).page == 1


@pytest.mark.parametrize(("total", "pages"), [(0, 1), (1, 1), (PAGE_SIZE, 1), (PAGE_SIZE + 1, 2)])
def test_pages_are_filled_before_a_new_one_begins(total: int, pages: int) -> None:
    assert pages_of(total) == pages


@pytest.mark.parametrize("page", ["0", "-1", "x", "", "1" * 30])
def test_a_page_that_no_link_names_is_refused(page: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        page_in({"page": page})


def test_what_is_usual_does_not_stand_in_an_address() -> None:
    assert View().arguments == {}
    assert View(module="om2", page=3).arguments == {"module": "om2", "page": 3}
    assert View(module="om2", page=3).with_() == {"module": "om2"}
    assert View(page=3).offset == 2 * PAGE_SIZE
