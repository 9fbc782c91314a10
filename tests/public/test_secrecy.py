"""What nobody may learn: a code from the log, the database or a page of the staff; and anything by guessing."""

import logging
from datetime import timedelta

import pytest

from app.core import clock
from app.logs import DailyFile, JsonLine
from app.public import codes, quotas, tickets
from app.public.codes import Kind
from tests.public.conftest import Resident, code_on
from tests.whole.scene import dump
from tests.whole.walk import doors


@pytest.fixture
def logged(tmp_path):
    """Return everything that stands in the log."""
    # A process logs to the instance started last, which in a run of many tests may be another one.
    handler = DailyFile(tmp_path)
    handler.setFormatter(JsonLine())
    logging.getLogger().addHandler(handler)
    yield lambda: "".join(path.read_text("utf-8") for path in tmp_path.glob("sidan-*.log"))
    logging.getLogger().removeHandler(handler)
    handler.close()


def test_no_code_comes_into_the_log(app, register, ticket, resident, logged, monkeypatch):
    signs = ticket(register())
    written = codes.written(signs)
    resident.open(signs)
    resident.open(written)
    resident.open(signs.lower())
    resident.answer(signs, "call", phone="13900002222")
    resident.send("", {"code": written})
    resident.open(f"{signs}/")
    monkeypatch.setattr("app.public.visits.page", lambda ticket: 1 / 0)
    with pytest.raises(ZeroDivisionError) if app.config["PROPAGATE_EXCEPTIONS"] else pytest.MonkeyPatch.context():
        resident.open(signs)
    text = logged()
    assert "/q/***" in text
    for known in (signs, written, signs.lower(), written.lower()):
        assert known not in text


@pytest.mark.parametrize("login", ["secretary", "worker", "auditor", "supervisor"])
def test_no_page_and_no_program_is_told_a_code_again(app, scene, visit, ticket, login):
    person, rows = visit(login), {}
    found = doors(app, scene, login, rows)
    signs = ticket(rows["needs"])
    hidden = (signs.encode(), codes.written(signs).encode())
    for door in found:
        if door.method == "GET":
            answer = person.get(door.address).data
            assert not any(one in answer for one in hidden), str(door)


def test_unknown_expired_and_replaced_codes_are_answered_alike(register, ticket, resident):
    clock.clock.fixed = clock.now()
    pk, late = register(), register()
    replaced, expired = ticket(pk), ticket(late)
    ticket(pk)
    clock.clock.fixed += timedelta(days=181)
    answers = [resident.open(signs) for signs in (codes.new(Kind.TICKET), codes.new(Kind.POINT), replaced, expired)]
    assert {answer.status_code for answer in answers} == {404}
    assert len({answer.get_data() for answer in answers}) == 1


def test_a_slip_of_the_finger_is_told_and_costs_nothing(app, register, ticket, resident):
    signs = ticket(register())
    wrong = signs[:-1] + ("0" if signs[-1] != "0" else "1")
    before = dump(app)
    for _number in range(30):
        answer = resident.open(wrong)
        assert answer.status_code == 404
    assert "打错了" in answer.get_data(as_text=True)
    assert f'value="{wrong}"' in answer.get_data(as_text=True)
    assert dump(app) == before
    assert resident.open(signs).status_code == 200


def test_of_forty_guesses_ten_are_answered(resident, register, ticket):
    statuses = [resident.open(codes.new(Kind.TICKET)).status_code for _number in range(40)]
    assert statuses == [404] * 10 + [429] * 30
    assert resident.open(ticket(register())).status_code == 429


def test_what_others_guess_elsewhere_keeps_nobody_waiting(another, resident, register, ticket):
    for _number in range(12):
        another("203.0.113.7").open(codes.new(Kind.TICKET))
    assert another("203.0.113.7").open(ticket(register())).status_code == 429
    assert resident.open(ticket(register())).status_code == 200


