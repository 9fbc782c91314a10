"""The pages: a secretary sends a ledger, looks, takes it in, takes it back."""

import re
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from sqlalchemy import select

from app.communities.models import Community, Place
from app.core.sheets import reading
from app.extensions import db
from app.imports import reasons
from app.imports.models import BatchState, ImportBatch
from app.needs.models import Need
from tests.core.sheets.paper import xlsx
from tests.imports.conftest import NEEDS, needs, sent
from tests.whole.test_openapi import bearer  # noqa: F401 - a fixture

GOOD = ["XQ1", "李梅", "13800000001", "第二网格", "楼道灯不亮", "公共设施", "2026.3.8", "已落实"]
WRONG = ["XQ2", "王强", "1380000", "第二网格", "", "公共设施", "2026年2月30日", "办理中"]


@pytest.fixture
def batch(as_secretary: Any) -> int:
    """The number of a ledger with one good and one wrong row, that waits."""
    answer = as_secretary.post("/imports/", sent(needs(GOOD, WRONG), list="auto"), content_type="multipart/form-data")
    assert answer.status_code == 302, answer.get_data(as_text=True)[:2000]
    return int(answer.location.rsplit("/", 1)[1])


def test_the_secretary_sees_what_was_understood_before_anything_is_written(as_secretary, batch, behind):
    page = as_secretary.page(f"/imports/{batch}")
    assert "可收入 1 行" in page
    assert "退回 1 行" in page
    assert "这不是电话号码" in page
    assert "2026年2月30日" in page
    assert "138****0001" not in page
    assert "1380000" not in page
    accepted = as_secretary.page(f"/imports/{batch}?show=accepted")
    assert "138****0001" in accepted
    assert "13800000001" not in accepted
    with behind():
        assert db.session.scalars(select(Need)).all() == []


def test_the_secretary_is_told_that_how_things_stood_is_not_taken_over(as_secretary, batch):
    said = "“处理状态”没有采用，每行都从头办理"
    assert said in as_secretary.page(f"/imports/{batch}")
    answer = as_secretary.post(
        "/imports/", sent(needs(GOOD), list="auto", history="y"), content_type="multipart/form-data"
    )
    assert said not in as_secretary.page(answer.location)


def test_what_was_read_is_taken_in_and_taken_back(as_secretary, batch, behind):
    assert as_secretary.post(f"/imports/{batch}/apply").status_code == 302
    assert "楼道灯不亮" in as_secretary.page("/needs/list/")
    page = as_secretary.page(f"/imports/{batch}")
    assert "已收入 1 行" in page
    assert "可收入" not in page
    assert as_secretary.post(f"/imports/{batch}/apply").status_code == 409
    assert as_secretary.post(f"/imports/{batch}/undo").status_code == 302
    assert "楼道灯不亮" not in as_secretary.page("/needs/list/")
    with behind():
        assert db.session.get_one(ImportBatch, batch).state is BatchState.UNDONE


def test_who_takes_a_ledger_back_is_told_by_name_what_was_changed_since(as_secretary, batch, behind):
    as_secretary.post(f"/imports/{batch}/apply")
    with behind():
        need = db.session.scalars(select(Need)).one()
        need.text = "二楼的也不亮"
        db.session.commit()
        said = f'<a href="/needs/show/{need.id}">{need.code} 楼道灯不亮</a>'
    page = as_secretary.page(f"/imports/{batch}")
    assert "其中 1 行后来有人改过" in page
    assert said in page


def test_the_rejected_row_comes_back_with_its_reasons(as_secretary, batch, read):
    answer = as_secretary.get(f"/imports/{batch}/rejected.xlsx")
    assert answer.status_code == 200
    again = read(answer.data)
    assert again["counts"] == {"accepted": 0, "rejected": 1, "duplicates": 0, "ignored": 0, "warnings": 0}
    assert {one["reason"] for one in again["rejected"]} == {"phone_bad", "date_bad", "missing_required"}
    first, second = again["header"][0]["headings"].values(), reading.read(answer.data).sheets[0].rows[1]
    assert [*first, reasons.HEADING] == second
    assert again["header"][0]["not_imported"] == again["header"][0]["doubtful"] == {}


def test_a_ledger_that_says_itself_why_needs_were_sent_back_loses_nothing(read):
    own = xlsx({"群众需求清单": [[*NEEDS, "退回原因"], [*GOOD, "不属于社区"]]})
    header = read(own)["header"][0]
    assert "退回原因" in header["headings"].values()


def test_the_page_without_ledgers_offers_to_send_one(as_secretary):
    page = as_secretary.page("/imports/")
    assert 'type="file"' in page
    answer = as_secretary.post("/imports/", {"list": "auto"})
    assert answer.status_code == 422


