"""The kinds of party organisations, from the upper to the lower."""

import enum
from typing import Final

from flask_babel import lazy_gettext as _

from app.core.fields import Labelled
from app.people.choices import Political


@enum.unique
class PartyOrgKind(Labelled):
    """党委、党总支、党支部、党小组: each lies in one of a kind before it (S3-15)."""

    COMMITTEE = "committee", _("Party committee")
    GENERAL_BRANCH = "general_branch", _("General party branch")
    BRANCH = "branch", _("Party branch")
    GROUP = "group", _("Party group")

    @property
    def rank(self) -> int:
        """Return how far down the kind stands."""
        return list(PartyOrgKind).index(self)


MEMBERS: Final = (Political.PARTY_MEMBER, Political.PROBATIONARY)
"""The political status of members, formal and probationary (GB/T 4762: 01, 02)."""
