"""What the portal does with orders by itself."""

from typing import Final

from flask_babel import lazy_gettext as _

from app.core import clock
from app.fulfilments.service import expire_offers
from app.jobs.registry import Counts, Job
from app.jobs.schedule import Every


def _expire() -> Counts:
    return {"expired": expire_offers(clock.now())}


EXPIRE: Final = Job(
    "expire_offers",
    _("Let offers run out"),
    _("Ends the offers nobody has answered in time."),
    _expire,
    Every(10),
    {"expired": _("Offers that ran out")},
)
