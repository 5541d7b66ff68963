"""Tell the worker that scores wait."""

from __future__ import annotations

import logging
from collections.abc import Sequence

from lti_tool.jobs import current_jobs

log = logging.getLogger(__name__)


def wake(score_ids: Sequence[int]) -> None:
    """Have these scores sent now; call it after the commit. Never raises: the next sweep finds them anyway."""
    try:
        for _score in score_ids:
            current_jobs().enqueue("deliver_scores")
    except Exception:
        log.warning("the queue cannot be reached; the sweep will find the scores", exc_info=True)


def wake_reader() -> None:
    """Have columns read that are due; call it after the commit. Never raises: the next minute finds them anyway."""
    try:
        current_jobs().enqueue("read_results")
    except Exception:
        log.warning("the queue cannot be reached; the columns will be read in a minute", exc_info=True)
