"""What a path of a place is made of: three digits of order, and five signs that no neighbour has."""

import string
from typing import Final

LARGEST_SORT: Final = 0xFFF
SIGNS: Final = string.digits + string.ascii_uppercase + string.ascii_lowercase


def digits(sort: int | None) -> str:
    """Return the digits of the order among the neighbours; what lies outside stands at the end it lies beyond."""
    return f"{min(max(sort or 0, 0), LARGEST_SORT):03x}"


def signs(uid: str) -> str:
    """Return a place's own signs. Of a thousand neighbours two have the same in one of two thousand communities."""
    number, found = int(uid, 16), ""
    for _sign in range(5):
        number, which = divmod(number, len(SIGNS))
        found += SIGNS[which]
    return found
