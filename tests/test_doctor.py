"""What `flask doctor` finds, for the administrator before the first Monday."""

import os
import re
import sqlite3
import stat
import sys
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from app import doctor, logs
from app.accounts.models import Account
from app.backups import folder, making
from app.core import clock, heads, keyring, page
from app.core.actor import acting, system
from app.core.database import transaction
from app.extensions import db


@pytest.fixture(autouse=True)
def _as_installed(stage, monkeypatch):
    monkeypatch.setattr(stage, "waits", True)


@pytest.fixture
def ask(app):
    """Run the command and return its exit code and lines."""

    def run():
        result = app.test_cli_runner().invoke(args=["doctor"])
        return result.exit_code, result.output.splitlines()

    return run


def test_a_healthy_portal_shows_only_green(ask, app):
    Path(app.config["INSTANCE"]).chmod(0o700)
    with app.app_context(), acting(system("tests")):
        backup = making.create().path
        folder.note_drill(backup)
    code, lines = ask()
    backup.unlink()
    assert code == 0, lines
    assert lines[-1] == f"{len(doctor.CHECKS)} 项正常，0 项不正常。"
    assert all(line.startswith("✓") for line in lines[:-1])


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no modes of files")
def test_an_open_folder_is_red_and_says_what_to_do(ask, app):
    folder = Path(app.config["INSTANCE"])
    before = stat.S_IMODE(folder.stat().st_mode)
    folder.chmod(0o755)
    try:
        code, lines = ask()
    finally:
        folder.chmod(before)
    assert code == 1
    assert any(line.startswith("✗") and "chmod 700" in line for line in lines)


def test_a_portal_nobody_administers_is_red(ask, app):
    with app.app_context(), acting(system("tests")), transaction():
        db.session.query(Account).filter_by(login="admin").update({"password_hash": None})
    code, lines = ask()
    assert code == 1
    assert any(line.startswith("✗") and "users reset-link" in line for line in lines)


def test_a_value_whose_key_is_missing_is_red(ask, app, register):
    pk = register(reporter_phone="13800001234")
    with app.app_context(), db.engine.begin() as connection:
        connection.execute(text("UPDATE need SET reporter_phone = 'ffffffff.AAAA' WHERE id = :pk"), {"pk": pk})
    code, lines = ask()
    assert code == 1
    assert any(line.startswith("✗") and "密钥" in line for line in lines)


def test_a_replacement_of_the_key_left_half_way_is_red(app, monkeypatch):
    with app.app_context():
        ring = keyring.ring()
        both = keyring.Ring(ring.root, ["b" * 64, *ring._keys.values()])
        monkeypatch.setattr(keyring.keyring(), "ring", lambda: both)
        found = doctor.keys_are_replaced_wholly(app)
    assert not found.good
    assert "keys rotate" in str(found.advice)


def test_other_machines_must_come_encrypted(app, monkeypatch):
    monkeypatch.setitem(app.config, "HOST", "192.0.2.1")
    with app.app_context():
        found = doctor.strangers_are_kept_out(app)
    assert not found.good
    assert "SIDAN_BASE_URL" in str(found.advice)


def look(app, check, **settings):
    """Make one check with settings of the operator."""
    kept = {name: app.config[name] for name in settings}
    app.config.update(settings)
    try:
        with app.app_context():
            return doctor._looked(check, app)
    finally:
        app.config.update(kept)


def test_each_line_that_is_red_says_what_to_do_in_chinese(ask, app, monkeypatch):
    def red(check):
        return lambda portal: replace(check(portal), good=False)

    monkeypatch.setattr(doctor, "CHECKS", tuple(red(check) for check in doctor.CHECKS))
    code, lines = ask()
    assert code == 1
    for line in lines[:-1]:
        what, _dash, advice = line.partition(" — ")
        assert re.search("[\u4e00-\u9fff]{2}", what), line
        assert re.search("[\u4e00-\u9fff]{2}", advice), line


def test_colour_is_only_for_a_terminal(app):
    run = app.test_cli_runner().invoke
    assert "\x1b[" not in run(args=["doctor"]).output
    assert "\x1b[32m✓" in run(args=["doctor"], color=True).output


def test_a_portal_others_reach_must_know_its_address_and_its_proxy(app):
    others = {"HOST": "192.0.2.1"}
    assert not look(app, doctor.address_is_known, **others).good
    assert look(app, doctor.address_is_known, BASE_URL="https://sidan.example", **others).good
    assert not look(app, doctor.proxy_is_counted, SESSION_COOKIE_SECURE=True, TRUST_PROXY=0).good
    assert look(app, doctor.proxy_is_counted, SESSION_COOKIE_SECURE=True, TRUST_PROXY=1).good


def test_sign_ins_that_last_all_day_are_red(app):
    assert look(app, doctor.sign_ins_end, SESSION_IDLE_SECONDS=1800).good
    assert not look(app, doctor.sign_ins_end, SESSION_IDLE_SECONDS=7200).good


def test_pages_without_their_headers_are_red(app, monkeypatch):
    assert look(app, doctor.headers_are_sent, BASE_URL="https://sidan.example").good
    monkeypatch.setattr(page, "HEADERS", page.HEADERS | {"X-Frame-Options": "SAMEORIGIN-NEVER"})
    monkeypatch.setitem(app.after_request_funcs, None, [])
    assert not look(app, doctor.headers_are_sent).good


def test_a_clock_that_runs_behind_history_is_red(app, register):
    register()
    clock.clock.fixed = clock.now() - timedelta(days=2)
    assert not look(app, doctor.clock_is_right).good


def test_logs_somebody_deleted_are_missed(app, register):
    register()
    clock.clock.fixed = clock.now() + timedelta(days=40)
    folder = Path(app.config["INSTANCE"]) / "logs"
    kept = [path.rename(path.with_suffix(".kept")) for path in folder.glob("sidan-*.log")]
    later = folder / f"sidan-{clock.today()}.log"
    later.touch()
    try:
        assert not look(app, doctor.log_reaches_back).good
        assert look(app, doctor.log_reaches_back, DEMO=True).good
    finally:
        later.unlink()
        for path in kept:
            path.rename(path.with_suffix(".log"))


def test_no_setting_keeps_logs_shorter_than_the_law_asks(tmp_path):
    assert logs.DailyFile(tmp_path, kept_days=1).kept_days == logs.LEAST_KEPT_DAYS == 184


def test_ends_of_history_that_are_ahead_of_the_database_are_red(app, register):
    register()
    with app.app_context():
        assert look(app, doctor.history_ends_where_it_should).good
        heads.write({1: (10_000, "f" * 64)})
        assert not look(app, doctor.history_ends_where_it_should).good


def test_a_damaged_database_is_red(app, register):
    register()
    with app.app_context():
        path = Path(db.engine.url.database)
        db.session.remove()
        db.engine.dispose()
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    spoilt = bytearray(path.read_bytes())
    spoilt[4096 * 3 : 4096 * 3 + 2000] = b"\xff" * 2000
    path.write_bytes(spoilt)
    assert not look(app, doctor.database_is_whole).good


if os.environ.get("SIDAN_TEST_DATABASE_URL"):
    # A server looks after its own files.
    del test_a_damaged_database_is_red


def test_a_check_that_fails_itself_is_a_finding(app, monkeypatch):
    def broken(_app):
        raise OSError

    monkeypatch.setattr(doctor, "CHECKS", (broken,))
    with app.app_context():
        (found,) = doctor.findings(app)
    assert not found.good
