"""What a running portal has loaded is left in peace.

Python looks again and again for objects that lead to each other in a circle and are needed no more, among all there
are. Words, templates, models and statements stay as long as the portal runs: once people have opened some pages, and
so nearly all of it is there, it is no longer looked through. That is a twentieth of what a page takes.
"""

from itertools import count
from typing import Any, Final

from flask import Flask, request_finished

from app.core import arenas

AFTER: Final = 200
"""Requests."""


def later(app: Flask, after: int = AFTER) -> None:
    """Leave in peace what is there when this process has answered so many requests."""
    answered = count(1)

    def leave(_app: Any, **_about: Any) -> None:
        if next(answered) == after:
            request_finished.disconnect(leave, app)
            arenas.settle()

    # Whoever serves holds the portal, not this function: the signal must keep it.
    request_finished.connect(leave, app, weak=False)