def test_whose_headings_nobody_knows_is_told_what_to_do_and_finds_empty_templates(as_secretary):
    own = xlsx({"登记": [["事项", "谁说的", "哪天"], ["楼道灯不亮", "李梅", "2026-03-08"]]})
    answer = as_secretary.post("/imports/", sent(own, list="auto"), content_type="multipart/form-data")
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert "没有找到列名这一行。请把列名改成常用的说法" in page
    offered = re.findall(r'href="?(/\w+/template\.xlsx)', page)
    assert {"/needs/template.xlsx", "/volunteers/template.xlsx", "/fulfilments/template.xlsx"} <= set(offered)
    for address in offered:
        assert as_secretary.get(address).data[:2] == b"PK", address


def test_who_takes_in_ledgers_finds_templates_of_no_list_they_may_not_fill(as_worker):
    offered = re.findall(r'href="?/(\w+)/template\.xlsx', as_worker.page("/imports/"))
    takes = re.findall(r'<option value="?(\w+)', as_worker.page("/imports/").partition('id="list"')[2])
    assert offered
    assert set(offered) <= set(takes)


def test_what_a_coordinator_sent_is_masked_for_all_but_the_coordinator(
    as_coordinator: Any,
    as_secretary: Any,
    app: Any,
    bearer: Any,  # noqa: F811 - the fixture
):
    number, phone = "131101200208239850", "13800000009"
    people = xlsx({"志愿者": [["姓名", "身份证号", "联系电话"], ["王强", number, phone], ["李梅", "", "13800000008"]]})
    sent_as = as_coordinator.post("/imports/", sent(people), content_type="multipart/form-data")
    address = sent_as.location
    for browser in (as_coordinator, as_secretary):
        for show in ("rejected", "accepted"):
            page = browser.page(f"{address}?show={show}")
            assert not any(one in page for one in (number, phone, "13800000008"))
    own, other = (
        reading.read(browser.get(f"{address}/rejected.xlsx").data).sheets[0]
        for browser in (as_coordinator, as_secretary)
    )
    assert own.rows[1][:3] == ["王强", number, phone]
    assert other.rows[1][:3] == ["王强", "131***********9850", "138****0009"]
    assert number not in str(other.rows)
    api = f"/api/v1{address}"
    told = {login: app.test_client().get(api, headers=bearer(login)).json for login in ("coordinator", "secretary")}
    assert told["coordinator"]["accepted"][0]["values"]["phone"] == "13800000008"
    assert "values" not in told["secretary"]["accepted"][0]
    assert phone not in str(told["secretary"])


STRANGE = [
    ["XQ3", "赵敏", "13800000003", "幸福里片区", "井盖破损", "公共设施", "2026.3.9", ""],
    ["XQ4", "孙立", "13800000004", "幸福里片区", "路面积水", "公共设施", "2026.3.9", ""],
    ["XQ5", "周萍", "13800000005", "东门外", "楼道堆物", "公共设施", "2026.3.9", ""],
]


@pytest.fixture
def waiting(as_person: Any) -> Callable[[str], int]:
    """Send a ledger that names places nobody knows, and return its number."""

    def send(login: str) -> int:
        form = sent(needs(GOOD, *STRANGE), list="auto")
        answer = as_person(login).post("/imports/", form, content_type="multipart/form-data")
        return int(answer.location.rsplit("/", 1)[1])

    return send


@pytest.fixture
def grid(behind: Any) -> int:
    """The second grid."""
    with behind():
        return db.session.scalars(select(Place.id).filter_by(name="第二网格")).one()


def test_a_place_nobody_knows_is_named_once_for_all_its_rows(as_secretary, waiting, grid, behind):
    number = waiting("secretary")
    page = as_secretary.page(f"/imports/{number}")
    assert "可收入 1 行" in page
    assert page.index("幸福里片区") < page.index("东门外")
    chosen = {"word-1": "幸福里片区", "place-1": grid, "word-2": "东门外", "place-2": ""}
    assert as_secretary.post(f"/imports/{number}/places", chosen).status_code == 302
    page = as_secretary.page(f"/imports/{number}")
    assert "可收入 3 行" in page
    assert "东门外" in page
    with behind():
        assert "幸福里片区" in db.session.get_one(Place, grid).aliases
        assert db.session.scalars(select(Need)).all() == []
    assert "可收入 3 行" in as_secretary.page(f"/imports/{waiting('secretary')}")


@pytest.mark.parametrize(
    "wrong", [{}, {"word-1": "幸福里片区", "place-1": ""}, {"word-1": "幸福里片区", "place-1": "999999"}]
)
def test_naming_no_place_changes_nothing_and_is_said(as_secretary, waiting, wrong, behind):
    number = waiting("secretary")
    answer = as_secretary.post(f"/imports/{number}/places", wrong)
    assert answer.status_code == 422
    assert re.search("选", answer.get_data(as_text=True))
    with behind():
        assert not any("幸福里片区" in place.aliases for place in db.session.scalars(select(Place)))


