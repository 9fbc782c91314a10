"""Which codes this browser has opened: its signed session keeps a mark of each, and nobody guesses what they know."""

from typing import Final

from flask import session

from app.public import tickets

KEY: Final = "opened"
MOST: Final = 5


def note(mark: str) -> None:
    """Keep that this browser has opened a code, or was shown it."""
    known = session.get(KEY, [])
    if mark not in known:
        session[KEY] = [*known, mark][-MOST:]


def knows(signs: str) -> bool:
    """Tell whether this browser has opened the code before."""
    return tickets.mark_of(signs) in session.get(KEY, [])
