"""How `lti-tool serve` runs gunicorn. `--host`, `--port` and `--workers` come from the command line."""

import gc
import multiprocessing
import os

# A process computes (signatures, templates) while it holds the interpreter's lock, so one per core; two at least, so
# that one that dies is not missed. Threads wait for the database and for platforms' keys.
workers = max(2, multiprocessing.cpu_count())
worker_class = "gthread"
threads = 8

# One import instead of one per process, and a mistake in the settings stops the start instead of each worker.
preload_app = True


def when_ready(_server):
    """Before the processes are forked: what is loaded by now stays, so the collector need not look through it again.

    https://docs.python.org/3/library/gc.html#gc.freeze
    """
    gc.collect()
    gc.freeze()


# Launches carry the platform's hint in the address of the login; gunicorn's 4094 is less than some platforms send.
limit_request_line = 8190

# Long enough for a request that waits for a platform's keys (15 s), so that a restart cuts nobody off.
graceful_timeout = 20
# Longer than the 60 s after which common reverse proxies drop an idle connection, so that they never meet a closed one.
keepalive = 75

# The heartbeat of a worker is a file that it touches; on a slow disk a busy worker would look dead.
_MEMORY = "/dev/shm"  # noqa: S108
worker_tmp_dir = _MEMORY if os.path.isdir(_MEMORY) else None

accesslog = "-"
# Several servers of one person would fight over the one socket, and nothing here is managed through it.
control_socket_disable = True
