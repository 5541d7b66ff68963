from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from lti_tool.marking.code import STEP, code_at, is_shown, seconds_left, spaced

SECRET = "a secret of the installation"
MOMENT = datetime(2026, 11, 26, 9, 0, 10, tzinfo=UTC)
moments = st.integers(0, 3_000_000_000).map(lambda seconds: datetime.fromtimestamp(seconds, UTC))


@given(moments, st.integers(0, STEP))
def test_a_code_is_good_while_it_is_shown_and_half_a_minute_more(moment: datetime, seconds: int) -> None:
    code = code_at(SECRET, 1, moment)
    assert is_shown(SECRET, 1, code, moment + timedelta(seconds=seconds))
    assert not is_shown(SECRET, 1, code, moment + timedelta(seconds=2 * STEP))
    assert not is_shown(SECRET, 2, code, moment)
    assert not is_shown("another secret", 1, code, moment)


def test_people_may_type_it_as_they_like() -> None:
    code = code_at(SECRET, 1, MOMENT)
    assert all(is_shown(SECRET, 1, typed, MOMENT) for typed in (spaced(code), code.lower(), f" {code[:3]}-{code[3:]} "))
    assert not any(is_shown(SECRET, 1, typed, MOMENT) for typed in ("", code[:5], code + "2", "æøå", "\udcff"))


def test_the_next_code_comes_at_the_half_minute() -> None:
    assert seconds_left(MOMENT) == 20
    assert code_at(SECRET, 1, MOMENT + timedelta(seconds=19)) == code_at(SECRET, 1, MOMENT)
    assert code_at(SECRET, 1, MOMENT + timedelta(seconds=20)) != code_at(SECRET, 1, MOMENT)
