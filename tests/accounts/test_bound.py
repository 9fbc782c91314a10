"""For whom a role speaks: the unit of a liaison or partner, the team a volunteer leads, the volunteer herself."""

from typing import Any

import pytest
from sqlalchemy import select

from app.accounts import service
from app.accounts.models import Account, Grant, GrantRole
from app.communities.models import Community
from app.core.actor import acting
from app.core.database import transaction
from app.core.rules import Violation
from app.extensions import db
from app.organizations.models import Organization
from app.parties.models import Party
from app.people.models import Person
from app.roles import Role

NEWCOMER = {"login": "xinlai", "name": "莫晓晴", "phone": "13800007788"}


def party(name: str, code: str = "wjb") -> Any:
    here = select(Community.id).filter_by(code=code).scalar_subquery()
    return db.session.scalars(select(Party).filter_by(name=name).where(Party.community_id == here)).one()


@pytest.fixture
def id_named(behind):
    def find(name: str, code: str = "wjb") -> str:
        with behind():
            return str(party(name, code).id)

    return find


@pytest.fixture
def give(acting_as):
    """Let somebody of the cast give a role to 李国强, the worker, or to another login."""

    def act(giver: str, role: Role, subject: str = "", code: str = "wjb", login: str = "worker") -> None:
        with acting_as(giver), transaction():
            community = db.session.scalars(select(Community).filter_by(code="wjb")).one()
            chosen = party(subject, code) if subject else None
            service.grant(service.find(login), role, community, subject=chosen)

    return act


@pytest.fixture
def person_of(behind):
    """Return name, phones and party of the person a login is, and the party of the last grant."""

    def look(login: str) -> list[tuple[str, list[str], str]]:
        with behind():
            account = service.find(login)
            people = db.session.scalars(select(Person).filter_by(account_id=account.id)).all()
            return [(person.name, person.phones, str(account.grants[-1].subject)) for person in people]

    return look


# -- what fits ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("role", "subject"),
    [
        (Role.LIAISON, ""),
        (Role.PARTNER, ""),
        (Role.LIAISON, "青年志愿服务队"),
        (Role.PARTNER, "张海燕"),
        (Role.VOLUNTEER, "市中医院"),
        (Role.WORKER, "市中医院"),
        (Role.AUDITOR, "青年志愿服务队"),
    ],
)
def test_a_role_speaks_for_what_fits_it_and_for_nothing_else(give, role: Role, subject: str):
    giver = "admin" if role is Role.AUDITOR else "secretary"
    with pytest.raises(Violation) as found:
        give(giver, role, subject)
    assert set(found.value.errors) == {"subject"}


@pytest.mark.parametrize(
    ("role", "subject"),
    [(Role.LIAISON, "市中医院"), (Role.PARTNER, "邻里帮社会工作服务中心"), (Role.VOLUNTEER, "青年志愿服务队")],
)
def test_what_fits_is_given_and_named_with_the_role(give, as_worker, as_person, role: Role, subject: str):
    give("secretary", role, subject)
    assert f"· {subject}" in as_person("worker").page("/profile/")


def test_a_unit_of_another_community_is_refused(give):
    with pytest.raises(Violation) as found:
        give("admin", Role.LIAISON, "桥南卫生院", "qn")
    assert set(found.value.errors) == {"subject"}


def test_the_form_asks_for_the_unit_and_keeps_what_was_typed(as_secretary, id_of, id_named):
    form = {"account": id_of("worker"), "role": "UnitLiaison"}
    answer = as_secretary.post("/grants/add", form)
    assert answer.status_code == 422
    assert "代表哪个单位" in answer.get_data(as_text=True)
    theirs = as_secretary.post("/grants/add", form | {"subject": id_named("桥南卫生院", "qn")})
    assert theirs.status_code == 422
    assert as_secretary.post("/grants/add", form | {"subject": id_named("市中医院")}).status_code == 302
    assert "市中医院" in as_secretary.page("/grants/list/")
    found = as_secretary.get("/grants/choices/subject?q=szyy").json["results"]
    assert found == [{"id": int(id_named("市中医院")), "text": "市中医院"}]


def test_a_program_names_the_unit_by_its_own_id(as_secretary, id_of, id_named):
    body = {"account": int(id_of("worker")), "role": "Partner", "subject": int(id_named("邻里帮社会工作服务中心"))}
    headers = {"X-CSRFToken": as_secretary.token()}
    made = as_secretary.client.post("/api/v1/grants/", json=body, headers=headers)
    assert made.status_code == 201
    assert made.json["result"]["subject"] == body["subject"]
    unit = as_secretary.get(f"/api/v1/units/{body['subject']}").json["result"]
    assert unit["name"] == "邻里帮社会工作服务中心"


def test_for_whom_somebody_speaks_is_not_rewritten(acting_as):
    with acting_as("admin"):
        mine = db.session.scalars(select(Grant).filter_by(role=GrantRole.LIAISON)).one()
        mine.subject = party("邻里帮社会工作服务中心")
        with pytest.raises(Violation) as found, transaction():
            db.session.flush()
    assert set(found.value.errors) == {"subject"}


# -- what it reaches ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("login", "names"),
    [("liaison", ["市中医院"]), ("volunteer", ["张海燕", "青年志愿服务队"]), ("worker", [None]), ("gridlead", [None])],
)
def test_each_grant_brings_for_whom_it_speaks(acting_as, login: str, names: list[str | None]):
    with acting_as(login) as actor:
        bound = [db.session.get(Party, held.subject) if held.subject else None for held in actor.held]
        assert [one.name if one else None for one in bound] == names


