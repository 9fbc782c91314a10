"""The machine in the office burnt down: from a backup and the keys everything is there again, or nothing is touched."""

import shutil
import threading
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select, text

from app import instance
from app.backups import folder, loading, making, restoring, rows, tables
from app.backups.pieces import BadBackup, Writer
from app.core import clock, database, heads, revisions, verifying
from app.core.actor import Actor, Held, acting, system
from app.core.files import service, vault
from app.core.files.models import Attachment
from app.core.history import Entry
from app.extensions import db
from app.needs.models import Need
from app.roles import Role
from tests.backups.conftest import PHONE, contents, run, sums


def titles(app: Flask) -> list[str]:
    with app.app_context(), acting(system("tests")):
        return sorted(db.session.scalars(select(Need.title)))


def is_whole(app: Flask) -> bool:
    with app.app_context(), acting(system("tests")), database.reading():
        found = all(one.finding is None for one in verifying.verify(db.session.connection()))
        return found and not service.faults().missing


def test_rows_files_and_history_are_the_same_on_a_new_machine(app, backup, new_machine):
    before, bytes_before = sums(app), contents(app)
    with app.app_context(), db.engine.connect() as connection:
        entries = connection.execute(select(Entry.chain, Entry.seq, Entry.hash).order_by(Entry.id)).all()
    new = new_machine()
    ran = run(new, "backup", "restore", backup)
    assert ran.code == 0, ran.said
    assert sums(new) == before
    assert contents(new) == bytes_before
    assert len(bytes_before) == 4
    assert is_whole(new)
    with new.app_context(), db.engine.connect() as connection:
        found = connection.execute(select(Entry.chain, Entry.seq, Entry.hash).order_by(Entry.id)).all()
    # The entry of the backup itself came after what it saw.
    assert found[:-1] == entries[:-1]
    assert run(new, "audit", "verify").code == 0


def test_people_go_on_where_they_stopped(app, backup, new_machine):
    new = new_machine()
    run(new, "backup", "restore", backup)
    with new.app_context(), acting(system("tests")), database.transaction():
        row = db.session.scalars(select(Need).order_by(Need.id)).first()
        assert row.reporter_phone == PHONE
        row.title = "楼道灯换了"
        highest = db.session.scalar(select(func.max(Entry.id)))
    assert is_whole(new)
    with new.app_context(), acting(system("tests")):
        assert db.session.scalar(select(func.max(Entry.id))) > highest


def test_there_too_a_need_is_found_by_any_part_of_its_words(app, backup, new_machine):
    new = new_machine()
    run(new, "backup", "restore", backup)
    with new.app_context():
        with acting(system("tests")):
            home = db.session.scalars(select(Need.community_id)).first()
        with acting(Actor("somebody", 7, (Held(Role.SECRETARY, home),))):
            found = db.session.scalars(select(Need.title).where(Need.holding("道灯2"))).all()
    assert found == ["楼道灯2"]


def test_history_cannot_be_changed_there_either(backup, new_machine):
    new = new_machine()
    run(new, "backup", "restore", backup)
    with new.app_context(), db.engine.connect() as connection, pytest.raises(Exception, match="history is only added"):
        connection.execute(text("UPDATE history SET act = 'x'"))


def test_the_drill_says_that_all_is_well_and_changes_nothing(app, backup):
    before = sums(app)
    ran = run(app, "backup", "verify")
    assert ran.code == 0, ran.said
    assert "备份完好" in ran.said
    assert sums(app) == before
    with app.app_context():
        assert folder.last_drill() is not None
    assert list(Path(app.config["INSTANCE"]).glob(".restore-*")) == []


def test_a_backup_made_while_people_write_is_whole_and_hinders_nobody(app, filled, register):
    stop, failed, written = threading.Event(), [], []

    def work() -> None:
        while not stop.is_set():
            try:
                register(title=f"边写边备{len(written)}")
                written.append(1)
            except Exception as error:  # noqa: BLE001 - whatever hindered the writer
                failed.append(error)

    writer = threading.Thread(target=work)
    writer.start()
    try:
        made = [run(app, "backup", "create") for _turn in range(2)]
    finally:
        stop.set()
        writer.join()
    assert [one.code for one in made] == [0, 0], made
    assert failed == []
    assert written
    assert run(app, "backup", "verify").code == 0
    assert sum(title.startswith("边写边备") for title in titles(app)) == len(written)


def test_nothing_of_a_resident_can_be_read_in_a_backup(backup):
    found = backup.read_bytes()
    for secret in (PHONE, "张三丰", "楼道灯", "reporter_phone"):
        assert secret.encode() not in found


# -- what is wrong with a file -------------------------------------------------------------------------------------


