"""Saving: nothing typed is lost, nothing of somebody else's is overwritten, nothing is written twice."""

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from html import unescape

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.exc import OperationalError

from app.communities.models import Category, Community, Place
from app.core import clock
from app.core.database import Clash, transaction
from app.core.model import new_uid
from app.core.moves import Stale
from app.core.rules import Violation
from app.extensions import db
from app.needs.models import Need

TYPED = {
    "title": "三楼扶手松动",
    "text": "晚上看不清台阶。\n老人差点摔倒 <b>&",
    "reporter_name": "赵大爷",
    "urgency": "urgent",
}


@pytest.fixture
def count(behind):
    """Return how many needs there are."""

    def look():
        with behind():
            return db.session.scalar(select(func.count()).select_from(Need))

    return look


@pytest.fixture
def alongside(app, as_person):
    """Let the same person click in several tabs at the same moment; return the answers."""

    def click(login, calls):
        first = as_person(login)
        token = first.token()

        def one(call):
            client = app.test_client()
            client._cookies = first.client._cookies
            address, data = call
            return client.post(address, data={"csrf_token": token} | data)

        with ThreadPoolExecutor(len(calls)) as pool:
            return list(pool.map(one, calls))

    return click


def test_the_secretary_saves_and_sees_it(as_secretary):
    answer = as_secretary.post("/needs/add", TYPED)
    page = unescape(as_secretary.page(answer.headers["Location"]))
    assert all(part in page for part in ("三楼扶手松动", "老人差点摔倒 <b>&", "赵大爷", "紧急", "已保存"))


def test_everything_typed_is_still_there_after_a_mistake(as_secretary, count):
    tomorrow = f"{clock.local(clock.now()) + timedelta(days=1):%Y-%m-%dT%H:%M}"
    answer = as_secretary.post("/needs/add", TYPED | {"reporter_phone": "12", "received_at": tomorrow})
    page = unescape(answer.get_data(as_text=True))
    assert answer.status_code == 422
    for part in ("三楼扶手松动", "老人差点摔倒 <b>&", "赵大爷", 'value="12"', tomorrow):
        assert part in page, part
    assert re.search(r'<option value="urgent" selected>', page)
    assert 'id="reporter_phone-errors"' in page
    assert 'id="received_at-errors"' in page
    assert count() == 0


def test_what_is_no_choice_and_no_number_stays_typed_too(as_secretary, register, need):
    pk = register()
    wrong = {"version": "1", "title": "新标题", "quantity_asked": "三把", "place": "999999", "kind": "unknown"}
    answer = as_secretary.post(f"/needs/edit/{pk}", wrong)
    page = unescape(answer.get_data(as_text=True))
    assert answer.status_code == 422
    assert all(part in page for part in ("新标题", "三把", "place-errors", "kind-errors", "quantity_asked-errors"))
    assert 'id="reporter_phone-errors"' not in page
    both = as_secretary.post("/needs/add", TYPED | {"title": "", "quantity_asked": "三把", "reporter_phone": "123"})
    said = re.findall(r'id="(\w+)-errors"', both.get_data(as_text=True))
    assert {"title", "quantity_asked", "reporter_phone"} <= {*said}
    assert need(pk)["version"] == 1


def test_who_looks_after_some_places_only_is_told_beside_the_place_to_choose_one(as_gridworker, as_secretary, count):
    needed = re.compile(r'<input[^>]* id="place"[^>]* aria-required="true"')
    assert needed.search(as_gridworker.page("/needs/add"))
    assert not needed.search(as_secretary.page("/needs/add"))
    answer = as_gridworker.post("/needs/add", TYPED | {"kind": "help", "urgency": "normal"})
    beside = answer.get_data(as_text=True).partition('id="place-errors"')[2].partition("</ul>")[0]
    assert answer.status_code == 422
    assert "请选一个您负责的位置" in beside
    assert count() == 0


