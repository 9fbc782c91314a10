"""Erasing a person: everything personal goes so that nothing holds it any more, and what refers to them stays."""

import json
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from app.accounts.models import Account, Grant
from app.core import database, verifying
from app.core.actor import acting, system
from app.core.database import transaction
from app.core.history import Entry
from app.core.subject_keys import SubjectKey
from app.core.timeline import Step, add_step
from app.core.verifying import Fault
from app.extensions import db
from app.needs.models import Need
from app.parties.models import Party
from app.people import erasing
from app.people.choices import Consent
from app.people.models import Person
from app.registrations import service
from tests.people.somebody import (
    DOOR,
    ERASED,
    NAME,
    NUMBER,
    PHONE,
    REASON,
    SECRETS,
    WORKPLACE,
    acts,
    found,
    resident,
    run,
    volunteer,
)

__all__ = ["resident", "run", "volunteer"]


@pytest.fixture
def erase(run: Any) -> Any:
    def command(pk: int, *words: object) -> str:
        status, said = run("erase", pk, "--reason", REASON, "--yes", *words)
        assert status == 0, said
        return str(said)

    return command


def broken(app: Flask) -> list[Any]:
    """Return what is wrong with history."""
    with app.app_context(), acting(system("tests")):
        walked = [one.finding for one in verifying.verify(db.session.connection())]
        db.session.rollback()
    return [finding for finding in walked if finding is not None]


def bytes_of_the_database(app: Flask) -> bytes:
    with app.app_context():
        db.session.remove()
        db.engine.dispose()
    folder = Path(app.config["INSTANCE"])
    return b"".join(path.read_bytes() for path in folder.glob("sidan.db*"))


def spellings(text: str) -> set[bytes]:
    """Return how a text may stand in a file: as it is, in JSON, in UTF-16."""
    return {text.encode(), json.dumps(text)[1:-1].encode(), text.encode("utf-16-le")}


def on_sqlite(app: Flask) -> bool:
    with app.app_context():
        return db.engine.dialect.name == "sqlite"


def test_everything_personal_goes_and_the_proof_of_consent_stays(erase, behind, resident):
    said = erase(resident)
    assert "个人信息已删除" in said
    row = found(behind, resident)
    assert (row.name, row.party, row.archive_reason) == (ERASED, ERASED, REASON)
    assert row.archived_at is not None
    gone = (row.id_number, row.id_number_index, row.door, row.birth, row.sex, row.phone_tails, row.phones_index)
    assert set(gone) == {None}
    assert (row.unit_name, row.household_no, row.remark, row.phones, row.tags) == (None, None, None, [], [])
    assert (row.consent, row.consent_version) == (Consent.WRITTEN, "2026-01")


def test_no_column_is_forgotten_whatever_is_added_later(erase, behind, resident):
    erase(resident)
    with behind():
        row = db.session.get_one(Person, resident)
        left = {one.key for one in Person.__mapper__.column_attrs if getattr(row, one.key) not in (None, [])}
    record = {"id", "uid", "version", "created_at", "changed_at", "created_by_id", "archived_at", "archive_reason"}
    assert left <= record | {"community_id", "name", "sought", "appointed"} | erasing.KEPT


def test_history_no_longer_tells_it_and_is_whole(app, erase, as_secretary, behind, resident):
    erase(resident)
    assert broken(app) == []
    page = as_secretary.page(f"/people/show/{resident}")
    assert all(secret not in page for secret in (NAME, WORKPLACE, DOOR, PHONE[:3] + "****"))
    assert "个人信息已删除" in page
    assert acts(behind, resident)[-1] == "erased"
    with behind():
        assert db.session.get(SubjectKey, found(behind, resident).uid) is None
        told = "".join(db.session.scalars(select(Entry.changes).where(Entry.row_id == resident)))
    assert all(secret not in told for secret in SECRETS)


def test_no_page_of_the_database_holds_it_any_more(app, erase, as_secretary, behind, resident):
    if not on_sqlite(app):
        return
    form = {"login": "ouyangxm", "name": NAME, "phone": "13900008001"}
    assert as_secretary.post("/users/add", form).status_code == 302
    with behind(), transaction():
        person, account = (db.session.scalars(select(model).filter_by(name=NAME)).one() for model in (Person, Account))
        person.account = account
    before = bytes_of_the_database(app)
    assert all(any(one in before for one in spellings(secret)) for secret in (NAME, "ouyangxm", WORKPLACE))
    assert "账号已停用" in erase(resident)
    after = bytes_of_the_database(app)
    for secret in (*SECRETS, "ouyangxm", "13900008001"):
        assert not any(one in after for one in spellings(secret)), secret
    assert broken(app) == []


