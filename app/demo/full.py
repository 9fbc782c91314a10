"""The rows behind every figure of account 003 that the story is too short for: `run.py --demo --full`.

Nothing is written as a number. What is missing to a figure is added as rows, and the portal counts them.
"""

import random
from collections.abc import Collection, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final

import yaml
from sqlalchemy import func, select

from app.accounts.models import Account
from app.communities.models import Community, Place, PlaceKind
from app.core import clock
from app.core.bulk import Bulk
from app.core.database import transaction
from app.demo import story
from app.extensions import db
from app.needs.models import Need
from app.people import rules
from app.people.birth import Birth
from app.people.choices import Guardianship, Residence, Sex
from app.people.models import Person
from app.posts import service as posts
from app.posts.choices import PostDuty
from app.posts.models import Post
from app.projects.models import ServiceProject
from app.vulnerabilities.choices import Group, Level
from app.vulnerabilities.models import Vulnerability

PEOPLE: Final = 7815
CADRES: Final = 7
GROUPS: Final = {Group.DESTITUTE: 3, Group.LIVING_ALONE: 11, Group.CHILD: 8, Group.KEY_WOMAN: 34, Group.SPECIAL: 9}
"""The 65 of account 003, each in one group."""
AT_ONCE: Final = 2000
SURNAMES: Final = "陈李黄张梁林刘吴罗邓何郑曾谢朱邱温钟赖蓝温范沈曹冯叶潘卢杨"
MEN: Final = (
    *("志强", "建国", "国华", "伟明", "家豪", "永福", "海生", "文辉"),
    *("俊杰", "子轩", "浩然", "春生", "德明", "少平", "振宇", "明亮"),
)
WOMEN: Final = (
    *("桂芳", "秀英", "丽珍", "婉婷", "小梅", "嘉怡", "雪芬", "美玲"),
    *("淑贞", "诗琪", "雨晴", "玉兰", "凤英", "慧敏", "晓燕", "佩珊"),
)
AGES: Final = {Group.CHILD: (2012, 2020), Group.LIVING_ALONE: (1936, 1952)}
ADULT: Final = (1953, 2000)
FIRST: Final = 56
"""How many days ago the first of the services was asked for; one every other day follows."""


def play(now: datetime, code: str) -> None:
    """Add what is missing to the figures of a demo community up to now, unless that was done before. Commits."""
    community = db.session.scalars(select(Community).filter_by(code=code)).one()
    given = yaml.safe_load(Path(__file__).with_name("full.yaml").read_text(encoding="utf-8"))
    last = given["regular"][-1][0]
    if db.session.scalar(select(ServiceProject.id).filter_by(community_id=community.id, name=last)) is not None:
        return
    with story.at(now - timedelta(days=FIRST + 1)), story.by(community, "secretary"):
        _people(community)
        _cadres(community)
        _groups(community)
    told: dict[story.Told, dict[str, Any]] = {
        Need: {code: [*_services(given["services"])]},
        ServiceProject: {code: [*_projects(given)]},
    }
    story.play(now, told)


def _people(community: Community) -> None:
    """Register as many people as are missing, spread over the places as the households are."""
    chance = random.Random(7815)  # noqa: S311 - invented people, the same ones each time
    missing = PEOPLE - _registered(community)
    places = [*db.session.scalars(select(Place).filter_by(community=community).where(Place.kind != PlaceKind.POINT))]
    homes = chance.choices(places, [place.households or 1 for place in places], k=missing)
    for first in range(0, missing, AT_ONCE):
        bulk = Bulk()
        for place in homes[first : first + AT_ONCE]:
            bulk.add(_person(chance, community, place, (1934, 2024)))
        with transaction():
            bulk.write()
    db.session.expire_all()


def _registered(community: Community) -> int:
    wanted = select(func.count(Person.id)).filter_by(community_id=community.id, archived_at=None)
    return db.session.scalar(wanted) or 0


def _person(chance: random.Random, community: Community, place: Place | None, born: tuple[int, int]) -> Person:
    sex = chance.choice((Sex.MALE, Sex.FEMALE))
    name = chance.choice(SURNAMES) + chance.choice(MEN if sex is Sex.MALE else WOMEN)
    birth = Birth(chance.randint(*born), chance.randint(1, 12))
    home = {"community": community, "community_id": community.id, "place": place}
    guarded = _guardian(chance, name) if clock.today().year - birth.year <= rules.ADULT else {}
    return Person(name=name, sex=sex, birth=birth, residence_kind=Residence.PERMANENT, **home, **guarded)