@pytest.mark.parametrize("quantity", ["", "三把"])
def test_who_leaves_out_the_place_and_more_is_told_all_at_once(as_gridworker, count, quantity: str):
    answer = as_gridworker.post("/needs/add", {"title": "", "reporter_phone": "123", "quantity_asked": quantity})
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    beside = re.findall(r'id="(\w+)-errors"', page)
    wanted = {"title", "place", "reporter_phone", *(["quantity_asked"] if quantity else [])}
    assert wanted <= {*beside}
    assert page.count('id="place-errors"') == 1
    assert "超出了您的负责范围" not in page
    assert count() == 0


def test_ten_megabytes_of_text_are_refused_beside_the_field(as_secretary, count):
    answer = as_secretary.post("/needs/add", TYPED | {"text": "x" * 10_000_000})
    assert answer.status_code == 422
    assert 'id="text-errors"' in answer.get_data(as_text=True)
    assert count() == 0


def test_a_conflict_shows_both_texts_and_then_saves_mine(as_secretary, as_worker, register, need):
    pk = register()
    as_worker.post(f"/needs/edit/{pk}", {"version": "1", "title": "李国强写的"})
    answer = as_secretary.post(f"/needs/edit/{pk}", {"version": "1", "title": "陈秀兰写的", "text": "我的说明"})
    page = answer.get_data(as_text=True)
    assert answer.status_code == 409
    assert all(part in page for part in ("李国强写的", "陈秀兰写的", "我的说明"))
    assert need(pk)["title"] == "李国强写的"
    again = _fields(page) | {"csrf_token": as_secretary.token()}
    assert again["version"] == "2"
    assert as_secretary.post(f"/needs/edit/{pk}", again).status_code == 302
    assert (need(pk)["title"], need(pk)["text"]) == ("陈秀兰写的", "我的说明")


def test_what_i_did_not_touch_stays_as_somebody_else_saved_it_meanwhile(as_secretary, as_worker, register, need):
    pk = register(text="灯不亮")
    opened = _fields(as_secretary.page(f"/needs/edit/{pk}"))
    theirs = opened | {"quantity_asked": "3", "urgency": "urgent", "csrf_token": as_worker.token()}
    assert as_worker.post(f"/needs/edit/{pk}", theirs).status_code == 302
    answer = as_secretary.post(f"/needs/edit/{pk}", opened | {"title": "门禁坏了"})
    assert answer.status_code == 409
    page = answer.get_data(as_text=True)
    assert 'scope="row">数量</th>' not in page
    again = _fields(page) | {"csrf_token": as_secretary.token()}
    assert as_secretary.post(f"/needs/edit/{pk}", again).status_code == 302
    saved = need(pk)
    assert (saved["title"], saved["quantity_asked"], saved["urgency"].value) == ("门禁坏了", 3, "urgent")


def test_nor_does_who_may_not_read_the_history_undo_what_others_wrote(as_gridworker, as_secretary, need, behind):
    with behind():
        place = db.session.scalars(select(Place.id).filter_by(name="第一网格")).first()
    form = {"title": "门禁坏了", "text": "三单元", "place": str(place), "kind": "help"}
    pk = as_gridworker.post("/needs/add", TYPED | form).location.rsplit("/", 1)[1]
    opened = _fields(as_gridworker.page(f"/needs/edit/{pk}"))
    assert as_secretary.post(f"/needs/edit/{pk}", {"version": "1", "quantity_asked": "3"}).status_code == 302
    page = as_gridworker.post(f"/needs/edit/{pk}", opened | {"text": "四单元"}).get_data(as_text=True)
    again = _fields(page) | {"csrf_token": as_gridworker.token()}
    assert as_gridworker.post(f"/needs/edit/{pk}", again).status_code == 302
    assert (need(int(pk))["text"], need(int(pk))["quantity_asked"]) == ("四单元", 3)