def refuses(app: Flask, path: Path) -> bool:
    """Tell whether trial and restoring both refuse a file with one sentence."""
    return run(app, "backup", "verify", path).refused() and run(app, "backup", "restore", path, "--replace").refused()


@given(share=st.floats(0, 1, exclude_max=True), bit=st.integers(0, 7))
@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_one_changed_bit_anywhere_is_found_and_nothing_changes(app, backup, tmp_path, share, bit):
    spoilt = bytearray(backup.read_bytes())
    spoilt[int(len(spoilt) * share)] ^= 1 << bit
    path = tmp_path / "spoilt.backup"
    path.write_bytes(spoilt)
    before = sums(app)
    assert refuses(app, path)
    assert sums(app) == before


def test_no_bit_of_the_beginning_can_be_changed(app, backup, tmp_path):
    whole, path = backup.read_bytes(), tmp_path / "spoilt.backup"
    with app.test_request_context("/"):
        for place in range(280):
            spoilt = bytearray(whole)
            spoilt[place] ^= 1 << place % 8
            path.write_bytes(spoilt)
            with pytest.raises(BadBackup), loading.opened(path):
                pass


@pytest.mark.parametrize("share", [0.0, 0.001, 0.5, 0.999])
def test_a_backup_that_was_cut_off_is_refused(app, backup, tmp_path, share):
    path = tmp_path / "cut.backup"
    path.write_bytes(backup.read_bytes()[: int(backup.stat().st_size * share)])
    assert refuses(app, path)


def test_what_was_added_at_the_end_is_found(app, backup, tmp_path):
    path = tmp_path / "longer.backup"
    path.write_bytes(backup.read_bytes() + b"\0")
    assert refuses(app, path)


def test_without_its_keys_a_backup_is_useless_and_says_which_keys_it_wants(backup, new_machine):
    new = new_machine(keys=False)
    ran = run(new, "backup", "restore", backup)
    assert ran.refused()
    assert "密钥" in ran.said
    with new.app_context(), db.engine.connect() as connection:
        assert not tables.there(connection)


def test_the_keys_may_be_put_there_after_a_first_try_without_them(app, backup, new_machine):
    new = new_machine(keys=False)
    where = Path(new.config["INSTANCE"]) / "keys"
    shutil.rmtree(where)
    shutil.copytree(Path(app.config["INSTANCE"]) / "keys", where)
    # What the next start finds.
    (where / "data-0001.key").rename(where / "data-0007.key")
    again = dict(new.config) | {"DATA_KEY": None, "SECRET_KEY": None}
    if new.config["SQLALCHEMY_DATABASE_URI"].startswith("sqlite"):
        instance.complete(again)
        assert (where.parent / instance.INSTALLED).read_text() == "data-0007.key"


def test_a_photo_that_is_lost_is_found_in_the_drill(app, filled):
    with app.app_context():
        vault.path_of(filled[0]).unlink()
    assert "1 个文件在备份时已经缺失" in run(app, "backup", "create").said
    ran = run(app, "backup", "verify")
    assert ran.code == 1
    assert "1 个文件缺失或损坏" in ran.said
    with app.app_context():
        assert folder.last_drill() is None


def test_a_row_that_was_lost_on_the_way_is_found(app, filled, monkeypatch, new_machine):
    whole = rows.read

    def losing(connection: Any, shape: rows.Shape) -> Any:
        found = whole(connection, shape)
        if shape.name == "need":
            next(found)
        return found

    with monkeypatch.context() as bad:
        bad.setattr(rows, "read", losing)
        run(app, "backup", "create")
    ran = run(app, "backup", "verify")
    assert ran.code == 1
    assert "need" in ran.said
    with app.app_context():
        path = next(iter(folder.backups().values()))
    new = new_machine()
    assert run(new, "backup", "restore", path).refused()
    assert run(new, "backup", "restore", path, "--anyway").code == 0
    assert len(titles(new)) == 3


def test_a_row_that_came_out_another_is_found(app, filled, monkeypatch):
    plain = rows._plain
    with monkeypatch.context() as bad:
        bad.setattr(rows.Sum, "value", "0" * 64)
        run(app, "backup", "create")
    assert rows._plain is plain
    ran = run(app, "backup", "verify")
    assert ran.code == 1
    assert "不是备份时的内容" in ran.said


def test_history_that_was_tampered_with_before_is_found_in_the_drill(app, filled):
    with app.app_context(), db.engine.begin() as connection, tables.unguarded(connection):
        connection.execute(text("UPDATE history SET act = 'forged' WHERE id = (SELECT max(id) FROM history)"))
    run(app, "backup", "create")
    ran = run(app, "backup", "verify")
    assert ran.code == 1
    assert "变更记录" in ran.said


