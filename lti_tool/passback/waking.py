"""Tell the worker that scores wait, or columns; call either after the commit. Neither raises."""

from __future__ import annotations

from collections.abc import Sequence

from lti_tool.jobs import current_jobs


def wake(score_ids: Sequence[int]) -> None:
    current_jobs().wake("deliver_scores", len(score_ids))


def wake_reader() -> None:
    current_jobs().wake("read_results")
