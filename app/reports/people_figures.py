"""What figures are told of people: how many are registered, in which groups they are, and what they can do.

They are as of today. Where somebody may stand in several rows the figure says whether it counts cases or persons
(S3-08); the cases of the groups add up to those of all.
"""

from typing import Final

from flask_babel import lazy_gettext as _

from app.reports.figures import Figure

PEOPLE: Final = (
    Figure("people", _("People registered"), _("People in use, each once in a community"), part="registered"),
    Figure(
        "party_members",
        _("Party members among them"),
        _("People whose political status is member or probationary member of the party"),
        part="party_members",
    ),
)

VULNERABILITIES: Final = (
    Figure(
        "vulnerable_cases",
        _("Vulnerable groups: cases"),
        _("Entries that have not ended; somebody in two groups is two cases"),
        part="current",
        excluded=_("Entries that ended."),
    ),
    Figure(
        "vulnerable_persons",
        _("Vulnerable groups: persons"),
        _("Different people in these entries; somebody in two groups is one person"),
        part="current",
        excluded=_("Entries that ended."),
        total="person_id",
        unit=_("persons"),
        once=True,
    ),
)

TALENTS: Final = (
    Figure("talents", _("Talents"), _("Talents registered, whether they take part or not"), part="registered"),
    Figure("think_tank", _("Think tank"), _("Talents who advise the community"), part="think_tank"),
    Figure("service_group", _("Service group"), _("Talents who lend a hand"), part="service_group"),
)
