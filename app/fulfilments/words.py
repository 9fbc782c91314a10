"""Where a need stands by its orders, in plain words for the resident: nobody of those who do it is named."""

from typing import Final

from flask_babel import lazy_gettext as _

from app.core import display
from app.core.fields import Text
from app.fulfilments.choices import FulfilmentState
from app.fulfilments.following import orders_of
from app.needs.choices import NeedState
from app.needs.models import Need

ASKED: Final = (
    _("Somebody has been asked to do it; we wait for the answer."),
    _("If they cannot do it, we ask somebody else."),
)
TAKEN: Final = (_("Somebody has taken it on."), _("A day is agreed on with you or with us."))
WHEN_DONE: Final = _("We tell you when it is done.")


def told(need: Need) -> tuple[Text, Text] | None:
    """Return where a planned need stands by its orders, and what comes next; None where it is planned by hand."""
    if need.state is not NeedState.PLANNED or not need.live_orders:
        return None
    standing = orders_of(need)
    dated = [one for one in standing if one.state is FulfilmentState.SCHEDULED]
    if days := sorted(one.scheduled_at for one in dated if one.scheduled_at is not None):
        return _("Somebody comes on %(when)s.", when=display.words(days[0])), WHEN_DONE
    return TAKEN if any(one.state is FulfilmentState.CLAIMED for one in standing) else ASKED
