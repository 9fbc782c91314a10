"""What the single words of a list's address mean: a month, a day, a number, the choice of a filter.

What has no meaning is answered with 400 and a sentence.
"""

from collections.abc import Callable
from datetime import date
from typing import Any, Final

from flask_babel import gettext
from sqlalchemy.sql import ColumnElement
from werkzeug.routing import IntegerConverter, ValidationError

from app.core import checks
from app.core.display import titled
from app.core.fields import RELATED, Shape, Text, shape
from app.core.rules import BIGGEST_NUMBER
from app.core.selects import find

NOT_SET: Final = "-"
"""What an address says for the rows whose relation, or choice, is empty."""


class RowNumber(IntegerConverter):
    """The number of a row in an address; what no database counts up to is the number of none."""

    regex = r"\d{1,10}"

    def to_python(self, value: str) -> int:
        """Return the number. Raises ValidationError, which is answered as any address that is not there."""
        number = int(value)
        if number > BIGGEST_NUMBER:
            raise ValidationError
        return number


class BadQuery(Exception):
    """The address asks for something this list does not have."""

    def __init__(self, sentence: Text) -> None:
        super().__init__(sentence)
        self.sentence = sentence


def month_of(given: str) -> date:
    """Read a month such as 2026-11, and return its first day. Raises BadQuery."""
    try:
        first = date.fromisoformat(f"{given}-01")
    except ValueError:
        raise BadQuery(gettext("This is not a month; write it like 2026-11.")) from None
    if checks.plausible(first) is not None:
        raise BadQuery(gettext("This is not a month; write it like 2026-11."))
    return first


def meaning(form: Shape, value: str, name: str) -> tuple[Any, str]:
    """Return what a filter's text stands for, and its words. Raises BadQuery."""
    if form.kind == "choice" and form.choices:
        member = next((m for m in form.choices if m.value == value), None)
        if member is not None:
            return member, str(member.label)
        if value == NOT_SET:
            return None, gettext("Not set")
    elif form.kind == "one" and value == NOT_SET:
        return None, gettext("Not set")
    elif form.kind in RELATED:
        row = find(form.target, value)
        if row is not None:
            return row, titled(row)
    elif form.kind == "flag" and value in ("0", "1"):
        return value == "1", gettext("Yes") if value == "1" else gettext("No")
    elif form.kind == "text":
        return (None, gettext("Not set")) if value == NOT_SET else (value, value)
    raise BadQuery(gettext("“%(value)s” is not a choice of the filter “%(name)s”.", value=value[:40], name=name[:40]))


def reaches(model: Any, column: str, row: Any) -> ColumnElement[bool]:
    """Return the SQL for rows that point at `row`, or at what lies below it where the target is a tree."""
    form = shape(model, column)
    target: Any = form.target
    key = target.id if form.kind == "many" else getattr(model, form.column)
    if row is None:
        empty: ColumnElement[bool] = key.is_(None)
        return empty
    below: Callable[[], Any] | None = getattr(row, "below", None)
    reached: ColumnElement[bool] = key.in_(below()) if below else key == row.id
    return getattr(model, column).any(reached) if form.kind == "many" else reached


def day_of(value: str) -> date:
    """Read a day such as 2026-11-22. Raises BadQuery."""
    try:
        day = date.fromisoformat(value)
    except ValueError:
        raise BadQuery(gettext("“%(value)s” is not a date; write it like 2026-11-22.", value=value[:20])) from None
    if checks.plausible(day) is not None:
        raise BadQuery(gettext("“%(value)s” is not a date; write it like 2026-11-22.", value=value[:20]))
    return day


def digits(value: str) -> int | None:
    """Return the number a text of at most nine digits says; None for any other text."""
    return int(value) if value.isascii() and value.isdigit() and len(value) < 10 else None


def unknown(name: str) -> str:
    """Return the sentence for a filter that a list does not have."""
    return gettext("This list has no filter “%(name)s”.", name=name[:40])
