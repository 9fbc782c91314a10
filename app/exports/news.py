"""Who is told of what becomes of a request, and the job that ends what nobody fetched."""

from typing import Final

from flask_babel import lazy_gettext as _

from app.exports.service import lapse_all
from app.jobs.registry import Job
from app.jobs.schedule import Every
from app.notices.kinds import Kind
from app.notices.news import Told
from app.notices.service import Whom

APPROVED: Final = Kind(
    "export_approved",
    _("Your export is approved; fetch the file within 24 hours"),
    fixed=True,
    done_by=("fetch", "withdraw", "lapse"),
    icon="unlock",
)
REFUSED: Final = Kind("export_refused", _("Your export is not approved"), fixed=True, icon="slash-circle")
_WHO_ASKED: Final = Whom(people=("created_by_id",))
NEWS: Final = (Told("approve", APPROVED, _WHO_ASKED), Told("refuse", REFUSED, _WHO_ASKED))

LAPSES: Final = Job(
    "exports",
    _("End approvals of exports"),
    _("Ends the approval of exports that nobody fetched within 24 hours."),
    lapse_all,
    Every(60),
    {"lapsed": _("Approvals that lapsed")},
)
