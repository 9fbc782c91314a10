"""Reporting at a poster: what was written arrives once, waits for people to look at it, and nothing typed is lost."""

import hashlib
import re
import threading
from datetime import timedelta
from io import BytesIO

import pytest
from sqlalchemy import select

import config
from app.accounts.models import Account
from app.core import clock
from app.core.files.models import Attachment
from app.core.history import Entry
from app.extensions import db
from app.needs.choices import Channel, NeedState
from app.notices.models import Notice
from app.public import codes, quotas
from app.public.codes import Kind
from app.public.models import TicketCode
from app.public.pages import LARGEST
from app.public.reporting import CONSENT
from tests.core.files.conftest import PDF, picture
from tests.public.conftest import BIG, HIDDEN, Resident, code_on
from tests.whole.scene import dump

HEIC = b"\x00\x00\x00\x18ftypheic" + b"\x00" * 100


def photo(data=None, name="灯.jpg"):
    return (BytesIO(data if data is not None else picture()), name)


def test_a_report_waits_to_be_looked_at_and_its_code_opens_it(poster, resident, reported):
    sent = resident.report(
        poster(), "三楼的灯不亮。晚上老人看不见路", address="三楼楼梯口", phone="13900002222", photos=photo()
    )
    assert sent.status_code == 200
    (need,) = reported()
    assert (need.state, need.channel, need.consent) == (NeedState.SUBMITTED, Channel.QR, CONSENT)
    assert (need.title, need.text) == ("三楼的灯不亮", "三楼的灯不亮。晚上老人看不见路")
    assert (need.place.name, need.address, need.reporter_phone) == ("武江北路8栋", "三楼楼梯口", "13900002222")
    assert (need.reporter_name, need.created_by_id, need.recorded_by) == (None, None, None)
    assert need.response_due is not None
    page = resident.open(code_on(sent)).get_data(as_text=True)
    assert need.code in page
    assert "已经收到" in page
    assert "13900002222" not in page
    assert "三楼楼梯口" not in page


def test_the_office_finds_it_in_the_queue_and_accepts_it(poster, resident, as_worker, as_secretary, ids, need):
    resident.report(poster(), photos=photo())
    page = as_worker.page("/needs/list/?quick=scanned")
    assert "三楼的灯不亮" in page
    assert "扫码待审核" in as_secretary.page("/")
    pk = int(page.split("/needs/show/")[1].split('"')[0].split("?")[0])
    shown = as_worker.page(f"/needs/show/{pk}")
    assert "居民（扫码上报）" in shown
    assert "/files/" in shown
    given = {"category": ids["公共设施"], "place": ids["武江北路8栋"], "urgency": "normal", "version": "1"}
    assert as_worker.post(f"/needs/move/accept/{pk}", given).status_code == 302
    assert need(pk)["state"] is NeedState.ACCEPTED


def test_those_who_accept_are_told_of_it_and_nobody_next_door(poster, resident, behind):
    resident.report(poster())
    with behind():
        found = select(Account.login).join(Notice, Notice.account_id == Account.id).where(Notice.kind == "to_accept")
        told = set(db.session.scalars(found))
    assert told == {"secretary", "worker", "gridlead"}


@pytest.mark.parametrize(
    ("form", "said"),
    [
        ({"text": ""}, "请填写"),
        ({"text": " \n "}, "请填写"),
        ({"text": "长" * 1001}, "最多 1000 个字"),
        ({"text": "长" * 10_000}, "最多 1000 个字"),
        ({"text": "无\x00形"}, "看不见的控制字符"),
        ({"text": "反\u202e转"}, "看不见的控制字符"),
        ({"phone": "12"}, "11 位"),
        ({"phone": "'; DROP TABLE need; --"}, "11 位"),
        ({"address": "长" * 121}, "最多 120 个字"),
        ({"agreed": ""}, "请勾选"),
        ({"website": "http://spam.example"}, "请不要填"),
    ],
)
def test_what_is_wrong_stands_beside_the_field_and_the_rest_is_kept(poster, resident, reported, form, said):
    given = {"text": "三楼的灯不亮", "address": "三楼", "phone": "13900002222", "agreed": "y"} | form
    answer = resident.send(poster(), {name: value for name, value in given.items() if value != ""})
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert said in page
    for name, value in given.items():
        if name not in form and name != "agreed":
            assert value in page, name
    assert reported() == []


def test_what_looks_like_a_command_is_only_words(poster, resident, reported, as_secretary):
    words = "<script>alert(1)</script>'; DELETE FROM need; --"
    signs = code_on(resident.report(poster(), words))
    (need,) = reported()
    assert need.text == words
    for page in (resident.open(signs).get_data(as_text=True), as_secretary.page(f"/needs/show/{need.id}")):
        assert "<script>alert" not in page
        assert "&lt;script&gt;" in page


