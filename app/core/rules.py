"""The rules of a row, checked below every door right before it is written."""

import sys
from collections import defaultdict
from collections.abc import Callable, Mapping
from datetime import date, datetime
from functools import cache
from typing import Any, Final

from flask_babel import lazy_gettext as _
from sqlalchemy import inspect as sa_inspect

from app.core import checks
from app.core.fields import Check, Field, Shape, Text, facts, shape
from app.core.masking import MASKED

BIGGEST_NUMBER = 2**31 - 1
MOST_RELATED = 50
"""How many rows of another list one row may name in one column."""


class Violation(Exception):
    """One or more values of a row are not acceptable; `errors` says what is wrong, by column."""

    def __init__(self, errors: dict[str, list[Text]]) -> None:
        super().__init__(", ".join(errors))
        self.errors = errors


RowRule = Callable[[Any], dict[str, Text] | None]
"""Looks at a whole row and answers with complaints by column, or None."""


def errors(row: Any) -> dict[str, list[Text]]:
    """Return what is wrong with a row, by column; empty when all is well.

    The rules of the whole row are asked once each column is right by itself.
    """
    found: defaultdict[str, list[Text]] = defaultdict(list)
    for name, field in facts(type(row)).items():
        form = shape(type(row), name)
        complaint = _complaint(_held(row, name, form), field, form)
        if complaint:
            found[name].append(complaint)
    # Rules of the whole row may ask the database, which does not take just any text.
    for rule in getattr(type(row), "rules", ()) if not found else ():
        for name, complaint in (rule(row) or {}).items():
            found[name].append(complaint)
    return dict(found)


def errors_of_new(row: Any) -> dict[str, list[Text]]:
    """Return what is wrong with a row nobody has written yet; the same as `errors`."""
    model: Any = type(row)
    return examiner(model).errors(row)


def errors_of_values(model: Any, values: Mapping[str, Any]) -> dict[str, list[Text]]:
    """Return what is wrong with values of columns, each by itself, whatever the rest of the row says."""
    said = {name: _complaint(value, facts(model)[name], shape(model, name)) for name, value in values.items()}
    return {name: [complaint] for name, complaint in said.items() if complaint}


class Examiner:
    """Holds new rows of a model to its rules, as `errors` does one of a session.

    `once`: of thousands of rows each value is judged once. Whoever outlives them keeps no value: what people typed does
    not stay, and what is right of a day may be wrong tomorrow.
    """

    def __init__(self, model: Any, once: bool = True) -> None:
        shapes = [(name, field, shape(model, name)) for name, field in facts(model).items()]
        # A relation may be said by its key alone.
        keys = {name: form.column if form.kind == "one" else name for name, _field, form in shapes}
        missing = ((name, keys[name], _complaint(None, field, form)) for name, field, form in shapes if form.required)
        self._missing = [one for one in missing if one[2]]
        judges = ((name, keys[name], _judge(field, form, once)) for name, field, form in shapes)
        self._judges = [(name, key, judge) for name, key, judge in judges if judge is not None]
        self._order = [name for name, _field, _form in shapes]
        self._rules: tuple[RowRule, ...] = getattr(model, "rules", ())

    def errors(self, row: Any) -> dict[str, list[Text]]:
        """Return what is wrong with a row nobody has written yet, by column."""
        said = vars(row).get
        wrong = {name: missing for name, key, missing in self._missing if said(name) is None and said(key) is None}
        for name, key, judge in self._judges:
            value = said(name)
            if value is None and key is not name:
                value = said(key)
            if value is not None and (complaint := judge(value)):
                wrong[name] = complaint
        if wrong:
            return {name: [wrong[name]] for name in self._order if name in wrong}
        return self._of_rules(row)

    def _of_rules(self, row: Any) -> dict[str, list[Text]]:
        """Return what the rules of the whole row say, which are asked once each column is right by itself."""
        found: dict[str, list[Text]] = {}
        for rule in self._rules:
            for name, complaint in (rule(row) or {}).items():
                found.setdefault(name, []).append(complaint)
        return found


@cache
def examiner(model: Any) -> Examiner:
    """Return what holds single new rows of a model to its rules."""
    return Examiner(model, once=False)


def _judge(field: Field, form: Shape, once: bool) -> Check | None:
    """Return what says what is wrong with a value of a column; None where any value goes."""
    if form.kind in FREE and not field.check:
        return None

    def judge(value: Any) -> Text | None:
        return _complaint(value, field, form)

    if form.kind == "text":
        return _judge_of_texts(field.check, form.limit or sys.maxsize, judge)
    if form.kind in ("date", "instant") and not (field.check or field.mask):
        # Whatever the time zone, and so without asking for it.
        return lambda value: None if 1900 < value.year < 2100 else judge(value)
    return cache(judge) if once and form.kind in COMPARABLE else judge


def _judge_of_texts(check: Check | None, longest: int, judge: Check) -> Check:
    """Return what judges texts, quickly where nothing but a check of its own could find something wrong with one."""

    def judged(value: Any) -> Text | None:
        # What can be printed can be seen.
        if value.isprintable() and 0 < len(value) <= longest and MASKED not in value:
            return check(value) if check is not None else None
        return judge(value)

    return judged


FREE: Final = frozenset({"choice", "flag", "one"})
"""The kinds of columns of which only a check of their own can say that a value is wrong."""
COMPARABLE: Final = frozenset({"text", "date", "instant", "number", "decimal", "choice", "flag"})
"""The kinds of which equal values are the same to every check."""


def _held(row: Any, name: str, form: Shape) -> Any:
    """Return what the row holds; of a relation nobody has changed the key, for its row may be out of sight."""
    if form.kind == "many":
        return vars(row).get(name)
    is_key = form.kind == "one" and not sa_inspect(row).attrs[name].history.has_changes()
    return getattr(row, form.column if is_key else name)


def require(row: Any) -> None:
    """Stop with a Violation unless every rule of the row holds."""
    found = errors(row)
    if found:
        raise Violation(found)


def _complaint(value: Any, field: Field, form: Shape) -> Text | None:
    if value is None or value == "":
        return _("Please fill this in.") if form.required and form.kind != "flag" else None
    texts = value if isinstance(value, list) else [value]
    if field.mask and any(isinstance(text, str) and MASKED in text for text in texts):
        found: Text | None = _("Type the whole value; a mask is not stored.")
    elif isinstance(value, str):
        found = checks.visible(value) or too_long(value, form.limit)
    elif isinstance(value, date | datetime):
        found = checks.plausible(value)
    elif isinstance(value, int) and abs(value) > BIGGEST_NUMBER:
        found = _("The number is too large.")
    elif form.kind == "many":
        found = too_many(value)
    elif isinstance(value, list):
        found = next((bad for item in value if (bad := checks.visible(str(item)))), None)
    else:
        found = None
    return found or (field.check(value) if field.check else None)


def too_many(rows: list[Any]) -> Text | None:
    """Complain about more related rows than anybody can look through."""
    if len(rows) <= MOST_RELATED:
        return None
    return _("At most %(most)s can be chosen here.", most=MOST_RELATED)


def too_long(value: str, limit: int | None) -> Text | None:
    """Complain about a text longer than its column, in characters."""
    if limit is None or len(value) <= limit:
        return None
    return _("Too long: %(length)s characters, at most %(limit)s.", length=len(value), limit=limit)
