"""Two records that are one person: found, looked at side by side, merged without losing anything, and parted again."""

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from app.core.actor import acting, system
from app.core.database import transaction
from app.core.history import Entry
from app.core.sealed import Closed
from app.extensions import db
from app.people import erasing, merging, parting
from app.people.merges import Merger, Pair
from app.people.models import Person
from app.resources.models import Resource
from app.talents.models import Talent
from tests.core.conftest import Program
from tests.people.test_record import numbered

NUMBER = "11010519491231002X"
FULLER = {"name": "欧阳小敏", "phones": "13800007001", "birth": "1949-12", "address": "武江北路8栋2单元301"}
LATER = {"name": "欧阳小敏", "phones": "13800007001\n女儿 13900007002", "id_number": NUMBER, "job": "退休教师"}


def registered(person: Any, **columns: str) -> int:
    answer = person.post("/people/add", columns)
    if answer.status_code == 422:
        key = answer.get_data(as_text=True).partition('name="another" value="')[2].partition('"')[0]
        answer = person.post("/people/add", columns | {"another": key})
    assert answer.status_code == 302, answer.get_data(as_text=True)
    return int(answer.location.rsplit("/", 1)[1])


@pytest.fixture
def twice(as_secretary) -> tuple[int, int]:
    """Somebody who stands in the list twice."""
    return registered(as_secretary, **FULLER), registered(as_secretary, **LATER)


def stored(behind, pk: int) -> dict[str, Any]:
    with behind():
        row = db.session.get_one(Person, pk)
        names = ("name", "id_number", "phones", "birth", "address", "job", "archived_at", "merged_into_id", "sex")
        return {name: getattr(row, name) for name in names}


def merged(person: Any, behind, kept: int, gone: int, **more: Any) -> int:
    with behind():
        version = db.session.get_one(Person, kept).version
    status: int = person.post(f"/people/merge/{kept}", {"other": gone, "version": version, **more}).status_code
    return status


def parted(person: Any, gone: int) -> int:
    status: int = person.post(f"/people/part/{gone}").status_code
    return status


def test_the_secretary_is_shown_who_may_stand_twice_and_why(as_secretary, twice):
    page = as_secretary.page("/people/duplicates")
    assert page.count("欧阳小敏") >= 2
    assert "姓名和电话相同" in page
    assert f"/people/merge/{twice[0]}?other={twice[1]}" in page
    assert "/people/duplicates" in as_secretary.page("/people/list/")


def test_a_shared_name_alone_is_no_reason(as_secretary):
    registered(as_secretary, name="王芳", phones="13800007011")
    registered(as_secretary, name="王芳", phones="13800007012")
    assert "这里似乎没有重复登记的人" in as_secretary.page("/people/duplicates")


def test_twins_of_one_phone_and_birthday_are_shown_once_and_told_apart_for_good(as_secretary, behind):
    one = registered(as_secretary, name="林一鸣", phones="13800007021", birth="1980-05-06")
    other = registered(as_secretary, name="林二鸣", phones="13800007021", birth="1980-05-06")
    assert "林一鸣" in as_secretary.page("/people/duplicates")
    assert as_secretary.post(f"/people/apart/{other}", {"other": one}).status_code == 302
    assert "林一鸣" not in as_secretary.page("/people/duplicates")
    assert as_secretary.post(f"/people/apart/{one}", {"other": other}).status_code == 302
    with behind():
        assert db.session.scalar(select(func.count()).select_from(Pair)) == 1


def test_both_records_stand_side_by_side_with_what_would_become_of_them(as_secretary, twice):
    page = as_secretary.page(f"/people/merge/{twice[0]}?other={twice[1]}")
    for words in ("退休教师", "自动补入", "两者都保留", "110***********002X"):
        assert words in page, words
    assert NUMBER not in page


def test_what_stays_fills_its_blanks_and_keeps_both_phones(as_secretary, behind, twice):
    kept, gone = twice
    assert merged(as_secretary, behind, kept, gone) == 302
    found, old = stored(behind, kept), stored(behind, gone)
    assert (found["id_number"], found["job"], str(found["birth"])) == (NUMBER, "退休教师", "1949-12-31")
    assert found["phones"] == ["13800007001", "女儿 13900007002"]
    assert old["archived_at"] is not None
    assert old["merged_into_id"] == kept
    # The other record says what it always said.
    assert (old["id_number"], old["job"]) == (NUMBER, "退休教师")


def test_where_both_say_something_the_secretary_chooses(as_secretary, behind):
    kept = registered(as_secretary, name="欧阳小敏", phones="13800007001", job="教师")
    gone = registered(as_secretary, name="欧阳晓敏", phones="13800007001", job="医生")
    assert merged(as_secretary, behind, kept, gone, take=["name"]) == 302
    found = stored(behind, kept)
    assert (found["name"], found["job"]) == ("欧阳晓敏", "教师")


