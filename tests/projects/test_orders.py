"""Orders under a project: only one that runs is chosen, its page counts them, and it helps to find who can help."""

import re

import pytest
from sqlalchemy import select

from app.core import clock
from app.extensions import db
from app.fulfilments.models import Fulfilment
from app.organizations.models import Team
from app.parties.models import Party
from app.projects.choices import ProjectState
from app.projects.models import ServiceProject
from app.projects.schedule import Schedule
from tests.core.conftest import Program
from tests.fulfilments.conftest import PARTNER, TEAM
from tests.projects.conftest import UNIT

NAME = re.compile(r"<h2>(.*?)</h2><span class=\"tag")


@pytest.fixture
def place(send, accepted, parties):
    """Let the worker place an order under a project."""

    def ask(project, need=None, **given):
        given = {"need": need or accepted(), "provider": parties[UNIT], "project": project} | given
        return send("worker", "fulfilments/", **given)

    return ask


def test_an_order_is_placed_under_a_running_project_which_counts_it(place, run, as_worker, as_partner):
    pk = run()
    assert "还没有归在它下面的服务单" in as_worker.page(f"/projects/show/{pk}")
    for _number in range(2):
        assert place(pk).json["result"]["project"] == pk
    page = as_worker.page(f"/projects/show/{pk}")
    assert f'<a href="/fulfilments/list/?project={pk}">2 单</a>' in page
    assert '<span class="count">2</span>' in as_worker.page(f"/fulfilments/list/?project={pk}")


@pytest.mark.parametrize("state", [one for one in ProjectState if one is not ProjectState.RUNNING])
def test_under_one_that_does_not_run_no_order_is_placed(place, run, state, as_worker):
    pk = run(state=state)
    answer = place(pk)
    assert (answer.status_code, list(answer.json["message"])) == (422, ["project"])
    assert "楼道扶手行动" not in as_worker.page("/fulfilments/choices/project")


def test_an_order_goes_to_who_carries_the_project_out_or_to_a_team_of_that_unit(place, run, parties, behind):
    ours, anybodys = run(), run("便民服务", provider=None)
    refused = place(ours, provider=parties[PARTNER])
    assert (refused.status_code, list(refused.json["message"])) == (422, ["project"])
    assert "由市中医院承办" in refused.json["message"]["project"][0]
    assert place(anybodys, provider=parties[PARTNER]).status_code == 201
    assert place(ours, provider=parties[TEAM]).status_code == 422
    with behind():
        db.session.get_one(Team, parties[TEAM]).organization_id = parties[UNIT]
        db.session.commit()
    assert place(ours, provider=parties[TEAM]).status_code == 201


def test_by_telephone_no_other_provider_takes_what_stands_under_a_project(place, run, send, parties):
    order = place(run()).json
    said = {"version": order["result"]["version"], "said_by": "邓主任", "provider": parties[PARTNER]}
    refused = send("worker", f"fulfilments/{order['id']}/move/assign", **said)
    assert (refused.status_code, list(refused.json["message"])) == (422, ["provider"])
    assert (
        send("worker", f"fulfilments/{order['id']}/move/assign", **said | {"provider": parties[UNIT]}).status_code
        == 200
    )


def test_what_was_archived_or_is_the_neighbours_is_not_chosen(place, run, behind):
    archived, theirs = run(), run("桥南项目", "neighbour", provider=None)
    with behind():
        db.session.get_one(ServiceProject, archived).archived_at = clock.now()
        db.session.commit()
    assert [place(pk).status_code for pk in (archived, theirs)] == [422, 422]


