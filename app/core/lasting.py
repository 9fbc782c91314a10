"""Rows that are chosen again and again and seldom change, such as places and categories: asked once and then kept.

Only the row is kept, as it stands for everybody; whether somebody sees it is decided each time (decision 0053).
"""

from functools import cache, partial
from typing import Any, Final

from sqlalchemy import bindparam, select
from sqlalchemy import inspect as sa_inspect
from sqlalchemy.orm import make_transient_to_detached

from app.core import access, edition, scope
from app.core.actor import acting, system
from app.core.reads import KEPT
from app.extensions import db

_MODELS: Final[set[Any]] = set()


def keep(*models: Any) -> None:
    """Say that rows of these models are kept; whoever is of a community sees all of them there."""
    if not all(model.open_to_members for model in models):
        raise TypeError("who sees a row that is kept is not asked of the database")
    edition.rests_on(*models)
    _MODELS.update(models)


def are_kept(model: Any) -> bool:
    """Tell whether rows of a model are kept."""
    return model in _MODELS


def seen(model: Any, number: int) -> Any:
    """Return the row of a model with this id, in the session; None where the actor sees none."""
    row = edition.kept(("row", model, number), partial(_as_it_stands, model, number))
    if row is None or not access.sees(row):
        return None
    held = db.session.identity_map.get(sa_inspect(row).key)
    return held if held is not None else db.session.merge(row, load=False)


def _as_it_stands(model: Any, number: int) -> Any:
    with acting(system("lasting")):
        found = scope.columns(_one(model), {"number": number})
    if not found:
        return None
    row = model()
    vars(row).update(zip(_names(model), found[0], strict=True))
    make_transient_to_detached(row)
    return row


@cache
def _names(model: Any) -> tuple[str, ...]:
    return tuple(column.key for column in sa_inspect(model).column_attrs if not column.deferred)


@cache
def _one(model: Any) -> Any:
    asked = select(*(getattr(model, name) for name in _names(model))).where(model.id == bindparam("number"))
    return asked.execution_options(**{KEPT: True})
