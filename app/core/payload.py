"""Rows as JSON and back: codes for choices, ids for relations, ISO 8601 for dates; complaints come by column."""

import json
import math
from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime
from typing import Any, Final

import prison
from flask import request
from flask_babel import gettext
from flask_babel import lazy_gettext as _
from werkzeug.datastructures import MultiDict
from werkzeug.exceptions import BadRequest

from app.core import checks, clock, selects
from app.core.addresses import BadQuery
from app.core.display import careful, hides, veil
from app.core.fields import Labelled, NotUnderstood, Shape, Text, Worded, facts, shape
from app.core.flow import Ask
from app.core.rules import BIGGEST_NUMBER, Violation

NOT_ASKED: Final = _("This is not asked here.")
ORDERS: Final = {"asc": "", "desc": "-"}
OPERATORS: Final = {"eq": "", "in": "", "rel_o_m": "", "ge": "_from", "le": "_to"}
"""How a filter's operator reads in the address of a list page."""


class NoValue(Exception):
    """What was sent is no value of the column; the text says why."""


def plain(row: Any, name: str) -> Any:
    """Return a column of a row as JSON; what the current actor may not see stands as its mask."""
    field, form = facts(type(row))[name], shape(type(row), name)
    if form.kind == "one":
        return getattr(row, form.column)
    value = getattr(row, name)
    if form.kind == "many":
        return [one.id for one in value]
    if value not in (None, "") and hides(row, field):
        return veil(row, name)
    return careful(value, row) if isinstance(value, str) else spoken(value)


def spoken(value: Any) -> Any:
    """Return a value as programs read it."""
    if isinstance(value, Labelled):
        return value.value
    if isinstance(value, datetime):
        return clock.local(value).isoformat()
    if isinstance(value, Worded):
        return value.plain()
    return value.isoformat() if isinstance(value, date) else value


def body() -> dict[str, Any]:
    """Return the JSON object that was sent; 400 or 415 if there is none."""
    try:
        sent = request.get_json()
    except RecursionError:
        raise BadRequest from None
    if not isinstance(sent, dict):
        raise BadRequest
    return sent


def values(model: type, given: Mapping[str, Any], names: Iterable[str], row: Any = None) -> dict[str, Any]:
    """Return the columns that were sent. A mask sent back untouched is left out.

    Raises Violation for a column that is not among `names` and for a value that is none.
    """
    found: dict[str, Any] = {}
    wrong: dict[str, list[Text]] = {name[:40]: [NOT_ASKED] for name in set(given) - set(names)}
    for name in names:
        if name in given and not _is_mask(row, name, given[name]):
            _take(found, wrong, name, given[name], shape(model, name))
            if name in found and facts(model)[name].check in checks.NUMBERS:
                found[name] = checks.dialled(found[name])
    if wrong:
        raise Violation(wrong)
    return found


def texts(given: dict[str, Any], names: Iterable[str]) -> dict[str, Any]:
    """Take texts that are no columns of the row out of what was sent. Raises Violation."""
    found: dict[str, Any] = {}
    wrong: dict[str, list[Text]] = {}
    for name in names:
        if name in given:
            _take(found, wrong, name, given.pop(name), Shape("text", required=False))
    if wrong:
        raise Violation(wrong)
    return found


def parameters(model: type, given: Mapping[str, Any], asks: Iterable[Ask]) -> dict[str, Any]:
    """Return the parameters of a move that were sent; those that are no column of the row are texts."""
    described = facts(model)
    found: dict[str, Any] = {}
    asked = {ask.name: ask.sets for ask in asks}
    wrong: dict[str, list[Text]] = {name[:40]: [NOT_ASKED] for name in set(given) - asked.keys()}
    for name in asked.keys() & set(given):
        form = shape(model, asked[name]) if asked[name] in described else Shape("text", required=False)
        _take(found, wrong, name, given[name], form)
    if wrong:
        raise Violation(wrong)
    return found


