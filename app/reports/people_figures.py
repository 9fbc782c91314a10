"""What figures are told of people: how many are registered, in which groups they are, and what they can do.

They are as of today. Where somebody may stand in several rows the figure says whether it counts cases or persons
(S3-08); the cases of the groups add up to those of all.
"""

from typing import Final

from flask_babel import lazy_gettext as _

from app.called import called
from app.posts.choices import PostDuty
from app.reports.figures import Figure

COMMUNITIES: Final = (Figure("communities", _("Communities"), _("Communities set up in the portal"), part="set_up"),)

PLACES: Final = (
    Figure("grids", _("Grids"), _("Places of the kind grid that are in use"), part="grids"),
    Figure(
        "headed_grids",
        _("Grids with a head"),
        _("Grids for which somebody is head today ÷ grids in use"),
        part="headed_grids",
        whole="grids",
    ),
)

PEOPLE: Final = (
    Figure(
        "people",
        _("People registered"),
        _("People in use; somebody of two communities is one person once both secretaries have agreed"),
        part="registered",
        total="counted_as",
        unit=_("persons"),
        once=True,
    ),
    Figure(
        "party_members",
        _("Party members among them"),
        _("People whose political status is member or probationary member of the party"),
        part="party_members",
        total="counted_as",
        unit=_("persons"),
        once=True,
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
        total="counted_as",
        unit=_("persons"),
        once=True,
    ),
)

TALENTS: Final = (
    Figure(
        "talents",
        called("list.talents", _("Talents")),
        _("Talents registered, whether they take part or not"),
        part="registered",
    ),
    Figure("think_tank", _("Think tank"), _("Talents who advise the community"), part="think_tank"),
    Figure("service_group", _("Service group"), _("Talents who lend a hand"), part="service_group"),
)


def _held(duty: PostDuty) -> Figure:
    return Figure(
        f"post_{duty.value}",
        duty.label,
        _("Different people who hold such a post today; somebody with two of them is one person"),
        part=duty.value,
        excluded=_("Posts that ended or have not begun; other duties of the same people."),
        total="person_id",
        unit=_("persons"),
        once=True,
    )


PART_TIME: Final = f"post_{PostDuty.PART_TIME.value}"
"""Part-time workers of companies are told apart from the workers of grids (S2-23)."""

POSTS: Final = tuple(_held(duty) for duty in PostDuty)

PARTY_ORGS: Final = (
    Figure(
        "party_orgs",
        called("list.party_orgs", _("Party organisations")),
        _("Party organisations of every kind in use"),
        part="in_use",
    ),
    Figure("party_groups", _("Party groups"), _("Party organisations of the kind group in use"), part="groups"),
)

PARTY_MEMBERS: Final = (
    Figure(
        "members_in_grids",
        _("Members in grids"),
        _("Party members whose organisation is for places, itself or above ÷ party members who belong to one today"),
        part="in_grids",
        whole="placed",
        excluded=_("Party members who belong to no organisation."),
    ),
)

UNITS: Final = (
    Figure(
        "units_reporting",
        _("Units reporting in"),
        _("Units that are registered with the community today"),
        part="reporting",
        excluded=_("Only invited; lapsed; ended."),
    ),
)

PARTNERS: Final = (
    Figure(
        "partners",
        called("list.partners", _("Community partners")),
        _("Organisations whose pledge is signed and whose term has not ended"),
        part="current",
        excluded=_("Applied, invited or approved only; ended."),
    ),
)

MEMBERS: Final = (
    Figure(
        "members_here",
        _("In-service members reporting in"),
        _("Members of units who are registered with the community today"),
        part="here",
        excluded=_("Transferred; left the register."),
    ),
)
