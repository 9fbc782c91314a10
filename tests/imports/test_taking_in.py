"""What a ledger brings: rows with all that single ones have, people found again, and all of it or nothing."""

from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select, text

from app.communities.models import Community
from app.core import clock, database, seeking
from app.core.database import transaction
from app.core.history import STEP, Entry
from app.core.timeline import Step, digest_of
from app.core.verifying import verify
from app.extensions import db
from app.imports import jobs, storing, taking, undoing
from app.imports.models import ImportBatch, ImportPart, ImportTrace
from app.needs.choices import NeedState
from app.needs.models import Need
from app.organizations.models import Organization
from app.parties.models import Party
from app.people.models import Person
from app.posts.models import Post
from app.resources.models import Resource
from app.volunteers.models import Volunteer
from tests.core.sheets.paper import xlsx
from tests.imports.conftest import needs

NUMBER = "131101200208239853"
OTHER = "320501195809209812"


def volunteers(*rows: Any) -> bytes:
    """Return a ledger of volunteers."""
    return xlsx({"志愿者": [["志愿者花名册"], ["序号", "姓名", "身份证号", "联系电话", "政治面貌", "特长"], *rows]})


def rows_of(model: Any, **columns: Any) -> list[Any]:
    """Return the rows of a model."""
    return list(db.session.scalars(select(model).filter_by(**columns).order_by(model.id)))


def test_a_need_of_a_ledger_is_like_one_somebody_registered(take_in, behind):
    take_in(needs(["", "李梅", "13800000001", "第二网格", "楼道灯不亮。请修一下", "公共设施", "2026.3.8", ""]))
    with behind():
        (need,) = rows_of(Need)
        assert need.code.startswith("XQ")
        assert (need.title, need.state, need.version) == ("楼道灯不亮", NeedState.SUBMITTED, 1)
        assert need.place.name == "第二网格"
        assert need.reporter_phone == "13800000001"
        assert need.reporter_phone_index
        assert need.response_due is not None
        assert need.category.name == "公共设施"
        step = db.session.scalars(select(Step).where(Step.list == "needs", Step.row_id == need.id)).one()
        assert step.said["reason"] == "来自台账“群众需求清单”第 3 行。"
        entry = db.session.scalars(select(Entry).where(Entry.list == "needs", Entry.row_id == need.id)).one()
        assert (entry.act, entry.step_uid) == ("create", step.uid)
        assert "13800000001" not in entry.changes


def test_the_chain_of_history_is_whole_after_a_ledger_and_after_taking_it_back(take_in, behind, as_secretary):
    rows = [["", f"居民{at}", "", "第一网格", f"第{at}件事", "公共设施", "2026-03-08", ""] for at in range(30)]
    number = take_in(needs(*rows))
    with behind():
        assert [one.finding for one in verify(db.session.connection()) if one.finding] == []
    as_secretary.post(f"/imports/{number}/undo")
    with behind():
        assert [one.finding for one in verify(db.session.connection()) if one.finding] == []
        assert all(need.archived_at is not None for need in rows_of(Need))


def test_what_a_ledger_brings_is_found_as_if_each_row_had_been_written_by_itself(take_in, behind, acting_as):
    take_in(needs(*(["XQ-7" if at else "", f"居民{at}", "", "", f"{at}号楼 A座灯坏", "", "", ""] for at in range(2))))
    take_in(volunteers([1, "徐涛龙", NUMBER, "15200009927", "党员", "书法"]))
    with behind():
        if db.engine.dialect.name == "sqlite":
            made = {model: _index(model) for model in (Need, Person, Party)}
            seeking.keep_anew(db.session.connection())
            assert all(made.values())
            assert made == {model: _index(model) for model in made}
    with acting_as("secretary"):
        code = rows_of(Need)[0].code
        for words in ("灯坏", "1号楼 a", "xq-7", code.lower()):
            found = list(db.session.scalars(select(Need.id).where(Need.holding(words))))
            assert found == [need.id for need in rows_of(Need) if words in need.sought]
            assert found


def _index(model: Any) -> list[tuple[str, int]]:
    """Return which part of a word stands in which row."""
    name = f"{model.__tablename__}_grams"
    connection = db.session.connection()
    connection.execute(text(f"CREATE VIRTUAL TABLE temp.seen USING fts5vocab(main, {name}, 'instance')"))
    found = connection.execute(text("SELECT term, doc FROM temp.seen ORDER BY term, doc")).all()
    connection.execute(text("DROP TABLE temp.seen"))
    return [(term, doc) for term, doc in found]


