"""Search-as-you-type selects: the page carries only the chosen option, and only rows in scope are accepted."""

import re
from collections.abc import Iterable
from functools import cache
from typing import Any, Final

from flask_babel import gettext
from sqlalchemy import bindparam, false, or_, select
from sqlalchemy.orm import lazyload
from sqlalchemy.sql import ColumnElement
from wtforms import Field as FormField
from wtforms.widgets import TextInput

from app.core import access, checks, display, lasting
from app.core.fields import Text, facts
from app.core.model import Sought
from app.core.reads import KEPT
from app.extensions import db

_NUMBER: Final = re.compile(r"\d{4}")
OFFERED: Final = 20
"""How many choices are offered at once."""
MOST_ASKED: Final = 100
"""How many chosen rows are looked up at once."""


class Remote(FormField):
    """Rows of another list, looked for by what is typed; words nobody chose a row for are said, not dropped."""

    widget = TextInput()
    typed = ""

    def __init__(self, label: Text | None = None, target: type | None = None, **kwargs: Any) -> None:
        super().__init__(label, **kwargs)
        self.target: Any = target

    def process(self, formdata: Any, *args: Any, **kwargs: Any) -> None:
        """Remember what was typed beside what was chosen."""
        self.typed = (formdata.get(f"{self.name}.typed") or "").strip() if formdata else ""
        super().process(formdata, *args, **kwargs)

    def complain(self) -> None:
        """Stop where words were typed for which no row was chosen."""
        if self.typed:
            words = self.typed[:40]
            raise ValueError(
                gettext("“%(words)s” was not chosen from the list; choose it, or empty the field.", words=words)
            )


class RemoteSelect(Remote):
    """One row of another list, by id. What is not in the actor's scope is not accepted."""

    def process_formdata(self, valuelist: list[str]) -> None:
        """Look the chosen row up inside the scope."""
        self.data = None
        given = valuelist[0].strip() if valuelist else ""
        if not given:
            self.complain()
        before = self.object_data
        if before is not None and given == str(before.id):
            self.data = before
        elif given:
            self.data = find(self.target, given)
            if self.data is None:
                raise ValueError(gettext("This choice does not exist (any more); choose again."))

    @property
    def chosen_id(self) -> str:
        """Return the id of the chosen row as text, or nothing."""
        return str(self.data.id) if self.data is not None else ""

    @property
    def chosen_text(self) -> str:
        """Return the words for the chosen row, or nothing."""
        return option_words(self.data) if self.data is not None else self.typed


class RemoteMany(Remote):
    """Several rows of another list, by their ids. What is not in the actor's scope is not accepted."""

    def process_formdata(self, valuelist: list[str]) -> None:
        """Look the chosen rows up inside the scope, in one statement."""
        given = list(dict.fromkeys(one.strip() for one in valuelist if one.strip()))
        self.data = find_all(self.target, given)
        if len(self.data) < len(given):
            raise ValueError(gettext("This choice does not exist (any more); choose again."))
        self.complain()

    @property
    def chosen(self) -> list[tuple[int, str]]:
        """Return id and words of the chosen rows."""
        return [(row.id, option_words(row)) for row in self.data or ()]


def find(target: Any, given: str) -> Any:
    """Return the row with this id if it is in scope, else None."""
    return next(iter(find_all(target, [given])), None)


def find_all(target: Any, given: Iterable[str]) -> list[Any]:
    """Return the rows with these ids that are in scope, in this order."""
    numbers = [int(one) for one in given if one.isascii() and one.isdigit() and len(one) < 10][:MOST_ASKED]
    if not numbers:
        return []
    if len(numbers) == 1 and lasting.are_kept(target):
        # Several are asked in one statement; one by one each would be another, whenever somebody has changed one.
        row = lasting.seen(target, numbers[0])
        return [row] if row is not None else []
    # Asked for, not taken from what the session holds already: that may have come in for somebody else.
    found = {row.id: row for row in db.session.scalars(_rows(target), {"numbers": numbers})}
    return [found[number] for number in dict.fromkeys(numbers) if number in found]


@cache
def _rows(target: Any) -> Any:
    # What a row hangs on is part of its words; those are only wanted where the form comes back.
    some = select(target).where(target.id.in_(bindparam("numbers", expanding=True))).options(lazyload("*"))
    return some.execution_options(**{KEPT: True})


def offered(target: Any, text: str, *where: Any) -> list[tuple[int, str]]:
    """Return id and words of the rows in scope whose searched columns hold `text`, at most OFFERED."""
    if checks.visible(text) is not None:
        return []
    statement = select(target).where(target.archived_at.is_(None), *where)
    if text:
        statement = statement.where(holds(target, text[:40]))
    statement = statement.order_by(*getattr(target, "option_order", (target.id,))).limit(OFFERED)
    return [(row.id, option_words(row)) for row in db.session.scalars(statement)]


def holds(target: Any, text: str) -> ColumnElement[bool]:
    """Return the SQL for the rows found by a text: by what they are sought in, else by their searched columns."""
    if issubclass(target, Sought):
        found: ColumnElement[bool] = target.holding(text)
        return found
    searched = {name: fact for name, fact in facts(target).items() if fact.searched}
    if _NUMBER.search(text) and access.masks(target.guard()):
        # What people type may hold phones, which are masked for the actor: searching must not tell them.
        searched = {name: fact for name, fact in searched.items() if not fact.edited}
    return or_(false(), *(getattr(target, name).icontains(text, autoescape=True) for name in searched))


def option_words(row: Any) -> str:
    """Return the words of a row as a choice: its full name where it has one."""
    return display.careful(str(getattr(row, "full_name", row)), row)
