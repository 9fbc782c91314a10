"""Looking at what is masked: for a reason, one value, written down, thirty times a day; and whose a number is."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import select

from app.core import clock, revealing
from app.core.actor import acting
from app.core.history import Entry
from app.extensions import db

PHONE = "13800002468"
WHY = {"reason": "callback"}


@pytest.fixture
def entries(behind):
    """Return the entries of one act, the oldest first."""

    def read(act):
        with behind():
            found = db.session.scalars(select(Entry).filter_by(act=act).order_by(Entry.id)).all()
            db.session.expunge_all()
            return list(found)

    return read


@pytest.fixture
def phone(register):
    """The address under which the phone of a need is revealed."""
    pk = register(reporter_phone=PHONE, reporter_name="张三丰", address="武江北路8栋101")
    return f"/needs/reveal/{pk}/reporter_phone"


def test_the_secretary_looks_at_one_phone_for_a_reason(phone, as_secretary, entries):
    assert PHONE not in as_secretary.page(phone)
    answer = as_secretary.post(phone, WHY)
    page = answer.get_data(as_text=True)
    assert answer.status_code == 200
    assert PHONE in page
    assert "武江北路8栋101" not in page
    assert answer.headers["Cache-Control"] == "no-store"
    assert 'http-equiv="refresh" content="30;' in page
    (entry,) = entries("reveal")
    assert entry.told() == {"column": [None, "reporter_phone"], "reason": [None, "callback"]}
    assert entry.chain != 0
    assert PHONE not in entry.changes


def test_the_page_offers_it_beside_the_mask_to_who_may(phone, as_secretary, as_auditor, as_gridlead):
    show = phone.replace("/reveal/", "/show/").removesuffix("/reporter_phone")
    assert phone in as_secretary.page(show)
    assert phone in as_gridlead.page(show)
    assert phone not in as_auditor.page(show)
    # What the role sees plain anyway needs no looking at.
    assert phone.replace("reporter_phone", "reporter_name") not in as_secretary.page(show)


@pytest.mark.parametrize(
    "typed", [{}, {"reason": ""}, {"reason": "curiosity"}, {"reason": "other"}, {"reason": "other", "text": "字" * 101}]
)
def test_without_a_good_reason_nothing_is_shown(phone, as_secretary, entries, typed):
    answer = as_secretary.post(phone, typed)
    assert answer.status_code == 422
    assert PHONE not in answer.get_data(as_text=True)
    assert entries("reveal") == []


def test_a_number_typed_as_the_reason_is_not_kept(phone, as_secretary, entries):
    assert as_secretary.post(phone, {"reason": "other", "text": f"他说打 {PHONE}"}).status_code == 200
    (entry,) = entries("reveal")
    assert entry.told()["text"][1] == "他说打 138****2468"


@pytest.mark.parametrize(
    ("login", "status"),
    [
        ("secretary", 200),
        ("worker", 200),
        ("gridlead", 200),
        ("gridworker", 403),
        ("coordinator", 403),
        ("auditor", 403),
        ("volunteer", 403),
        ("admin", 403),
        ("supervisor", 403),
        ("neighbour", 404),
    ],
)
def test_only_who_may_reveal_the_row_does(phone, as_person, entries, login, status):
    person = as_person(login)
    assert person.get(phone).status_code == status
    assert person.post(phone, WHY).status_code == status
    assert len(entries("reveal")) == (status == 200)


@pytest.mark.parametrize("name", ["title", "nothing", "id", "uid"])
def test_what_is_not_masked_is_not_revealed(phone, as_secretary, name):
    assert as_secretary.post(phone.replace("reporter_phone", name), WHY).status_code == 404


def test_a_program_looks_by_the_same_rules(phone, as_secretary, as_auditor, entries):
    pk = phone.split("/")[3]
    address, token = f"/api/v1/needs/{pk}/reveal/reporter_phone", {"X-CSRFToken": as_secretary.token()}
    assert as_secretary.client.post(address, json=WHY, headers=token).json == {
        "id": int(pk),
        "result": {"reporter_phone": PHONE},
    }
    assert as_secretary.client.post(address, json={}, headers=token).status_code == 422
    assert as_secretary.client.post(address, json=WHY | {"more": 1}, headers=token).status_code == 422
    assert as_secretary.client.post(address, json=WHY).status_code == 400
    assert as_auditor.client.post(address, json=WHY, headers={"X-CSRFToken": as_auditor.token()}).status_code == 403
    assert len(entries("reveal")) == 1


def test_after_thirty_looks_the_secretary_is_told_and_the_person_waits_for_tomorrow(
    phone, as_worker, as_person, entries
):
    told = []

    def tell(_sender, row, account_id):
        told.append((row.id, account_id))

    revealing.revealed_too_often.connect(tell)
    clock.clock.fixed = clock.day_starts(clock.today())
    try:
        assert {as_worker.post(phone, WHY).status_code for _time in range(revealing.MOST)} == {200}
        for _time in range(3):
            answer = as_worker.post(phone, WHY)
            assert answer.status_code == 429
            assert "30 次" in answer.get_data(as_text=True)
            assert PHONE not in answer.get_data(as_text=True)
        assert (len(entries("reveal")), len(entries("reveal_refused")), len(told)) == (30, 1, 1)
        clock.clock.fixed = clock.day_ends(clock.today())
        assert as_person("worker").post(phone, WHY).status_code == 200
    finally:
        revealing.revealed_too_often.disconnect(tell)


def test_of_forty_looks_at_once_thirty_are_answered(app, phone, acting_as, entries):
    pk = int(phone.split("/")[3])
    view = next(view for view in app.extensions["appbuilder"].list_views() if view.list_name == "needs")
    with acting_as("worker") as actor:
        pass

    def look(_number):
        with app.test_request_context(method="POST"), acting(actor):
            try:
                revealing.reveal(db.session.get(view.model, pk), "reporter_phone", revealing.Purpose.CHECK)
            except revealing.TooOften:
                return 429
            return 200

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(look, range(40)))
    assert answers.count(200) == 30
    assert len(entries("reveal")) == 30


def test_the_timeline_tells_who_looked_at_what_and_why(phone, as_secretary, as_auditor):
    as_secretary.post(phone, {"reason": "emergency"})
    pk = phone.split("/")[3]
    page = as_secretary.page(f"/needs/history/{pk}")
    assert "查看遮住的内容" in page
    assert "紧急情况" in page
    assert "紧急情况" in as_auditor.page("/audit/")
    assert PHONE not in page


# -- finding --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("written", [PHONE, "138 0000 2468", "+86-138-0000-2468", "１３８００００２４６８"])
def test_whose_number_it_is_however_it_is_written(register, as_secretary, entries, written):
    register(title="水管漏水", reporter_phone=PHONE)
    register(title="路灯不亮", reporter_phone="13800002469")
    answer = as_secretary.post("/needs/find", {"reporter_phone": written})
    page = answer.get_data(as_text=True)
    assert answer.status_code == 200
    assert "水管漏水" in page
    assert "路灯不亮" not in page
    assert written not in page
    (entry,) = entries("find")
    assert entry.told() == {"column": [None, "reporter_phone"]}


def test_nothing_is_said_of_rows_outside_the_own_scope(register, as_secretary, as_gridlead):
    register("neighbour", reporter_phone=PHONE, place="桥南一网格")
    register(reporter_phone=PHONE, place="第二网格")
    missing = as_gridlead.post("/needs/find", {"reporter_phone": "13900000000"})
    outside = as_gridlead.post("/needs/find", {"reporter_phone": PHONE})
    assert outside.status_code == missing.status_code == 200
    assert "您负责的范围内没有这个号码" in outside.get_data(as_text=True)
    found = as_secretary.client.post(
        "/api/v1/needs/find", json={"reporter_phone": PHONE}, headers={"X-CSRFToken": as_secretary.token()}
    )
    assert found.json["count"] == 1


@pytest.mark.parametrize("login", ["auditor", "gridworker", "volunteer", "supervisor", "admin"])
def test_who_may_not_look_cannot_ask_either(register, as_person, login):
    register(reporter_phone=PHONE)
    person = as_person(login)
    assert person.post("/needs/find", {"reporter_phone": PHONE}).status_code == 403
    assert "/needs/find" not in (person.get("/needs/list/").get_data(as_text=True))


@pytest.mark.parametrize(
    "typed", [{}, {"reporter_phone": ""}, {"reporter_phone": "没有"}, {"title": "x"}, {"address": "武江北路"}]
)
def test_half_a_number_finds_nothing(as_secretary, typed):
    assert as_secretary.post("/needs/find", typed).status_code == 422
    token = {"X-CSRFToken": as_secretary.token()}
    assert as_secretary.client.post("/api/v1/needs/find", json=typed, headers=token).status_code == 422


def test_a_number_never_stands_in_an_address(as_secretary):
    assert as_secretary.get(f"/needs/find?reporter_phone={PHONE}").status_code == 405
