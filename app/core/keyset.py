"""Paging by key: what follows a row in the order of a list, at the same cost on the first page and on the last."""

from dataclasses import replace
from typing import Any

from sqlalchemy import and_, or_
from sqlalchemy.sql import ColumnElement

from app.core.listing import Query
from app.extensions import db


def after(query: Query, row: Any) -> Query:
    """Return the query for the rows that follow `row`, from the first of them."""
    return replace(query, where=(*query.where, _beyond(query, row)))


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
    found = or_(_past(column, value, direction), and_(column == value, later))
    return or_(found, column.is_(None)) if _empty_last(direction) else found


def _past(column: Any, value: Any, direction: str) -> ColumnElement[bool]:
    found: ColumnElement[bool] = column > value if direction == "asc" else column < value
    return found


def _empty_last(direction: str) -> bool:
    """To SQLite an empty value is the smallest, to PostgreSQL the largest."""
    return (db.engine.dialect.name == "postgresql") is (direction == "asc")
