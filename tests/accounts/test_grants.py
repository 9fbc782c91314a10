"""Who may give which role to whom, and what nobody can do by the back door."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import func, select

from app.accounts import service
from app.accounts.models import Account, Grant, GrantRole
from app.communities.models import Community, Place
from app.communities.service import close_place, open_community
from app.core import clock
from app.core.access import Forbidden, OutOfScope
from app.core.database import transaction
from app.core.moves import Refused
from app.core.rules import Violation
from app.extensions import db
from app.parties.models import Party
from app.roles import INSTALLATION_ROLES, PLACE_ROLES, Role, may_grant, rank
from tests.cast.people import CAST

BELOW_SECRETARY = set(Role) - {Role.SECRETARY, Role.SUPERVISOR, Role.ADMIN, Role.AUDITOR}
GIVES = {
    "secretary": BELOW_SECRETARY,
    "supervisor": {Role.SECRETARY, Role.AUDITOR},
    "admin": set(Role) - {Role.ADMIN},
}


def community(code: str = "wjb") -> Community:
    return db.session.scalars(select(Community).filter_by(code=code)).one()


def place(name: str) -> Place:
    return db.session.scalars(select(Place).filter_by(name=name)).one()


def count(model: type = Grant) -> int:
    return db.session.scalar(select(func.count(model.id))) or 0


@given(st.sampled_from(Role), st.sampled_from(Role))
def test_nobody_gives_a_role_beside_or_above_the_own(giver, role):
    if may_grant(giver, role):
        assert rank(giver) < rank(role)
        assert giver in (Role.ADMIN, Role.SUPERVISOR, Role.SECRETARY)
    assert not may_grant(giver, Role.ADMIN)


def test_every_role_can_be_a_grant():
    assert [choice.role for choice in GrantRole] == list(Role)
    assert all(GrantRole.of(role).role is role for role in Role)


@pytest.mark.parametrize("login", CAST)
def test_the_matrix_of_giving_holds_below_every_page(acting_as, behind, login):
    allowed = {"neighbour": set()}.get(login, GIVES.get(login, set()))
    for role in Role:
        with acting_as(login):
            volunteer = service.find("volunteer" if login != "neighbour" else "neighbour")
            where = (
                None
                if role in INSTALLATION_ROLES
                else db.session.scalars(select(Community).filter_by(code="wjb")).first()
            )
            grid = db.session.scalars(select(Place).filter_by(name="第一网格")).first() if role in PLACE_ROLES else None
            given_it = _gives(volunteer, role, where, grid)
            db.session.rollback()
        assert given_it == (role in allowed), f"{login} gives {role}"


def _gives(account: Account, role: Role, where: Community | None, grid: Place | None) -> bool:
    try:
        unit = db.session.scalars(select(Party).filter_by(name="市中医院")).first()
        service.grant(account, role, where, grid, subject=unit if role in (Role.LIAISON, Role.PARTNER) else None)
    except (Violation, OutOfScope):
        return False
    return True


@pytest.mark.parametrize("role", [Role.SUPERVISOR, Role.ADMIN, Role.SECRETARY, Role.AUDITOR])
def test_the_secretary_cannot_raise_herself_with_a_tampered_form(as_secretary, behind, id_of, role):
    with behind():
        before = count()
    form = {"account": id_of("secretary"), "role": role.value, "uid": "a" * 32}
    refused = as_secretary.post("/grants/add", form)
    assert refused.status_code == 422
    assert "比自己低的角色" in refused.get_data(as_text=True) or "留空" in refused.get_data(as_text=True)
    with behind():
        assert count() == before


def test_the_form_offers_only_roles_below(as_secretary, as_supervisor, as_admin):
    for person, offered in (
        (as_secretary, BELOW_SECRETARY),
        (as_supervisor, GIVES["supervisor"]),
        (as_admin, GIVES["admin"]),
    ):
        page = person.page("/grants/add")
        assert {role for role in Role if f'<option value="{role.value}"' in page} == offered


def test_the_secretary_gives_a_role_and_it_holds_at_once(as_secretary, as_volunteer, as_person, id_of):
    assert as_volunteer.get("/resources/list/").status_code in (200, 404)
    form = {"account": id_of("volunteer"), "role": "Worker", "uid": "b" * 32}
    for _ in range(2):
        assert as_secretary.post("/grants/add", form).status_code == 302
    page = as_secretary.page(f"/users/show/{id_of('volunteer')}")
    assert page.count("社区工作者 · 武江北社区") == 1
    assert as_person("volunteer").get("/needs/add").status_code == 200


def test_a_community_in_the_form_does_not_lead_into_another(as_secretary, behind, id_of):
    with behind():
        before, elsewhere = count(), community("qn").id
    form = {"account": id_of("volunteer"), "role": "Worker", "community": elsewhere, "community_id": elsewhere}
    as_secretary.post("/grants/add", form)
    with behind():
        assert set(db.session.scalars(select(Grant.community_id).where(Grant.id > before))) <= {community().id}


def test_the_neighbour_cannot_give_her_role_to_our_people_nor_see_them(as_neighbour, behind, id_of):
    with behind():
        before = count()
        ours = db.session.scalars(select(Grant.id).where(Grant.community_id == community().id)).all()
    assert as_neighbour.post("/grants/add", {"account": id_of("volunteer"), "role": "Worker"}).status_code == 422
    for pk in ours:
        assert as_neighbour.get(f"/grants/show/{pk}").status_code == 404
        assert as_neighbour.post(f"/grants/end/{pk}", {"reason": "试试"}).status_code == 404
    assert "张海燕" not in as_neighbour.page("/grants/list/") + as_neighbour.page("/users/list/")
    with behind():
        assert count() == before


def test_below_the_pages_a_grant_in_another_community_is_refused(acting_as, behind):
    with behind():
        elsewhere, volunteer = community("qn").id, service.find("volunteer").id
    with acting_as("secretary"), pytest.raises(OutOfScope), transaction():
        db.session.add(Grant(account_id=volunteer, role=GrantRole.WORKER, community_id=elsewhere))


def test_below_the_pages_a_grant_above_is_refused(acting_as):
    with acting_as("secretary"):
        me = service.find("secretary")
        db.session.add(Grant(account=me, role=GrantRole.SUPERVISOR, community=community()))
        with pytest.raises(OutOfScope), transaction():
            db.session.flush()


@pytest.mark.parametrize("column", ["role", "community", "account", "place"])
def test_a_given_grant_cannot_be_rewritten(acting_as, column):
    with acting_as("admin"):
        mine = db.session.scalars(select(Grant).where(Grant.role == GrantRole.WORKER)).one()
        new = {"role": GrantRole.AUDITOR, "community": community("qn"), "account": service.find("volunteer")}
        setattr(mine, column, (new | {"place": place("第一网格")})[column])
        with pytest.raises(Violation) as found, transaction():
            db.session.flush()
        assert column in found.value.errors


def test_the_secretary_cannot_end_or_stretch_grants_beside_or_above(as_secretary, behind):
    with behind():
        above = select(Grant.id).where(Grant.role.in_([GrantRole.SECRETARY, GrantRole.SUPERVISOR, GrantRole.AUDITOR]))
        grants = db.session.scalars(above.where(Grant.community_id == community().id)).all()
    assert len(grants) == 3
    for pk in grants:
        assert as_secretary.post(f"/grants/edit/{pk}", {"ends_on": "2026-01-01", "version": "1"}).status_code in (
            403,
            422,
        )
        assert as_secretary.post(f"/grants/end/{pk}", {"reason": "试试"}).status_code in (403, 404)
    with behind():
        assert all(db.session.get(Grant, pk).holds() for pk in grants)


def test_the_secretary_takes_a_role_back_with_the_reason(as_secretary, as_worker, behind, id_of):
    with behind():
        pk = db.session.scalars(select(Grant.id).where(Grant.role == GrantRole.WORKER)).one()
    assert as_secretary.post(f"/grants/end/{pk}", {"reason": ""}).status_code == 422
    assert as_secretary.post(f"/grants/end/{pk}", {"reason": "调往街道"}).status_code == 302
    assert as_secretary.post(f"/grants/end/{pk}", {"reason": "调往街道"}).status_code == 409
    assert as_worker.get("/needs/list/").status_code == 302
    with behind():
        assert db.session.get(Grant, pk).archive_reason == "调往街道"
    assert "李国强" in as_secretary.page("/users/list/")


@pytest.mark.parametrize("role", sorted(PLACE_ROLES))
def test_grid_people_need_a_place(acting_as, role):
    with acting_as("secretary"), pytest.raises(Violation) as found:
        service.grant(service.find("volunteer"), role, community())
    assert set(found.value.errors) == {"place"}


def test_a_place_of_another_community_or_a_closed_one_is_refused(acting_as, behind):
    with acting_as("admin"), pytest.raises(Violation) as found:
        service.grant(service.find("volunteer"), Role.GRID_WORKER, community(), place("桥南一网格"))
    assert set(found.value.errors) == {"place"}
    with behind(), transaction():
        close_place(place("第二网格"), clock.today(), "并入第一网格", with_children=True)
    with acting_as("secretary"), pytest.raises(Violation) as found:
        service.grant(service.find("volunteer"), Role.GRID_WORKER, community(), place("第二网格"))
    assert set(found.value.errors) == {"place"}


@pytest.mark.parametrize(("role", "code"), [(Role.WORKER, None), (Role.ADMIN, "wjb")])
def test_only_the_administrator_holds_without_a_community(behind, role, code):
    with behind(), pytest.raises(Violation) as found:
        service.grant(service.find("volunteer"), role, community(code) if code else None)
    assert set(found.value.errors) == {"community"}


def test_a_grant_does_not_end_before_it_begins(behind):
    days = {"starts_on": date(2026, 5, 2), "ends_on": date(2026, 5, 1)}
    with behind(), pytest.raises(Violation) as found:
        service.grant(service.find("volunteer"), Role.WORKER, community(), **days)
    assert set(found.value.errors) == {"ends_on"}


@pytest.mark.parametrize(
    ("starts", "ends", "holds"), [(0, None, True), (-3, 0, True), (1, None, False), (-3, -1, False)]
)
def test_a_grant_holds_from_its_first_to_its_last_day(behind, as_person, starts, ends, holds):
    today = clock.today()
    with behind(), transaction():
        days = {"starts_on": today + timedelta(starts), "ends_on": None if ends is None else today + timedelta(ends)}
        service.grant(service.find("volunteer"), Role.AUDITOR, community(), **days)
    assert as_person("volunteer").get("/users/list/").status_code == (200 if holds else 403)


def test_two_posts_are_two_grants_and_not_one_wide_one(behind, as_person, id_of):
    with behind(), transaction():
        service.grant(service.find("worker"), Role.SECRETARY, community("qn"))
    both = as_person("worker")
    page = both.page("/users/list/")
    assert "吴桂芳" in page
    assert "罗小玲" not in page
    assert both.get(f"/users/show/{id_of('gridworker')}").status_code == 404
    assert both.get(f"/users/show/{id_of('neighbour')}").status_code == 200


def test_a_supervisor_who_makes_a_community_supervises_it_and_stays_signed_in(app, as_supervisor, acting_as):
    with acting_as("supervisor") as actor, transaction():
        made = open_community(code="xin", name="新社区")
        assert made.id not in actor.communities
    page = as_supervisor.page("/profile/")
    assert "新社区" in page


def test_the_last_administrator_keeps_the_grant(behind):
    with behind():
        mine = db.session.scalars(select(Grant).where(Grant.role == GrantRole.ADMIN)).one()
        with pytest.raises(Refused):
            service.end_grant(mine, "试试")


def test_without_an_actor_nothing_is_given(app):
    with app.app_context():
        with pytest.raises((OutOfScope, Violation, Forbidden)):
            service.give(role=GrantRole.WORKER)
        db.session.rollback()
