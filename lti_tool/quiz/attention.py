"""How long a question has had its reader's attention. Pure."""

from __future__ import annotations

# Longer than anybody thinks about one question; it keeps the figure, which a script has sent, within the column.
LONGEST = 3600


def attention(before: int | None, more: int, room: int) -> int:
    """Seconds: those known `before` and `more` that were measured since, which nobody has to believe.

    It never falls, and lies within 0 to `LONGEST` and within `room`, the time since the attempt began less what its
    other questions have had; only what was kept earlier may lie beyond that.
    """
    known = before or 0
    return max(known, min(known + max(0, more), LONGEST, room))