def _guardian(chance: random.Random, child: str) -> dict[str, Any]:
    """Return who looks after a child: the mother, of another surname."""
    mother = chance.choice(SURNAMES.replace(child[0], "")) + chance.choice(WOMEN)
    phone = f"1350001{chance.randrange(10**4):04d}"
    return {"guardian_name": mother, "guardian_relation": Guardianship.PARENT, "guardian_phone": phone}


def _cadres(community: Community) -> None:
    """Appoint as many of the residents as are missing."""
    held = select(func.count(Post.person_id.distinct())).filter_by(community_id=community.id, duty=PostDuty.CADRE)
    missing = CADRES - (db.session.scalar(held.where(Post.ended_at.is_(None))) or 0)
    for person in _of_age(community, ADULT, missing):
        since = clock.today() - timedelta(days=400)
        posts.appoint(community=community, person=person.party, duty=PostDuty.CADRE, places=[], since=since)
    db.session.commit()


def _groups(community: Community) -> None:
    """Put as many into each group as the account counts, each person into one."""
    carer = db.session.scalars(select(Account).filter_by(login="gridworker")).one()
    taken: set[int] = set()
    for group, number in GROUPS.items():
        sex = Sex.FEMALE if group is Group.KEY_WOMAN else None
        for person in _of_age(community, AGES.get(group, ADULT), number, sex, taken):
            taken.add(person.id)
            checked = {"checked_on": clock.today(), "next_check": clock.today() + timedelta(days=90)}
            about = {"category": group, "level": Level.MIDDLE, "in_charge": carer, **checked}
            db.session.add(Vulnerability(community=community, person=person.party, **about))
    db.session.commit()


def _of_age(
    community: Community, born: tuple[int, int], number: int, sex: Sex | None = None, taken: Collection[int] = ()
) -> Iterator[Person]:
    """Yield residents without a post who were born in these years."""
    wanted = select(Person).filter_by(community_id=community.id, archived_at=None, appointed=False)
    wanted = wanted.where(Person.account_id.is_(None), Person.id.not_in(taken))
    years = wanted.where(Person.birth >= Birth(born[0]), Person.birth < Birth(born[1] + 1))
    fitting = years.where(Person.sex == sex) if sex is not None else years
    yield from db.session.scalars(fitting.order_by(Person.id.desc()).limit(number)).all()


def _projects(given: dict[str, list[Any]]) -> Iterator[dict[str, Any]]:
    """Yield the story of each project: set up by the secretary, and started by the worker."""
    for kind in ("featured", "regular"):
        for number, (name, section, categories, schedule, duty) in enumerate(given[kind]):
            about = {"section": section, "categories": categories, "schedule": schedule, "duty_boundary": duty}
            yield {
                "columns": {"name": name, "kind": kind, **about},
                "about": {"by": "secretary", "at": f"{FIRST - number}d"},
                "life": [
                    {"move": "approve", "by": "secretary", "after": "2h"},
                    {"move": "start", "by": "worker", "after": "1d"},
                ],
            }


def _services(given: list[Any]) -> Iterator[dict[str, Any]]:
    """Yield the story of each service: asked for, taken on by phone, dated, carried out and confirmed."""
    for number, (title, category, place, provider, done, served) in enumerate(given):
        asked = {"place": place, "category": category, "channel": "visit", "kind": "help"}
        yield {
            "title": title,
            "about": {"by": "worker", "at": f"{FIRST - 2 * number}d", **asked},
            "life": [*_life(provider, done, served, 5 if number % 4 else 4)],
        }


def _life(provider: str, done: str, served: int, satisfaction: int) -> Iterator[dict[str, Any]]:
    yield {"move": "accept", "by": "worker", "after": "3h"}
    order = {"order": "a", "by": "worker"}
    yield {"move": "offer", **order, "after": "1h", "provider": provider, "said_by": "负责人"}
    yield {"move": "schedule", **order, "after": "1h", "scheduled_at": "2d 8:15", "minutes": 40}
    yield {"move": "start", **order, "after": "2d"}
    people = {"person_times": served, "persons": served, "households": max(served // 3, 1)}
    yield {"move": "deliver", **order, "after": "3h", "measures": done, "quantity_delivered": 1, **people}
    yield {"move": "confirm", "order": "a", "by": "secretary", "after": "1d", "satisfaction": satisfaction}
