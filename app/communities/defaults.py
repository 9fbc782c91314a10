"""What a community starts with when it names nothing else."""

from typing import Final

from flask_babel import lazy_gettext as _

from app.core.fields import Text

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