def test_an_order_keeps_its_project_when_that_ends_and_is_not_put_under_another_that_ended(
    place, run, behind, as_worker
):
    pk, ended = run(), run("老项目", state=ProjectState.FINISHED)
    order = place(pk).json["result"]
    with behind():
        db.session.get_one(ServiceProject, pk).state = ProjectState.SUSPENDED
        db.session.commit()
    program = Program(as_worker.client)
    answer = program.put(f"/api/v1/fulfilments/{order['id']}", version=order["version"], measures="先看现场")
    assert (answer.status_code, answer.json["result"]["project"]) == (200, pk)
    version = answer.json["result"]["version"]
    answer = program.put(f"/api/v1/fulfilments/{order['id']}", version=version, project=ended)
    assert (answer.status_code, list(answer.json["message"])) == (422, ["project"])
    answer = program.put(f"/api/v1/fulfilments/{order['id']}", version=version, project=None)
    assert (answer.status_code, answer.json["result"]["project"]) == (200, None)


def test_the_form_of_an_order_begins_with_the_project_and_who_carries_it_out(run, accepted, as_worker):
    page = as_worker.page(f"/fulfilments/add?need={accepted()}&project={run()}")
    assert "楼道扶手行动" in page
    assert UNIT in page


# -- finding a helper -----------------------------------------------------------------------------------------------


def test_a_running_project_is_offered_with_reasons_and_one_click(run, accepted, as_worker, parties, behind):
    clock.clock.fixed = clock.parse_local("2026-11-26T10:00")
    pk = run(duty_boundary="为老旧楼道安装扶手", schedule=Schedule.read("每月第一个周六"))
    need = accepted(title="楼道没有扶手，老人怕摔倒")
    page = as_worker.page(f"/needs/candidates/{need}")
    assert NAME.findall(page) == ["楼道扶手行动"]
    assert "正对这一类需求" in page
    assert "下一次在 12-05" in page
    chosen = {"provider": str(parties[UNIT]), "project": str(pk)}
    places = [as_worker.post(f"/needs/candidates/{need}", chosen).location for _click in range(2)]
    with behind():
        (order,) = db.session.scalars(select(Fulfilment).filter_by(need_id=need)).all()
        assert (order.project_id, order.provider_id, order.resource_id) == (pk, parties[UNIT], None)
        assert places == [f"/fulfilments/show/{order.id}"] * 2


def test_one_that_nobody_carries_out_alone_leads_to_the_form(run, accepted, as_worker):
    pk, need = run(provider=None), accepted(title="楼道没有扶手")
    page = as_worker.page(f"/needs/candidates/{need}")
    assert NAME.findall(page) == ["楼道扶手行动"]
    assert f"/fulfilments/add?need={need}&amp;project={pk}" in page
    (told,) = as_worker.get(f"/api/v1/needs/{need}/candidates").json["result"]["candidates"]
    assert (told["kind"], told["id"], told["provider"], told["order"]) == ("project", pk, None, None)


@pytest.mark.parametrize(
    ("state", "said"),
    [
        (ProjectState.SUSPENDED, "现在没有运行：已暂停"),
        (ProjectState.FINISHED, "现在没有运行：已结束"),
        (ProjectState.DRAFT, None),
        (ProjectState.APPROVED, None),
    ],
)
def test_what_does_not_run_is_left_out_with_its_reason_if_it_ever_ran(run, accepted, as_worker, state, said):
    run(state=state)
    page = as_worker.page(f"/needs/candidates/{accepted(title='楼道没有扶手')}")
    assert NAME.findall(page) == []
    assert ("楼道扶手行动" in page) is (said is not None)
    assert said is None or said in page


def test_one_whose_provider_is_gone_is_left_out(run, accepted, as_worker, behind):
    run()
    with behind():
        db.session.scalars(select(Party).filter_by(name=UNIT)).one().archived_at = clock.now()
        # What a party says follows its own row; here the row behind it is not at hand.
        db.session.commit()
    page = as_worker.page(f"/needs/candidates/{accepted(title='楼道没有扶手')}")
    assert "实施方已归档" in page


def test_the_neighbours_project_is_no_candidate(run, accepted, as_worker):
    run("桥南扶手行动", "neighbour", provider=None)
    assert NAME.findall(as_worker.page(f"/needs/candidates/{accepted(title='楼道没有扶手')}")) == []