# -- where it goes -------------------------------------------------------------------------------------------------


def test_data_that_are_there_are_put_aside_only_when_somebody_says_so(app, backup, new_machine, register):
    new = new_machine()
    run(new, "backup", "restore", backup)
    with new.app_context(), acting(system("tests")), database.transaction():
        db.session.scalars(select(Need)).first().title = "后来改的"
    assert run(new, "backup", "restore", backup).refused()
    assert "后来改的" in titles(new)
    assert run(new, "backup", "restore", backup, "--replace").code == 0
    assert "后来改的" not in titles(new)
    assert titles(new) == titles(app)
    aside = list(Path(new.config["INSTANCE"]).glob("before-restore-*"))
    assert len(aside) == 1
    assert (aside[0] / vault.FOLDER).is_dir()


def test_a_failure_at_the_last_moment_leaves_everything_as_it_was(app, backup, monkeypatch):
    before, kept = sums(app), contents(app)

    def full(self: Any) -> None:
        raise OSError(28, "No space left on device", "sidan.db")

    monkeypatch.setattr(restoring._Swap, "_database", full)
    assert run(app, "backup", "restore", backup, "--replace").refused()
    assert sums(app) == before
    assert contents(app) == kept


def test_nothing_is_put_back_while_the_portal_runs(app, backup):
    with closing(instance.Lock(Path(app.config["INSTANCE"]))) as lock:
        lock.take("http://127.0.0.1:8080")
        ran = run(app, "backup", "restore", backup, "--replace")
    assert ran.refused()
    assert "已经在运行" in ran.said


def test_a_backup_of_a_newer_version_is_refused(app, backup, monkeypatch):
    monkeypatch.setattr(revisions, "steps", lambda: ())
    ran = run(app, "backup", "verify")
    assert ran.refused()
    assert "更新" in ran.said


def test_a_backup_of_an_older_version_is_brought_up_to_this_one(app, tmp_path):
    path = tmp_path / "older.backup"
    with app.app_context(), acting(system("tests")):
        with loading.beside(tmp_path / "older.db") as connection:
            tables.bring_to(connection, "0031")
            with path.open("wb") as file:
                making.put_all(connection, Writer(file, clock.now()), clock.now(), {})
        place = tmp_path / "place"
        place.mkdir()
        with loading.opened(path) as older, loading.beside(place / "new.db") as connection:
            assert older.manifest["version"] == "0031"
            loaded = loading.load(older, connection, place)
            assert revisions.of(connection) == revisions.newest()
    assert loaded.complaints == []


def test_a_backup_is_not_made_of_a_database_of_another_version(app, monkeypatch):
    monkeypatch.setattr(revisions, "newest", lambda: "9999")
    ran = run(app, "backup", "create")
    assert ran.refused()
    assert "db upgrade" in ran.said


# -- what is deleted meanwhile -------------------------------------------------------------------------------------


def test_a_photo_deleted_while_a_backup_is_made_goes_after_it(app, filled, acting_as):
    def remove() -> None:
        with acting_as("secretary"), database.transaction():
            service.remove(db.session.scalars(select(Attachment).where(Attachment.uid == filled[0])).one())

    with app.app_context():
        path = vault.path_of(filled[0])
        with closing(making.locked()):
            remove()
            assert path.exists()
            clock.clock.fixed = clock.now() + timedelta(days=2)
            with acting(system("tests")):
                assert service.sweep().left_over == []
            assert path.exists()
        with acting(system("tests")):
            service.sweep()
        assert not path.exists()


def test_ends_of_history_written_while_a_backup_is_made_do_not_spoil_it(app, filled, register, monkeypatch):
    whole = making.put_all

    def later(*given: Any) -> Any:
        register(title="备份中途登记的")
        with app.app_context(), database.reading(), db.engine.connect() as connection:
            heads.write(heads.ends_of(connection))
        return whole(*given)

    with monkeypatch.context() as meanwhile:
        meanwhile.setattr(making, "put_all", later)
        assert run(app, "backup", "create").code == 0
    ran = run(app, "backup", "verify")
    assert ran.code == 0, ran.said


def test_rows_that_hold_whole_files_are_taken_one_by_one(app):
    with app.app_context(), database.reading(), db.engine.connect() as connection:
        shapes = {shape.name: shape for shape in rows.shapes(connection)}
    assert shapes["import_part"].at_once == 1
    assert shapes["need"].at_once == rows.AT_ONCE


def test_two_backups_at_once_are_one(app, filled):
    with app.app_context(), closing(making.locked()):
        assert run(app, "backup", "create").refused()