def test_the_digest_of_each_step_of_a_ledger_is_that_of_a_single_step(take_in, behind):
    take_in(needs(*(["", f"居民{at}", "", "", f"第{at}件“灯”坏", "", "", ""] for at in range(3))))
    with behind():
        steps = {step.uid: step for step in db.session.scalars(select(Step).where(Step.list == "needs"))}
        entries = list(db.session.scalars(select(Entry).where(Entry.list == "needs")))
        assert len(entries) == len(steps) == 3
        assert all(one.told()[STEP] == [None, digest_of(steps[one.step_uid])] for one in entries)
        assert all(list(one.told()) == sorted(one.told()) for one in entries)


def test_how_things_stood_is_taken_over_only_as_history(take_in, behind):
    rows = [["XQ9", "李梅", "", "第二网格", "楼道灯不亮", "公共设施", "2026.3.8", "已办结"]]
    first = take_in(needs(*rows))
    with behind():
        assert [need.state for need in rows_of(Need)] == [NeedState.SUBMITTED]
        batch = db.session.get_one(ImportBatch, first)
        assert batch.told["counts"]["accepted"] == 1
    take_in(needs(["XQ10", *rows[0][1:]]), history=True)
    with behind():
        old = rows_of(Need, code="XQ10")[0]
        assert old.state is NeedState.CLOSED
        assert clock.local(old.closed_at).date() == date(2026, 3, 8)


def test_a_volunteer_who_is_known_is_found_and_blanks_are_filled(take_in, behind, as_secretary):
    with behind():
        community = db.session.scalars(select(Community.id).filter_by(code="wjb")).one()
        person = Person(community_id=community, name="徐涛龙", phones=["15200009927"])
        db.session.add(person)
        db.session.commit()
        pk = person.id
    number = take_in(volunteers([1, "徐涛龙", NUMBER, "15200009927", "党员", "书法"]))
    with behind():
        person = db.session.get_one(Person, pk)
        assert (person.id_number, str(person.birth), person.political.value) == (NUMBER, "2002-08-23", "01")
        assert len(rows_of(Volunteer, person_id=pk)) == 1
        assert db.session.get_one(Party, pk).serves
    as_secretary.post(f"/imports/{number}/undo")
    with behind():
        person = db.session.get_one(Person, pk)
        assert (person.id_number, person.political) == (None, None)
        assert person.archived_at is None
        assert rows_of(Volunteer, person_id=pk)[0].archived_at is not None


def test_what_a_later_ledger_filled_in_and_was_taken_back_is_no_change(take_in, behind, as_secretary):
    first = take_in(volunteers([1, "徐涛龙", NUMBER, "15200009927", "", ""]))
    later = take_in(volunteers([1, "徐涛龙", NUMBER, "15200009927", "党员", ""]))
    with behind():
        assert undoing.changed_since(db.session.get_one(ImportBatch, first))
    assert as_secretary.post(f"/imports/{later}/undo").status_code == 302
    with behind():
        assert undoing.changed_since(db.session.get_one(ImportBatch, first)) == []
    as_secretary.post(f"/imports/{first}/undo")
    with behind():
        batch = db.session.get_one(ImportBatch, first)
        assert batch.told["undone"] == {"undone": 2, "kept": 0, "emptied": 0}
        assert [one.finding for one in verify(db.session.connection()) if one.finding] == []


def test_what_contradicts_a_record_is_shown_and_changes_nothing(read, behind):
    with behind():
        community = db.session.scalars(select(Community.id).filter_by(code="wjb")).one()
        db.session.add(Person(community_id=community, name="顾斌", id_number=OTHER, political="13", phones=[]))
        db.session.commit()
    told = read(
        xlsx({"居民": [["姓名", "身份证号", "政治面貌", "门牌号"], ["顾斌", OTHER, "党员", "1-1-101"]]}), "people"
    )
    assert [(one["action"], one["conflicts"]) for one in told["duplicates"]] == [("merge", ["political"])]


def test_one_person_with_two_posts_is_one_person(take_in, behind):
    heads = ["网格名称", "姓名", "岗位", "联系电话", "身份证号"]
    take_in(
        xlsx({"网格员": [heads, *(["1网格", "孔雪", duty, "15200002828", NUMBER] for duty in ("网格长", "楼栋长"))]})
    )
    with behind():
        (person,) = rows_of(Person, name="孔雪")
        assert [post.duty.value for post in rows_of(Post, person_id=person.id)] == ["grid_lead", "building_head"]
        assert person.appointed
        assert db.session.get_one(Party, person.id).known