def test_a_volunteer_loses_the_way_in_and_what_they_did_stays(app, erase, as_volunteer, behind, volunteer):
    assert "账号已停用" in erase(volunteer)
    assert as_volunteer.get("/people/list/").status_code in {302, 401}
    with behind():
        person = db.session.get_one(Person, volunteer)
        account = person.account
        assert (account.name, account.active, account.phone, account.password_hash) == (ERASED, False, None, None)
        assert account.login == f"erased-{account.id}"
        assert all(one.archived_at for one in db.session.scalars(select(Grant).filter_by(account_id=account.id)))
        assert str(db.session.get_one(Party, volunteer)) == ERASED
    assert broken(app) == []


def test_who_works_elsewhere_too_keeps_the_account_and_loses_only_the_roles_here(erase, behind, volunteer):
    with behind(), transaction():
        account = db.session.scalars(select(Account).filter_by(login="volunteer")).one()
        theirs = db.session.scalars(select(Person.community_id).where(Person.name == "林小满")).one()
        db.session.add(Person(community_id=theirs, name="张海燕", account=account))
    assert "账号还在别处使用" in erase(volunteer)
    with behind():
        account = db.session.scalars(select(Account).filter_by(login="volunteer")).one()
        assert (account.name, account.active) == ("张海燕", True)
        assert db.session.get_one(Person, volunteer).account_id is None
        assert [one for one in account.grants if one.holds()] == []


def test_the_neighbours_record_of_the_same_person_stays(app, erase, behind, volunteer):
    erase(volunteer)
    with behind():
        assert db.session.scalars(select(Person).filter_by(name="林小满")).one().archived_at is None


def test_everybody_reads_that_somebody_was_erased(erase, as_person, resident, behind, acting_as):
    erase(resident)
    with acting_as("coordinator"):
        assert str(db.session.get_one(Party, resident)) == ERASED


def test_a_crash_between_the_two_halves_is_mended_by_the_same_command(app, run, erase, behind, volunteer, monkeypatch):
    def crash(pk: int) -> bool:
        raise RuntimeError("power cut")

    with monkeypatch.context() as half:
        half.setattr(erasing, "_forget", crash)
        assert run("erase", volunteer, "--reason", REASON, "--yes")[0] != 0
    with behind():
        person = db.session.get_one(Person, volunteer)
        uids = {person.uid, person.account.uid}
        assert set(db.session.scalars(select(SubjectKey.row_uid).where(SubjectKey.row_uid.in_(uids)))) == uids
    assert "个人信息已删除" in erase(volunteer)
    with behind():
        assert not db.session.scalars(select(SubjectKey.row_uid).where(SubjectKey.row_uid.in_(uids))).all()
    assert "以前已经删除" in erase(volunteer)
    assert acts(behind, volunteer).count("erased") == 1
    assert broken(app) == []


def test_while_the_database_is_in_use_it_says_that_traces_may_be_left(app, erase, resident, monkeypatch):
    with monkeypatch.context() as busy:
        busy.setattr(database, "rewrite", lambda *tables: False)
        assert "请稍后再执行一次同样的命令" in erase(resident)
    assert "请稍后再执行" not in erase(resident)


def test_who_types_another_name_erases_nobody(run, behind, resident):
    status, said = run("erase", resident, "--reason", REASON, typed="欧阳小明\n")
    assert (status != 0, "没有删除" in said) == (True, True)
    assert run("erase", resident, "--reason", REASON, typed="")[0] != 0
    assert found(behind, resident).name == NAME
    assert run("erase", resident, "--reason", REASON, typed=f"{NAME}\n")[0] == 0
    assert found(behind, resident).name == ERASED


@pytest.mark.parametrize("reason", ["", f"{NAME}来申请", f"本人用{PHONE}来电", f"证件{NUMBER}", "长" * 201])
def test_the_reason_stays_and_so_says_nothing_of_the_person(run, behind, resident, reason):
    status, said = run("erase", resident, "--reason", reason, "--yes")
    assert status != 0
    assert "Traceback" not in said
    assert found(behind, resident).name == NAME