def test_who_spoke_for_what_is_archived_speaks_for_nothing_until_it_is_restored(as_secretary, as_liaison, id_named):
    pk = id_named("市中医院")
    assert as_liaison.get("/units/list/").status_code == 200
    assert as_secretary.post(f"/units/archive/{pk}", {"reason": "撤并"}).status_code == 302
    assert as_liaison.get("/units/list/").status_code == 403
    assert as_liaison.get("/needs/list/").status_code == 403
    assert "市中医院" not in as_liaison.page("/profile/")
    assert as_secretary.post(f"/units/restore/{pk}").status_code == 302
    assert "市中医院" in as_liaison.page("/units/list/")


def test_nobody_begins_to_speak_for_what_is_archived(as_secretary, give, id_named):
    assert as_secretary.post(f"/units/archive/{id_named('市中医院')}", {"reason": "撤并"}).status_code == 302
    with pytest.raises(Violation) as found:
        give("secretary", Role.LIAISON, "市中医院")
    assert set(found.value.errors) == {"subject"}


def test_a_role_of_old_without_a_unit_can_still_be_ended(behind, acting_as):
    with behind():
        db.session.execute(Grant.__table__.update().where(Grant.role == GrantRole.PARTNER).values(subject_id=None))
        db.session.commit()
    with acting_as("secretary"), transaction():
        service.end_grant(db.session.scalars(select(Grant).filter_by(role=GrantRole.PARTNER)).one(), "离开")


# -- volunteers are people ------------------------------------------------------------------------------------------


@pytest.fixture
def newcomer(acting_as) -> None:
    with acting_as("secretary"), transaction():
        service.create_account(**NEWCOMER)


@pytest.mark.parametrize("giver", ["secretary", "admin"])
def test_who_becomes_a_volunteer_becomes_a_person_and_speaks_for_herself(acting_as, give, person_of, giver: str):
    with acting_as(giver), transaction():
        service.create_account(**NEWCOMER)
    give(giver, Role.VOLUNTEER, login="xinlai")
    assert person_of("xinlai") == [("莫晓晴", ["13800007788"], "莫晓晴")]


def test_a_second_role_makes_no_second_person(newcomer, give, person_of):
    give("secretary", Role.VOLUNTEER, login="xinlai")
    give("secretary", Role.VOLUNTEER, "青年志愿服务队", login="xinlai")
    assert [words for _name, _phones, words in person_of("xinlai")] == ["青年志愿服务队"]


@pytest.fixture
def known(as_secretary) -> None:
    """The community knows 莫晓晴 already, who does not sign in."""
    form = {"name": "莫晓晴", "phones": "0751-8880000\r\n13800007788"}
    assert as_secretary.post("/people/add", form).status_code == 302


def test_a_person_with_the_same_name_and_phone_is_taken(newcomer, known, give, person_of):
    give("secretary", Role.VOLUNTEER, login="xinlai")
    assert person_of("xinlai") == [("莫晓晴", ["0751-8880000", "13800007788"], "莫晓晴")]


def test_the_person_that_was_chosen_is_taken(newcomer, as_secretary, give, person_of):
    assert as_secretary.post("/people/add", {"name": "莫小晴"}).status_code == 302
    give("secretary", Role.VOLUNTEER, "莫小晴", login="xinlai")
    assert person_of("xinlai") == [("莫小晴", [], "莫小晴")]


def test_the_record_of_somebody_else_is_not_taken(newcomer, give):
    with pytest.raises(Violation) as found:
        give("secretary", Role.VOLUNTEER, "张海燕", login="xinlai")
    assert set(found.value.errors) == {"subject"}


def test_a_role_that_may_not_be_given_makes_no_person(newcomer, give, behind):
    with pytest.raises(Violation):
        give("coordinator", Role.VOLUNTEER, login="worker")
    with behind():
        worker = select(Account.id).filter_by(login="worker").scalar_subquery()
        assert db.session.scalars(select(Person).where(Person.account_id == worker)).all() == []


def test_the_command_takes_the_name_of_the_unit(app, behind):
    run = app.test_cli_runner()
    words = ["users", "invite", "fazhi", "--name", "温法治", "--role", "UnitLiaison", "--community", "wjb", "--unit"]
    assert "没有这个角色可以代表的" in run.invoke(args=[*words, "青年志愿服务队"]).output
    assert run.invoke(args=[*words, "市中医院"]).exit_code == 0
    with behind():
        assert [str(grant.subject) for grant in service.find("fazhi").grants] == ["市中医院"]


def test_the_neighbour_finds_none_of_our_units_to_speak_for(as_neighbour, id_named, id_of):
    texts = [one["text"] for one in as_neighbour.get("/grants/choices/subject?q=").json["results"]]
    assert "桥南卫生院" in texts
    assert not {"市中医院", "青年志愿服务队"} & set(texts)
    form = {"account": id_of("neighbour"), "role": "UnitLiaison", "subject": id_named("市中医院")}
    assert as_neighbour.post("/grants/add", form).status_code == 422


def test_a_unit_is_what_its_grants_lead_to(acting_as):
    with acting_as("liaison") as actor:
        assert db.session.scalars(select(Organization.id)).all() == [actor.held[0].subject]
        with acting(None):
            assert db.session.scalars(select(Organization.id)).all() == []
