"""Orders (服务落地清单): who was asked to answer a need, who took it on, and what came of it (S3-13, S3-02)."""

from typing import Any

from app.fulfilments import following, words
from app.fulfilments.job import EXPIRE
from app.fulfilments.models import Fulfilment
from app.fulfilments.news import NEWS
from app.fulfilments.panel import ORDERS, count_panel, orders_of, orders_panel
from app.fulfilments.views import FulfilmentView
from app.jobs.registry import declare
from app.needs.models import Need
from app.needs.orders import orders
from app.notices import news as notices
from app.projects.models import ServiceProject


def register(appbuilder: Any) -> None:
    """Add the list of orders to the portal, let needs ask it, and let needs and projects show theirs."""
    following.attend()
    orders.told = words.told
    declare(EXPIRE)
    notices.declare(Fulfilment.list_name, NEWS)
    appbuilder.add_view(FulfilmentView, "m.fulfilments")
    views = {view.list_name: view for view in appbuilder.list_views()}
    views[Need.list_name].guests.append(orders_panel(views[Fulfilment.list_name]))
    views[Need.list_name].hanging[ORDERS] = orders_of
    views[ServiceProject.list_name].guests.append(count_panel(views[Fulfilment.list_name]))