def test_words_without_a_sentence_are_a_report_too(poster, resident, reported):
    assert resident.report(poster(), "？？？").status_code == 200
    assert reported()[0].title == "？？？"


def test_a_double_click_makes_one_report_and_shows_one_code(poster, resident, reported):
    signs = poster()
    hidden = resident.hidden(signs)
    form = {"text": "三楼的灯不亮", "agreed": "y"}
    first, second = resident.send(signs, form, hidden), resident.send(signs, form, hidden)
    assert code_on(first) == code_on(second)
    assert len(reported()) == 1


def test_two_clicks_at_the_same_moment_make_one_report_too(app, poster, resident, reported):
    signs = poster()
    hidden = resident.hidden(signs)
    cookies = resident.client.get_cookie(app.config["SESSION_COOKIE_NAME"])
    answers = []

    def click():
        client = app.test_client()
        client.set_cookie(cookies.key, cookies.value)
        answers.append(Resident(client).send(signs, {"text": "三楼的灯不亮", "agreed": "y"}, hidden))

    clicks = [threading.Thread(target=click) for _number in range(4)]
    for one in clicks:
        one.start()
    for one in clicks:
        one.join()
    assert len(reported()) == 1
    assert {answer.status_code for answer in answers} == {200}
    assert len({code_on(answer) for answer in answers}) == 1


def test_who_goes_back_and_writes_something_else_makes_a_second_report(poster, resident, reported):
    signs = poster()
    hidden = resident.hidden(signs)
    first = resident.send(signs, {"text": "三楼的灯不亮", "agreed": "y"}, hidden)
    second = resident.send(signs, {"text": "四楼的也不亮", "agreed": "y"}, hidden)
    assert code_on(first) != code_on(second)
    assert [need.title for need in reported()] == ["三楼的灯不亮", "四楼的也不亮"]


def test_who_goes_back_and_sends_the_same_words_again_is_told_their_number(poster, resident, reported):
    signs, form = poster(), {"text": "三楼的灯不亮", "agreed": "y"}
    code = code_on(resident.send(signs, form, resident.hidden(signs)))
    again = resident.send(signs, form, resident.hidden(signs)).get_data(as_text=True)
    (need,) = reported()
    assert f"编号 {need.code}" in again
    assert code not in again


def test_the_same_words_of_somebody_else_or_an_hour_later_are_a_report_of_their_own(app, poster, resident, reported):
    signs = poster()
    resident.report(signs)
    Resident(app.test_client()).report(signs)
    clock.clock.fixed = clock.now() + timedelta(minutes=61)
    resident.report(signs)
    assert len(reported()) == 3


@pytest.mark.parametrize("key", ["", "x", "A" * 32, "0" * 33, "../../etc/passwd"])
def test_a_form_without_a_key_of_ours_makes_its_report_all_the_same(poster, resident, reported, key):
    signs = poster()
    hidden = resident.hidden(signs) | {"key": key}
    assert resident.send(signs, {"text": "三楼的灯不亮", "agreed": "y"}, hidden).status_code == 200
    assert len(reported()) == 1


def test_photos_are_drawn_anew_and_stay_when_something_else_is_wrong(poster, resident, reported, behind):
    signs = poster()
    hidden = resident.hidden(signs)
    refused = resident.send(signs, {"text": "", "agreed": "y", "photos": photo()}, hidden)
    page = refused.get_data(as_text=True)
    assert refused.status_code == 422
    kept = page.split('name="photos" value="')[1].split('"')[0]
    taken = resident.send(signs, {"text": "三楼的灯不亮", "agreed": "y", "photos": kept}, hidden)
    assert taken.status_code == 200
    (need,) = reported()
    with behind():
        (file,) = db.session.scalars(select(Attachment)).all()
        assert (file.list, file.row_id, file.move, file.made_by_id) == ("needs", need.id, "register", None)


@pytest.mark.parametrize(
    ("file", "said"),
    [
        (photo(HEIC, "灯.heic"), "兼容性最佳"),
        (photo(PDF, "证明.pdf"), "只能加照片"),
        (photo(b"MZ" * 50, "灯.jpg"), "只能加照片"),
        (photo(b"", "灯.jpg"), "空的"),
        (photo(b"\xff\xd8\xff" + b"x" * (11 * 1024 * 1024), "灯.jpg"), "10 MB"),
    ],
)
def test_a_file_that_is_no_photo_is_refused_with_advice(poster, resident, reported, file, said):
    answer = resident.report(poster(), photos=file)
    assert answer.status_code == 422
    assert said in answer.get_data(as_text=True)
    assert "三楼的灯不亮" in answer.get_data(as_text=True)
    assert reported() == []


