"""History: each change leaves one entry, by whom, from what to what; masked where it is masked, and never altered."""

import json
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from pathlib import Path

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from app.accounts import service as accounts
from app.accounts.models import Account
from app.communities.models import Category, Community, Place
from app.core import chain, clock, heads, recording, verifying
from app.core.access import OutOfScope
from app.core.actor import acting, system
from app.core.database import transaction
from app.core.history import CHAINED, Entry
from app.core.subject_keys import forget
from app.extensions import db
from app.needs.models import Need
from tests.cast.people import PASSWORD

PHONE = "13800002468"


@pytest.fixture
def entries(behind):
    """Return the entries of a row, or those of one act, the oldest first."""

    def read(**by):
        with behind():
            found = db.session.scalars(select(Entry).filter_by(**by).order_by(Entry.id)).all()
            db.session.expunge_all()
            return list(found)

    return read


@pytest.fixture
def edit(as_person):
    """Let somebody change some columns of a row in its form."""

    def change(login, address, **typed):
        person = as_person(login)
        page = person.page(address)
        version = page.split('name="version"')[1].split('value="')[1].split('"')[0]
        return person.post(address, {"version": version} | typed)

    return change


def test_a_need_the_secretary_registers_and_changes_leaves_two_entries(as_secretary, edit, entries, register):
    pk = register()
    edit("secretary", f"/needs/edit/{pk}", title="楼道灯不亮", kind="help", channel="phone")
    made, changed = entries(list="needs", row_id=pk)
    assert (made.act, changed.act) == ("create", "change")
    assert changed.told()["title"] == ["楼下路灯不亮", "楼道灯不亮"]
    assert changed.told()["channel"] == ["other", "phone"]
    assert "created_at" not in changed.told()
    assert changed.roles == "Secretary"
    assert changed.ip == "127.0.0.1"
    assert len(changed.request) == 16
    assert changed.actor_label == f"person:{changed.actor_id}"


def test_a_move_stands_under_its_name_with_the_step_it_made(as_secretary, entries, register):
    pk = register()
    as_secretary.post(f"/needs/move/accept/{pk}")
    entry = entries(list="needs", row_id=pk)[-1]
    assert entry.act == "accept"
    assert entry.told()["state"] == ["submitted", "accepted"]
    assert entry.step_uid


def test_archiving_and_restoring_are_told_as_such(as_secretary, entries, register):
    pk = register()
    as_secretary.post(f"/needs/archive/{pk}", {"reason": "重复登记"})
    as_secretary.post(f"/needs/restore/{pk}")
    assert [entry.act for entry in entries(list="needs", row_id=pk)] == ["create", "archive", "restore"]


def test_each_row_of_a_bulk_move_leaves_its_own_entry(as_secretary, entries, register):
    picked = [register(title=f"第{number}件") for number in range(3)]
    as_secretary.post("/needs/action_post", {"action": "accept", "rowid": picked})
    assert sorted(entry.row_id for entry in entries(act="accept")) == picked


def test_a_program_leaves_the_same_entries_as_a_page(program, entries, register):
    pk = register()
    secretary = program("secretary")
    version = secretary.get(f"/api/v1/needs/{pk}").json["result"]["version"]
    assert secretary.put(f"/api/v1/needs/{pk}", title="程序改的", version=version).status_code == 200
    entry = entries(list="needs", row_id=pk)[-1]
    assert (entry.act, entry.told()["title"]) == ("change", ["楼下路灯不亮", "程序改的"])
    assert entry.actor_id is not None


def test_an_entry_is_kept_although_its_end_cannot_be(app, entries, register):
    folder = Path(app.config["INSTANCE"]) / heads.FOLDER
    folder.write_text("in the way", encoding="utf-8")
    pk = register()
    folder.unlink()
    assert len(entries(list="needs", row_id=pk)) == 1


def test_a_refused_form_leaves_nothing(as_secretary, entries, register, edit):
    pk = register()
    assert edit("secretary", f"/needs/edit/{pk}", title="").status_code == 422
    assert [entry.act for entry in entries(list="needs", row_id=pk)] == ["create"]


def test_what_the_session_forgot_is_asked_before_it_is_overwritten(app, entries):
    with app.app_context(), acting(system("tests")):
        place = db.session.scalars(select(Place).filter_by(name="武江北路8栋")).one()
        with transaction():
            place.households = 12
        with transaction():
            place.households = 13
        pk = place.id
    assert [entry.told() for entry in entries(list="places", row_id=pk)][-2:] == [
        {"households": [None, 12]},
        {"households": [12, 13]},
    ]