def test_a_forged_address_helps_nobody(resident):
    forged = [{"X-Forwarded-For": f"198.51.100.{number}"} for number in range(12)]
    statuses = [resident.open(codes.new(Kind.TICKET), headers=one).status_code for one in forged]
    assert statuses[-2:] == [429, 429]


def test_all_addresses_of_one_ipv6_network_count_together(another):
    addresses = [f"2001:db8:1:2::{number:x}" for number in range(1, 12)]
    statuses = [another(one).open(codes.new(Kind.TICKET)).status_code for one in addresses]
    assert statuses == [404] * 10 + [429]
    assert another("2001:db8:1:3::1").open(codes.new(Kind.TICKET)).status_code == 404


def test_after_a_quarter_of_an_hour_one_may_try_again(resident):
    clock.clock.fixed = clock.parse_local("2026-11-26T10:00")
    assert [resident.open(codes.new(Kind.TICKET)).status_code for _number in range(11)][-1] == 429
    clock.clock.fixed += timedelta(minutes=15)
    assert resident.open(codes.new(Kind.TICKET)).status_code == 404


def test_when_many_guess_each_address_has_fewer_tries(app, another, monkeypatch):
    monkeypatch.setattr(quotas, "ALARM", quotas.Quota("guesses", 20, timedelta(hours=1)))
    clock.clock.fixed = clock.parse_local("2026-11-26T10:00")
    for number in range(20):
        another(f"203.0.113.{number}").open(codes.new(Kind.TICKET))
    statuses = [another("192.0.2.1").open(codes.new(Kind.TICKET)).status_code for _number in range(5)]
    assert statuses == [404, 404, 404, 429, 429]


def test_no_address_of_a_phone_is_kept(app, another):
    another("203.0.113.99").open(codes.new(Kind.TICKET))
    assert "203.0.113.99" not in str(dump(app))


def test_yesterdays_counters_are_removed(app, resident):
    clock.clock.fixed = clock.parse_local("2026-11-26T10:00")
    resident.open(codes.new(Kind.TICKET))
    with app.app_context():
        assert quotas.forget_old() == 0
    clock.clock.fixed += timedelta(days=2)
    with app.app_context():
        assert quotas.forget_old() == 2


HOSTILE = [
    *("x" * 10_000, "%00", "..", "..%2f..%2fetc%2fpasswd", "privacy/"),
    *("'%20OR%201=1--", "%F0%9F%92%A9", "%E2%80%AE", "%ff"),
]


@pytest.mark.parametrize("typed", HOSTILE)
def test_whatever_stands_in_the_address_is_answered_in_words(app, resident, typed):
    before = dump(app)
    answer = resident.open(typed)
    assert answer.status_code == 404
    assert dump(app) == before


def test_the_brake_shuts_no_poster_and_takes_no_answer_away(resident, another, poster, at, ticket, reported, need):
    signs, pk = poster(), at("delivered")
    code = ticket(pk)
    hidden = resident.hidden(code)
    statuses = [resident.open(codes.new(Kind.TICKET)).status_code for _number in range(12)]
    assert statuses[-1] == 429
    said = resident.send(code, {"answer": "unsolved", "words": "还是不亮"}, hidden)
    assert said.status_code == 303
    assert "重新办理" in resident.open(code).get_data(as_text=True)
    assert need(pk)["state"].value == "in_progress"
    receipt = resident.report(signs)
    assert receipt.status_code == 200
    assert resident.open(code_on(receipt)).status_code == 200
    stranger = Resident(another("10.1.1.9").client)
    assert stranger.open(signs).status_code == 200
    assert stranger.open(code).status_code == 429
    assert resident.open(codes.new(Kind.POINT)).status_code == 429


def test_a_replaced_code_is_not_opened_by_who_has_seen_it(resident, register, ticket):
    pk = register()
    before = ticket(pk)
    assert resident.open(before).status_code == 200
    ticket(pk)
    assert [resident.open(before).status_code for _number in range(11)] == [404] * 10 + [429]


