"""What a need shows of its orders: who does it, how far they are, a button to offer it; and a project: how many."""

from collections.abc import Callable
from functools import cache
from typing import Any, Final

from sqlalchemy import bindparam, func, select
from sqlalchemy.orm import joinedload

from app.core import access
from app.core.hanging import may_hang
from app.core.reads import KEPT
from app.core.specification import Panel
from app.extensions import db
from app.fulfilments.models import Fulfilment
from app.needs.choices import WORKING_STATES
from app.needs.models import Need
from app.projects.models import ServiceProject

SHOWN: Final = 50
ORDERS: Final = "orders"


def orders_panel(view: Any) -> Callable[[Need], list[Panel]]:
    """Return what makes the panel of a need, with the pages of `view`."""

    def panels(need: Need) -> list[Panel]:
        if not access.may("v", view.guard):
            return []
        may_offer = need.state in WORKING_STATES and need.archived_at is None and access.may("c", view.guard)
        rows = _orders(need) if may_hang(need, ORDERS) else []
        shown = {"orders": rows, "view": view, "may_offer": may_offer}
        return [("fulfilments/panel.html", shown)] if rows or may_offer else []

    return panels


def orders_of(need: Any) -> Any:
    """Return the query for the orders of the need a model stands for."""
    own = (Fulfilment.community_id == need.community_id, Fulfilment.need_id == need.id)
    return select(Fulfilment.id).where(*own)


def _orders(need: Need) -> list[Fulfilment]:
    return list(db.session.scalars(_of_need(), {"community": need.community_id, "need": need.id}))


@cache
def _of_need() -> Any:
    own = (Fulfilment.community_id == bindparam("community"), Fulfilment.need_id == bindparam("need"))
    newest = select(Fulfilment).where(*own).order_by(Fulfilment.id.desc()).limit(SHOWN)
    return newest.options(joinedload(Fulfilment.provider)).execution_options(**{KEPT: True})


def count_panel(view: Any) -> Callable[[ServiceProject], list[Panel]]:
    """Return what tells on a project how many orders it led to, with the pages of `view`."""

    def panels(project: ServiceProject) -> list[Panel]:
        if not access.may("v", view.guard):
            return []
        under = select(func.count(Fulfilment.id)).where(
            Fulfilment.community_id == project.community_id,
            Fulfilment.project_id == project.id,
            Fulfilment.archived_at.is_(None),
        )
        return [("fulfilments/under_project.html", {"count": db.session.scalar(under) or 0, "view": view})]

    return panels