def test_two_numbers_are_two_people(as_secretary, behind):
    kept = registered(as_secretary, name="欧阳小敏", id_number=NUMBER)
    gone = registered(as_secretary, name="欧阳小敏", id_number=numbered("1953-07-19"))
    assert merged(as_secretary, behind, kept, gone) == 422
    assert "证件号码不同" in as_secretary.post(f"/people/merge/{kept}", {"other": gone}).get_data(as_text=True)
    assert stored(behind, gone)["archived_at"] is None


def test_nobody_is_merged_into_themselves_or_with_somebody_archived(as_secretary, behind, twice):
    kept, gone = twice
    assert merged(as_secretary, behind, kept, kept) == 422
    assert merged(as_secretary, behind, kept, gone) == 302
    assert merged(as_secretary, behind, kept, gone) == 422


def test_who_signs_in_is_the_one_who_stays(as_secretary, behind):
    with behind():
        volunteer = db.session.scalars(select(Person.id).where(Person.account_id.is_not(None))).first()
    other = registered(as_secretary, name="张海燕", job="护士")
    assert merged(as_secretary, behind, other, volunteer) == 422
    assert merged(as_secretary, behind, volunteer, other) == 302
    assert stored(behind, volunteer)["job"] == "护士"


def test_what_named_the_one_names_the_other_and_goes_back_again(as_secretary, behind, twice):
    kept, gone = twice
    with behind(), transaction():
        person = db.session.get_one(Person, gone)
        given = {"community": person.community, "name": "缝补", "kind": "skill", "quantity_mode": "unlimited"}
    answer = as_secretary.post("/resources/add", {**given, "community": "", "provider": gone})
    resource = int(answer.location.rsplit("/", 1)[1])
    assert as_secretary.post("/talents/add", {"person": gone, "field": "crafts"}).status_code == 302
    assert merged(as_secretary, behind, kept, gone) == 302
    with behind():
        assert db.session.get_one(Resource, resource).provider_id == kept
        assert db.session.scalars(select(Talent.person_id)).all() == [kept]
    assert parted(as_secretary, gone) == 302
    with behind():
        assert db.session.get_one(Resource, resource).provider_id == gone
        assert db.session.scalars(select(Talent.person_id)).all() == [gone]


def test_where_each_has_an_entry_of_a_list_that_takes_one_nothing_is_merged(as_secretary, behind, twice):
    kept, gone = twice
    for pk in twice:
        assert as_secretary.post("/talents/add", {"person": pk, "field": "crafts"}).status_code == 302
    assert merged(as_secretary, behind, kept, gone) == 409
    assert stored(behind, gone)["archived_at"] is None
    assert stored(behind, kept)["id_number"] is None


def test_undoing_gives_both_records_back_as_they_were(as_secretary, behind, twice):
    before = [stored(behind, pk) for pk in twice]
    assert merged(as_secretary, behind, *twice) == 302
    assert parted(as_secretary, twice[1]) == 302
    assert [stored(behind, pk) for pk in twice] == before
    assert merged(as_secretary, behind, *twice) == 302


def test_what_was_changed_in_the_meantime_stays_and_is_said(as_secretary, behind, twice):
    kept, gone = twice
    assert merged(as_secretary, behind, kept, gone) == 302
    with behind(), transaction():
        person = db.session.get_one(Person, kept)
        person.job, person.phones = "社区志愿者", [*person.phones, "13700007003"]
    answer = as_secretary.post(f"/people/part/{gone}", follow_redirects=True)
    assert "职业" in answer.get_data(as_text=True)
    found = stored(behind, kept)
    assert found["job"] == "社区志愿者"
    assert found["phones"] == ["13800007001", "13700007003"]


def test_a_merged_record_does_not_come_back_by_the_bin(as_secretary, behind, twice):
    assert merged(as_secretary, behind, *twice) == 302
    as_secretary.post(f"/people/restore/{twice[1]}")
    assert stored(behind, twice[1])["archived_at"] is not None


def test_both_keep_their_history_and_the_chain_is_whole(as_secretary, behind, twice):
    assert merged(as_secretary, behind, *twice) == 302
    with behind():
        acts = select(Entry.act).where(Entry.list == "people").order_by(Entry.id)
        of_each = [list(db.session.scalars(acts.where(Entry.row_id == pk))) for pk in twice]
    assert "merge" in of_each[0]
    assert "archive" in of_each[1]
    assert "并入" in as_secretary.page(f"/people/history/{twice[0]}")


