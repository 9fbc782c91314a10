"""Photos on the pages: with a need, with a move, and added later; and what happens to them when something is wrong."""

import re
from html import unescape
from io import BytesIO
from urllib.parse import quote

import pytest
from PIL import Image
from sqlalchemy import select

from app.core.history import Entry
from app.extensions import db
from tests.core.files.conftest import PDF, office, picture, send
from tests.whole.counting import hearing
from tests.whole.paper import fields_of

TOKEN = re.compile(r'name="photos" value="([0-9a-f]{32})"')


def words(answer):
    return unescape(re.sub(r"<[^>]+>", " ", answer.get_data(as_text=True)))


@pytest.fixture
def typed(ids):
    """What somebody types to register a need."""
    return lambda **more: {"title": "三楼扶手松动", "place": str(ids("place", name="武江北路8栋"))} | more


def shown(answer):
    """Return the id of the row the answer leads to."""
    assert answer.status_code == 302, words(answer)
    return int(answer.headers["Location"].rsplit("/", 1)[1])


def test_a_need_is_registered_with_photos_in_one_go(as_gridworker, typed, kept):
    answer = send(as_gridworker, "/needs/add", (picture(), "扶手.jpg"), (picture("PNG"), "楼道.png"), **typed())
    pk = shown(answer)
    assert kept(pk) == [("扶手.jpg", "jpg"), ("楼道.png", "png")]
    page = as_gridworker.page(f"/needs/show/{pk}")
    assert 'alt="照片：扶手.jpg"' in page
    assert page.count("?thumb=1") == 2
    assert "登记" in page


def test_history_says_that_a_need_was_registered_before_it_says_that_a_photo_was_added(as_gridworker, typed, behind):
    pk = shown(send(as_gridworker, "/needs/add", (picture(), "扶手.jpg"), **typed(reporter_name="陈小明")))
    with behind():
        told = select(Entry.act).where(Entry.list == "needs", Entry.row_id == pk).order_by(Entry.seq)
        assert db.session.scalars(told).all() == ["create", "attach"]


def test_a_need_just_registered_is_held_while_its_photo_is_added(app, as_gridworker, typed):
    said = []
    with hearing(app, lambda _connection, _cursor, statement, *_more: said.append(statement)):
        shown(send(as_gridworker, "/needs/add", (picture(), "扶手.jpg"), **typed()))
    assert [one for one in said if one.startswith("SELECT need.id")]
    assert not [one for one in said if one.startswith("SELECT NULL")]


@pytest.mark.parametrize("wrong", [{"title": ""}, {"place": "999999"}, {"reporter_phone": "12"}])
def test_photos_of_a_refused_form_need_not_be_chosen_again(as_gridworker, typed, kept, contents, wrong):
    refused = send(as_gridworker, "/needs/add", (picture(), "扶手.jpg"), **typed() | wrong)
    page = refused.get_data(as_text=True)
    assert refused.status_code == 422
    (token,) = TOKEN.findall(page)
    assert "扶手.jpg" in page
    form = fields_of(page) | typed(reporter_phone="")
    assert form["photos"] == token
    pk = shown(send(as_gridworker, "/needs/add", (picture("PNG"), "楼道.png"), **form))
    assert kept(pk) == [("扶手.jpg", "jpg"), ("楼道.png", "png")]
    assert [path for path in contents() if "staged" in path.parts] == []


def test_what_was_put_aside_is_only_for_who_sent_it(as_gridworker, as_secretary, typed, kept):
    page = send(as_gridworker, "/needs/add", (picture(), "扶手.jpg"), title="").get_data(as_text=True)
    (token,) = TOKEN.findall(page)
    assert kept(shown(send(as_secretary, "/needs/add", **typed(photos=token)))) == []
    for forged in ("../../keys/data.key", "a" * 32, token.upper(), "", "%00"):
        assert kept(shown(send(as_gridworker, "/needs/add", **typed(photos=forged)))) == []


