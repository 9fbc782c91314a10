"""The last four digits of mobile numbers, by which the office finds who called, as keyed digests.

Four digits are soon guessed, so the digest is made under the portal's own key and for each community apart: who has
the database alone learns at most that two numbers of one community end alike. Who finds by it may read the names and
sees the same four digits in the mask.
"""

import hashlib
import hmac
from typing import Any, Final

from sqlalchemy import false
from sqlalchemy.sql import ColumnElement

from app.core import keyring, seeking
from app.core.actor import current
from app.people import phones

DIGITS: Final = 12
MOST: Final = 5


def digest(community_id: int, tail: str) -> str:
    """Return what stands for these four digits in a community."""
    about = f"person|phone_tails|{community_id}|{tail}"
    return hmac.digest(keyring.fixed("blind index"), about.encode(), hashlib.sha256).hex()[:DIGITS]


def kept(community_id: int, numbers: list[str]) -> str | None:
    """Return what is kept of the tails of a person's numbers."""
    found = [digest(community_id, tail) for tail in phones.tails(numbers)[:MOST]]
    return " ".join(found) or None


def holding_tail(model: Any, text: str) -> ColumnElement[bool]:
    """Return the SQL for the people a mobile number of whom ends so, in the communities the actor works in."""
    actor = current()
    if actor is None or not is_tail(text):
        return false()
    return seeking.holding_whole(model, "phone_tails", {one: digest(one, text) for one in sorted(actor.communities)})


def is_tail(text: str) -> bool:
    """Tell whether a text looks like the last digits of a number."""
    return len(text) == phones.TAIL and text.isascii() and text.isdigit()
