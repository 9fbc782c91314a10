"""The threads of the portal take memory from one place, so that each does not keep what it once needed."""

import subprocess
import sys

import pytest

import config

EIGHT_THREADS = """
import ctypes, sys, threading
from app.core import arenas
if sys.argv[1] == "shared":
    arenas.share()
together = threading.Barrier(8)
def work():
    together.wait()
    kept = [bytes(5_000) for _one in range(50)]
    together.wait()
threads = [threading.Thread(target=work) for _one in range(8)]
for one in threads: one.start()
for one in threads: one.join()
libc = ctypes.CDLL(None)
libc.fdopen.restype = ctypes.c_void_p
out = ctypes.c_void_p(libc.fdopen(1, b"w"))
libc.malloc_info(0, out)
libc.fflush(out)
"""


def arenas_of(how):
    done = subprocess.run(
        [sys.executable, "-c", EIGHT_THREADS, how], cwd=config.ROOT, capture_output=True, text=True, check=True
    )
    return done.stdout.count("<heap nr=")


@pytest.mark.skipif(sys.platform != "linux", reason="other C libraries have no arenas")
def test_eight_threads_share_one_arena():
    assert arenas_of("shared") == 1
    assert arenas_of("apart") > 1


def test_who_serves_does_not_look_for_rubbish_among_what_was_loaded():
    look = "import gc; from app import create_app; from app.core import arenas; arenas.settle(); "
    told = f"{look}print(gc.get_freeze_count() > 100 * len(gc.get_objects()))"
    done = subprocess.run([sys.executable, "-c", told], cwd=config.ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "True"
