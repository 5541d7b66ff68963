"""Codes of certificates, as they are made and typed."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lti_tool.certificates.codes import new_code, shown_code, typed_code


def test_a_code_is_read_however_it_is_typed() -> None:
    code = new_code()
    for typed in (code, shown_code(code), f"  {shown_code(code).lower()} ", shown_code(code).replace("-", " ")):
        assert typed_code(typed) == code


def test_no_two_are_alike() -> None:
    assert len({new_code() for _time in range(1000)}) == 1000


@pytest.mark.parametrize("typed", ["", "4F7K", "4F7K-2MPQ-9RT", "4F7K-2MPQ-9RTA", "4F7K-2MPQ-9RTXX", "%' OR 1=1 --"])
def test_what_cannot_be_a_code_is_none(typed: str) -> None:
    assert typed_code(typed) is None


@given(st.text(max_size=60))
def test_nothing_that_is_typed_breaks_it(typed: str) -> None:
    code = typed_code(typed)
    assert code is None or typed_code(shown_code(code)) == code
