"""How far a grant reaches: places, open and escalated needs, and two posts that stay two."""

from itertools import product
from typing import Any

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from app.accounts.models import Account, Grant, GrantRole
from app.communities.models import Community, Place
from app.core import access, clock
from app.core.actor import Actor, Held, acting, system
from app.extensions import db
from app.needs.models import Need
from app.roles import Role
from tests.whole.special import OURS, THEIRS

TITLES = {
    "第一网格": "第一网格的路灯",
    "武江北路8栋": "八栋的扶手",
    "第二网格": "第二网格的楼道",
    "二建宿舍": "二建的井盖",
    None: "不知道在哪里的事",
}
FIRST_GRID = {"第一网格的路灯", "八栋的扶手"}


@pytest.fixture
def everywhere(register) -> dict[str, int]:
    """A need at each of our places, one without a place, and one of theirs; all recorded by the secretaries."""
    found = {title: register(title=title, place=place) for place, title in TITLES.items()}
    return found | {"桥南的事": register("neighbour", "桥南的事", "桥南一网格")}


def titles(person: Any) -> set[str]:
    page = person.page("/needs/list/?size=200")
    return {title for title in [*TITLES.values(), "桥南的事", "自己记的"] if title in page}


def statuses(person: Any, numbers: dict[str, int]) -> dict[str, int]:
    return {title: person.get(f"/needs/show/{pk}").status_code for title, pk in numbers.items()}


@pytest.mark.parametrize("login", ["secretary", "worker", "auditor"])
def test_the_office_and_the_auditor_see_the_whole_community(as_person, everywhere, login: str):
    assert titles(as_person(login)) == set(TITLES.values())


def test_the_grid_lead_sees_the_own_grid_and_what_lies_in_it(as_gridlead, everywhere):
    assert titles(as_gridlead) == FIRST_GRID
    assert {title for title, status in statuses(as_gridlead, everywhere).items() if status == 200} == FIRST_GRID
    assert set(statuses(as_gridlead, everywhere).values()) == {200, 404}


def test_the_grid_worker_sees_the_own_grid_and_what_lies_in_it(as_gridworker, everywhere):
    assert titles(as_gridworker) == FIRST_GRID
    assert {title for title, status in statuses(as_gridworker, everywhere).items() if status == 200} == FIRST_GRID


def test_the_grid_worker_changes_only_what_she_recorded_herself(as_gridworker, register, everywhere):
    mine = register("gridworker", "自己记的", "武江北路8栋")
    assert as_gridworker.get(f"/needs/edit/{mine}").status_code == 200
    assert as_gridworker.get(f"/needs/edit/{everywhere['八栋的扶手']}").status_code == 403
    assert as_gridworker.get(f"/needs/edit/{everywhere['二建的井盖']}").status_code == 404


def test_the_coordinator_sees_only_what_is_open_to_volunteers(as_coordinator, register, everywhere):
    assert titles(as_coordinator) == set()
    register(title="自己记的", open_to_volunteers=True)
    assert titles(as_coordinator) == {"自己记的"}
    assert set(statuses(as_coordinator, everywhere).values()) == {404}


def test_the_supervisor_sees_only_what_was_escalated(as_supervisor, register, everywhere):
    assert titles(as_supervisor) == set()
    register(title="自己记的", escalated_at=clock.now())
    assert titles(as_supervisor) == {"自己记的"}


@pytest.mark.parametrize("login", ["liaison", "partner", "volunteer"])
def test_helpers_see_only_what_they_recorded_themselves(as_person, register, everywhere, login: str):
    person = as_person(login)
    assert titles(person) == set()
    register(login, "自己记的")
    assert titles(person) == {"自己记的"}


def test_the_administrator_sees_no_needs(as_admin, everywhere):
    assert as_admin.get("/needs/list/").status_code == 403
    assert set(statuses(as_admin, everywhere).values()) == {403}


def test_two_posts_are_two_grants_and_not_one_wide_one(app: Flask, as_person, behind, everywhere):
    """Grid lead in our first grid and worker next door: neither post widens the other."""
    with behind():
        theirs = db.session.scalars(select(Community).filter_by(code=THEIRS)).one()
        lead = db.session.scalars(select(Account).filter_by(login="gridlead")).one()
        db.session.add(Grant(account=lead, role=GrantRole.WORKER, community=theirs))
        db.session.commit()
    person = as_person("gridlead")
    assert titles(person) == FIRST_GRID | {"桥南的事"}
    # A worker may reject; a grid lead may not.
    assert person.get(f"/needs/move/reject/{everywhere['桥南的事']}").status_code == 200
    assert person.get(f"/needs/move/reject/{everywhere['八栋的扶手']}").status_code == 403
    assert person.get(f"/needs/show/{everywhere['二建的井盖']}").status_code == 404


