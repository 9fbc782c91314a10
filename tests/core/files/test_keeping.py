"""Contents on the disk: unreadable, in step with the rows whatever happens, and cleaned up after a crash."""

import os
import stat
import time
from contextlib import suppress
from datetime import timedelta
from io import BytesIO
from pathlib import Path

import pytest
from sqlalchemy import select

from app.core import clock, database, keyring
from app.core.access import Forbidden, OutOfScope
from app.core.files import service, vault
from app.core.files.models import Attachment
from app.core.moves import Refused
from app.extensions import db
from app.needs.models import Need
from tests.core.files.conftest import PDF, picture


def row_of(pk):
    return db.session.scalars(select(Need).where(Need.id == pk)).one()


def test_nothing_of_a_file_can_be_read_in_the_instance(app, register, given):
    secret = b"%PDF-1.7 the lonely people of building eight %%EOF"
    given(register(), data=secret, name="名单.pdf")
    kept = [path for path in Path(app.config["INSTANCE"]).rglob("*") if path.is_file()]
    assert any(vault.FOLDER in path.parts for path in kept)
    assert [path for path in kept if b"lonely people" in path.read_bytes()] == []


@pytest.mark.skipif(os.name == "nt", reason="Windows keeps no modes")
def test_files_are_closed_to_others_and_named_by_lot(register, given, contents):
    given(register(), name="楼道灯.jpg")
    assert len(contents()) == 2
    for path in contents():
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        assert path.parent.name == path.name[:2]
        assert set(path.name.removesuffix(service.THUMB)) <= set("0123456789abcdef")


def test_a_content_cannot_stand_in_for_another(as_secretary, register, given, contents):
    first, second = given(register(), data=PDF, name="一.pdf"), given(register(), data=PDF + b"%%EOF", name="二.pdf")
    one, other = contents()
    one.write_bytes(other.read_bytes())
    assert sorted(as_secretary.get(f"/files/{number}", buffered=True).status_code for number in (first, second)) == [
        200,
        404,
    ]


@pytest.mark.parametrize("harm", ["gone", "cut", "changed", "empty"])
def test_a_harmed_content_is_not_there_and_the_log_says_so(as_secretary, register, given, contents, caplog, harm):
    number = given(register(), data=PDF, name="一.pdf")
    (path,) = contents()
    whole = path.read_bytes()
    if harm == "gone":
        path.unlink()
    else:
        path.write_bytes({"cut": whole[:-3], "changed": whole[:-1] + b"\x00", "empty": b""}[harm])
    assert as_secretary.get(f"/files/{number}").status_code == 404
    assert any(record.name == "sidan.files" for record in caplog.records)


def test_a_rolled_back_transaction_leaves_no_content(acting_as, register, contents):
    pk = register()
    with acting_as("secretary"):
        with suppress(RuntimeError), database.transaction():
            service.attach(row_of(pk), BytesIO(picture()), "一.jpg")
            assert len(contents()) == 2
            raise RuntimeError
        assert contents() == []
        assert service.of(row_of(pk)) == []


def test_a_removal_that_is_rolled_back_keeps_the_content(acting_as, register, given, contents):
    pk = register()
    given(pk)
    with acting_as("secretary"):
        with suppress(RuntimeError), database.transaction():
            service.remove(service.of(row_of(pk))[0])
            db.session.flush()
            raise RuntimeError
        assert len(contents()) == 2
        assert service.content(service.of(row_of(pk))[0])


def test_a_full_disk_stores_nothing_and_says_so(as_secretary, register, kept, contents, monkeypatch):
    def full(*_about):
        raise OSError(28, "No space left on device")

    pk = register()
    monkeypatch.setattr(vault.os, "fsync", full)
    answer = as_secretary.post(f"/needs/attach/{pk}", {"photos": (BytesIO(picture()), "一.jpg")})
    monkeypatch.undo()
    assert answer.status_code == 503
    assert "磁盘" in answer.get_data(as_text=True)
    assert (kept(pk), contents()) == ([], [])
    assert as_secretary.post(f"/needs/attach/{pk}", {"photos": (BytesIO(picture()), "一.jpg")}).status_code == 302


def test_a_crash_between_content_and_commit_shows_nothing_and_is_swept(behind, acting_as, register, contents, kept):
    pk = register()
    with acting_as("secretary"):
        service.attach(row_of(pk), BytesIO(picture()), "一.jpg")
        # The process dies here: nothing is committed, nothing rolled back.
        db.session.info.pop(vault.TOUCHED)
        db.session.rollback()
    part = contents()[0].with_name("ab.part")
    part.write_bytes(b"half")
    assert kept(pk) == []
    with behind():
        assert service.faults().left_over == []
        grow_old(contents())
        assert len(service.sweep().left_over) == 3
    assert contents() == []


def grow_old(paths):
    then = time.time() - timedelta(days=2).total_seconds()
    for path in paths:
        os.utime(path, (then, then))


def test_the_sweep_keeps_what_belongs_to_rows_and_names_what_is_missing(behind, register, given, contents):
    whole, harmed = given(register()), given(register(), data=PDF, name="一.pdf")
    grow_old(contents())
    with behind():
        assert service.sweep() == service.Faults([], [])
        uid = db.session.get(Attachment, harmed).uid
        vault.path_of(uid).unlink()
        assert service.sweep() == service.Faults([], [harmed])
        assert {one.id for one in db.session.scalars(select(Attachment))} == {whole, harmed}


def test_what_waits_for_a_refused_form_goes_after_a_day(as_secretary, contents, behind):
    as_secretary.post("/needs/add", {"photos": (BytesIO(picture()), "一.jpg")})
    (path,) = contents()
    assert path.parent.name == vault.STAGED
    with behind():
        assert service.sweep().left_over == []
        grow_old(contents())
        assert service.sweep().left_over == [path]


def test_a_content_stays_readable_when_the_data_keys_are_replaced(as_secretary, register, given, monkeypatch):
    number = given(register())
    before = as_secretary.get(f"/files/{number}", buffered=True).data
    with as_secretary.client.application.app_context():
        other = keyring.Ring(keyring.ring().root, ["ab" * 32])
    monkeypatch.setattr(keyring.Keyring, "ring", lambda _self: other)
    assert as_secretary.get(f"/files/{number}", buffered=True).data == before


def test_a_content_under_a_key_that_is_not_here_is_no_error_of_ours(as_secretary, register, given, contents):
    number = given(register(), data=PDF, name="一.pdf")
    (path,) = contents()
    path.write_bytes(b"lost" + path.read_bytes()[len(vault.CURRENT) :])
    assert as_secretary.get(f"/files/{number}").status_code == 503


def test_below_the_pages_the_same_holds(acting_as, register, given, behind):
    pk, closed = register(), register()
    given(pk)
    with behind():
        row_of(closed).archived_at = clock.now()
        db.session.commit()
    with acting_as("auditor"), pytest.raises(Forbidden):
        service.attach(row_of(pk), BytesIO(picture()), "一.jpg")
    with acting_as("auditor"), pytest.raises(Forbidden):
        service.remove(service.of(row_of(pk))[0])
    with acting_as("secretary"), pytest.raises(Refused):
        service.attach(row_of(closed), BytesIO(picture()), "一.jpg")
    with acting_as("secretary"), pytest.raises(OutOfScope):
        service.attach(row_of(pk).community, BytesIO(picture()), "一.jpg")
