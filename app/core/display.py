"""How a value is shown: words instead of codes, masks where the role asks for them."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, Final

from flask_babel import gettext

from app.core import access, clock, masking
from app.core.fields import Field, Labelled, facts

EMPTY: Final = "—"


def words(value: Any) -> str:
    """Return a value in the words of the interface; an unknown or empty one is a dash."""
    if value is None or value in ("", []):
        return EMPTY
    if isinstance(value, bool):
        return gettext("Yes") if value else gettext("No")
    if isinstance(value, datetime):
        return f"{clock.local(value):%Y-%m-%d %H:%M}"
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Labelled):
        return str(value.label)
    if isinstance(value, list):
        return gettext(", ").join(words(item) for item in value)
    return str(value)


def shown(row: Any, name: str) -> str:
    """Return what the current actor may see of a column of a row."""
    found = veil(row, name)
    return found or EMPTY if isinstance(found, str) else words(found)


def veil(row: Any, name: str) -> str | list[str]:
    """Return what the current actor may see of a column of a row; of a list each part by itself."""
    value, field = getattr(row, name), facts(type(row))[name]
    if isinstance(value, list):
        return [veiled(words(part), row, field) for part in value]
    # In a choice or a day nobody can have typed a number to be masked.
    if isinstance(value, Labelled | date) and not (field.mask or field.sealed):
        return words(value)
    return words(value) if value in (None, "") else veiled(words(value), row, field)


def veiled(text: str, row: Any, field: Field) -> str:
    """Return what the current actor may see of a text that stands, or stood, in a column of a row."""
    if not hides(row, field):
        return careful(text, row)
    return field.mask(text) if field.mask else EMPTY


def careful(text: str, row: Any) -> str:
    """Return a free text of a row, in which phones and identity numbers are masked where the row's columns are."""
    found = masking.free_text(text)
    return found if found != text and access.masked(row) else text


def careless(model: type, values: Mapping[str, Any]) -> list[str]:
    """Return the labels of the free texts in which somebody typed what looks like a phone or an identity number."""
    described = facts(model)
    typed = {name: value for name, value in values.items() if isinstance(value, str) and name in described}
    free = {name: value for name, value in typed.items() if not (described[name].mask or described[name].check)}
    return [str(described[name].label) for name, value in free.items() if masking.free_text(value) != value]


def titled(row: Any) -> str:
    """Return what a row is called, as the current actor may read it."""
    return careful(str(row), row)


def marks(row: Any, name: str) -> Labelled | None:
    """Return the choice whose tone and icon stand beside the word; None where the word stands alone."""
    value = getattr(row, name)
    if not isinstance(value, Labelled) or not value.tone or hides(row, facts(type(row))[name]):
        return None
    return value


def masked(row: Any, name: str) -> str:
    """Return what of a column may be told to anybody: as a role sees it to which masked columns are masked."""
    value = getattr(row, name)
    field = facts(type(row))[name]
    if value in (None, "", []) or not (field.sealed or field.mask):
        return masking.free_text(words(value))
    return field.mask(words(value)) if field.mask else EMPTY


def hides(row: Any, field: Field) -> bool:
    """Tell whether a column of this row is masked for the current actor."""
    if field.sealed:
        return True
    return field.mask is not None and access.masked(row)


def duration(minutes: int) -> str:
    """Return minutes in words, in the two largest units that are not empty."""
    days, rest = divmod(minutes, 24 * 60)
    hours, left = divmod(rest, 60)
    units = [
        (days, gettext("%(count)s d", count=days)),
        (hours, gettext("%(count)s h", count=hours)),
        (left, gettext("%(count)s min", count=left)),
    ]
    said = [words for count, words in units if count][:2]
    return " ".join(said) or gettext("%(count)s min", count=0)
