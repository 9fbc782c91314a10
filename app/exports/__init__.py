"""Files handed out: the commands for templates and exports, and raw exports that a second person approves."""

from typing import Any

from app.exports.models import ExportRequest
from app.exports.news import LAPSES, NEWS
from app.exports.service import ASKED
from app.exports.views import ApprovalView, offer
from app.jobs.registry import declare
from app.notices import kinds, news


def register(appbuilder: Any) -> None:
    """Add the page of approvals to the portal; after all lists whose rows are handed out."""
    kinds.declare(ASKED)
    news.declare(ExportRequest.list_name, NEWS)
    declare(LAPSES)
    appbuilder.add_view(ApprovalView, "m.approvals")
    offer()
