"""Processes for tests that need real ones: forked from one that has imported everything, which spares each a second."""

from __future__ import annotations

import multiprocessing

processes = multiprocessing.get_context("forkserver")
processes.set_forkserver_preload(["tests.passback.dying_worker", "tests.test_jobs", "tests.demo_lms.owning"])
