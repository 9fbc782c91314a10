"""Exports with sensitive values open: asked for with a reason, approved by a second person, fetched once."""

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from app.accounts import tokens
from app.accounts.models import Account, Grant
from app.core import clock, database
from app.core.actor import acting, system
from app.core.history import Entry
from app.core.sheets import reading
from app.exports import service
from app.exports.models import ExportRequest
from app.extensions import db

ASKED = {"listing": "needs", "asked": "state=submitted", "ending": "csv", "reason": "街道核对名单"}


@pytest.fixture
def rows(register):
    """A need with a phone, one in another state, and one of the neighbour's."""
    register(title="路灯不亮", reporter_name="欧阳小明", reporter_phone="13977660001")
    register("neighbour", "桥南的事", None, reporter_phone="13977660002")


@pytest.fixture
def ask(app: Flask, rows):
    """Let somebody ask, and return the id of the request."""

    def make(person, **more: str) -> int:
        answer = person.post("/approvals/add", ASKED | more)
        assert answer.status_code == 302, answer.get_data(as_text=True)
        return int(answer.headers["Location"].rsplit("/", 1)[1])

    return make


@pytest.fixture
def stands(behind):
    def read(pk: int) -> str:
        with behind():
            return str(db.session.get(ExportRequest, pk).state.value)

    return read


def told(app: Flask) -> list[tuple[str, dict]]:
    with app.app_context(), acting(system("tests")):
        found = db.session.scalars(select(Entry).where(Entry.list == "needs", Entry.act == "exported_raw"))
        return [(entry.by.login, {name: pair[1] for name, pair in entry.told().items()}) for entry in found]


def test_a_worker_asks_the_secretary_approves_and_the_worker_fetches_it_once(
    app: Flask, ask, as_worker, as_secretary, stands
):
    pk = ask(as_worker)
    assert "有人申请导出未脱敏数据" in as_secretary.page("/notices/")
    page = as_secretary.page("/approvals/?quick=to_decide")
    assert "群众需求清单" in page
    assert "街道核对名单" in page
    assert as_worker.post(f"/approvals/fetch/{pk}").status_code == 409
    assert as_secretary.post(f"/approvals/move/approve/{pk}", {"version": "1"}).status_code == 302
    assert "已批准" in as_worker.page("/notices/")
    page = as_worker.page(f"/approvals/show/{pk}")
    assert f'action="/approvals/fetch/{pk}"' in page
    assert f"截止到 {clock.local(clock.now() + timedelta(days=1)):%Y-%m-%d}" in page
    answer = as_worker.post(f"/approvals/fetch/{pk}")
    assert answer.status_code == 200
    text = answer.get_data(as_text=True)
    assert "13977660001" in text
    assert "欧阳小明" in text
    assert "13977660002" not in text
    assert stands(pk) == "fetched"
    assert as_worker.post(f"/approvals/fetch/{pk}").status_code == 409
    assert told(app) == [("worker", {"rows": 1, "file": "csv", "filter": "state=submitted"})]
    audit = as_secretary.page("/audit/")
    assert "导出未脱敏数据" in audit
    assert "CSV 文件，1 条；地址里的筛选条件：“state=submitted”" in audit


def test_nobody_decides_on_the_own_request(ask, as_worker, as_secretary, stands):
    for person in (as_worker, as_secretary):
        pk = ask(person)
        assert person.post(f"/approvals/move/approve/{pk}", {"version": "1"}).status_code == 409
        assert stands(pk) == "asked"


def test_a_worker_decides_only_on_what_a_secretary_asks_for(ask, as_worker, as_secretary, as_gridlead, stands):
    pk = ask(as_gridlead)
    assert as_worker.post(f"/approvals/move/approve/{pk}", {"version": "1"}).status_code == 409
    pk = ask(as_secretary)
    assert as_worker.post(f"/approvals/move/approve/{pk}", {"version": "1"}).status_code == 302
    assert stands(pk) == "approved"


def test_the_street_may_be_the_second_person(ask, as_secretary, as_supervisor, stands):
    pk = ask(as_secretary)
    assert as_supervisor.post(f"/approvals/move/approve/{pk}", {"version": "1"}).status_code == 302
    assert as_supervisor.post(f"/approvals/fetch/{pk}").status_code == 403
    assert stands(pk) == "approved"


def test_who_is_refused_is_told_why_and_gets_nothing(ask, as_worker, as_secretary, stands):
    pk = ask(as_worker)
    form = {"version": "1", "reason": "用脱敏的就可以"}
    assert as_secretary.post(f"/approvals/move/refuse/{pk}", form).status_code == 302
    assert "用脱敏的就可以" in as_worker.page(f"/approvals/show/{pk}")
    assert "未获批准" in as_worker.page("/notices/")
    assert as_worker.post(f"/approvals/fetch/{pk}").status_code == 409
    assert stands(pk) == "refused"


def test_only_who_asked_fetches_the_file(ask, as_worker, as_secretary, as_auditor, as_neighbour):
    pk = ask(as_worker)
    as_secretary.post(f"/approvals/move/approve/{pk}", {"version": "1"})
    assert as_secretary.post(f"/approvals/fetch/{pk}").status_code == 403
    assert as_auditor.post(f"/approvals/fetch/{pk}").status_code == 403
    assert as_neighbour.post(f"/approvals/fetch/{pk}").status_code == 404


