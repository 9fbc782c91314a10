"""Any ledger a community keeps, taken into its lists: read, shown, taken in as a whole, and taken back."""

from typing import Any

from flask import current_app
from flask_babel import lazy_gettext as _

from app.core.sheets.doors import TAKER
from app.imports import describing, jobs, long, registry
from app.imports.doors import import_doors, send_to
from app.imports.pages import import_pages
from app.jobs.own import tidies
from app.jobs.registry import Job, declare
from app.jobs.schedule import Every


def register(appbuilder: Any) -> None:
    """Add the taking in of ledgers to the portal."""
    tidies("ledgers", _("Ledgers sent more than 30 days ago"), jobs.forget_old)
    declare(
        Job(
            long.JOB,
            _("Long ledgers"),
            _("Reads, takes in and takes back ledgers of more than 20,000 rows, piece by piece."),
            long.work,
            Every(10),
            {"ledgers": _("Ledgers")},
        )
    )
    registry.adopt(appbuilder.list_views())
    current_app.extensions[TAKER] = send_to
    describing.start()
    current_app.register_blueprint(import_pages)
    current_app.register_blueprint(import_doors)
