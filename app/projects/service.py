"""What happens with service projects beyond a single column: making them, also from needs, and what comes next."""

from datetime import date
from typing import Any, Final

from flask_babel import gettext
from flask_babel import lazy_gettext as _
from sqlalchemy import select

from app.core import clock
from app.core.fields import Text
from app.core.moves import Refused, settled
from app.core.timeline import add_step
from app.extensions import db
from app.needs.models import Need
from app.projects.choices import ProjectKind, ProjectState
from app.projects.models import ServiceProject, project_need
from app.resources import weekdays

MAKING: Final = "make_project"
"""The move of a need that leads to a project."""


def register(**columns: Any) -> ServiceProject:
    """Record a project, to be approved by the secretary; the caller commits."""
    project = ServiceProject(**columns)
    project.state = ProjectState.DRAFT
    db.session.add(project)
    db.session.flush()
    add_step(db.session, project, "register", None, project.state.value)
    return project


# -- from needs -----------------------------------------------------------------------------------------------------


@settled.connect_via(Need)
def make_from(sender: type[Need], row: Need, move: str, values: dict[str, Any]) -> None:
    """Let a need become a project of its category (S0-14), as a draft, by whoever makes the move.

    The need's own words stay with the need: a project is seen by more people than the need it came from. Raises Refused
    while a draft from this need waits.
    """
    if move != MAKING:
        return
    if (waiting := _made_from(row, ProjectState.DRAFT)) is not None:
        raise Refused(_("A project made from it waits for approval already: %(name)s.", name=waiting.name))
    categories = [row.category] if row.category is not None and row.category.is_open else []
    register(community=row.community, name=_name(row), kind=ProjectKind.REGULAR, categories=categories, asked_by=[row])


def _name(need: Need) -> str:
    if need.category is None:
        return gettext("New service project")
    return gettext("Service project: %(category)s", category=need.category.name)


def _made_from(need: Need, *states: ProjectState) -> ServiceProject | None:
    of_it = select(project_need.c.service_project_id).where(project_need.c.need_id == need.id)
    found = select(ServiceProject).where(
        ServiceProject.community_id == need.community_id,
        ServiceProject.id.in_(of_it),
        ServiceProject.state.in_(states),
        ServiceProject.archived_at.is_(None),
    )
    with db.session.no_autoflush:
        newest: ServiceProject | None = db.session.scalars(found.order_by(ServiceProject.id.desc()).limit(1)).first()
    return newest


def newest_from(need: Need) -> int | None:
    """Return the id of the newest project made from a need."""
    found = _made_from(need, *ProjectState)
    return found.id if found is not None else None


# -- where it stands ------------------------------------------------------------------------------------------------


def offerable(project: ServiceProject) -> Text | None:
    """Return why no order can be placed under the project now, in one sentence, or None if one can."""
    if project.archived_at is not None:
        return _("It has been archived.")
    if project.state is not ProjectState.RUNNING:
        return _("It is not running now: %(state)s.", state=project.state.label)
    if project.provider is not None and project.provider.archived_at is not None:
        return _("Who carried it out has been archived.")
    return None


def next_date(project: ServiceProject) -> date | None:
    """Return the next day on which a running project takes place, where its schedule says one."""
    if project.schedule is None or project.state is not ProjectState.RUNNING:
        return None
    return next(iter(project.schedule.coming(clock.today(), 1)), None)


def next_in_words(project: ServiceProject) -> list[Text]:
    """Return in sentences when a running project takes place next; none where it does not run or says nothing."""
    schedule = project.schedule
    if schedule is None or project.state is not ProjectState.RUNNING or project.archived_at is not None:
        return []
    dates = [_named(day) for day in schedule.coming(clock.today())]
    said: list[Text] = [_("Next on %(day)s.", day=day) for day in dates[:1]]
    if dates[1:]:
        said.append(_("After that on %(days)s.", days=gettext(", ").join(dates[1:])))
    if (due := schedule.due(clock.today())) is not None:
        said.append(_("%(times)s times until %(day)s.", times=due[0], day=_named(due[1])))
    return said or [_("The dates cannot be told from the words; ask who answers for it.")]


def _named(day: date) -> str:
    return f"{day.isoformat()}（{weekdays.said([day.isoweekday()])}）"