@pytest.mark.parametrize("login", ["worker", "coordinator", "gridlead", "gridworker", "auditor", "volunteer"])
def test_only_who_may_archive_people_merges_them(as_person, behind, twice, login):
    kept, gone = twice
    visitor = as_person(login)
    assert visitor.get("/people/duplicates").status_code == 403
    assert merged(visitor, behind, kept, gone) == 403
    assert stored(behind, gone)["archived_at"] is None


def test_the_neighbour_finds_neither(as_neighbour, behind, twice):
    assert as_neighbour.get(f"/people/merge/{twice[0]}").status_code == 404
    assert merged(as_neighbour, behind, *twice) == 404
    assert "欧阳小敏" not in as_neighbour.page("/people/duplicates")


def test_nobody_is_merged_over_the_fence(as_secretary, as_neighbour, behind, twice):
    theirs = registered(as_neighbour, **FULLER)
    assert merged(as_secretary, behind, twice[0], theirs) == 422
    assert as_secretary.post(f"/people/apart/{twice[0]}", {"other": theirs}).status_code == 422


def test_a_program_finds_merges_and_parts_them(as_secretary, as_worker, behind, twice):
    program = Program(as_secretary.client)
    kept, gone = twice
    found = program.get(f"/api/v1/people/{kept}/likely").json["result"]["likely"]
    assert [one["id"] for one in found] == [gone]
    version = program.get(f"/api/v1/people/{kept}").json["result"]["version"]
    given = {"version": version, "other": gone, "take": "nonsense"}
    assert program.post(f"/api/v1/people/{kept}/move/merge", **given).status_code == 422
    assert program.post(f"/api/v1/people/{kept}/move/merge", **given | {"take": None}).status_code == 200
    assert stored(behind, gone)["merged_into_id"] == kept
    with behind():
        version = db.session.get_one(Person, gone).version
    answer = program.post(f"/api/v1/people/{gone}/move/part", version=version)
    assert answer.json["kept"] == []
    worker = Program(as_worker.client)
    assert worker.get(f"/api/v1/people/{kept}/likely").status_code == 403
    version = worker.get(f"/api/v1/people/{kept}").json["result"]["version"]
    given = {"version": version, "other": gone}
    assert worker.post(f"/api/v1/people/{kept}/move/merge", **given).status_code == 403


def test_erasing_somebody_erases_what_was_merged_into_them(as_secretary, behind, twice):
    assert merged(as_secretary, behind, *twice) == 302
    with behind():
        erasing.erase(twice[0], "本人要求")
    for pk in twice:
        found = stored(behind, pk)
        assert (found["name"], found["id_number"], found["phones"]) == ("已删除的居民", None, [])
    with behind():
        assert db.session.scalars(select(Merger.changes)).all() == [None]
    assert parted(as_secretary, twice[1]) == 409


def test_what_was_said_before_stands_sealed(as_secretary, behind, twice):
    assert merged(as_secretary, behind, *twice) == 302
    with behind():
        held = db.session.scalars(select(Merger)).one().__dict__["changes"]
    assert isinstance(held, Closed)


def test_every_relation_to_a_person_is_led_along(app):
    led = {(model.__tablename__, column) for model, _relation, column in merging.references()}
    apart = {("account_grant", "subject_id"), ("person", "merged_into_id")}
    names = {
        (table.name, column.name)
        for table in Person.metadata.tables.values()
        for column in table.columns
        for key in column.foreign_keys
        if key.column.table.name in ("party", "person") and not column.primary_key
    }
    own = {(table, column) for table, column in names if table in ("person_merger", "person_pair")}
    assert names - own - apart == led


TEXTS = st.one_of(st.none(), st.sampled_from(["教师", "医生", "司机"]))
PHONES = st.lists(st.sampled_from(["13800007001", "13800007002", "女儿 13900007002"]), unique=True, max_size=3)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.tuples(TEXTS, TEXTS), st.tuples(TEXTS, TEXTS), st.tuples(PHONES, PHONES), st.booleans())
def test_merging_and_parting_lose_nothing(app, jobs, units, phones, takes):
    with app.app_context(), acting(system("tests")):
        community = db.session.scalars(select(Person)).first().community
        pairs = zip(jobs, units, phones, strict=True)
        people = [
            Person(community=community, name="欧阳小敏", job=job, unit_name=unit, phones=[*numbers])
            for job, unit, numbers in pairs
        ]
        db.session.add_all(people)
        db.session.flush()
        before = [(one.job, one.unit_name, list(one.phones or []), one.archived_at) for one in people]
        kept, gone = people
        taken = merging.proposal(kept, gone).contradictions if takes else []
        merging.merge(kept, gone, taken)
        assert {*kept.phones} == {*phones[0], *phones[1]}
        assert kept.job == (gone.job if takes and gone.job else kept.job or gone.job)
        assert parting.part(gone) == []
        after = [(one.job, one.unit_name, list(one.phones or []), one.archived_at) for one in people]
        db.session.rollback()
    assert after == before