def _take(found: dict[str, Any], wrong: dict[str, list[Text]], name: str, raw: Any, form: Shape) -> None:
    try:
        found[name] = nothing(form) if raw is None or raw == "" else _READERS[form.kind](raw, form)
    except NoValue as error:
        wrong[name] = [str(error)]


def nothing(form: Shape) -> Any:
    """Return what an empty column holds."""
    return [] if form.kind == "many" else None


def _is_mask(row: Any, name: str, raw: Any) -> bool:
    if row is None or getattr(row, name) in (None, "", []):
        return False
    return hides(row, facts(type(row))[name]) and bool(raw == veil(row, name))


def _text(raw: Any, form: Shape) -> str | None:
    if not isinstance(raw, str):
        raise NoValue(gettext("This is not a text."))
    return raw.replace("\r\n", "\n").strip() or None


def _choice(raw: Any, form: Shape) -> Labelled:
    member = next((one for one in form.choices or () if one.value == raw), None)
    if member is None:
        raise NoValue(gettext("“%(value)s” is not one of the choices.", value=str(raw)[:40]))
    return member


def _flag(raw: Any, form: Shape) -> bool:
    if not isinstance(raw, bool):
        raise NoValue(gettext("This must be true or false."))
    return raw


def _day(raw: Any, form: Shape) -> date:
    try:
        return date.fromisoformat(raw)
    except (TypeError, ValueError):
        raise NoValue(gettext("This is not a date; write it like 2026-11-22.")) from None


def _moment(raw: Any, form: Shape) -> datetime:
    try:
        moment = clock.parse_local(raw)
    except (AttributeError, OverflowError, ValueError):
        raise NoValue(gettext("This is not a date with time; write it like 2026-11-22 17:30.")) from None
    if (complaint := checks.plausible(moment)) is not None:
        raise NoValue(str(complaint))
    return moment


def _number(raw: Any, form: Shape) -> int:
    if not isinstance(raw, int) or isinstance(raw, bool):
        raise NoValue(gettext("This is not a whole number."))
    if abs(raw) > BIGGEST_NUMBER:
        raise NoValue(gettext("The number is too large."))
    return raw


def _amount(raw: Any, form: Shape) -> float:
    if not isinstance(raw, int | float) or isinstance(raw, bool) or math.isnan(raw):
        raise NoValue(gettext("This is not a number."))
    if abs(raw) > BIGGEST_NUMBER:
        raise NoValue(gettext("The number is too large."))
    return float(raw)


def _texts(raw: Any, form: Shape) -> list[str]:
    if not isinstance(raw, list) or not all(isinstance(one, str) for one in raw):
        raise NoValue(gettext("This is not a list of texts."))
    return [one.strip() for one in raw if one.strip()]


def _one(raw: Any, form: Shape) -> Any:
    row = selects.find(form.target, str(raw)) if isinstance(raw, int) and not isinstance(raw, bool) else None
    if row is None:
        raise NoValue(gettext("This choice does not exist (any more); choose again."))
    return row


def _many(raw: Any, form: Shape) -> list[Any]:
    if not isinstance(raw, list) or not all(isinstance(one, int) and not isinstance(one, bool) for one in raw):
        raise NoValue(gettext("This is not a list of ids."))
    rows = selects.find_all(form.target, [str(one) for one in raw])
    if len(rows) < len(set(raw)):
        raise NoValue(gettext("This choice does not exist (any more); choose again."))
    return rows


def _worded(raw: Any, form: Shape) -> Any:
    worded: Any = form.worded
    try:
        return worded.read(raw) if isinstance(raw, str) else worded.of(raw)
    except NotUnderstood as error:
        raise NoValue(str(error)) from None


_READERS: Final[dict[str, Callable[[Any, Shape], Any]]] = {
    "text": _text,
    "choice": _choice,
    "flag": _flag,
    "date": _day,
    "instant": _moment,
    "number": _number,
    "decimal": _amount,
    "list": _texts,
    "worded": _worded,
    "one": _one,
    "many": _many,
}