def test_what_the_system_writes_is_written_down_too(app, entries):
    with app.app_context(), acting(system("import")), transaction():
        community = db.session.scalars(select(Community).filter_by(code="wjb")).one()
        for number in range(3):
            db.session.add(Category(name=f"新类别{number}", community=community))
    assert {entry.actor_label for entry in entries(list="categories", act="create")} >= {"system:import"}


def test_sensitive_values_are_nowhere_to_be_read(app, behind, register, entries):
    pk = register(reporter_phone=PHONE, reporter_name="欧阳小明", vulnerable_group=None)
    entry = entries(list="needs", row_id=pk)[0]
    assert PHONE not in entry.changes
    assert "欧阳小明" not in entry.changes
    assert entry.told()["reporter_phone"][1].keys() == {"sealed"}
    with behind():
        stored = json.dumps([list(map(str, row)) for row in db.session.execute(text("SELECT * FROM history"))])
    assert PHONE not in stored


def test_the_secretary_sees_a_change_masked_where_the_column_is(as_secretary, edit, register):
    pk = register(reporter_phone=PHONE, reporter_name="欧阳小明")
    edit("secretary", f"/needs/edit/{pk}", title="楼下路灯不亮", reporter_phone="13900001357", reporter_name="赵六一")
    page = as_secretary.page(f"/needs/history/{pk}")
    assert "138****2468" in page
    assert "139****1357" in page
    assert "欧阳小明" in page
    assert PHONE not in page


def test_the_auditor_sees_the_same_change_with_the_name_masked(as_auditor, edit, register):
    pk = register(reporter_name="欧阳小明")
    edit("secretary", f"/needs/edit/{pk}", title="楼下路灯不亮", reporter_name="赵六一")
    page = as_auditor.page(f"/needs/history/{pk}")
    assert "欧**明" in page
    assert "赵*一" in page
    assert "欧阳小明" not in page


def test_moves_and_changes_stand_in_one_stream_in_the_words_of_the_pages(as_secretary, edit, register):
    pk = register()
    as_secretary.post(f"/needs/move/accept/{pk}")
    edit("secretary", f"/needs/edit/{pk}", title="路灯还是不亮", urgency="urgent")
    page = as_secretary.page(f"/needs/show/{pk}")
    stream = page.split('class="timeline"')[1].split("</ol>")[0]
    assert stream.index("路灯还是不亮") < stream.index("受理") < stream.index("登记")
    assert "紧急程度：一般 → 紧急" in stream
    assert stream.count("<li>") == 3


def test_a_worker_sees_the_moves_of_all_but_only_the_own_changes(as_worker, edit, register):
    pk = register()
    edit("secretary", f"/needs/edit/{pk}", title="书记改的")
    edit("worker", f"/needs/edit/{pk}", title="社工改的")
    page = as_worker.page(f"/needs/history/{pk}")
    assert page.count("<li><time") == 2
    assert "书记改的 → 社工改的" in page
    assert "楼下路灯不亮 → 书记改的" not in page


def test_the_neighbour_finds_no_history_of_ours(as_neighbour, register):
    pk = register()
    assert as_neighbour.get(f"/needs/history/{pk}").status_code == 404
    assert "needs/history" not in as_neighbour.page("/audit/")


def test_a_forgotten_row_is_unreadable_and_the_chain_still_whole(app, as_secretary, behind, register):
    pk = register(reporter_phone=PHONE)
    with app.app_context(), acting(system("tests")), transaction():
        uid = db.session.scalars(select(Need.uid).where(Need.id == pk)).one()
        assert forget(db.session(), uid)
        assert not forget(db.session(), uid)
    page = as_secretary.page(f"/needs/history/{pk}")
    assert "已抹去" in page
    assert "2468" not in page.split('class="timeline"')[1]
    with behind():
        assert [one.finding for one in verifying.verify(db.session.connection()) if one.finding] == []


def test_signing_in_and_out_is_written_down(nobody, entries, app):
    token = nobody.get("/login/").get_data(as_text=True).split('name="csrf_token"')[1].split('value="')[1].split('"')[0]
    form = {"csrf_token": token, "username": "worker", "password": PASSWORD}
    nobody.post("/login/", data=form | {"password": "not the word 1"})
    nobody.post("/login/", data=form | {"username": "wrongname", "password": "not the word 1"})
    assert nobody.post("/login/", data=form).status_code == 302
    refused, unknown = entries(act="sign_in_refused")
    assert refused.row_id is not None
    assert unknown.row_id is None
    assert unknown.told() == {}
    (entered,) = entries(act="sign_in")
    assert entered.actor_id == entered.row_id == refused.row_id
    assert "not the word" not in refused.changes + unknown.changes
    assert "wrongname" not in unknown.changes