def test_a_mask_in_a_conflict_stands_for_what_is_saved_now(as_secretary, as_worker, register, need):
    pk = register(reporter_phone="13800001234")
    as_worker.post(f"/needs/edit/{pk}", {"version": "1", "reporter_phone": "13900009999"})
    mine = {"version": "1", "reporter_phone": "138****1234", "title": "陈秀兰写的"}
    page = as_secretary.post(f"/needs/edit/{pk}", mine).get_data(as_text=True)
    assert "13900009999" not in page
    assert "138****1234" not in page
    assert (
        as_secretary.post(f"/needs/edit/{pk}", _fields(page) | {"csrf_token": as_secretary.token()}).status_code == 302
    )
    assert (need(pk)["reporter_phone"], need(pk)["title"]) == ("13900009999", "陈秀兰写的")


def test_a_conflict_during_a_conflict_is_a_conflict(as_secretary, as_worker, register, need):
    pk = register()
    as_worker.post(f"/needs/edit/{pk}", {"version": "1", "title": "第二版"})
    page = as_secretary.post(f"/needs/edit/{pk}", {"version": "1", "title": "我的"}).get_data(as_text=True)
    as_worker.post(f"/needs/edit/{pk}", {"version": "2", "title": "第三版"})
    again = as_secretary.post(f"/needs/edit/{pk}", _fields(page) | {"csrf_token": as_secretary.token()})
    assert again.status_code == 409
    assert need(pk)["title"] == "第三版"


def _fields(page):
    """Return what the form of a page would send as it stands."""
    inputs = re.findall(r'<input[^>]*name="([^"]+)"[^>]*value="([^"]*)"', page)
    inputs += re.findall(r'<textarea[^>]*name="([^"]+)"[^>]*>\s*([^<]*)</textarea>', page)
    for name, options in re.findall(r'<select[^>]*name="([^"]+)"[^>]*>(.*?)</select>', page, re.DOTALL):
        inputs += [(name, value) for value in re.findall(r'<option value="([^"]*)" selected', options)]
    return {name: unescape(value) for name, value in inputs}


@pytest.mark.parametrize("version", ["", "abc", "0", "2", "1.0", "99999999999999999999"])
def test_a_form_without_the_right_version_changes_nothing(as_secretary, register, need, version):
    pk = register()
    answer = as_secretary.post(f"/needs/edit/{pk}", {"version": version, "title": "别的"})
    assert answer.status_code == 409
    assert need(pk)["title"] == "楼下路灯不亮"


def test_a_double_click_makes_one_row(as_secretary, count):
    page = as_secretary.page("/needs/add")
    uid = re.search(r'name="uid"[^>]*value="(\w+)"', page)[1]
    first, second = (as_secretary.post("/needs/add", TYPED | {"uid": uid}) for _click in (1, 2))
    assert first.headers["Location"] == second.headers["Location"]
    assert count() == 1


def test_a_double_click_at_the_very_same_moment_makes_one_row(alongside, count):
    answers = alongside("secretary", [("/needs/add", TYPED | {"uid": new_uid()})] * 2)
    assert [answer.status_code for answer in answers] == [302, 302]
    assert len({answer.headers["Location"] for answer in answers}) == 1
    assert count() == 1


def test_who_goes_back_and_saves_again_is_led_to_what_was_made(as_secretary, count):
    form = TYPED | {"uid": new_uid()}
    made = as_secretary.post("/needs/add", form).headers["Location"]
    again = as_secretary.post("/needs/add", form)
    assert again.headers["Location"] == made
    assert "没有重复登记" in as_secretary.page(made)
    assert count() == 1


def test_a_form_one_goes_back_to_changes_what_it_has_made(as_secretary, register, need, count):
    pk = register()
    back = as_secretary.get(f"/needs/add?key={need(pk)['uid']}")
    assert back.headers["Location"].endswith(f"/needs/edit/{pk}")
    page = as_secretary.page(back.headers["Location"])
    assert "这份表单已经保存过" in page
    as_secretary.post(f"/needs/edit/{pk}", _fields(page) | {"title": "巷口路灯不亮"})
    assert (count(), need(pk)["title"]) == (1, "巷口路灯不亮")


