"""How gunicorn serves the portal: several processes on one PostgreSQL, started from the program's folder.

    gunicorn --config deploy/gunicorn.conf.py

What the operator sets are the portal's own settings (SIDAN_…); WEB_CONCURRENCY says how many processes. The worker of
the jobs is a service of its own: `flask --app app jobs run`.
"""

import os
import sys
from pathlib import Path
from typing import Any

from app import instance
from app.core import arenas, readings, settling
from app.core.hosts import address

# `config` itself is a name gunicorn would take for one of its own settings.
from config import Refusal, load

try:
    settings = load()
except Refusal as refusal:
    sys.exit(refusal.message)

wsgi_app = "app:create_app()"
host = f"[{settings['HOST']}]" if ":" in settings["HOST"] else settings["HOST"]
bind = f"{host}:{settings['PORT']}"
workers = int(os.environ.get("WEB_CONCURRENCY", "3"))
worker_class = "gthread"
threads = settings["THREADS"]
# Code and dictionaries stand in memory once; what one process writes the others count anew (`app.core.fresh`).
preload_app = True
# Requests that have begun are answered to their end, when the portal is stopped or its processes are replaced (HUP).
graceful_timeout = 60
timeout = 120
# The portal itself reads what a trusted proxy says, and only as many as are trusted.
secure_scheme_headers: dict[str, str] = {}
control_socket_disable = True
proc_name = "sidan"


def on_starting(server: Any) -> None:
    """Hold the instance as `run.py` does: no second portal starts on it, and no backup is put back meanwhile."""
    lock = instance.Lock(Path(settings["INSTANCE"]))
    try:
        lock.take(address(settings))
    except Refusal as refusal:
        sys.exit(refusal.message)
    # It outlives this file, which is read anew at each HUP.
    server.sidan_lock = lock


def when_ready(server: Any) -> None:
    """Leave in peace what was loaded before the processes part, so that it stays shared between them."""
    readings.tables()
    arenas.settle()


def post_worker_init(worker: Any) -> None:
    """Leave in peace what the pages have loaded besides, once some were opened."""
    settling.later(worker.wsgi)


def on_exit(server: Any) -> None:
    """Give the instance back."""
    server.sidan_lock.close()