def test_the_session_keeps_no_code(app, resident, register, ticket):
    signs = ticket(register())
    resident.open(signs)
    with resident.client.session_transaction() as session:
        kept = str(dict(session))
    assert signs not in kept
    with app.app_context():
        assert tickets.hash_of(signs) not in kept


@pytest.mark.parametrize("typed", ["https://sidan.example.cn/q/{}", "  http://x/q/q/{}?said=solved ", "看 /q/{}#top"])
def test_a_pasted_address_leads_on_like_its_code(register, ticket, resident, typed):
    signs = ticket(register())
    onward = resident.send("", {"code": typed.format(codes.written(signs))})
    assert (onward.status_code, onward.headers["Location"]) == (303, f"/q/{signs}")


@pytest.mark.parametrize("typed", ["XQ20261122001", " xq 2026 1122 001", "ＸＱ２０２６１１２２００１", "LD20261122001"])
def test_who_types_the_number_is_told_that_it_is_not_the_code(resident, typed):
    answer = resident.send("", {"code": typed})
    assert answer.status_code == 422
    assert "这是编号" in answer.get_data(as_text=True)
    assert "查询码（12 位" in answer.get_data(as_text=True)
    assert "查询码或海报码" in answer.get_data(as_text=True)


@pytest.mark.parametrize("typed", ["", "x" * 10_000, "无\x00形", "\u202e", "' OR 1=1 --", "9" * 400])
def test_whatever_is_typed_at_the_door_is_answered_in_words(app, resident, typed):
    before = dump(app)
    answer = resident.send("", {"code": typed})
    assert answer.status_code == 422
    assert "打错了" in answer.get_data(as_text=True)
    assert dump(app) == before


def test_the_door_leads_on_and_takes_no_code_along_in_anything_but_the_address(register, ticket, resident):
    signs = ticket(register())
    onward = resident.send("", {"code": f" {codes.written(signs).lower()} "})
    assert (onward.status_code, onward.headers["Location"]) == (303, f"/q/{signs}")
    for answer in (onward, resident.open(signs), resident.open(""), resident.open("privacy"), resident.open("x")):
        assert answer.headers["Referrer-Policy"] == "no-referrer"
        assert answer.headers["Cache-Control"] == "no-store"
        assert "noindex" in answer.headers["X-Robots-Tag"]


def test_the_page_of_a_need_tells_no_name_no_number_and_no_door(register, ticket, resident, as_worker):
    pk = register(
        title="黄婆婆电话13900002222要人看看",
        reporter_name="欧阳小明",
        reporter_phone="13900002222",
        address="武江北路8栋1单元302",
        beneficiary="楼上的老人",
    )
    page = resident.open(ticket(pk)).get_data(as_text=True)
    assert "139****2222" in page
    for hidden in ("13900002222", "欧阳小明", "302", "楼上的老人", "陈秀兰"):
        assert hidden not in page


def test_the_whole_first_visit_weighs_less_than_100_kilobytes(poster, resident):
    page = resident.open(poster())
    text = page.get_data(as_text=True)
    parts = [part.split('"')[0] for part in text.split('"/assets/')[1:]]
    weight = len(page.data) + sum(len(resident.client.get(f"/assets/{part}").data) for part in parts)
    assert weight < 100 * 1024
    assert "<script" not in text


def test_a_receipt_is_not_shown_to_who_knows_only_the_need(poster, resident, reported, another, as_worker):
    signs = poster()
    shown = code_on(resident.report(signs))
    (need,) = reported()
    stranger = another("10.7.7.7")
    form = stranger.hidden(signs) | {"key": need.uid}
    answer = stranger.send(signs, {"text": need.text, "agreed": "y"}, form)
    assert shown not in answer.get_data(as_text=True)
    assert len(reported()) == 2


def test_a_resident_is_nobody_elsewhere(register, ticket, resident):
    resident.open(ticket(register()))
    assert isinstance(resident, Resident)
    assert resident.client.get("/needs/list/").status_code == 302
    assert resident.client.get("/api/v1/needs/").status_code == 401