def test_a_closed_place_is_not_taken_and_the_other_choices_stay(as_secretary, waiting, grid, behind):
    number = waiting("secretary")
    with behind():
        place = db.session.scalars(select(Place).filter_by(name="第一网格")).one()
        place.closed_on = date(2026, 1, 1)
        closed = place.id
        db.session.commit()
    said = {"word-1": "幸福里片区", "place-1": closed, "word-2": "东门外", "place-2": grid}
    answer = as_secretary.post(f"/imports/{number}/places", said)
    assert answer.status_code == 422
    assert f'name="place-2" value="{grid}"' in answer.get_data(as_text=True)
    with behind():
        assert "东门外" not in db.session.get_one(Place, grid).aliases


def test_a_ledger_that_was_taken_in_meanwhile_names_no_place(as_secretary, waiting, grid, behind):
    number = waiting("secretary")
    as_secretary.post(f"/imports/{number}/apply")
    answer = as_secretary.post(f"/imports/{number}/places", {"word-1": "幸福里片区", "place-1": grid})
    assert answer.status_code == 409
    with behind():
        assert "幸福里片区" not in db.session.get_one(Place, grid).aliases


def test_a_name_that_was_given_meanwhile_is_not_given_twice(as_secretary, waiting, grid, behind):
    number = waiting("secretary")
    with behind():
        place = db.session.get_one(Place, grid)
        place.aliases = [*place.aliases, "幸福里片区"]
        db.session.commit()
    as_secretary.post(f"/imports/{number}/places", {"word-1": "幸福里片区", "place-1": grid})
    with behind():
        assert db.session.get_one(Place, grid).aliases.count("幸福里片区") == 1


def test_the_door_of_somebody_is_not_asked_for_as_a_place(as_secretary):
    rows = [
        ["XQ6", "赵敏", "13800000003", door, "井盖破损", "公共设施", "2026.3.9", ""] for door in ("8栋201", "张大爷家")
    ]
    answer = as_secretary.post("/imports/", sent(needs(*rows), list="auto"), content_type="multipart/form-data")
    assert "社区里没有的地点名称" not in as_secretary.page(answer.location)


def test_words_the_ledger_does_not_say_become_no_name_of_a_place(as_secretary, waiting, grid, behind):
    as_secretary.post(f"/imports/{waiting('secretary')}/places", {"word-1": "第一网格", "place-1": grid})
    with behind():
        assert "第一网格" not in db.session.get_one(Place, grid).aliases


def test_who_does_not_keep_the_places_is_told_whom_to_ask(as_worker, waiting, grid, behind):
    number = waiting("worker")
    page = as_worker.page(f"/imports/{number}")
    assert "幸福里片区" in page
    assert f"/imports/{number}/places" not in page
    answer = as_worker.post(f"/imports/{number}/places", {"word-1": "幸福里片区", "place-1": grid})
    assert answer.status_code == 403
    with behind():
        assert "幸福里片区" not in db.session.get_one(Place, grid).aliases


def test_the_neighbour_neither_names_places_of_our_ledger_nor_lends_theirs(
    as_secretary, as_neighbour, waiting, grid, behind
):
    number = waiting("secretary")
    said = {"word-1": "幸福里片区", "place-1": grid}
    assert as_neighbour.post(f"/imports/{number}/places", said).status_code in (404, 422)
    with behind():
        theirs = db.session.scalars(select(Place.id).join(Place.community).where(Community.code == "qn")).first()
    assert theirs is not None
    assert as_secretary.post(f"/imports/{number}/places", said | {"place-1": theirs}).status_code == 422
    with behind():
        assert not any("幸福里片区" in place.aliases for place in db.session.scalars(select(Place)))


def test_a_ledger_of_which_nothing_can_be_taken_in_offers_no_button_for_it(as_secretary, batch):
    rows = [["微心愿征集表"], ["姓名", "心愿内容", "认领人"], ["袁奶奶", "收音机", "柳岩"]]
    wishes = xlsx({"表": rows})
    answer = as_secretary.post("/imports/", sent(wishes, list="auto"), content_type="multipart/form-data")
    page = as_secretary.page(answer.location)
    assert "没有可以收入的行" in page
    assert f"{answer.location}/apply" not in page
    assert "补全已有的 1 行" not in page
    as_secretary.post(f"/imports/{batch}/apply")
    known = as_secretary.post("/imports/", sent(needs(GOOD), list="auto"), content_type="multipart/form-data")
    assert "补全已有的 1 行" in as_secretary.page(known.location)
