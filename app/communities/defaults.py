"""What a community starts with when it names nothing else."""

from typing import Final

from flask_babel import lazy_gettext as _

from app.communities.worktime import WorkingHours
from app.core.fields import Text

WORKING_HOURS: Final = WorkingHours(((9 * 60, 12 * 60), (14 * 60, 18 * 60)))
"""When the office works on a working day."""
HOLD_DAYS: Final = 3
"""For how many days the office puts a need on hold without asking the secretary."""
REOPEN_DAYS: Final = 15
"""How many days after the end the resident may still answer, or have a need taken up again."""
OFFER_HOURS: Final = 48
"""For how long an offer waits for an answer."""
SILENCE_DAYS: Final = 14
"""After how many days without an answer of the resident what was delivered is closed as unconfirmed."""
CALLBACK_SHARE: Final = 10
"""How many of a hundred closings are called back."""
CALLBACK_QUOTA: Final = 5
"""How many call-backs a week the office should make."""

CATEGORIES: Final[dict[Text, tuple[Text, ...]]] = {
    _("Community governance"): (
        _("Cleanliness and greenery"),
        _("Public facilities"),
        _("Property management"),
        _("Safety hazards"),
        _("Parking and traffic"),
        _("Neighbours and disputes"),
    ),
    _("People's livelihood"): (
        _("Care for the elderly"),
        _("Help for the disabled"),
        _("Care for children"),
        _("Relief and allowances"),
        _("Health and medicine"),
        _("Work and trades"),
    ),
    _("Everyday services"): (
        _("Papers and errands"),
        _("Repairs and household help"),
        _("Culture and sports"),
        _("Couriers and riders"),
        _("Questions about policy"),
        _("Other matters"),
    ),
}
