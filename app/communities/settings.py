"""The numbers a community sets for itself; where it sets none, those of `defaults` hold."""

from datetime import timedelta
from typing import Final

from flask_babel import lazy_gettext as _
from sqlalchemy.orm import Mapped, mapped_column

from app.communities import defaults
from app.communities.own_words import OwnWords, StoredWords
from app.communities.rules import days_form, hold_form, hours_form, share_form
from app.communities.unused import StoredParts, UnusedParts
from app.communities.worktime import LENGTH, WorkingHours
from app.core import checks
from app.core.fields import Text, WordedText, about

USED: Final = _("Which parts we use")
OWN_WORDS: Final = _("In our own words")
RESIDENTS: Final = _("For residents")
CLOCKS: Final = _("Time limits")

UNSET: Final[dict[str, Text]] = {
    "reference_date": _("By default: the day itself"),
    "silence_days": _("By default: %(count)s d", count=defaults.SILENCE_DAYS),
    "offer_hours": _("By default: %(count)s h", count=defaults.OFFER_HOURS),
    "callback_share": _("By default: %(count)s %%", count=defaults.CALLBACK_SHARE),
    "callback_quota": _("By default: %(count)s", count=defaults.CALLBACK_QUOTA),
    "working_hours": _("By default: %(hours)s", hours=defaults.WORKING_HOURS),
    "hold_days": _("By default: %(count)s d", count=defaults.HOLD_DAYS),
    "reopen_days": _("By default: %(count)s d", count=defaults.REOPEN_DAYS),
    "unused": _("By default: all are used"),
    "words": _("By default: the standard words"),
}
"""What holds where a community sets nothing, in words."""


class Settings:
    """The columns of these numbers, and what holds."""

    silence_days: Mapped[int | None] = mapped_column(
        info=about(
            _("Days until silence closes"),
            _("After so many days without an answer what was delivered is closed as unconfirmed. Empty: 14."),
            check=days_form,
            group=RESIDENTS,
        )
    )
    offer_hours: Mapped[int | None] = mapped_column(
        info=about(
            _("Hours to answer an offer"),
            _("After so many hours an offer nobody has answered runs out. Empty: 48."),
            check=hours_form,
        )
    )
    callback_share: Mapped[int | None] = mapped_column(
        info=about(
            _("Call-backs out of a hundred"),
            _("How many of those closed by code, or without an answer, are called back. Empty: 10."),
            check=share_form,
            group=RESIDENTS,
        )
    )
    callback_quota: Mapped[int | None] = mapped_column(
        info=about(_("Call-backs a week"), _("Empty: 5."), check=checks.not_negative, group=RESIDENTS)
    )
    working_hours: Mapped[WorkingHours | None] = mapped_column(
        WordedText(WorkingHours, LENGTH),
        info=about(
            _("Working hours"),
            _("Of a working day; limits in working days and hours count only these. Empty: 9:00-12:00、14:00-18:00."),
            group=CLOCKS,
        ),
    )
    hold_days: Mapped[int | None] = mapped_column(
        info=about(
            _("Days on hold without the secretary"),
            _("For longer only the secretary puts a need on hold. Empty: 3."),
            check=hold_form,
            group=CLOCKS,
        )
    )
    reopen_days: Mapped[int | None] = mapped_column(
        info=about(
            _("Days to reopen"),
            _("So many days after the end the resident may still answer or have it taken up again. Empty: 15."),
            check=days_form,
            group=CLOCKS,
        )
    )

    unused: Mapped[UnusedParts | None] = mapped_column(
        StoredParts,
        info=about(
            _("Parts we do not use"),
            _("Their lists are then gone for everybody of the community; nothing is deleted. Empty: all are used."),
            group=USED,
        ),
    )
    words: Mapped[OwnWords | None] = mapped_column(
        StoredWords,
        info=about(
            _("Own words"),
            _("What you write here stands instead wherever your community is shown. Empty: the standard word again."),
            group=OWN_WORDS,
            sheet=False,
        ),
    )

    @property
    def unused_lines(self) -> frozenset[str]:
        """Return the lines of the role table that give nothing in this community."""
        return self.unused.lines if self.unused is not None else frozenset()

    @property
    def silence(self) -> timedelta:
        """Return how long the resident may take to answer."""
        return timedelta(days=self.silence_days or defaults.SILENCE_DAYS)

    @property
    def office_hours(self) -> WorkingHours:
        """Return when the office works on a working day."""
        return self.working_hours or defaults.WORKING_HOURS

    @property
    def longest_hold(self) -> timedelta:
        """Return for how long the office puts a need on hold without the secretary."""
        return timedelta(days=defaults.HOLD_DAYS if self.hold_days is None else self.hold_days)

    @property
    def still_open(self) -> timedelta:
        """Return how long after the end the resident may still answer or have a need taken up again."""
        return timedelta(days=self.reopen_days or defaults.REOPEN_DAYS)

    @property
    def answer_time(self) -> timedelta:
        """Return how long a provider may take to answer an offer."""
        return timedelta(hours=self.offer_hours or defaults.OFFER_HOURS)

    @property
    def share_called(self) -> int:
        """Return how many of a hundred closings are called back."""
        return defaults.CALLBACK_SHARE if self.callback_share is None else self.callback_share
