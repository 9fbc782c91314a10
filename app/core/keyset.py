"""Paging by key: what follows a row in the order of a list, at the same cost on the first page and on the last."""

from dataclasses import replace
from typing import Any

from sqlalchemy import and_, or_, select
from sqlalchemy.sql import ColumnElement

from app.core.listing import Query
from app.extensions import db


def after(query: Query, row: Any) -> Query:
    """Return the query for the rows that follow `row`, from the first of them."""
    return replace(query, where=(*query.where, _beyond(query, row)))


def page(query: Query, *options: Any) -> list[Any]:
    """Return the rows of a page: beside the row its link names, or counted off where that row is gone."""
    # What is found by words is few, or near; it is counted off as fast.
    beside = _named(query) if query.past and not query.text else None
    rows = _beside(query, beside, options) if beside is not None else []
    return rows or query.rows(*options)


def _named(query: Query) -> Any:
    model = query.offer.model
    wanted = select(model.id, getattr(model, query.order[0])).where(model.id == abs(query.past))
    return db.session.execute(wanted).one_or_none()


def _beside(query: Query, row: Any, options: tuple[Any, ...]) -> list[Any]:
    if query.past > 0:
        return after(query.at(1), row).rows(*options)
    name, direction = query.order
    backward = replace(query.at(1), order=(name, "asc" if direction == "desc" else "desc"))
    rows = after(backward, row).rows(*options)[::-1]
    # A page that is not full stands at the beginning: rows before it have gone.
    return rows if len(rows) == query.size else query.at(1).rows(*options)


def _beyond(query: Query, row: Any) -> ColumnElement[bool]:
    name, direction = query.order
    column, number = getattr(query.offer.model, name), query.offer.model.id
    later = _past(number, row.id, direction)
    if name == "id":
        return later
    value = getattr(row, name)
    if value is None:
        tied = and_(column.is_(None), later)
        return tied if _empty_last(direction) else or_(tied, column.is_not(None))
    # Said twice, so that the database begins where the row stands in its index and not at the first row.
    near = column >= value if direction == "asc" else column <= value
    found = and_(near, or_(_past(column, value, direction), and_(column == value, later)))
    may_be_empty = _nullable(query.offer.model, name) and _empty_last(direction)
    return or_(found, column.is_(None)) if may_be_empty else found


def _nullable(model: Any, name: str) -> bool:
    """Tell whether an order may be empty in a row; one the database computes never is."""
    return name in model.__table__.c and bool(model.__table__.c[name].nullable)


def _past(column: Any, value: Any, direction: str) -> ColumnElement[bool]:
    found: ColumnElement[bool] = column > value if direction == "asc" else column < value
    return found


def _empty_last(direction: str) -> bool:
    """To SQLite an empty value is the smallest, to PostgreSQL the largest."""
    return (db.engine.dialect.name == "postgresql") is (direction == "asc")
