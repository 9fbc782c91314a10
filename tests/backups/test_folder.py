"""Which backups stay, and who is told that one is missing."""

import os
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app import doctor
from app.backups import folder
from app.core import clock
from app.core.actor import acting, system
from app.jobs import service as jobs
from app.jobs.models import Outcome
from tests.backups.conftest import run

MOMENTS = st.lists(st.datetimes(datetime(2024, 1, 1), datetime(2027, 1, 1), timezones=st.just(UTC)), unique=True)  # noqa: DTZ001 - the strategy gives the zone
START = datetime(2025, 1, 1, 2, tzinfo=clock.SHANGHAI)


def month_of(moment):
    local = clock.local(moment)
    return local.year, local.month


def day_of(moment):
    return clock.local(moment).date()


@given(MOMENTS)
def test_the_newest_backup_always_stays_and_no_more_than_23_do(moments):
    stay = folder.kept(moments)
    assert stay <= set(moments)
    assert len(stay) <= 7 + 4 + 12
    assert not moments or max(moments) in stay


@given(MOMENTS)
def test_each_of_the_last_days_weeks_and_months_keeps_its_last_backup(moments):
    stay = folder.kept(moments)
    for most, period in ((7, day_of), (4, lambda one: day_of(one).isocalendar()[:2]), (12, month_of)):
        for wanted in sorted({period(one) for one in moments})[-most:]:
            assert max(one for one in moments if period(one) == wanted) in stay


@given(MOMENTS, st.randoms())
def test_order_does_not_matter_and_rotating_twice_removes_nothing_more(moments, chance):
    stay = folder.kept(moments)
    mixed = [*moments]
    chance.shuffle(mixed)
    assert folder.kept(mixed) == stay
    assert folder.kept(stay) == stay


@given(st.integers(370, 500), st.integers(1, 4))
@settings(max_examples=5, deadline=None)
def test_after_a_year_of_nights_the_last_of_each_month_is_still_there(days, a_day):
    there: set[datetime] = set()
    for number in range(days * a_day):
        there = folder.kept({*there, START + timedelta(days=number / a_day)})
    last = max(there)
    assert {month_of(one) for one in there} >= {month_of(last - timedelta(days=30 * back)) for back in range(11)}
    assert {day_of(one) for one in there} >= {day_of(last - timedelta(days=back)) for back in range(7)}


def test_what_is_no_backup_of_ours_is_left_alone(app):
    with app.app_context():
        where = folder.place()
        for name in ("sidan-20260101-020000.backup", "notes.txt", "sidan-99999999-999999.backup"):
            (where / name).touch()
        assert folder.rotate() == []
        assert {path.name for path in where.iterdir()} == {
            *("sidan-20260101-020000.backup", "notes.txt", "sidan-99999999-999999.backup")
        }


def test_what_a_power_cut_left_of_a_backup_goes_with_the_next_one(app, register):
    register()
    with app.app_context():
        left = folder.place() / "sidan-20260102-020000.backup.part"
        left.touch()
        assert run(app, "backup", "create").code == 0
        assert not left.exists()


def test_old_backups_go_at_night_and_the_new_one_is_there(app, register):
    register()
    with app.app_context():
        where = folder.place()
        for number in range(40):
            (where / folder.name_of(clock.now() - timedelta(days=number + 1))).touch()
        with acting(system("tests")):
            pk = jobs.ask("backup").id
            jobs.db.session.commit()
        assert jobs.execute(pk) is Outcome.DONE
        left = folder.backups()
    assert len(left) <= 23
    newest = next(iter(left.values()))
    assert newest.stat().st_size > 0
    if os.name != "nt":
        assert newest.stat().st_mode & 0o077 == 0


def test_an_admin_reads_which_backups_there_are_the_newest_first(app, register):
    assert "还没有备份" in run(app, "backup", "list").said
    register()
    assert run(app, "backup", "create").code == 0
    with app.app_context():
        where = folder.place()
    (where / "sidan-20250101-020000.backup").write_bytes(b"old")
    listed = run(app, "backup", "list")
    assert listed.code == 0
    newest, oldest = listed.said.strip().splitlines()
    assert oldest.split("\t") == ["sidan-20250101-020000.backup", "2025-01-01 02:00:00", "0.0 MB"]
    assert newest.endswith(" MB")


def test_a_folder_on_another_disk_is_used(app, register, tmp_path, monkeypatch):
    register()
    monkeypatch.setitem(app.config, "BACKUP_DIR", tmp_path / "disk")
    assert run(app, "backup", "create").code == 0
    assert len(list((tmp_path / "disk").glob("sidan-*.backup"))) == 1


def test_a_disk_without_room_is_said_and_leaves_no_half_backup(app, register, monkeypatch):
    register()
    monkeypatch.setattr("shutil.disk_usage", lambda _path: type("Usage", (), {"free": 10})())
    ran = run(app, "backup", "create")
    assert ran.refused()
    assert "MB" in ran.said
    with app.app_context():
        assert list(folder.place().iterdir()) == []


# -- reminders -----------------------------------------------------------------------------------------------------

MISSING = "两天没有备份"
DRILL = "本月还没有做过恢复演练"


def made(app, ago: timedelta) -> None:
    with app.app_context():
        (folder.place() / folder.name_of(clock.now() - ago)).touch()


def test_the_administrator_is_reminded_until_there_is_a_backup_and_a_drill(app, as_admin):
    page = as_admin.page("/")
    assert MISSING in page
    assert DRILL in page
    made(app, timedelta(hours=47))
    with app.app_context():
        folder.note_drill(Path("sidan-20260101-020000.backup"))
    page = as_admin.page("/")
    assert MISSING not in page
    assert DRILL not in page


@pytest.mark.parametrize(("hours", "late"), [(1, False), (48, False), (49, True)])
def test_two_days_without_a_backup_are_too_many(app, as_admin, hours, late):
    made(app, timedelta(hours=hours))
    assert (MISSING in as_admin.page("/")) is late


@pytest.mark.parametrize(("day", "due"), [(date(2026, 10, 31), True), (date(2026, 11, 1), False)])
def test_the_drill_is_due_anew_in_each_month_of_shanghai(app, as_admin, day, due):
    with app.app_context():
        clock.clock.fixed = clock.day_starts(day) + timedelta(minutes=1)
        folder.note_drill(Path("sidan-20260101-020000.backup"))
        clock.clock.fixed = clock.day_starts(date(2026, 11, 20))
        assert (not doctor.backups_are_tried_out(app).good) is due


def test_the_secretary_hears_of_a_missing_backup_and_others_of_nothing(as_secretary, as_worker, as_neighbour):
    assert MISSING in as_secretary.page("/")
    assert DRILL not in as_secretary.page("/")
    assert MISSING in as_neighbour.page("/")
    assert MISSING not in as_worker.page("/")


def test_doctor_says_the_same(app):
    said = run(app, "doctor").said
    red = [line for line in said.splitlines() if line.startswith("✗")]
    assert any("backup create" in line for line in red)
    assert any("backup verify" in line for line in red)
