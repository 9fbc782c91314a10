"""What `flask doctor` finds, for the administrator before the first Monday."""

import stat
import sys
from pathlib import Path

import pytest

from app import doctor
from app.accounts.models import Account
from app.core.actor import acting, system
from app.core.database import transaction
from app.extensions import db

HEALTHY = 13


@pytest.fixture
def ask(app):
    """Run the command and return its exit code and lines."""

    def run():
        result = app.test_cli_runner().invoke(args=["doctor"])
        return result.exit_code, result.output.splitlines()

    return run


def test_a_healthy_portal_shows_only_green(ask, app):
    Path(app.config["INSTANCE"]).chmod(0o700)
    code, lines = ask()
    assert code == 0, lines
    assert lines[-1] == f"{HEALTHY} 项正常，0 项不正常。"
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


def test_other_machines_must_come_encrypted(app, monkeypatch):
    monkeypatch.setitem(app.config, "HOST", "192.0.2.1")
    with app.app_context():
        found = doctor.strangers_are_kept_out(app)
    assert not found.good
    assert "SIDAN_BASE_URL" in str(found.advice)


def test_a_check_that_fails_itself_is_a_finding(app, monkeypatch):
    def broken(_app):
        raise OSError

    monkeypatch.setattr(doctor, "CHECKS", (broken,))
    with app.app_context():
        (found,) = doctor.findings(app)
    assert not found.good
