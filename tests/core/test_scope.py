"""Row scope in the session itself: below every page, whoever writes the code above it."""

import pytest
from sqlalchemy import func, select, update

from app.accounts.models import Account
from app.communities.models import Category, Community, Holiday, Place
from app.core import scope
from app.core.access import OutOfScope
from app.core.actor import Actor, Held, acting, system
from app.core.database import transaction
from app.core.model import Guarded
from app.core.reads import OF_LIST
from app.core.scope import guarded_models
from app.core.timeline import Step, add_step
from app.extensions import db
from app.needs.choices import Urgency
from app.needs.models import Need
from app.roles import Role


def ours():
    """The secretary's community, seen by whoever acts."""
    return db.session.scalars(select(Community).filter_by(code="wjb")).one_or_none()


def test_without_an_actor_nothing_is_visible(app, register):
    register()
    with app.app_context():
        assert [model.__name__ for model in guarded_models() if db.session.scalars(select(model)).first()] == []
        assert db.session.scalar(select(func.count()).select_from(Need)) == 0
        assert db.session.get(Need, 1) is None


def test_without_an_actor_nothing_is_written(app):
    with app.app_context():
        db.session.add(Community(code="new", name="新社区"))
        with pytest.raises(OutOfScope), transaction():
            pass
        with acting(system("tests")):
            assert db.session.scalar(select(func.count()).select_from(Community)) == 2


def test_every_model_with_a_community_is_guarded(app):
    mapped = {mapper.class_ for mapper in Need.registry.mappers if mapper.class_.__module__.startswith("app.")}
    open_ones = {model.__name__ for model in mapped if not issubclass(model, Guarded)}
    # Numbers, and what stands for a sign-in: read only by the functions that keep them.
    sign_in = {"SignIn", "OneTimeLink", "Brake", "AccessToken"}
    numbers = {"CodeCounter", "ChainHead", "SubjectKey", "RevealTally", "JobRun", "Unfinished", "Edition"}
    # What lets a resident in who never signs in, likewise.
    public = {"PointCode", "TicketCode", "Knock"}
    assert open_ones <= sign_in | numbers | public, open_ones


@pytest.mark.parametrize("login", ["secretary", "gridworker", "volunteer", "neighbour"])
def test_asked_of_one_list_one_sees_of_it_what_one_sees_anyway(acting_as, register, login):
    register()
    with acting_as(login):
        seen = [*db.session.scalars(select(Step))]
        assert bool(seen) is (login in ("secretary", "gridworker"))
        for name in [*Step.told, "no such list"]:
            of_one = [*db.session.scalars(select(Step).execution_options(**{OF_LIST: name}))]
            assert of_one == [step for step in seen if step.list == name]


def test_joins_aliases_and_counts_are_narrowed_too(acting_as, register):
    register()
    with acting_as("neighbour"):
        there = select(func.count()).select_from(Place).join(Need, Need.place_id == Place.id)
        assert db.session.scalar(there) == 0
        assert db.session.scalar(select(func.count(Need.id))) == 0
        assert db.session.execute(select(Need.title, Place.name).join(Place)).all() == []
        assert (
            db.session.scalars(select(Category).where(Category.parent.has(name="社区治理"))).one().community.code
            == "qn"
        )


def test_a_relation_out_of_sight_is_empty(acting_as, register):
    register()
    with acting_as("neighbour"), acting(system("tests")):
        need = db.session.scalars(select(Need)).one()
        db.session.expunge_all()
    with acting_as("neighbour"):
        assert db.session.scalars(select(Place).filter_by(id=need.place_id)).all() == []


def test_a_row_the_session_holds_already_is_not_found_by_a_stranger(acting_as, register, app):
    pk = register()
    with acting_as("neighbour"):
        with acting(system("tests")):
            held = db.session.get(Need, pk)
        assert held is not None
        assert db.session.scalars(select(Need).filter_by(id=pk)).one_or_none() is None


@pytest.mark.parametrize("login", ["auditor", "coordinator", "volunteer", "admin", "neighbour"])
def test_who_may_not_edit_writes_nothing_even_with_the_row_in_hand(acting_as, register, need, login):
    pk = register()
    with acting_as(login):
        with acting(system("tests")):
            row = db.session.get(Need, pk)
        row.title = "改了"
        with pytest.raises(OutOfScope), transaction():
            pass
    assert need(pk)["title"] == "楼下路灯不亮"


def test_a_row_cannot_be_moved_to_another_community(acting_as, register, need):
    pk = register()
    with acting_as("secretary"):
        row = db.session.get(Need, pk)
        before = row.community_id
        row.community_id = before + 1
        with pytest.raises(OutOfScope), transaction():
            pass
    assert need(pk)["community_id"] == before


@pytest.mark.parametrize("column", ["place", "category"])
def test_a_row_cannot_point_at_what_is_another_communitys(acting_as, register, need, behind, column):
    pk = register()
    with behind():
        model = {"place": Place, "category": Category}[column]
        foreign = (
            db.session.scalars(
                select(model).join(Community, Community.id == model.community_id).where(Community.code == "qn")
            )
            .first()
            .id
        )
    for name in (column, f"{column}_id"):
        with acting_as("secretary"):
            with acting(system("tests")):
                target = db.session.get({"place": Place, "category": Category}[column], foreign)
            setattr(db.session.get(Need, pk), name, target if name == column else foreign)
            with pytest.raises(OutOfScope), transaction():
                pass
    assert need(pk)[f"{column}_id"] != foreign


