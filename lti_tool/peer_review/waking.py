"""Tell the worker that there is something to weigh."""

from __future__ import annotations

import logging

from lti_tool.jobs import current_jobs

log = logging.getLogger(__name__)


def wake_weighing() -> None:
    """Have what was submitted or flagged weighed now; call it after the commit. Never raises: the next minute finds it
    anyway."""
    try:
        current_jobs().enqueue("weigh_evaluations")
    except Exception:
        log.warning("the queue cannot be reached; evaluations will be weighed in a minute", exc_info=True)
