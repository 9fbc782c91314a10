"""The rules of units and teams: what a credit code looks like, that no name stands twice, and dates in order."""

import re
from collections.abc import Sequence
from datetime import date
from itertools import pairwise
from typing import Any, Final

from flask_babel import lazy_gettext as _
from sqlalchemy import inspect as sa_inspect
from sqlalchemy import select
from sqlalchemy.orm import object_session

from app.core.fields import Text

ALPHABET: Final = "0123456789ABCDEFGHJKLMNPQRTUWXY"
"""The 31 digits and letters of a credit code; I, O, S, V and Z are taken for others too easily."""

_CODE: Final = re.compile(f"[{ALPHABET}]{{18}}")


def credit_code(value: str) -> Text | None:
    """A unified social credit code (统一社会信用代码, GB 32100-2015): 18 characters, the last one a check."""
    if not _CODE.fullmatch(value):
        return _("A credit code has 18 digits and capital letters, without I, O, S, V and Z.")
    return None if value[-1] == check_character(value[:-1]) else _("One character of the credit code is wrong.")


def check_character(code: str) -> str:
    """Return the last character of a credit code for the 17 before it."""
    weighted = sum(ALPHABET.index(one) * pow(3, place, 31) for place, one in enumerate(code))
    return ALPHABET[-weighted % 31]


def name_is_free(row: Any) -> dict[str, Text] | None:
    """No two rows in use of one community have the same name: a ledger names its providers by it."""
    session, model = object_session(row), type(row)
    if session is None or not sa_inspect(row).attrs.name.history.has_changes():
        return None
    same = select(model.id).where(
        model.community_id == row.community_id, model.name == row.name, model.archived_at.is_(None)
    )
    taken = session.scalar(same.where(model.id != (row.id or 0)).limit(1)) is not None
    return {"name": _("There is one of this name already.")} if taken else None


def in_order(days: Sequence[tuple[str, date | None]], words: Text) -> dict[str, Text] | None:
    """Complain beside the first of these days, given by column, that lies before the one named before it."""
    given = [(name, day) for name, day in days if day is not None]
    late = (after[0] for before, after in pairwise(given) if after[1] < before[1])
    return next(({name: words} for name in late), None)


def registration_in_order(unit: Any) -> dict[str, Text] | None:
    """A unit is received after it has reported in, and leaves after that."""
    said = _("This cannot lie before the day on which the unit reported in.")
    received = in_order([("reported_on", unit.reported_on), ("received_on", unit.received_on)], said)
    return received or in_order([("reported_on", unit.reported_on), ("ended_on", unit.ended_on)], said)