def test_a_form_one_goes_back_to_shows_what_may_no_longer_be_changed(as_secretary, register, need):
    pk = register()
    as_secretary.post(f"/needs/archive/{pk}", {"version": "1", "reason": "重复登记"})
    back = as_secretary.get(f"/needs/add?key={need(pk)['uid']}")
    assert back.headers["Location"].endswith(f"/needs/show/{pk}")


def test_a_form_that_was_refused_keeps_its_key_when_one_goes_back(as_secretary):
    key = new_uid()
    assert f'value="{key}"' in as_secretary.page(f"/needs/add?key={key}")


@pytest.mark.parametrize("key", ["", "x", "0" * 33, "'; DROP TABLE need; --", "%00"])
def test_a_key_in_the_address_that_is_none_of_ours_is_replaced(as_secretary, key):
    page = as_secretary.page(f"/needs/add?key={key}")
    assert re.search(r'name="uid"[^>]*value="[0-9a-f]{32}"', page)


def test_the_key_of_somebody_elses_row_in_the_address_leads_nowhere(as_neighbour, register, need):
    answer = as_neighbour.get(f"/needs/add?key={need(register())['uid']}")
    assert answer.status_code == 200


def test_what_is_typed_after_going_back_changes_the_row_or_is_one_of_its_own_as_one_chooses(as_secretary, need, count):
    form = TYPED | {"uid": new_uid()}
    pk = int(as_secretary.post("/needs/add", form).headers["Location"].rsplit("/", 1)[1])
    asked = as_secretary.post("/needs/add", form | {"title": "别的路灯不亮"})
    page = asked.get_data(as_text=True)
    assert (asked.status_code, count()) == (409, 1)
    assert all(word in page for word in ("别的路灯不亮", "修改已登记的", "作为另一条登记"))
    chosen = _fields(page[page.index("<main") :])
    as_secretary.post(f"/needs/edit/{pk}", chosen)
    assert (count(), need(pk)["title"]) == (1, "别的路灯不亮")
    other = as_secretary.post("/needs/add", chosen | {"title": "第三盏路灯不亮"})
    assert other.status_code == 302
    assert (count(), need(pk)["title"]) == (2, "别的路灯不亮")


def test_what_the_form_of_a_row_cannot_change_is_not_offered_to_be_changed(as_secretary, behind):
    with behind():
        grid = db.session.scalars(select(Place.id).limit(1)).one()
    form = {"name": "北门岗亭", "kind": "compound", "uid": new_uid()}
    assert as_secretary.post("/places/add", form).status_code == 302
    asked = as_secretary.post("/places/add", form | {"parent": grid})
    page = asked.get_data(as_text=True)
    assert asked.status_code == 409
    assert "作为另一条登记" in page
    assert "修改已登记的" not in page


def test_two_forms_are_two_rows(as_secretary, count):
    for _form in (1, 2):
        uid = re.search(r'name="uid"[^>]*value="(\w+)"', as_secretary.page("/needs/add"))[1]
        as_secretary.post("/needs/add", TYPED | {"uid": uid})
    assert count() == 2


def test_the_key_of_somebody_elses_row_leads_nowhere(as_neighbour, as_secretary, register, need, count):
    pk = register()
    answer = as_neighbour.post("/needs/add", TYPED | {"uid": need(pk)["uid"]})
    assert answer.status_code == 422
    assert str(pk) not in answer.headers.get("Location", "")
    assert count() == 1


@pytest.mark.parametrize("uid", ["", "x", "X" * 32, "0" * 33, "'; DROP TABLE need; --", "\x00"])
def test_a_key_that_is_none_of_ours_is_replaced(as_secretary, count, uid, need):
    answer = as_secretary.post("/needs/add", TYPED | {"uid": uid})
    assert answer.status_code == 302
    assert re.fullmatch("[0-9a-f]{32}", need(int(answer.headers["Location"].rsplit("/", 1)[1]))["uid"])