def test_after_a_day_the_approval_is_over(app: Flask, ask, as_worker, as_secretary, stands):
    clock.clock.fixed = clock.now()
    pk = ask(as_worker)
    as_secretary.post(f"/approvals/move/approve/{pk}", {"version": "1"})
    with app.app_context(), acting(system("exports")):
        assert service.lapse_all() == {"lapsed": 0}
    clock.clock.fixed += timedelta(hours=24, minutes=1)
    with app.app_context(), acting(system("exports")):
        assert service.lapse_all() == {"lapsed": 1}
    assert stands(pk) == "lapsed"


def test_who_asked_may_withdraw_even_what_was_approved(ask, as_worker, as_secretary, stands):
    pk = ask(as_worker)
    as_secretary.post(f"/approvals/move/approve/{pk}", {"version": "1"})
    assert as_secretary.post(f"/approvals/move/withdraw/{pk}", {"version": "2"}).status_code == 409
    assert as_worker.post(f"/approvals/move/withdraw/{pk}", {"version": "2"}).status_code == 302
    assert as_worker.post(f"/approvals/fetch/{pk}").status_code == 409
    assert stands(pk) == "withdrawn"


def test_a_grid_lead_takes_out_only_the_own_grid(register, ask, as_gridlead, as_secretary):
    register(title="二建的井盖", place="二建宿舍", reporter_phone="13977660003")
    pk = ask(as_gridlead)
    as_secretary.post(f"/approvals/move/approve/{pk}", {"version": "1"})
    text = as_gridlead.post(f"/approvals/fetch/{pk}").get_data(as_text=True)
    assert "13977660001" in text
    assert "13977660003" not in text


@pytest.mark.parametrize(
    ("form", "sentence"),
    [
        ({"listing": "nothing"}, "没有清单“nothing”。"),
        ({"listing": "users"}, "您的角色不能导出这张清单。"),
        ({"listing": "vulnerabilities"}, "您的角色不能导出这张清单。"),
        ({"asked": "nothing=1"}, "没有“nothing”这个筛选条件"),
        ({"reason": ""}, "请填写"),
        ({"listing": ""}, "请填写"),
    ],
)
def test_what_is_wrong_stands_beside_its_field(rows, as_worker, form: dict[str, str], sentence: str):
    answer = as_worker.post("/approvals/add", ASKED | form)
    assert answer.status_code == 422
    assert sentence in answer.get_data(as_text=True)


def test_the_list_leads_to_the_request_with_its_filter(rows, as_secretary, as_auditor):
    page = as_secretary.page("/needs/list/?state=submitted")
    assert 'href="/approvals/add?list=needs&amp;query=state%3Dsubmitted"' in page
    form = as_secretary.page("/approvals/add?list=needs&query=state%3Dsubmitted")
    assert 'value="needs" selected>群众需求清单' in form
    assert "state=submitted</textarea>" in form
    assert "/approvals/add" not in as_auditor.page("/needs/list/")
    assert "/approvals/add" not in as_secretary.page("/holidays/list/")


def test_a_program_takes_out_what_its_grant_exports_and_its_name_stands_on_it(app: Flask, rows):
    with app.app_context(), acting(system("tests")), database.transaction():
        held = select(Grant).join(Account, Grant.account_id == Account.id)
        tokens_of = {
            login: tokens.make(db.session.scalars(held.where(Account.login == login)).first(), "tests", 9)[1]
            for login in ("worker", "auditor")
        }
    answers = {
        login: app.test_client().get(
            "/api/v1/needs/export.xlsx?state=submitted", headers={"Authorization": f"Bearer {token}"}
        )
        for login, token in tokens_of.items()
    }
    assert answers["auditor"].status_code == 403
    sheet = reading.read(answers["worker"].data).sheets[0]
    assert "导出人：李国强" in sheet.rows[1][0]
    assert "139****0001" in sheet.rows[3]


def test_programs_ask_decide_and_fetch_the_same_way(app: Flask, rows, as_worker, as_secretary):
    headers = {person: {"X-CSRFToken": person.token()} for person in (as_worker, as_secretary)}

    def send(person, address: str, body: dict):
        return person.client.post(f"/api/v1/approvals/{address}", json=body, headers=headers[person])

    asked = send(as_worker, "", ASKED)
    assert asked.status_code == 201, asked.json
    pk = asked.json["id"]
    assert asked.json["result"]["listing"] == "needs"
    assert send(as_worker, f"{pk}/file", {}).status_code == 409
    assert send(as_secretary, f"{pk}/move/approve", {"version": 1}).status_code == 200
    answer = send(as_worker, f"{pk}/file", {})
    assert (answer.status_code, answer.mimetype) == (200, "text/csv")
    assert "13977660001" in answer.get_data(as_text=True)
    assert send(as_worker, f"{pk}/file", {}).status_code == 409


def test_the_secretary_chooses_among_the_lists_that_hold_masked_values(as_secretary):
    page = as_secretary.page("/approvals/add?list=needs")
    box = page[page.index('<select class="form-select" id="listing"') :]
    box = box[: box.index("</select>")]
    assert '<option value="needs" selected>群众需求清单</option>' in box
    assert 'value="resources"' in box
    assert 'value="users"' not in box
    assert 'value="holidays"' not in box


def test_a_list_nobody_offered_is_refused_beside_the_field(as_secretary):
    form = {**ASKED, "listing": "nothing"}
    answer = as_secretary.post("/approvals/add", form)
    assert answer.status_code == 422
    assert "没有清单“nothing”。" in answer.text
    assert form["reason"] in answer.text
