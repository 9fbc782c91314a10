"""The life of a service project: who adds it, approves, starts, suspends and finishes it, and who only reads."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from app.accounts.models import Account
from app.core import clock
from app.core.actor import acting, system
from app.core.database import transaction
from app.core.history import Entry
from app.core.moves import Refused, perform
from app.extensions import db
from app.notices.models import Notice
from app.projects.choices import ProjectState as State
from app.projects.models import FLOW, ServiceProject
from app.projects.schedule import Schedule
from app.resources.choices import ResourceKind
from app.resources.models import Resource
from tests.core.conftest import Program

FORM = {"name": "便民服务日", "kind": "regular", "schedule": "每月第一个周六 9:00-11:30"}


def move(person, name, pk, **values):
    return person.post(f"/projects/move/{name}/{pk}", values).status_code


def newest(behind):
    with behind():
        return db.session.scalar(select(ServiceProject.id).order_by(ServiceProject.id.desc()).limit(1))


@pytest.fixture
def thursday(app):
    """It is Thursday, 2026-11-26."""
    clock.clock.fixed = clock.parse_local("2026-11-26T10:00")


# -- adding ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("login", ["secretary", "worker", "coordinator"])
def test_the_office_and_the_coordinator_add_projects_which_wait_for_approval(as_person, behind, project, login):
    assert as_person(login).post("/projects/add", FORM).status_code == 302
    found = project(newest(behind))
    assert (found["state"], str(found["schedule"])) == (State.DRAFT, FORM["schedule"])


@pytest.mark.parametrize(
    "login", ["gridlead", "gridworker", "liaison", "partner", "volunteer", "supervisor", "auditor"]
)
def test_everybody_of_the_community_reads_them_and_writes_none(as_person, run, login):
    pk, person = run(), as_person(login)
    assert "楼道扶手行动" in person.page("/projects/list/")
    assert "楼道扶手行动" in person.page(f"/projects/show/{pk}")
    assert person.post("/projects/add", FORM).status_code == 403
    assert move(person, "suspend", pk) == 403


def test_the_neighbour_sees_none_of_them(as_neighbour, run):
    pk = run()
    assert as_neighbour.get(f"/projects/show/{pk}").status_code == 404
    assert "楼道扶手行动" not in as_neighbour.page("/projects/list/")


@pytest.mark.parametrize(
    ("typed", "beside"),
    [
        ({"phone": "12"}, "phone"),
        ({"schedule": "长" * 200}, "schedule"),
        ({"schedule": {"words": 1}}, "schedule"),
        ({"categories": [999999]}, "categories"),
        ({"provider": 999999}, "provider"),
        ({"resources": [999999]}, "resources"),
        ({"asked_by": [1]}, "asked_by"),
        ({"state": "running"}, "state"),
        ({"name": ""}, "name"),
        ({"kind": None}, "kind"),
    ],
)
def test_what_does_not_fit_is_refused_beside_its_field(as_worker, typed, beside):
    answer = Program(as_worker.client).post("/api/v1/projects/", **FORM | typed)
    assert (answer.status_code, list(answer.json["message"])) == (422, [beside])


def test_what_was_archived_is_not_chosen_any_more(as_secretary, parties, run, behind):
    (unit, *_others) = parties.values()
    with behind():
        row = db.session.get_one(ServiceProject, run())
        shared = Resource(community=row.community, name="旧音响", provider=row.provider, kind=ResourceKind.GOODS)
        shared.archived_at = clock.now()
        db.session.add(shared)
        db.session.commit()
        pk = shared.id
    program = Program(as_secretary.client)
    assert list(program.post("/api/v1/projects/", **FORM, resources=[pk]).json["message"]) == ["resources"]
    assert as_secretary.post(f"/units/archive/{unit}", {"reason": "已搬走"}).status_code == 302
    assert list(program.post("/api/v1/projects/", **FORM, provider=unit).json["message"]) == ["provider"]


def test_a_program_reads_words_and_rules_of_a_schedule(as_worker):
    program = Program(as_worker.client)
    made = program.post("/api/v1/projects/", **FORM).json["result"]
    assert made["schedule"] == {
        "words": FORM["schedule"],
        "rules": [{"every": "month", "weekdays": [6], "nth": [1]}],
    }
    changed = program.put(f"/api/v1/projects/{made['id']}", version=made["version"], schedule={"words": "常年"})
    assert changed.json["result"]["schedule"] == {"words": "常年", "rules": []}


# -- moving ---------------------------------------------------------------------------------------------------------


def test_the_secretary_approves_and_finishes_and_the_office_does_the_rest(as_secretary, as_worker, run, project):
    pk = run(state=State.DRAFT)
    assert move(as_worker, "approve", pk) == 403
    assert move(as_secretary, "start", pk) == 409
    assert move(as_secretary, "approve", pk) == 302
    assert [move(as_worker, name, pk) for name in ("start", "suspend", "resume", "suspend")] == [302] * 4
    assert move(as_worker, "finish", pk) == 403
    assert move(as_secretary, "finish", pk) == 302
    assert project(pk)["state"] is State.FINISHED
    assert move(as_secretary, "resume", pk) == 409


def test_the_secretary_is_told_of_a_draft_and_the_worker_of_its_approval(as_worker, as_secretary, behind):
    as_worker.post("/projects/add", FORM)
    pk = newest(behind)
    move(as_secretary, "approve", pk)
    with behind():
        about = select(Notice.kind, Account.login).join(Account, Account.id == Notice.account_id)
        told = {tuple(row) for row in db.session.execute(about.where(Notice.list == "projects", Notice.row_id == pk))}
    assert told == {("project_to_approve", "secretary"), ("project_approved", "worker")}


def test_what_waits_for_somebody_follows_the_role(as_secretary, as_worker, as_auditor, run):
    run("草稿项目", state=State.DRAFT), run("批准项目", state=State.APPROVED), run("运行项目")
    pages = [person.page("/projects/list/?quick=mine") for person in (as_secretary, as_worker, as_auditor)]
    found = [[name for name in ("草稿项目", "批准项目", "运行项目") if name in page] for page in pages]
    assert found == [["草稿项目", "批准项目"], ["批准项目"], []]


def happens(app, name, pk):
    """Make a move behind the scenes, and tell whether it was made."""
    with app.app_context(), acting(system("tests")):
        try:
            with transaction():
                perform(db.session.get_one(ServiceProject, pk), name, {})
        except Refused:
            return False
    return True


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.lists(st.sampled_from([one.name for one in FLOW.moves]), max_size=8))
def test_whatever_is_tried_only_the_moves_of_the_workflow_happen_and_each_is_written_down(app, run, behind, tried):
    """The states are told here a second time, as the workflow has them."""
    allowed = {
        ("draft", "approve"): "approved",
        ("approved", "start"): "running",
        ("running", "suspend"): "suspended",
        ("suspended", "resume"): "running",
        ("running", "finish"): "finished",
        ("suspended", "finish"): "finished",
    }
    pk, state, made = run(state=State.DRAFT), "draft", []
    for name in tried:
        expected = allowed.get((state, name))
        assert happens(app, name, pk) is (expected is not None)
        state, made = (expected, [*made, name]) if expected else (state, made)
    with behind():
        row = db.session.get_one(ServiceProject, pk)
        acts = db.session.scalars(select(Entry.act).filter_by(list="projects", row_id=pk).order_by(Entry.id)).all()
        assert (row.state.value, acts[1:]) == (state, made)


# -- showing --------------------------------------------------------------------------------------------------------


def test_its_page_tells_when_it_takes_place_next(as_worker, run, thursday):
    page = as_worker.page(f"/projects/show/{run(schedule=Schedule.read('每月第一个周六 9:00-11:30'))}")
    assert "下一次：2026-12-05（周六）。" in page
    assert "2027-01-02（周六）" in page
    page = as_worker.page(f"/projects/show/{run('季度义诊', schedule=Schedule.read('每季度一次'))}")
    assert "2026-12-31（周四）前开展 1 次。" in page


def test_words_that_are_no_rule_are_kept_and_said_to_be_none(as_worker, run, thursday):
    page = as_worker.page(f"/projects/show/{run(schedule=Schedule.read('农历初一、十五'))}")
    assert "农历初一、十五" in page
    assert "从文字推算不出日期" in page


def test_its_history_tells_what_the_schedule_was_in_words(as_worker):
    program = Program(as_worker.client)
    made = program.post("/api/v1/projects/", **FORM).json["result"]
    program.put(f"/api/v1/projects/{made['id']}", version=made["version"], schedule="每周三、五下午")
    assert f"{FORM['schedule']} → 每周三、五下午" in as_worker.page(f"/projects/show/{made['id']}")


@pytest.mark.parametrize("state", [State.DRAFT, State.APPROVED, State.SUSPENDED, State.FINISHED])
def test_what_does_not_run_has_no_next_date(as_worker, run, thursday, state):
    page = as_worker.page(f"/projects/show/{run(state=state, schedule=Schedule.read('每天'))}")
    assert "2026-11-26（周四）" not in page
