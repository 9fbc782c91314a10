"""Spans of days, from a first day to a last one or without end."""

from datetime import date


def meet(since: date, until: date | None, other_since: date, other_until: date | None) -> bool:
    """Tell whether two spans overlap. One may begin on the day the other ends: that day is for handing over."""
    if since == other_since:
        return True
    return (other_until is None or since < other_until) and (until is None or other_since < until)
