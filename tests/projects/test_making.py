"""Asked for, now offered (S0-14): a need becomes a project by one click; each shows the other to who may see it."""

import re

import pytest
from sqlalchemy import select

from app.communities.models import Category
from app.core import clock
from app.core.history import Entry
from app.extensions import db
from app.needs.choices import NeedState
from app.needs.models import Need
from app.projects.choices import ProjectKind, ProjectState
from app.projects.models import ServiceProject

TITLE = "罗阿姨想有人教她用手机"


@pytest.fixture
def make(send, need):
    """Let somebody turn a need into a project."""

    def ask(login, pk):
        return send(login, f"needs/{pk}/move/make_project", version=need(pk)["version"])

    return ask


@pytest.fixture
def made(behind):
    """Return the ids of all projects, the oldest first."""

    def read():
        with behind():
            return list(db.session.scalars(select(ServiceProject.id).order_by(ServiceProject.id)))

    return read


def test_one_click_leads_from_the_need_to_a_draft_that_names_it(as_worker, accepted, need, made, project):
    pk = accepted(title=TITLE)
    assert f"/needs/move/make_project/{pk}" in as_worker.page(f"/needs/show/{pk}")
    answer = as_worker.post(f"/needs/move/make_project/{pk}", {"version": need(pk)["version"]})
    (draft,) = made()
    assert (answer.status_code, answer.location) == (302, f"/projects/show/{draft}")
    found = project(draft)
    assert (found["state"], found["kind"], found["asked_by"]) == (ProjectState.DRAFT, ProjectKind.REGULAR, [pk])
    assert TITLE in as_worker.page(f"/projects/show/{draft}")
    assert f"/projects/show/{draft}" in as_worker.page(f"/needs/show/{pk}")


def test_the_project_tells_nothing_of_the_need_by_its_name(make, accepted, made, project, behind):
    pk = accepted(title=TITLE)
    make("worker", pk)
    assert project(made()[0])["name"] == "公共设施服务项目"
    (draft,) = made()
    with behind():
        categories = db.session.get_one(ServiceProject, draft).categories
        assert [category.name for category in categories] == ["公共设施"]


def test_the_second_half_of_a_double_click_leads_to_the_same_project(as_worker, accepted, need, made):
    pk = accepted()
    version = {"version": need(pk)["version"]}
    places = [as_worker.post(f"/needs/move/make_project/{pk}", version).location for _click in range(2)]
    assert places == [f"/projects/show/{made()[0]}"] * 2
    assert len(made()) == 1


def test_a_second_project_is_made_only_once_the_first_draft_is_decided(make, accepted, made, behind):
    pk = accepted()
    assert make("worker", pk).status_code == 200
    answer = make("secretary", pk)
    assert (answer.status_code, "公共设施服务项目" in answer.json["message"]) == (409, True)
    (draft,) = made()
    with behind():
        db.session.get_one(ServiceProject, draft).state = ProjectState.APPROVED
        db.session.commit()
    assert make("secretary", pk).status_code == 200
    assert len(made()) == 2


@pytest.mark.parametrize("state", list(NeedState))
def test_needs_become_projects_from_acceptance_to_closing_and_stay_as_they_are(make, accepted, need, made, state):
    pk = accepted(state=state)
    possible = state.value in ("accepted", "planned", "in_progress", "delivered", "closed")
    assert make("worker", pk).status_code == (200 if possible else 409)
    assert (len(made()), need(pk)["state"]) == (int(possible), state)


@pytest.mark.parametrize("login", ["coordinator", "gridlead", "gridworker", "volunteer", "supervisor", "auditor"])
def test_only_the_office_makes_projects_of_needs(make, accepted, made, login):
    pk = accepted(open_to_volunteers=True, escalated_at=clock.now())
    assert make(login, pk).status_code in (403, 404)
    assert made() == []


def test_the_neighbour_makes_none_of_ours(make, accepted, made):
    assert make("neighbour", accepted()).status_code == 404
    assert made() == []


def test_both_stand_in_history_and_verify(app, make, accepted, made, behind):
    pk = accepted()
    make("worker", pk)
    (draft,) = made()
    with behind():
        of_need = db.session.scalars(select(Entry).filter_by(list="needs", row_id=pk).order_by(Entry.id)).all()[-1]
        of_project = db.session.scalars(select(Entry).filter_by(list="projects", row_id=draft)).one()
        assert (of_need.act, of_need.roles, bool(of_need.step_uid)) == ("make_project", "Worker", True)
        assert (of_project.act, of_project.told()["asked_by"]) == ("create", [None, [pk]])
    assert app.test_cli_runner().invoke(args=["audit", "verify"]).exit_code == 0


# -- who sees what --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("login", "sees"),
    [("worker", True), ("auditor", True), ("liaison", False), ("volunteer", False), ("partner", False)],
)
def test_the_needs_behind_a_project_are_seen_by_who_sees_the_needs(as_person, make, accepted, made, login, sees):
    pk = accepted(title=TITLE)
    make("worker", pk)
    person, draft = as_person(login), made()[0]
    for address in (f"/projects/show/{draft}", f"/projects/history/{draft}"):
        assert (TITLE in person.page(address)) is sees, address
    read = person.get(f"/api/v1/projects/{draft}").json["result"]
    assert read["asked_by"] == ([pk] if sees else [])
    asked = person.get(f"/projects/list/?asked_by={pk}")
    assert asked.status_code == (200 if sees else 400)


def test_a_number_in_the_words_of_a_need_is_masked_on_the_page_of_the_project(
    as_auditor, as_worker, make, accepted, made
):
    pk = accepted(title="请打13712345678找罗阿姨")
    make("worker", pk)
    assert "13712345678" in as_worker.page(f"/projects/show/{made()[0]}")
    for address in ("show", "history"):
        assert "13712345678" not in as_auditor.page(f"/projects/{address}/{made()[0]}")


def test_a_category_that_closed_meanwhile_is_left_out(make, accepted, made, behind):
    pk = accepted()
    with behind():
        db.session.get_one(Category, db.session.get_one(Need, pk).category_id).closed_on = clock.today()
        db.session.commit()
    assert make("worker", pk).status_code == 200
    (draft,) = made()
    with behind():
        assert db.session.get_one(ServiceProject, draft).categories == []


def test_a_program_finds_what_a_need_led_to(as_worker, make, accepted, made):
    pk = accepted()
    make("worker", pk)
    found = as_worker.get(f"/api/v1/projects/?q=(filters:!((col:asked_by,opr:rel_o_m,value:{pk})))").json
    assert (found["count"], found["ids"]) == (1, made())
    assert re.fullmatch(r"\d+", str(found["ids"][0]))
