"""What figures are told of the four lists: their formulas, how they are narrowed, and by what they are parted.

The rates of needs are those of 接诉即办: 响应率, 办结率, 解决率, 满意率; landed, closed and satisfied stay apart.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, Final

from flask_babel import lazy_gettext as _
from sqlalchemy import func, select

from app.accounts.models import Account
from app.communities.models import Category, Community, Place
from app.core.fields import Labelled, Text
from app.extensions import db
from app.fulfilments.models import Fulfilment
from app.needs.models import Need
from app.organizations.models import Organization, Team
from app.organizations.partners import Partner
from app.parties.models import Party
from app.party_orgs.models import PartyMember, PartyOrg
from app.people.models import Person
from app.posts.models import Post
from app.projects.models import ServiceProject
from app.registrations.models import Member
from app.reports import list_figures, people_figures
from app.reports.figures import Figure
from app.resources.models import Resource
from app.talents.models import Talent
from app.volunteers.models import Volunteer
from app.vulnerabilities.models import Vulnerability

TOP_SEGMENT: Final = 10
"""The length of the path of a place that lies directly in its community."""

NEEDS: Final = (
    Figure(
        "response",
        _("Response rate"),
        _("Needs first answered (accepted, not accepted, referred) in time ÷ needs to be answered in the period"),
        part="in_time",
        whole="due",
        day="response_due",
        excluded=_("Taken back or merged before anybody answered; not due yet and not answered."),
    ),
    Figure(
        "closing",
        _("Closing rate"),
        _("Closed needs (those without an answer included) ÷ needs accepted in the period"),
        part="closed",
        whole="accepted",
        day="accepted_at",
        excluded=_("Not accepted; taken back; merged into another."),
    ),
    Figure(
        "unconfirmed",
        _("Closed without an answer"),
        _("Needs closed because the resident did not answer ÷ needs accepted in the period"),
        part="unconfirmed",
        whole="accepted",
        day="accepted_at",
        excluded=_("Not accepted; taken back; merged into another."),
    ),
    Figure(
        "reopened",
        _("Share taken up again"),
        _("Needs the resident, or the secretary, had taken up again ÷ needs accepted in the period"),
        part="reopened",
        whole="accepted",
        day="accepted_at",
        excluded=_("Not accepted; taken back; merged into another."),
    ),
    Figure(
        "solved",
        _("Solved rate"),
        _("Residents who say “met” ÷ residents asked who answered, and needs explained, of those closed in the period"),
        part="met",
        whole="answered",
        day="closed_at",
        excluded=_("Closed without an answer."),
    ),
    Figure(
        "satisfied",
        _("Satisfaction rate"),
        _("Needs rated with 4 or 5 points ÷ needs rated, of the needs closed in the period"),
        part="satisfied",
        whole="rated",
        day="closed_at",
        excluded=_("Not rated; closed without an answer."),
    ),
    Figure(
        "response_time",
        _("Time to the first answer"),
        _("From received to first answered: median and 90th percentile of the needs received in the period"),
        part="timed_answers",
        day="received_at",
        excluded=_("Not answered yet."),
        minutes="response_minutes",
    ),
    Figure(
        "resolution_time",
        _("Time to the end"),
        _("From accepted to closed, without pauses: median and 90th percentile of the needs closed in the period"),
        part="timed_closings",
        day="closed_at",
        excluded=_("Not closed yet; never accepted."),
        minutes="resolution_minutes",
    ),
)

ORDERS: Final = (
    Figure(
        "taken",
        _("Share of orders taken"),
        _("Orders a provider took on ÷ orders offered in the period that were answered or ran out"),
        part="taken_on",
        whole="answered",
        day="created_at",
        excluded=_("Not answered yet; cancelled."),
    ),
    Figure(
        "kept",
        _("Appointments kept"),
        _("Orders to which somebody came ÷ orders appointed for the period to which somebody was to come"),
        part="kept",
        whole="dated",
        day="scheduled_at",
        excluded=_("Still to come; returned; cancelled; without an appointment."),
    ),
    Figure(
        "confirmed",
        _("Services confirmed"),
        _("Orders the resident or a call-back confirmed ÷ orders carried out in the period"),
        part="confirmed",
        whole="done",
        day="delivered_on",
        excluded=_("Reversed; of the confirmed ones those of needs taken up again later."),
    ),
    Figure(
        "fulfilled",
        _("Services carried out"),
        _("Orders carried out in the period"),
        part="done",
        day="delivered_on",
        excluded=_("Reversed."),
    ),
    Figure(
        "person_times",
        _("Person-times served"),
        _("Sum of the person-times of the orders carried out in the period"),
        part="done",
        day="delivered_on",
        excluded=_("Reversed; orders for which nobody wrote how many."),
        total="person_times",
        unit=_("person-times"),
    ),
    Figure(
        "households",
        _("Households served"),
        _("Sum of the households of the orders carried out in the period; one served twice counts twice"),
        part="done",
        day="delivered_on",
        excluded=_("Reversed; orders for which nobody wrote how many households."),
        total="households",
        unit=_("households"),
    ),
)


VOLUNTEERS: Final = (
    Figure(
        "volunteers",
        _("Volunteers registered"),
        _("Volunteers registered in the period, also those who have left since"),
        part="registered",
        day="registered_on",
        excluded=_("Put away as registered by mistake."),
    ),
)

TEAMS: Final = (
    Figure(
        "teams",
        _("Teams formed"),
        _("Teams recorded in the period that still exist"),
        part="formed",
        day="created_at",
        excluded=_("Dissolved."),
    ),
)


@dataclass(frozen=True, slots=True)
class Dimension:
    """What a figure is parted by: the SQL of the group, the filter that opens one, and the words of the groups."""

    title: Text
    group: Callable[[], Any]
    filter: str
    named: Callable[[Any], dict[Any, tuple[str, Any]]]
    only: tuple[str, ...] = ()
    """The codes of the figures that are parted by it; empty: all of the list."""


@dataclass(frozen=True, slots=True)
class Subject:
    """A list of which figures are told: by which filters they are narrowed, and by what they are parted."""

    model: Any
    figures: tuple[Figure, ...]
    filters: tuple[str, ...]
    dimensions: tuple[Dimension, ...]

    @property
    def community(self) -> Any:
        """Return the column that says of which community a row is."""
        return self.model.id if self.model is Community else self.model.community_id

    @property
    def by_community(self) -> Dimension | None:
        """Return the part that is told of totals, and to who works in several communities; none of these themselves."""
        if self.model is Community:
            return None
        return Dimension(_("Community"), lambda: self.model.community_id, "community", _named(Community))


def _by_place(model: Any) -> Dimension:
    def group() -> Any:
        top = select(func.substr(Place.path, 1, TOP_SEGMENT)).where(Place.id == model.place_id)
        return top.scalar_subquery()

    return Dimension(_("Place"), group, "place", _places)


def _top_category() -> Any:
    top = func.coalesce(Category.parent_id, Category.id)
    return select(top).where(Category.id == Need.category_id).scalar_subquery()


def _named(model: Any) -> Callable[[Any], dict[Any, tuple[str, int]]]:
    """Return what names the rows of a list by their ids."""

    def words(ids: Any) -> dict[Any, tuple[str, int]]:
        rows = db.session.scalars(select(model).where(model.id.in_(list(ids))))
        return {row.id: (str(row), row.id) for row in rows}

    return words


def _texts(texts: Any) -> dict[Any, tuple[str, Any]]:
    """Return what names the groups by a text: the text itself."""
    return {text: (text, text) for text in texts}


def _places(paths: Any) -> dict[Any, tuple[str, int]]:
    rows = db.session.execute(select(Place.path, Place.name, Place.id).where(Place.path.in_(list(paths))))
    return {path: (name, pk) for path, name, pk in rows}


def _labels(members: Iterable[Labelled]) -> dict[Any, tuple[str, Any]]:
    """Return what names the groups by a choice: words and code of each."""
    return {member: (str(member), member.value) for member in members}


SUBJECTS: Final = (
    Subject(
        Need,
        NEEDS,
        ("place", "category", "in_charge"),
        (
            _by_place(Need),
            Dimension(_("Category"), _top_category, "category", _named(Category)),
            Dimension(_("Person in charge"), lambda: Need.in_charge_id, "in_charge", _named(Account)),
        ),
    ),
    Subject(
        Fulfilment,
        ORDERS,
        ("place", "provider"),
        (
            _by_place(Fulfilment),
            Dimension(_("Provided by"), lambda: Fulfilment.provider_id, "provider", _named(Party)),
        ),
    ),
    Subject(
        Resource,
        list_figures.RESOURCES,
        ("provider",),
        (
            Dimension(_("Kind"), lambda: Resource.kind, "kind", _labels),
            Dimension(_("State"), lambda: Resource.state, "state", _labels),
            Dimension(_("Provided by"), lambda: Resource.provider_id, "provider", _named(Party)),
        ),
    ),
    Subject(
        ServiceProject,
        list_figures.PROJECTS,
        ("provider",),
        (Dimension(_("Provided by"), lambda: ServiceProject.provider_id, "provider", _named(Party)),),
    ),
    Subject(
        Person,
        people_figures.PEOPLE,
        ("place",),
        (
            _by_place(Person),
            Dimension(_("Residence"), lambda: Person.residence_kind, "residence_kind", _labels),
        ),
    ),
    Subject(
        Vulnerability,
        people_figures.VULNERABILITIES,
        ("in_charge",),
        (
            Dimension(_("Group"), lambda: Vulnerability.category, "category", _labels),
            Dimension(_("Looked after by"), lambda: Vulnerability.in_charge_id, "in_charge", _named(Account)),
        ),
    ),
    Subject(
        Talent,
        people_figures.TALENTS,
        (),
        (Dimension(_("Field"), lambda: Talent.field, "field", _labels),),
    ),
    Subject(
        Volunteer,
        VOLUNTEERS,
        ("state", "teams"),
        (Dimension(_("State"), lambda: Volunteer.state, "state", _labels),),
    ),
    Subject(Team, TEAMS, ("kind",), (Dimension(_("Kind"), lambda: Team.kind, "kind", _labels),)),
    Subject(Community, people_figures.COMMUNITIES, (), ()),
    Subject(Place, (*people_figures.PLACES, list_figures.COMPOUNDS), (), ()),
    Subject(
        Post,
        people_figures.POSTS,
        (),
        (Dimension(_("Company"), lambda: Post.company, "company", _texts, (people_figures.PART_TIME,)),),
    ),
    Subject(
        PartyOrg,
        people_figures.PARTY_ORGS,
        (),
        (Dimension(_("Kind"), lambda: PartyOrg.kind, "kind", _labels),),
    ),
    Subject(
        PartyMember,
        people_figures.PARTY_MEMBERS,
        (),
        (Dimension(_("Party organisation"), lambda: PartyMember.org_id, "org", _named(PartyOrg)),),
    ),
    Subject(
        Organization,
        (*people_figures.UNITS, *list_figures.UNITS),
        (),
        (
            Dimension(_("Kind"), lambda: Organization.kind, "kind", _labels),
            Dimension(_("State"), lambda: Organization.state, "state", _labels),
        ),
    ),
    Subject(
        Partner,
        people_figures.PARTNERS,
        (),
        (Dimension(_("State"), lambda: Partner.state, "state", _labels),),
    ),
    Subject(
        Member,
        people_figures.MEMBERS,
        (),
        (
            Dimension(_("Unit"), lambda: Member.unit_id, "unit", _named(Party)),
            Dimension(_("State"), lambda: Member.state, "state", _labels),
        ),
    ),
)
"""The lists of which figures are told, in the order of the page."""


def subject_of(code: str) -> tuple[Subject, Figure] | None:
    """Return the figure with a code, and its list."""
    found = ((subject, figure) for subject in SUBJECTS for figure in subject.figures if figure.code == code)
    return next(found, None)