@pytest.mark.parametrize("login", ["worker", "gridlead", "volunteer", "auditor", "admin"])
def test_only_the_secretary_erases(run, behind, resident, login):
    assert run("erase", resident, "--reason", REASON, "--yes", "--as", login, code=None)[0] != 0
    assert found(behind, resident).name == NAME
    assert run("erase", resident, "--reason", REASON, "--yes", "--as", "secretary", code=None)[0] == 0


def test_what_was_written_in_words_is_named_for_somebody_to_look(erase, register, resident):
    told = register(title=f"{NAME}家的灯坏了")
    called = register(title="楼道堆物", reporter_phone=PHONE)
    other = register(title="路灯不亮")
    said = erase(resident)
    assert f"群众需求清单 #{told}" in said
    assert f"群众需求清单 #{called}" in said
    assert f"#{other}" not in said.replace(f"#{told}", "").replace(f"#{called}", "")


def planned(app: Flask, register: Any, name: str) -> tuple[int, int]:
    """Return a need whose plan names somebody as in charge, and the step that says so."""
    need = register(title="路灯不亮")
    with app.app_context(), acting(system("tests")), transaction():
        row = db.session.get_one(Need, need)
        step = add_step(db.session(), row, "plan", None, None, in_charge=name)
        db.session.flush()
        return need, step.id


def test_a_step_that_names_them_names_nobody_and_history_stays_whole(
    app, erase, as_secretary, register, volunteer, behind
):
    need, step = planned(app, register, "张海燕")
    assert "张海燕" in as_secretary.page(f"/needs/show/{need}")
    assert f"#{need}" not in erase(volunteer)
    with behind():
        assert db.session.get_one(Step, step).said == {"in_charge": ERASED}
    page = as_secretary.page(f"/needs/show/{need}")
    assert "张海燕" not in page
    assert ERASED in page
    assert broken(app) == []


def test_what_a_member_wrote_who_reported_in_twice_goes_from_the_timeline(app, erase, resident, behind):
    with behind(), transaction():
        community = db.session.get_one(Person, resident).community
        for form in ("first", "second"):
            who = {"name": NAME, "phone": PHONE, "id_number": NUMBER}
            wrote = {"unit": "市农机站", "skills": "口琴"}
            service.report_by_poster(community, who, form, form, **wrote)
    erase(resident)
    with behind():
        said = db.session.scalars(select(Step).filter_by(list="members", move=service.AGAIN)).one().said
    assert said == {"form": "second", "number": "second", "unit": "市农机站", "skills": ERASED}
    assert broken(app) == []


def test_a_step_tampered_with_before_is_still_found(app, erase, register, volunteer, behind):
    _need, step = planned(app, register, "李国强")
    with behind(), transaction():
        db.session.get_one(Step, step).said = {"in_charge": "张海燕"}
    erase(volunteer)
    assert [one.fault for one in broken(app)] == [Fault.STEP]


def test_a_renamed_step_tampered_with_later_is_found(app, erase, register, volunteer, behind):
    _need, step = planned(app, register, "张海燕")
    erase(volunteer)
    with behind(), transaction():
        db.session.get_one(Step, step).said = {"in_charge": "李国强"}
    assert [one.fault for one in broken(app)] == [Fault.STEP]


def test_the_step_of_a_namesake_stays_and_is_named(app, erase, register, volunteer, behind):
    with behind(), transaction():
        ours = db.session.get_one(Person, volunteer).community_id
        db.session.add(Person(community_id=ours, name="张海燕"))
    need, step = planned(app, register, "张海燕")
    assert f"#{need}" in erase(volunteer)
    with behind():
        assert db.session.get_one(Step, step).said == {"in_charge": "张海燕"}


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--community", "nowhere"), "没有代码为“nowhere”的社区"),
        (("--as", "newone"), "没有账号“newone”"),
        ((), "--community"),
    ],
)
def test_a_wrong_command_says_what_to_do(run, resident, words, said):
    status, told = run("export", resident, *words, code=None)
    assert status != 0
    assert said in told


def test_the_actor_of_the_command_is_written_down(erase, behind, resident):
    erase(resident, "--as", "secretary")
    with behind():
        by = db.session.scalars(select(Entry).filter_by(act="erased", row_id=resident)).one()
        secretary = db.session.scalars(select(Account.id).filter_by(login="secretary")).one()
        assert (by.actor_id, by.roles) == (secretary, "Secretary")
