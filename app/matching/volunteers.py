"""Volunteers as helpers: which skills fit a need, whether they have time and serve there, and how they stand."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from typing import Any, Final

from flask_babel import gettext
from flask_babel import lazy_gettext as _
from sqlalchemy import String, cast, false, or_, select
from sqlalchemy.orm import selectinload
from sqlalchemy.sql import ColumnElement

from app.communities.models import Place
from app.core import clock
from app.core.fields import Text
from app.extensions import db
from app.matching.score import Asked, Helper
from app.matching.topics import TOPICS, topics
from app.volunteers.choices import VolunteerState
from app.volunteers.models import SOON, Volunteer, team_member
from app.volunteers.skills import BY_CODE, Skill

TOLD: Final = (VolunteerState.ACTIVE, VolunteerState.SUSPENDED)
"""Who only applied, or has left, is not told as left out."""


def helpers(community_id: int, asked: Asked, most: int) -> tuple[list[Helper], dict[int, list[Skill]]]:
    """Return who of a community's volunteers may answer what is asked, and by team what its members can do of it."""
    if not topics(asked.text):
        return [], {}
    found = select(Volunteer, team_member.c.team_id).outerjoin(team_member, team_member.c.volunteer_id == Volunteer.id)
    found = found.where(Volunteer.community_id == community_id, Volunteer.archived_at.is_(None))
    found = found.where(Volunteer.state.in_(TOLD), _fits(asked)).order_by(Volunteer.id).limit(most)
    rows = db.session.execute(found.options(selectinload(Volunteer.places))).unique().all()
    known = {volunteer.id: volunteer for volunteer, _team in rows if volunteer.person.archived_at is None}
    return [_helper(one, asked) for one in known.values()], _by_team(rows, _codes(asked))


def _by_team(rows: Iterable[Any], codes: tuple[str, ...]) -> dict[int, list[Skill]]:
    """Return by team what its members in service can do of what is asked, each skill once, in the order of the tree."""
    found: defaultdict[int, set[str]] = defaultdict(set)
    for volunteer, team in rows:
        if team is not None and volunteer.state is VolunteerState.ACTIVE:
            found[team] |= {skill.code for skill in _skills(volunteer)} & {*codes}
    return {team: [BY_CODE[code] for code in BY_CODE if code in known] for team, known in found.items() if known}


def _codes(asked: Asked) -> tuple[str, ...]:
    """Return the codes of the skills that belong to a topic of what is asked."""
    about = topics(asked.text)
    return tuple(code for code, skill in BY_CODE.items() if about.keys() & topics(skill.text).keys())


def _fits(asked: Asked) -> ColumnElement[bool]:
    words = sorted({word for topic in topics(asked.text) for word in TOPICS[topic].split()})
    said = (Volunteer.skill_text, Volunteer.intentions)
    written = [column.contains(word, autoescape=True) for word in words for column in said]
    return or_(false(), _has_one_of(_codes(asked)), *written)


def _has_one_of(codes: tuple[str, ...]) -> ColumnElement[bool]:
    stored = cast(Volunteer.skills, String)
    return or_(false(), *(stored.contains(f'"{code}"', autoescape=True) for code in codes))


def _helper(volunteer: Volunteer, asked: Asked) -> Helper:
    fitting = [skill for skill in _skills(volunteer) if skill.code in _codes(asked)]
    said = (*(skill.text for skill in fitting), volunteer.skill_text, volunteer.intentions)
    place = _place(volunteer, asked)
    return Helper(
        "volunteer",
        volunteer.id,
        str(volunteer),
        volunteer.person,
        " ".join(text for text in said if text),
        serves=place.path if place is not None else "",
        serves_words="、".join(one.name for one in volunteer.places),
        refusal=_refusal(volunteer, fitting, asked.day),
        skills=tuple(skill.name for skill in fitting),
        remarks=tuple(_remarks(volunteer, asked.day)),
    )


def _skills(volunteer: Volunteer) -> list[Skill]:
    return volunteer.skills.each if volunteer.skills is not None else []


def _place(volunteer: Volunteer, asked: Asked) -> Place | None:
    """Return the place served that holds the one asked about, else the first; None for the whole community."""
    here = (place for place in volunteer.places if asked.place.startswith(place.path))
    return next(here, next(iter(volunteer.places), None))


def _refusal(volunteer: Volunteer, fitting: list[Skill], day: date | None) -> Text | None:
    if volunteer.state is not VolunteerState.ACTIVE:
        return _("Not in service now: %(state)s.", state=volunteer.state.label)
    times = volunteer.availability
    if day is not None and times is not None and not times.is_on(day):
        return _("Has no time on %(day)s; has time %(times)s.", day=f"{day:%m-%d}", times=times)
    risky = next((skill for skill in fitting if skill.insured), None)
    if risky is not None and not _insured_on(volunteer, day):
        return _("%(skill)s asks for an insurance, which does not hold.", skill=risky.name)
    return None


def _insured_on(volunteer: Volunteer, day: date | None) -> bool:
    return volunteer.insurance_until is not None and volunteer.insurance_until >= (day or clock.today())


def _remarks(volunteer: Volunteer, day: date | None) -> list[str]:
    found = []
    if volunteer.availability is not None:
        free = volunteer.availability.next_on(day or clock.today())
        found.append(gettext("has time on %(day)s (%(times)s)", day=f"{free:%m-%d}", times=volunteer.availability))
    ends: Any = volunteer.insurance_until
    if ends is None:
        found.append(gettext("no insurance is known"))
    elif ends < clock.today():
        found.append(gettext("the insurance ended on %(day)s", day=ends))
    elif ends <= clock.today() + SOON:
        found.append(gettext("the insurance ends on %(day)s", day=ends))
    return found