def asked(text: str) -> MultiDict[str, str]:
    """Return what a rison (or JSON) query asks for, as the address of the list page would say it.

    Keys: `filters` (each `col`, `opr`, `value`), `order_column`, `order_direction`, `page` (from 0), `page_size`,
    `search`, `quick`, `archived`, `after`. Raises BadQuery.
    """
    found: MultiDict[str, str] = MultiDict()
    query = _parsed(text) if text else {}
    for name, value in query.items():
        reader = _QUERY.get(name)
        if reader is None:
            raise BadQuery(gettext("This list has no filter “%(name)s”.", name=str(name)[:40]))
        for key, one in reader(value, query):
            found.add(key, one)
    return found


def address(args: MultiDict[str, str]) -> tuple[MultiDict[str, str], str]:
    """Return what is asked of a list, as the address of its page would say it, and the row it should begin after.

    What is asked stands in `q` as rison or JSON (see `asked`), or plainly in the address under the names of the page;
    there `search` is what the page calls `q`, and pages count from 1. Raises BadQuery.
    """
    found = asked(args.get("q", ""))
    for name, value in args.items(multi=True):
        if name != "q":
            found.add("q" if name == "search" else name, value)
    if found.pop("past", ""):
        raise BadQuery(gettext("This list has no filter “%(name)s”.", name="past"))
    after = found.pop("after", "")
    if after and found.get("page"):
        raise BadQuery(gettext("Ask either for a page or for what follows a row."))
    return found, after


def _parsed(text: str) -> dict[Any, Any]:
    try:
        query = json.loads(text) if text.startswith("{") else prison.loads(text)
    except (prison.decoder.ParserException, ValueError, LookupError, TypeError, AttributeError, RecursionError):
        query = None
    if not isinstance(query, dict):
        raise BadQuery(gettext("The query is not rison or JSON that can be read."))
    return query


Pairs = list[tuple[str, str]]


def _filters(value: Any, query: Mapping[Any, Any]) -> Pairs:
    wrong = BadQuery(gettext("A filter has a column, an operator and a value."))
    if not isinstance(value, list) or not all(isinstance(one, dict) for one in value):
        raise wrong
    found: Pairs = []
    for one in value:
        column, operator = one.get("col"), one.get("opr", "eq")
        if not isinstance(column, str) or operator not in list(OPERATORS) or "value" not in one:
            raise wrong
        picked = one["value"] if isinstance(one["value"], list) else [one["value"]]
        found += [(f"{column}{OPERATORS[operator]}", _said(each)) for each in picked]
    return found


def _page(value: Any, query: Mapping[Any, Any]) -> Pairs:
    counted = isinstance(value, int) and not isinstance(value, bool)
    return [("page", str(value + 1) if counted else _said(value))]


def _order(value: Any, query: Mapping[Any, Any]) -> Pairs:
    sign = ORDERS.get(str(query.get("order_direction", "asc")))
    if sign is None:
        raise BadQuery(gettext("An order is “asc” or “desc”."))
    return [("order", f"{sign}{_said(value)}")]


def _same(name: str) -> Callable[[Any, Mapping[Any, Any]], Pairs]:
    return lambda value, query: [(name, _said(value))]


def _said(value: Any) -> str:
    """Return a value as an address says it; what no address can say is no value of any filter."""
    if isinstance(value, bool):
        return "1" if value else "0"
    return value if isinstance(value, str) else str(value)


_QUERY: Final[dict[Any, Callable[[Any, Mapping[Any, Any]], Pairs]]] = {
    "filters": _filters,
    "order_column": _order,
    "order_direction": lambda value, query: [],
    "page": _page,
    "page_size": _same("size"),
    "search": _same("q"),
    "quick": _same("quick"),
    "archived": _same("archived"),
    "after": _same("after"),
}