@pytest.mark.parametrize("file", [photo(PDF, "证明.pdf"), photo(b"MZ" * 50, "灯.jpg")])
def test_the_advice_for_photos_speaks_of_photos_only(poster, resident, file):
    page = resident.report(poster(), photos=file).get_data(as_text=True)
    assert "Word" not in page
    assert "Excel" not in page


def test_of_more_than_three_photos_the_first_three_are_kept(poster, resident, reported, behind):
    signs = poster()
    hidden = resident.hidden(signs)
    form = {"text": "三楼的灯不亮", "agreed": "y"}
    answer = resident.send(signs, form | {"photos": [photo(name=f"{n}.jpg") for n in range(5)]}, hidden)
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert "最多 3 张照片，已经留下前 3 张" in page
    assert reported() == []
    kept = [part.split('"')[0] for part in page.split('name="photos" value="')[1:]]
    assert len(kept) == 3
    assert resident.send(signs, form | {"photos": kept}, hidden).status_code == 200
    with behind():
        assert [file.name for file in db.session.scalars(select(Attachment))] == ["0.jpg", "1.jpg", "2.jpg"]


def test_three_photos_of_nine_megabytes_are_taken(poster, resident, reported):
    large = picture() + b"\0" * (9 * 1024 * 1024)
    assert resident.report(poster(), photos=[photo(large) for _number in range(3)]).status_code == 200
    assert len(reported()) == 1


def test_the_server_lets_the_portal_say_that_it_is_too_much(app):
    assert config.MOST_RECEIVED >= 2 * LARGEST
    assert app.config["MAX_CONTENT_LENGTH"] < config.MOST_RECEIVED
    assert "max_request_body_size=config.MOST_RECEIVED" in (config.ROOT / "run.py").read_text("utf-8")


def test_more_than_may_be_sent_at_all_is_answered_in_words(poster, resident):
    signs = poster()
    answer = resident.send(signs, {"text": "三楼", "agreed": "y", "photos": photo(b"x" * (33 * 1024 * 1024))})
    assert answer.status_code == 413
    assert "最多 3 张照片" in answer.get_data(as_text=True)
    assert answer.headers["Referrer-Policy"] == "no-referrer"


def test_after_ten_reports_an_hour_an_address_waits_and_keeps_its_words(poster, resident, another, reported):
    signs = poster()
    for number in range(10):
        assert resident.report(signs, f"第{number}件事").status_code == 200
    answer = resident.report(signs, "第十一件事")
    assert answer.status_code == 429
    assert "第十一件事" in answer.get_data(as_text=True)
    assert len(reported()) == 10
    assert another("10.2.2.2").report(signs).status_code == 200


def test_after_thirty_reports_an_hour_a_poster_waits(poster, another, reported):
    signs, elsewhere = poster(), poster("二建宿舍")
    for number in range(quotas.AT_POINT.most):
        assert another(f"10.3.0.{number}").report(signs, f"第{number}件事").status_code == 200
    assert another("10.3.1.1").report(signs).status_code == 429
    assert another("10.3.1.2").report(elsewhere).status_code == 200


def test_pictures_from_one_address_are_not_drawn_without_end(poster, resident):
    signs = poster()
    hidden = resident.hidden(signs)
    statuses = [
        resident.send(signs, {"text": "", "photos": photo(b"MZ", "x.jpg")}, hidden).status_code
        for _number in range(quotas.TRIES.most + 1)
    ]
    assert statuses == [422] * quotas.TRIES.most + [429]


def test_neither_a_refused_form_nor_a_look_writes_anything(app, poster, resident):
    signs = poster()
    before = dump(app)
    resident.report(signs, "")
    resident.open(signs)
    resident.client.head(f"/q/{signs}")
    assert dump(app) == before


@pytest.mark.parametrize("token", ["", "wrong"])
def test_a_form_that_was_open_too_long_is_shown_again_with_its_words_and_photos(poster, resident, reported, token):
    signs = poster()
    form = {"text": "三楼的灯不亮", "address": "电梯口", "phone": "13900002222", "agreed": "y"}
    again = resident.send(signs, form | {"photos": photo()}, {"csrf_token": token, "key": "0" * 32})
    page = again.get_data(as_text=True)
    assert again.status_code == 422
    assert "请再按一次提交" in page
    assert reported() == []
    for typed in ("三楼的灯不亮", "电梯口", "13900002222", 'name="photos" value="'):
        assert typed in page
    kept = page.split('name="photos" value="')[1].split('"')[0]
    assert resident.send(signs, form | {"photos": kept}, dict(HIDDEN.findall(page))).status_code == 200
    assert [need.text for need in reported()] == ["三楼的灯不亮"]