def test_a_provider_nobody_knew_is_made_with_its_resource(take_in, read, behind):
    data = xlsx(
        {
            "资源共享清单": [
                ["单位名称", "资源名称", "资源类别", "可用时间"],
                ["清河小学", "操场", "阵地", "周六 9:00-11:30"],
            ]
        }
    )
    assert [one["reason"] for one in read(data)["warnings"]] == ["provider_made"]
    take_in(data)
    with behind():
        (unit,) = rows_of(Organization, name="清河小学")
        (resource,) = rows_of(Resource, name="操场")
        assert resource.provider_id == unit.id
        assert resource.quantity_mode.value == "scheduled"


def test_if_one_row_cannot_be_written_none_is(take_in, behind, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(taking, "write_down", _fail_when_applied)
    with pytest.raises(RuntimeError):
        take_in(needs(*(["", "李梅", "", "第一网格", f"第{at}件", "", "2026-03-08", ""] for at in range(5))))
    with behind():
        assert rows_of(Need) == []
        assert db.session.scalar(select(func.count()).select_from(ImportTrace)) == 0


def _fail_when_applied(act: str, *_more: Any, **_said: Any) -> None:
    if act == "ledger_taken_in":
        raise RuntimeError


def test_two_equal_needs_of_one_file_are_two_and_the_file_again_is_none(take_in, counts):
    line = ["", "", "", "第一网格", "路灯不亮", "", "2026-03-08", ""]
    assert counts(take_in(needs(line, line)))["accepted"] == 2
    again = counts(take_in(needs(line, line)))
    assert (again["accepted"], again["duplicates"]) == (0, 2)
    assert counts(take_in(needs(line, line, line)))["accepted"] == 1


def test_while_many_rows_are_written_there_is_room_for_them_and_afterwards_as_before(behind, monkeypatch):
    monkeypatch.setattr(database, "ROOM", 12_345)
    with behind():
        rooms = [_room()]
        with transaction():
            database.make_room()
            rooms.append(_room())
        rooms.append(_room())
        usual, more = (-database.USUAL_ROOM, -12_345) if db.engine.dialect.name == "sqlite" else (0, 0)
        assert rooms == [usual, more, usual]


def test_two_rows_about_a_unit_fill_in_its_blanks_once_and_the_first_one_counts(take_in, counts, behind):
    headings = ["单位名称", "联系人", "党员人数", "所属网格"]
    take_in(xlsx({"单位": [["共建单位名册"], headings, ["市一局", "", "", ""]]}), "units")
    rows = [["市一局", "张一", "", "第一网格"], ["市一局", "李二", 5, "第二网格"]]
    batch = take_in(xlsx({"单位": [["共建单位名册"], headings, *rows]}), "units")
    with behind():
        (unit,) = rows_of(Organization, name="市一局")
        assert (unit.contact_name, unit.member_count, unit.place.name) == ("张一", 5, "第一网格")
    assert counts(batch)["filled"] == 2


def _room() -> int:
    """Return how much of SQLite's pages is kept in memory; PostgreSQL keeps them by itself."""
    return int(db.session.scalar(text("PRAGMA cache_size"))) if db.engine.dialect.name == "sqlite" else 0


def test_the_rows_that_stand_by_are_encrypted(take_in, behind):
    take_in(needs(["", "李梅", "13800000001", "第二网格", "楼道灯不亮", "公共设施", "2026.3.8", ""]))
    with behind():
        held = [part.content for part in db.session.scalars(select(ImportPart))]
    assert held
    assert not any(word in content for content in held for word in ("李梅".encode(), b"13800000001"))


def test_after_thirty_days_the_file_is_gone_and_the_counts_stay(take_in, behind, as_secretary):
    number = take_in(needs(["", "李梅", "", "第二网格", "楼道灯不亮", "公共设施", "2026.3.8", ""]))
    with behind():
        db.session.get_one(ImportBatch, number).at = clock.now() - timedelta(days=31)
        db.session.commit()
    with behind():
        assert jobs.forget_old() == 1
        assert jobs.forget_old() == 0
        db.session.commit()
    with behind():
        batch = db.session.get_one(ImportBatch, number)
        assert storing.file_of(batch) is None
        assert batch.told["counts"]["accepted"] == 1
    assert "30 天后销毁" in as_secretary.page(f"/imports/{number}")