def test_two_people_who_save_at_once_never_overwrite_each_other(alongside, register, need):
    pk = register()
    forms = [(f"/needs/edit/{pk}", {"version": "1", "title": f"第{number}份"}) for number in range(4)]
    codes = sorted(answer.status_code for answer in alongside("secretary", forms))
    assert codes == [302, 409, 409, 409]
    assert need(pk)["version"] == 2


def test_a_move_clicked_twice_happens_once_and_no_error_is_shown(alongside, register, behind, need):
    pk = register()
    answers = alongside("secretary", [(f"/needs/move/accept/{pk}", {"version": "1"})] * 2)
    assert [answer.status_code for answer in answers] == [302, 302]
    assert (need(pk)["state"].value, need(pk)["version"]) == ("accepted", 2)


def test_what_is_taken_is_said_without_a_word_of_sql(as_secretary):
    first = as_secretary.post("/holidays/add", {"day": "2026-10-01", "name": "国庆节"})
    again = as_secretary.post("/holidays/add", {"day": "2026-10-01", "name": "又是国庆节"})
    page = again.get_data(as_text=True)
    assert (first.status_code, again.status_code) == (302, 422)
    assert "又是国庆节" in page
    assert not re.search(r"UNIQUE|constraint|INSERT|sqlite|psycopg|holiday\.", page)


def test_the_database_refuses_in_our_words(acting_as):
    with acting_as("secretary"):
        uid = db.session.scalars(select(Category.uid)).first()
        community = db.session.scalars(select(Community)).one()
        with pytest.raises(Clash) as clash, transaction():
            db.session.add(Category(community=community, name="新类别", uid=uid))
        assert "INSERT" not in str(clash.value)
        assert "uid" in clash.value.constraint


def test_after_a_refusal_nothing_half_done_is_saved_later(acting_as, register, need):
    pk = register()
    with acting_as("secretary"):
        row = db.session.get(Need, pk)
        row.title, row.reporter_phone = "半途", "abc"
        with pytest.raises(Violation), transaction():
            pass
        with transaction():
            row.text = "后来"
    assert (need(pk)["title"], need(pk)["text"]) == ("楼下路灯不亮", "后来")


def test_a_row_read_before_somebody_changed_it_is_stale(acting_as, register, need):
    pk = register()
    with acting_as("secretary"):
        row = db.session.get(Need, pk)
        db.session.execute(text("UPDATE need SET version = version + 1"))
        row.title = "晚了一步"
        with pytest.raises(Stale), transaction():
            pass
    assert need(pk)["title"] == "楼下路灯不亮"


def test_a_second_word_on_the_same_move_is_not_taken_for_a_double_click(as_secretary, register, need):
    pk = register()
    first = as_secretary.post(f"/needs/move/accept/{pk}", {"version": "1", "urgency": "urgent"})
    again = as_secretary.post(f"/needs/move/accept/{pk}", {"version": "1", "urgency": "urgent"})
    other = as_secretary.post(f"/needs/move/accept/{pk}", {"version": "1", "urgency": "critical"})
    assert [answer.status_code for answer in (first, again, other)] == [302, 302, 409]
    assert need(pk)["urgency"].value == "urgent"


def test_a_database_that_does_not_answer_is_said_and_nothing_is_saved(as_secretary, monkeypatch, count):
    def fail():
        raise OperationalError("COMMIT", {}, Exception("database is locked"))

    token = as_secretary.token()
    monkeypatch.setattr(db.session, "commit", fail)
    answer = as_secretary.client.post("/needs/add", data={"csrf_token": token, "title": "路灯"})
    page = answer.get_data(as_text=True)
    assert answer.status_code == 503
    assert "locked" not in page
    assert "没有保存" in page or "未保存" in page
    monkeypatch.undo()
    assert count() == 0


def test_a_mistake_on_the_page_one_came_back_to_is_shown(as_secretary, count):
    key = {"uid": new_uid()}
    as_secretary.post("/needs/add", TYPED | key)
    assert as_secretary.post("/needs/add", TYPED | key | {"urgency": "zzz"}).status_code == 422
    assert count() == 1