def test_a_photo_left_out_of_the_second_try_does_not_come_along(as_gridworker, typed, kept):
    page = send(as_gridworker, "/needs/add", (picture(), "扶手.jpg"), title="").get_data(as_text=True)
    form = {name: value for name, value in fields_of(page).items() if name != "photos"}
    assert kept(shown(send(as_gridworker, "/needs/add", **form | typed()))) == []


def test_one_wrong_file_does_not_lose_the_good_ones(as_secretary, typed):
    refused = send(as_secretary, "/needs/add", (picture(), "扶手.jpg"), (b"MZ", "病毒.jpg"), **typed())
    page = refused.get_data(as_text=True)
    assert refused.status_code == 422
    assert "“病毒.jpg”：只能添加照片" in page
    assert len(TOKEN.findall(page)) == 1
    assert "三楼扶手松动" in page


def test_a_double_click_makes_one_need_with_its_photos_once(as_gridworker, typed, kept):
    form = typed(uid="ab" * 16)
    first, second = (send(as_gridworker, "/needs/add", (picture(), "扶手.jpg"), **form) for _click in "12")
    assert shown(first) == shown(second)
    assert kept(shown(first)) == [("扶手.jpg", "jpg")]


def test_what_was_done_is_shown_with_photos(as_gridworker, as_secretary, register, ids, kept):
    pk = register("gridworker")
    as_secretary.post(f"/needs/move/accept/{pk}", {"version": "1"})
    me = str(ids("account", login="gridworker"))
    as_secretary.post(f"/needs/move/plan/{pk}", {"version": "2", "in_charge": me, "planned_on": "2030-01-01"})
    as_gridworker.post(f"/needs/move/start/{pk}", {"version": "3"})
    address = f"/needs/move/deliver/{pk}"
    assert 'type="file"' in as_gridworker.page(address)
    assert 'type="file"' not in as_secretary.page(f"/needs/move/withdraw/{pk}")
    refused = send(as_gridworker, address, (picture(), "修好了.jpg"), version="4")
    assert refused.status_code == 422
    form = fields_of(refused.get_data(as_text=True), address) | {"done_text": "换了新的"}
    assert send(as_gridworker, address, **form).status_code == 302
    assert kept(pk) == [("修好了.jpg", "jpg")]
    assert "报告落地" in as_secretary.page(f"/needs/show/{pk}").partition('class="gallery"')[2].partition("</ul>")[0]


def test_a_file_is_added_fetched_and_removed(as_secretary, as_worker, register, kept, contents):
    pk, data = register(), office("xlsx")
    assert send(as_secretary, f"/needs/attach/{pk}", (data, "名单（三栋）.xlsx")).status_code == 302
    page = as_worker.page(f"/needs/show/{pk}")
    (number,) = re.findall(r'class="paper" href="/files/(\d+)"', page)
    answer = as_worker.get(f"/files/{number}", buffered=True)
    assert answer.data == data
    assert answer.headers["Content-Disposition"].endswith(f"; filename*=UTF-8''{quote('名单（三栋）.xlsx')}")
    assert answer.headers["Content-Disposition"].startswith("attachment; ")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.content_type == "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    asked = as_worker.page(f"/files/{number}/remove")
    assert "名单（三栋）.xlsx" in asked
    assert len(kept(pk)) == 1
    assert as_worker.post(f"/files/{number}/remove").status_code == 302
    assert (kept(pk), contents()) == ([], [])
    assert as_worker.get(f"/files/{number}").status_code == 404


def test_looking_at_the_question_removes_nothing(as_secretary, register, given, kept):
    pk = register()
    number = given(pk)
    assert as_secretary.client.head(f"/files/{number}/remove").status_code == 200
    assert as_secretary.client.head(f"/needs/attach/{pk}").status_code == 200
    assert len(kept(pk)) == 1