AGREED_TO = {"2026-11b": "a531d804d6be5af6"}
"""What people agree to, by its version, as a digest of the words on the page."""


def test_a_new_wording_of_the_privacy_notice_is_a_new_version(resident):
    main = resident.open("privacy").get_data(as_text=True).split("<main", 1)[1].split("</main>")[0]
    words = "".join(re.sub(r"<[^>]*>", "", main.split(">", 1)[1]).split())
    assert "报到登记在服务期间保存" in words
    assert {CONSENT: hashlib.sha256(words.encode()).hexdigest()[:16]} == AGREED_TO


@pytest.mark.parametrize("code", ["", "privacy", "x", "0000-0000"])
def test_where_nothing_was_typed_no_form_is_taken_without_its_token(resident, code):
    assert resident.client.post(f"/q/{code}", data={"text": "三楼", "agreed": "y"}).status_code in (400, 404, 405)


@pytest.mark.parametrize("token", [{}, {"csrf_token": "wrong"}])
def test_no_form_is_taken_that_another_site_sends(poster, resident, reported, token):
    signs = poster()
    form = resident.hidden(signs) | {"text": "三楼", "agreed": "y"} | token
    answer = resident.client.post(f"/q/{signs}", data=form, headers={"Sec-Fetch-Site": "cross-site"})
    assert answer.status_code == 400
    assert reported() == []


def test_over_https_a_form_is_taken_although_it_tells_nobody_where_it_came_from(poster, resident, reported):
    signs = poster()
    secure = {"base_url": "https://localhost"}
    page = resident.client.get(f"/q/{signs}", **secure).get_data(as_text=True)
    token = page.split('name="csrf_token" type="hidden" value="')[1].split('"')[0]
    form = {"csrf_token": token, "text": "三楼的灯不亮", "agreed": "y"}
    assert resident.client.post(f"/q/{signs}", data=form, **secure).status_code == 200
    assert len(reported()) == 1


def test_a_report_reaches_only_its_own_place(poster, resident, reported):
    signs = poster("桥南一网格")
    resident.report(signs, "桥南的事", place="1", place_id="1", community="1", community_id="1", state="closed", id="7")
    (need,) = reported()
    assert (need.place.name, need.state) == ("桥南一网格", NeedState.SUBMITTED)


def test_the_neighbour_does_not_see_it(poster, resident, reported, as_neighbour):
    resident.report(poster())
    assert as_neighbour.get(f"/needs/show/{reported()[0].id}").status_code == 404


def test_history_tells_of_a_resident_and_keeps_no_address_of_a_phone(poster, another, behind, reported):
    another("10.9.8.7").report(poster(), phone="13900002222")
    with behind():
        entries = db.session.scalars(select(Entry).where(Entry.list == "needs")).all()
        assert [(entry.actor_label, entry.actor_id, entry.ip) for entry in entries] == [("system:public", None, "")]


def test_a_code_nobody_gave_out_opens_no_form(resident):
    assert resident.open(codes.new(Kind.POINT)).status_code == 404


def test_a_browser_of_the_office_reports_and_is_shown_no_code(poster, as_worker, another, reported, behind):
    desk = another("10.1.1.4")
    desk.client = as_worker.client
    signs = poster()
    hidden = desk.hidden(signs)
    form = {"text": "三楼的灯不亮", "agreed": "y"}
    for _click in range(2):
        sent = desk.send(signs, form, hidden)
        assert sent.status_code == 200
        assert BIG.search(sent.get_data(as_text=True)) is None
        assert "打印回执" in sent.get_data(as_text=True)
    (need,) = reported()
    assert (need.channel, need.created_by_id, need.code_issued_at) == (Channel.QR, None, None)
    with behind():
        assert db.session.scalars(select(TicketCode)).all() == []
    elsewhere = another("10.1.1.5")
    answer = elsewhere.send(signs, form, hidden | {"csrf_token": elsewhere.hidden(signs)["csrf_token"]})
    assert BIG.search(answer.get_data(as_text=True)) is None
    assert as_worker.post(f"/needs/slip/{need.id}").status_code == 200


def test_who_only_asks_for_the_head_of_a_page_is_answered_like_everybody(poster, resident, register, ticket):
    for code in ("", "privacy", poster(), ticket(register()), "x"):
        asked = resident.client.head(f"/q/{code}", environ_base=resident.address)
        assert asked.status_code == resident.open(code).status_code, code
        assert asked.data == b""
