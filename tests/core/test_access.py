"""The role table applied to grants: the question for one row and the question for all give the same answer."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from app.accounts.models import Account
from app.communities.models import Community, Place
from app.core import access
from app.core.actor import Actor, Held, acting, current, system
from app.extensions import db
from app.needs.models import Need
from app.roles import Role


def test_nobody_may_nothing(app):
    assert not access.may("v", "needs")


def test_a_job_may_everything(app):
    assert access.may("x", "needs", system("tests"))
    assert access.may("v", "anything", system("tests"))


@pytest.mark.parametrize(
    ("role", "may"),
    [
        (Role.SECRETARY, "vcemaixR"),
        (Role.WORKER, "vcemixR"),
        (Role.COORDINATOR, "vcm"),
        (Role.GRID_LEAD, "vcemxR"),
        (Role.GRID_WORKER, "vcem"),
        (Role.LIAISON, "vcm"),
        (Role.AUDITOR, "v"),
        (Role.ADMIN, ""),
    ],
)
def test_the_role_table_says_who_may_what_with_needs(role, may):
    actor = Actor("somebody", 1, (Held(role, 1),))
    assert {verb for verb in "vcemaixR" if access.may(verb, "needs", actor)} == set(may)


def test_a_list_the_table_does_not_know_is_closed():
    assert not access.may("v", "secrets", Actor("somebody", 1, (Held(Role.SECRETARY, 1),)))


def test_words_of_the_table_a_model_does_not_know_show_no_row(acting_as, register, monkeypatch):
    register(open_to_volunteers=True)
    monkeypatch.setattr(Need, "row_sets", {})
    with acting_as("coordinator"):
        with acting(system("tests")):
            need = db.session.scalars(select(Need)).one()
        assert not access.may_row("v", need)
        # A statement of its own: the actor of this block has not asked before.
        assert db.session.scalars(select(Need)).all() == []


def test_an_actor_ends_with_the_block(app):
    with acting(system("one")):
        with acting(None):
            assert current() is None
        assert current().label == "system:one"
    assert current() is None


def test_a_grant_shows_masked_columns_plain_only_for_the_rows_it_reaches(app, register, behind):
    ours, theirs = register(), register("neighbour", place=None)
    with behind():
        first, second = (db.session.get(Need, pk) for pk in (ours, theirs))
        held = (Held(Role.SECRETARY, first.community_id), Held(Role.AUDITOR, second.community_id))
        actor = Actor("two posts", 99, held)
        assert not access.masked(first, actor)
        assert access.masked(second, actor)
        assert access.masked(first, Actor("nothing", 99))


ROLES = st.sampled_from(list(Role))


@given(data=st.data())
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_one_row_and_all_rows_get_the_same_answer(app, register, behind, data):
    """For any grants: `may_row` of a row is true exactly for the rows the SQL returns."""
    with behind():
        if not db.session.scalars(select(Need).limit(1)).first():
            db.session.rollback()
            register(place="武江北路8栋"), register(place="二建宿舍", open_to_volunteers=True)
            register("gridworker", place=None), register("neighbour", place="桥南一网格")
        communities = list(db.session.scalars(select(Community.id)))
        places = list(db.session.scalars(select(Place)))
        me = data.draw(st.sampled_from(list(db.session.scalars(select(Account.id)))))
        held = []
        for role in data.draw(st.lists(ROLES, max_size=3)):
            place = data.draw(st.sampled_from([None, *places]))
            everywhere = place is None and data.draw(st.booleans())
            community = place.community_id if place else data.draw(st.sampled_from(communities))
            held.append(Held(role, None if everywhere else community, place.path if place else None))
        actor = Actor("anybody", me, tuple(held))
        rows = list(db.session.scalars(select(Need)))
        one_by_one = {row.id for row in rows if access.may_row("v", row, actor)}
        at_once = set(db.session.scalars(select(Need.id).where(access.criterion(Need, actor))))
    assert one_by_one == at_once
