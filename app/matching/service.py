"""Gathers who might help, within what the actor may see, and lets the score judge them."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import date, datetime
from typing import Any, Final

from flask_babel import gettext
from flask_babel import lazy_gettext as _
from sqlalchemy import false, func, or_, select
from sqlalchemy.orm import joinedload, selectinload
from sqlalchemy.sql import ColumnElement

from app.core import clock
from app.core.fields import Text
from app.extensions import db
from app.fulfilments.choices import LIVE, FulfilmentState
from app.fulfilments.following import still_asked
from app.fulfilments.models import Fulfilment
from app.matching import volunteers
from app.matching.parts import unmet
from app.matching.score import Asked, Candidate, Helper, judged, ranked
from app.matching.topics import TOPICS, topics
from app.needs.choices import NeedState
from app.needs.models import Need
from app.organizations.models import Team
from app.projects import service as projects
from app.projects.choices import ProjectState
from app.projects.models import ServiceProject
from app.resources.choices import QuantityMode, ResourceState
from app.resources.models import Resource
from app.resources.service import next_room, offerable
from app.volunteers.skills import Skill

MOST: Final = 150
"""How many rows of each list are judged at most: those of the category first, then those that share a word."""
NEEDS: Final = 200

GONE: Final = (ResourceState.DRAFT, ResourceState.REVIEWED)
"""What was never offered is not told as left out."""
PROJECTS: Final = (ProjectState.RUNNING, ProjectState.SUSPENDED, ProjectState.FINISHED)
"""Nor is a project that never ran."""


FULL: Final = _("Its times of the next days are taken.")
UNWILLING: Final = (
    FulfilmentState.DECLINED,
    FulfilmentState.EXPIRED,
    FulfilmentState.RETURNED,
    FulfilmentState.MISSED,
)
"""What may have come of an offer so that the next candidate is asked."""


def candidates(need: Need, standing: Iterable[Fulfilment]) -> tuple[list[Candidate], list[Candidate]]:
    """Return who can help with a need, the best first, and who would fit but cannot be offered now, with the reason.

    `standing`: the orders it has or had.
    """
    asked = asked_of(need, still_asked(need, standing))
    serving, able = volunteers.helpers(need.community_id, asked, MOST)
    helpers = [*_resources(need, asked), *_teams(need, asked, able), *_projects(need, asked), *serving]
    return ranked(asked, _after_asking(standing, _with_orders(need.community_id, helpers)))


def asked_of(need: Need, missing: int | None = None) -> Asked:
    """Return what is known of a need, as the score wants it; `missing`: how many pieces of it nobody has taken on."""
    category = need.category
    return Asked(
        f"{need.title} {need.text or ''} {need.category_text or ''}",
        need.category_id,
        (category.parent_id or category.id) if category is not None else None,
        need.place.path if need.place is not None else "",
        need.quantity_asked if missing is None else missing,
        need.planned_on,
    )


# -- helpers --------------------------------------------------------------------------------------------------------


def _resources(need: Need, asked: Asked) -> list[Helper]:
    fits = or_(_of_categories(Resource, asked), _shares_words(asked, Resource.name, Resource.text))
    found = select(Resource).where(Resource.community_id == need.community_id, Resource.archived_at.is_(None), fits)
    found = found.where(Resource.state.not_in(GONE)).order_by(Resource.checked_on.desc(), Resource.id).limit(MOST)
    loaded = found.options(selectinload(Resource.categories), joinedload(Resource.provider), joinedload(Resource.place))
    return [_resource(one, asked.quantity, asked.day) for one in db.session.scalars(loaded)]


def _resource(resource: Resource, quantity: int | None, day: date | None) -> Helper:
    """Return a resource as a helper for so many, to be done by a day."""
    place, free = resource.place, _free(resource, quantity, day)
    return Helper(
        "resource",
        resource.id,
        resource.name,
        resource.provider,
        f"{resource.name} {resource.text or ''}",
        frozenset(one.id for one in resource.categories),
        frozenset(one.parent_id or one.id for one in resource.categories),
        place.path if place is not None else "",
        place.name if place is not None else "",
        resource.checked_on,
        free,
        refusal=offerable(resource, quantity=quantity) or (FULL if free is None and _by_time(resource) else None),
        remarks=tuple(_remarks(resource)),
    )


def _by_time(resource: Resource) -> bool:
    return resource.quantity_mode is QuantityMode.SCHEDULED


def _free(resource: Resource, quantity: int | None, day: date | None) -> datetime | None:
    until = day if day is not None and day >= clock.today() else None
    return next_room(resource, quantity, until) if _by_time(resource) else None


def _remarks(resource: Resource) -> Iterator[str]:
    """Say what whoever offers it must know: for whom it is, and what it costs."""
    if resource.eligibility:
        yield gettext("only for %(whom)s", whom=resource.eligibility)
    if resource.fee:
        yield gettext("costs %(fee)s", fee=resource.fee)


def _teams(need: Need, asked: Asked, able: Mapping[int, list[Skill]]) -> list[Helper]:
    if not topics(asked.text):
        return []
    found = select(Team).where(Team.community_id == need.community_id, Team.archived_at.is_(None))
    said = or_(_shares_words(asked, Team.name, Team.speciality), Team.id.in_(able))
    teams = db.session.scalars(found.where(said).order_by(Team.id).limit(MOST).options(joinedload(Team.party)))
    return [_team(one, able.get(one.id, [])) for one in teams]


def _team(team: Team, skills: list[Skill]) -> Helper:
    """A team is judged by its own words and by what its members can do."""
    text = " ".join([team.name, team.speciality or "", *(skill.text for skill in skills)])
    return Helper("team", team.id, team.name, team.party, text, skills=tuple(skill.name for skill in skills))


def _projects(need: Need, asked: Asked) -> list[Helper]:
    said = (ServiceProject.name, ServiceProject.section, ServiceProject.duty_boundary)
    fits = or_(_of_categories(ServiceProject, asked), _shares_words(asked, *said))
    found = select(ServiceProject).where(ServiceProject.community_id == need.community_id, fits)
    found = found.where(ServiceProject.archived_at.is_(None), ServiceProject.state.in_(PROJECTS))
    newest = found.order_by(ServiceProject.id.desc()).limit(MOST)
    loaded = newest.options(selectinload(ServiceProject.categories), joinedload(ServiceProject.provider))
    return [_project(one) for one in db.session.scalars(loaded)]


def _project(project: ServiceProject) -> Helper:
    # Not for whom it is: that says who somebody is, not what is needed.
    said = (project.name, project.section, project.duty_boundary)
    return Helper(
        "project",
        project.id,
        project.name,
        project.provider,
        " ".join(text for text in said if text),
        frozenset(one.id for one in project.categories),
        frozenset(one.parent_id or one.id for one in project.categories),
        next_on=projects.next_date(project),
        refusal=projects.offerable(project),
    )


def _of_categories(model: Any, asked: Asked) -> ColumnElement[bool]:
    wanted = [pk for pk in (asked.category, asked.top) if pk is not None]
    found: ColumnElement[bool] = (
        model.categories.any(or_(*(_belongs(model, pk) for pk in wanted))) if wanted else model.id.is_(None)
    )
    return found


def _belongs(model: Any, pk: int) -> ColumnElement[bool]:
    category = model.categories.property.mapper.class_
    return or_(category.id == pk, category.parent_id == pk)


def _shares_words(asked: Asked, *columns: Any) -> ColumnElement[bool]:
    """Return the SQL for rows that say a word of a topic the need is about."""
    words = {word for topic in topics(asked.text) for word in TOPICS[topic].split()}
    if not words:
        return false()
    return or_(*(column.contains(word, autoescape=True) for word in sorted(words) for column in columns))


def _with_orders(community_id: int, helpers: Iterable[Helper]) -> list[Helper]:
    """Return the helpers with what their providers have in hand and have done, in one statement."""
    known = list(helpers)
    wanted = sorted({helper.provider.id for helper in known if helper.provider is not None})
    counted = (
        select(Fulfilment.provider_id, Fulfilment.state, func.count())
        .where(Fulfilment.community_id == community_id, Fulfilment.provider_id.in_(wanted))
        .where(Fulfilment.state.in_((*LIVE, FulfilmentState.CONFIRMED)))
        .group_by(Fulfilment.provider_id, Fulfilment.state)
    )
    busy: Counter[int] = Counter()
    done: Counter[int] = Counter()
    for provider, state, count in db.session.execute(counted) if wanted else ():
        (done if state is FulfilmentState.CONFIRMED else busy)[provider] += count
    return [_loaded(helper, busy, done) for helper in known]


def _after_asking(standing: Iterable[Fulfilment], helpers: list[Helper]) -> list[Helper]:
    """Leave out who was asked for this very need and did not do it, with what came of it."""
    newest = {(order.provider_id, order.resource_id): order.state for order in standing}
    return [_asked_before(helper, newest) for helper in helpers]


def _asked_before(helper: Helper, newest: Mapping[tuple[int, int | None], FulfilmentState]) -> Helper:
    if helper.provider is None or helper.refusal is not None:
        return helper
    came_of_it = newest.get((helper.provider.id, helper.id if helper.kind == "resource" else None))
    if came_of_it not in UNWILLING:
        return helper
    return replace(helper, refusal=_("Was asked for this need already: %(state)s.", state=came_of_it.label))


def _loaded(helper: Helper, busy: Counter[int], done: Counter[int]) -> Helper:
    if helper.provider is None:
        return helper
    return replace(helper, busy=busy[helper.provider.id], done=done[helper.provider.id])


# -- the other way round --------------------------------------------------------------------------------------------

WORKING: Final = (NeedState.ACCEPTED, NeedState.PLANNED)


def answerable(resource: Resource) -> list[tuple[Need, Candidate]]:
    """Return the open needs a resource could answer (点单), the best first; none while it cannot be offered."""
    helper = _resource(resource, None, None)
    if helper.refusal is not None:
        return []
    found = [(need, one) for need in _waiting(resource) if (one := judged(asked_of(need), helper)) is not None]
    fitting = [pair for pair in found if pair[1].refusal is None and _is_enough(resource, pair[0])]
    return sorted(fitting, key=lambda pair: (-pair[1].points, pair[0].id))


def reason_against(resource: Resource) -> Text | None:
    """Return why a resource answers nothing now, in one sentence, or None if it can."""
    return _resource(resource, None, None).refusal


def _is_enough(resource: Resource, need: Need) -> bool:
    """Tell whether as much is left of a resource as a need still asks for."""
    left = resource.left
    return left is None or left >= (need.quantity_asked or 1) or left >= (still_asked(need) or 1)


def _waiting(resource: Resource) -> list[Need]:
    """Return the newest needs that wait for a helper and might fit."""
    words = {word for topic in topics(f"{resource.name} {resource.text or ''}") for word in TOPICS[topic].split()}
    said = [column.contains(word, autoescape=True) for word in sorted(words) for column in (Need.title, Need.text)]
    ids = [one.id for one in resource.categories]
    fits = or_(Need.category_id.in_(ids), *said)
    waits = select(Need).where(Need.community_id == resource.community_id, Need.archived_at.is_(None), fits)
    waits = waits.where(Need.state.in_(WORKING), unmet())
    newest = waits.order_by(Need.received_at.desc(), Need.id.desc()).limit(NEEDS)
    return list(db.session.scalars(newest.options(joinedload(Need.category), joinedload(Need.place))))