def test_one_post_masks_and_the_other_does_not(as_person, behind, register):
    """Auditor with us, worker next door: the reporter's name is masked here and plain there."""
    here, there = register(reporter_name="欧阳小明"), register("neighbour", "桥南的事", None, reporter_name="欧阳大海")
    with behind():
        theirs = db.session.scalars(select(Community).filter_by(code=THEIRS)).one()
        auditor = db.session.scalars(select(Account).filter_by(login="auditor")).one()
        db.session.add(Grant(account=auditor, role=GrantRole.WORKER, community=theirs))
        db.session.commit()
    person = as_person("auditor")
    assert "欧阳小明" not in person.page(f"/needs/show/{here}")
    assert "欧阳大海" in person.page(f"/needs/show/{there}")


def test_one_post_exports_and_the_other_does_not(as_person, behind, register):
    """Auditor with us, worker next door: both lists are seen, and only what is next door is taken out."""
    register(title="第一网格的路灯")
    register("neighbour", "桥南的事", None)
    with behind():
        theirs = db.session.scalars(select(Community).filter_by(code=THEIRS)).one()
        auditor = db.session.scalars(select(Account).filter_by(login="auditor")).one()
        db.session.add(Grant(account=auditor, role=GrantRole.WORKER, community=theirs))
        db.session.commit()
    person = as_person("auditor")
    assert {"第一网格的路灯", "桥南的事"} <= titles(person)
    for address in ("/needs/export.csv", "/api/v1/needs/export.csv"):
        told = person.page(address)
        assert "桥南的事" in told
        assert "第一网格的路灯" not in told


def test_the_grid_lead_takes_out_the_own_grid_alone(as_gridlead, everywhere):
    told = as_gridlead.page("/needs/export.csv")
    assert {title for title in everywhere if title in told} == FIRST_GRID


# -- the same words in SQL and in Python ----------------------------------------------------------------------------


@pytest.fixture
def many(app: Flask, register, behind) -> list[int]:
    """Needs of every place, by every author, opened and escalated or not."""
    flags = list(product((False, True), (None, clock.now())))
    numbers = []
    for number, (place, author) in enumerate(product([*TITLES, None], ["secretary", "gridworker", "volunteer"])):
        opened, escalated = flags[number % len(flags)]
        numbers.append(register(author, "走访记下的", place, open_to_volunteers=opened, escalated_at=escalated))
    numbers += [register("neighbour", "桥南的事", place) for place in ("桥南一网格", None)]
    return numbers


def reaches() -> st.SearchStrategy[tuple[Held, ...]]:
    """Grants of any role, in either community, both or none, for any place or none."""
    paths = st.sampled_from(["", "first", "second", "below", "theirs"])
    one = st.tuples(st.sampled_from(list(Role)), st.sampled_from([OURS, THEIRS, None]), paths)
    return st.lists(one, max_size=4).map(tuple)


def test_what_the_database_finds_is_what_each_row_says_of_itself(app: Flask, many, behind):
    with behind():
        communities = dict(db.session.execute(select(Community.code, Community.id)).all())
        paths = dict(db.session.execute(select(Place.name, Place.path)).all())
        authors = list(db.session.scalars(select(Account.id)))
        rows = db.session.scalars(select(Need)).all()
        places = {"first": "第一网格", "second": "第二网格", "below": "武江北路8栋", "theirs": "桥南一网格"}
        assert len(rows) == len(many)

        @settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
        @given(grants=reaches(), user=st.sampled_from([*authors, None]))
        def agrees(grants: Any, user: int | None) -> None:
            held = tuple(
                Held(role, communities.get(code), paths[places[place]] if place and code else None)
                for role, code, place in grants
            )
            actor = Actor("tests", user, held)
            found = set(db.session.scalars(select(Need.id).where(access.criterion(Need, actor))))
            assert found == {row.id for row in rows if access.may_row("v", row, actor)}
            with acting(actor):
                assert set(db.session.scalars(select(Need.id))) == found
            shown = {row.id for row in rows if not access.masked(row, actor)}
            assert shown <= found
            for verb in "emaR":
                allowed = {row.id for row in rows if access.may_row(verb, row, actor)}
                assert not allowed or access.may(verb, "needs", actor)

        agrees()


def test_nobody_and_everybody(app: Flask, many):
    with app.app_context():
        assert db.session.scalars(select(Need)).all() == []
        with acting(Actor("tests", 1, ())):
            assert db.session.scalars(select(Need)).all() == []
        with acting(system("tests")):
            assert len(db.session.scalars(select(Need)).all()) == len(many)