def test_a_photo_is_sent_in_two_sizes_and_without_its_place(as_auditor, register, given):
    number = given(register(), data=picture(size=(1600, 1200)))
    for address, side in ((f"/files/{number}", 1600), (f"/files/{number}?thumb=1", 480)):
        answer = as_auditor.get(address, buffered=True)
        assert answer.content_type == "image/jpeg"
        image = Image.open(BytesIO(answer.data))
        assert image.size[0] == side
        assert b"SecretPhone" not in answer.data


def test_ten_files_are_too_many(as_secretary, register, given, kept):
    pk = register()
    for _number in range(8):
        given(pk, data=PDF, name="协议.pdf")
    assert send(as_secretary, f"/needs/attach/{pk}", (PDF, "九.pdf"), (PDF, "十.pdf")).status_code == 422
    assert len(kept(pk)) == 8
    assert send(as_secretary, f"/needs/attach/{pk}", (PDF, "九.pdf")).status_code == 302
    assert "/needs/attach/" not in as_secretary.page(f"/needs/show/{pk}")
    answer = send(as_secretary, f"/needs/attach/{pk}", (PDF, "十.pdf"))
    assert answer.status_code == 422
    assert "最多 9 个" in words(answer)
    assert send(as_secretary, "/needs/add", *[(PDF, "一.pdf")] * 10, title="太多").status_code == 422


def test_twenty_megabytes_at_once_are_refused_in_words(as_secretary, register, kept):
    pk = register()
    big = PDF + b"\x00" * 7_300_000 + b"%%EOF"
    answer = send(as_secretary, f"/needs/attach/{pk}", *[(big, "一.pdf")] * 3)
    assert answer.status_code == 413
    assert "20 MB" in words(answer)
    assert kept(pk) == []


def test_a_form_without_a_file_says_so(as_secretary, register):
    answer = send(as_secretary, f"/needs/attach/{register()}")
    assert answer.status_code == 422
    assert "请选择文件" in words(answer)


def test_an_archived_need_keeps_its_files_and_takes_no_more(as_secretary, register, given, kept):
    pk = register()
    number = given(pk)
    as_secretary.post(f"/needs/archive/{pk}", {"reason": "重复"})
    assert as_secretary.get(f"/files/{number}", buffered=True).status_code == 200
    assert as_secretary.post(f"/files/{number}/remove").status_code == 409
    assert send(as_secretary, f"/needs/attach/{pk}", (picture(), "新.jpg")).status_code == 409
    page = as_secretary.page(f"/needs/show/{pk}")
    assert "/remove" not in page
    assert "/needs/attach/" not in page
    assert len(kept(pk)) == 1


@pytest.mark.parametrize("form", ["png", "webp", "pdf", "docx", "xlsx"])
def test_each_kind_is_taken_whatever_it_is_called(as_secretary, register, kept, form):
    data = {"png": picture("PNG"), "webp": picture("WEBP"), "pdf": PDF, "docx": office(), "xlsx": office("xlsx")}[form]
    pk = register()
    assert send(as_secretary, f"/needs/attach/{pk}", (data, "随便.txt")).status_code == 302
    assert kept(pk) == [(f"随便.txt.{form}", form)]


def test_history_says_who_added_and_removed_what_and_keeps_the_name_sealed(as_secretary, register, behind):
    pk = register()
    send(as_secretary, f"/needs/attach/{pk}", (picture(), "王桂英家门口.jpg"))
    (number,) = re.findall(r"/files/(\d+)/remove", as_secretary.page(f"/needs/show/{pk}"))
    as_secretary.post(f"/files/{number}/remove")
    told = as_secretary.page(f"/needs/history/{pk}")
    for said in ("添加文件", "删除文件", "王桂英家门口.jpg", "陈秀兰"):
        assert said in told, said
    assert "添加文件" in as_secretary.page("/audit/?act=attach")
    with behind():
        entries = [*db.session.scalars(select(Entry.changes).where(Entry.act.in_(("attach", "detach"))))]
    assert len(entries) == 2
    assert "王桂英" not in "".join(entries)