def test_signing_out_and_ending_sign_ins_are_written_down(as_worker, entries):
    as_worker.post("/profile/end/999999")
    as_worker.post("/logout/")
    assert len(entries(act="sign_outs")) == 1
    assert len(entries(act="sign_out")) == 1


def test_a_new_password_is_a_fact_and_never_a_value(app, entries):
    with app.app_context(), acting(system("tests")), transaction():
        account = db.session.scalars(select(Account).filter_by(login="worker")).one()
        accounts.set_password(account, "路灯 lamps 2026 ok")
        stored, pk = account.password_hash, account.id
    entry = entries(list="users", row_id=pk)[-1]
    assert (entry.act, entry.changes) == ("password", "{}")
    assert stored not in entry.changes


def test_a_one_time_link_made_is_written_down_without_the_link(as_secretary, entries, app, behind):
    with behind():
        pk = db.session.scalars(select(Account.id).filter_by(login="worker")).one()
    as_secretary.post(f"/users/link/{pk}")
    (entry,) = entries(act="link_made", row_id=pk)
    assert set(entry.told()) == {"purpose"}


def test_a_grant_stands_in_the_chain_of_its_community(app, entries):
    with app.app_context(), acting(system("tests")):
        ours = db.session.scalars(select(Community.id).filter_by(code="wjb")).one()
        db.session.rollback()
    assert any(entry.chain == ours for entry in entries(list="grants"))
    assert all(entry.chain == 0 for entry in entries(list="users"))


def test_nobody_changes_or_deletes_an_entry(app, register):
    register()
    for statement in ("UPDATE history SET act = 'x'", "DELETE FROM history", "DELETE FROM chain_head"):
        with app.app_context(), pytest.raises(DBAPIError), db.engine.begin() as connection:
            connection.execute(text(statement))


def test_an_entry_that_does_not_go_on_at_the_end_is_refused(app, register):
    register()
    copied = (
        "INSERT INTO history (chain, seq, at, act, list, actor_label, roles, request, ip, changes, hash) "
        "SELECT chain, seq + 999, at, act, list, actor_label, roles, request, ip, changes, hash "
        "FROM history WHERE id = 1"
    )
    with app.app_context(), pytest.raises(DBAPIError), db.engine.begin() as connection:
        connection.execute(text(copied))


def test_no_entry_comes_in_through_the_session(acting_as):
    with acting_as("secretary"):
        db.session.add(Entry(chain=0, seq=1, act="x", list="needs", changes="{}", hash="0"))
        with pytest.raises(OutOfScope):
            db.session.flush()


def test_a_saved_row_costs_two_statements_more(app, register, spoken):
    pk = register()
    with app.app_context(), acting(system("tests")), transaction():
        need = db.session.scalars(select(Need).where(Need.id == pk)).one()
        need.title = "改一个字"
        db.session.flush()
        spoken.clear()
    assert len(spoken) == 2


def test_many_rows_of_one_transaction_cost_no_more(app, spoken):
    with app.app_context(), acting(system("tests")), transaction():
        community = db.session.scalars(select(Community).filter_by(code="wjb")).one()
        db.session.add_all([Category(name=f"批量{number}", community=community) for number in range(40)])
        db.session.flush()
        spoken.clear()
    assert len([said for said in spoken if "history" in said or "chain_head" in said]) <= 3


@pytest.mark.parametrize("said", [{}, {"row_id": None, "step_uid": None, "actor_id": None, "list": ""}])
def test_an_entry_is_hashed_by_the_text_it_is_verified_by(said):
    """What entries of one act say alike is written once for all of them; the text of each is the same."""
    entry = dict.fromkeys(CHAINED, '张三 "says" \u2028\n') | {"chain": 3, "seq": 9, "at": clock.now()}
    entry |= {"row_id": 12, "actor_id": 4} | said
    once = cache(recording._text_of_several)
    assert recording._text_of(entry, once) == chain.encode(recording.parts(entry))
    later = entry | {"seq": 10, "row_id": 13, "changes": "{}"}
    assert recording._text_of(later, once) == chain.encode(recording.parts(later))


def test_eight_writers_at_once_make_one_chain(app, register, behind):
    with ThreadPoolExecutor(8) as pool:
        made = list(pool.map(lambda number: register(title=f"同时登记{number}"), range(16)))
    assert len(set(made)) == 16
    with behind():
        walked = list(verifying.verify(db.session.connection()))
    assert [one.finding for one in walked if one.finding] == []
    assert sum(one.entries for one in walked) > 16