def test_a_row_cannot_be_put_into_another_community(acting_as, behind, register):
    with behind():
        theirs = db.session.scalars(select(Community).filter_by(code="qn")).one().id
    with acting_as("secretary"):
        db.session.add(Need(title="路灯", code="X1", community_id=theirs))
        with pytest.raises(OutOfScope), transaction():
            pass


def test_who_keeps_two_communities_does_not_mix_them(app, register, need, behind):
    pk = register()
    with behind():
        wjb, qn = (db.session.scalars(select(Community).filter_by(code=code)).one().id for code in ("wjb", "qn"))
    both = Actor("both", 1, (Held(Role.SECRETARY, wjb), Held(Role.SECRETARY, qn)))
    with app.app_context(), acting(both):
        row = db.session.get(Need, pk)
        row.community = db.session.get(Community, qn)
        with pytest.raises(OutOfScope), transaction():
            pass
    assert need(pk)["community_id"] == wjb


def test_nobody_deletes(acting_as, register, need):
    pk = register()
    with acting_as("secretary"):
        db.session.delete(db.session.get(Need, pk))
        with pytest.raises(OutOfScope), transaction():
            pass
    assert need(pk)["title"] == "楼下路灯不亮"


@pytest.mark.parametrize("login", ["secretary", "neighbour"])
def test_rows_are_not_changed_in_bulk(acting_as, register, need, login):
    pk = register()
    with acting_as(login), pytest.raises(OutOfScope):
        db.session.execute(update(Need).values(title="全改"))
    assert need(pk)["title"] == "楼下路灯不亮"


def test_the_timeline_of_another_community_takes_no_step(acting_as, register, behind):
    pk = register()
    with acting_as("neighbour"):
        with acting(system("tests")):
            row = db.session.get(Need, pk)
            assert row.community is not None
        add_step(db.session, row, "close", "delivered", "closed")
        with pytest.raises(OutOfScope), transaction():
            pass
    with behind():
        assert [step.move for step in db.session.scalars(select(Step))] == ["register"]


def test_a_step_once_written_is_not_rewritten(acting_as, register, behind):
    register()
    with acting_as("secretary"):
        step = db.session.scalars(select(Step)).one()
        step.move = "withdraw"
        with pytest.raises(OutOfScope), transaction():
            pass
    with behind():
        assert db.session.scalars(select(Step)).one().move == "register"


def test_the_grid_workers_see_the_needs_of_their_places_only(acting_as, register):
    here, there = register(place="武江北路8栋"), register(place="二建宿舍")
    nowhere = register(place=None)
    for login in ("gridlead", "gridworker"):
        with acting_as(login):
            assert {need.id for need in db.session.scalars(select(Need))} == {here}
    with acting_as("secretary"):
        assert {need.id for need in db.session.scalars(select(Need))} == {here, there, nowhere}


def test_the_coordinator_sees_what_is_open_to_volunteers(acting_as, register):
    register()
    opened = register(open_to_volunteers=True)
    with acting_as("coordinator"):
        assert [need.id for need in db.session.scalars(select(Need))] == [opened]


def test_who_wrote_and_when_is_the_portals_word_not_the_writers(acting_as, register, need):
    pk = register("worker")
    with acting_as("secretary") as secretary, transaction():
        row = db.session.get(Need, pk)
        row.title, row.changed_by_id = "路灯", 1
    stored = need(pk)
    assert (stored["changed_by_id"], stored["version"]) == (secretary.user_id, 2)
    assert stored["created_by_id"] != secretary.user_id


def test_a_job_writes_without_a_person(app, behind):
    with app.app_context(), acting(system("nightly")), transaction():
        community = db.session.scalars(select(Community).filter_by(code="wjb")).one()
        db.session.add(Holiday(community=community, day=community.created_at.date(), name="元旦"))
    with behind():
        assert db.session.scalars(select(Holiday)).one().created_by_id is None


def test_two_posts_are_two_grants_and_not_a_wide_one(app, register, behind):
    """A grid worker here who is a worker there gets neither post's rights in the other place."""
    here = register(place="二建宿舍")
    with behind():
        wjb, qn = (db.session.scalars(select(Community).filter_by(code=code)).one().id for code in ("wjb", "qn"))
        grid = db.session.scalars(select(Place).filter_by(name="第一网格")).one().path
        me = db.session.scalars(select(Account).filter_by(login="gridworker")).one().id
    held = (Held(Role.GRID_WORKER, wjb, grid), Held(Role.WORKER, qn))
    with app.app_context(), acting(Actor("two posts", me, held)):
        assert db.session.get(Need, here) is None
        community = db.session.get(Community, wjb)
        db.session.add(Need(title="路灯", code="X1", urgency=Urgency.NORMAL, community=community))
        with pytest.raises(OutOfScope), transaction():
            pass


@pytest.mark.parametrize("role", Role, ids=lambda role: role.value)
def test_what_somebody_may_see_is_said_without_asking_the_database(app, spoken, role):
    place = "/000/" if role in (Role.GRID_LEAD, Role.GRID_WORKER) else None
    with app.app_context():
        somebody = Actor("somebody", 7, (Held(role, 1, place, 5),))
        assert all(scope.condition(model, somebody) is not None for model in scope.guarded_models())
    assert spoken == []
