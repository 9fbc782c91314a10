"""Runs: planned once, made once, tried again with longer pauses, and nothing of a person kept."""

import threading
from datetime import timedelta

import pytest

from app.core import clock
from app.core.database import transaction
from app.extensions import db
from app.jobs import own, service
from app.jobs.models import JobRun, Outcome
from app.jobs.queue import Queue, queue, worker_is_alive

MORNING = "2026-11-23 06:30"


@pytest.fixture
def at(app):
    """Hold the clock at a Shanghai time."""

    def hold(text: str) -> None:
        clock.clock.fixed = clock.parse_local(text)

    return hold


def make_ready() -> list[Outcome | None]:
    return [service.execute(run_id) for run_id in service.ready()]


def later(minutes: float) -> None:
    clock.clock.fixed = clock.now() + timedelta(minutes=minutes)


def test_a_daily_job_is_planned_once_however_often_one_looks(work, runs, at):
    at("2026-11-23 06:31")
    for _time in range(3):
        service.plan()
        make_ready()
    assert [run.slot for run in runs()] == ["work@2026-11-22T22:30"]
    assert work.done == [()]
    assert work.actors == ["system:work"]


def test_a_worker_that_was_away_for_a_week_makes_up_for_the_last_time_only(work, runs, at):
    at("2026-11-16 07:00")
    service.plan()
    make_ready()
    at("2026-11-23 05:00")
    service.plan()
    make_ready()
    assert [run.planned_at for run in runs()] == [clock.parse_local(f"2026-11-{day} 06:30") for day in (15 + 1, 22)]
    assert len(work.done) == 2


def test_a_run_says_when_it_was_and_what_it_dealt_with(work, runs, at):
    at(MORNING)
    service.plan()
    assert make_ready() == [Outcome.DONE]
    (run,) = runs()
    assert (run.outcome, run.tries, run.counts, run.error) == (Outcome.DONE, 1, {"rows": 2, "nothing": 0}, None)
    assert run.started_at == run.ended_at == clock.now()


def test_a_run_that_fails_is_tried_again_with_longer_pauses_and_then_stays_failed(work, runs, at):
    at(MORNING)
    work.fails = 9
    service.plan()
    pauses = []
    while runs()[0].outcome is not Outcome.FAILED:
        assert make_ready()
        assert make_ready() == []
        pauses.append(runs()[0].due_at - clock.now())
        later(31)
    assert pauses[:3] == list(service.RETRIES)
    assert runs()[0].tries == 4
    assert work.done == []


def test_what_is_kept_of_an_error_is_its_type_alone(work, runs, at):
    at(MORNING)
    work.fails = 1
    service.plan()
    make_ready()
    (run,) = runs()
    assert run.error == "ValueError"
    later(1)
    assert make_ready() == [Outcome.DONE]
    assert (runs()[0].error, runs()[0].tries) == (None, 2)


def test_while_a_run_is_tried_again_the_next_one_waits(work, runs, at):
    at(MORNING)
    work.fails = 1
    service.plan()
    make_ready()
    at("2026-11-24 06:30")
    service.plan()
    assert len(runs()) == 1
    make_ready()
    service.plan()
    assert len(runs()) == 2


def test_two_workers_at_the_same_moment_make_a_run_once(app, work, runs):
    with transaction():
        run_id = service.ask("work").id
    together, found = threading.Barrier(2), []

    def worker():
        with app.app_context():
            together.wait()
            found.append(service.execute(run_id))

    threads = [threading.Thread(target=worker) for _number in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(found, key=str) == [None, Outcome.DONE] or found == [Outcome.DONE, None]
    assert work.done == [()]


def test_what_a_dead_worker_left_starts_again_and_what_always_kills_it_does_not(work, runs):
    with transaction():
        for _number in range(2):
            service.ask("work")
    first, second = (run.id for run in runs())
    with transaction():
        db.session.get_one(JobRun, first).outcome = Outcome.RUNNING
        db.session.get_one(JobRun, first).tries = 1
        db.session.get_one(JobRun, second).outcome = Outcome.RUNNING
        db.session.get_one(JobRun, second).tries = 4
    assert service.recover() == 1
    assert [run.outcome for run in runs()] == [Outcome.WAITING, Outcome.FAILED]
    assert runs()[1].error == "Killed"


def test_a_job_asked_for_a_row_gets_its_id_and_only_if_the_transaction_holds(work, runs):
    with transaction():
        service.ask("work", 42)
    assert not queue().is_empty
    make_ready()
    assert work.done == [(42,)]
    queue().huey.storage.flush_queue()
    service.ask("work", 43)
    db.session.rollback()
    assert len(runs()) == 1
    assert queue().is_empty


def test_the_queue_carries_nothing_but_the_number_of_the_run(work, runs):
    with transaction():
        run_id = service.ask("work", 42).id
    (message,) = queue().huey.storage.enqueued_items()
    assert bytes(message).startswith(b"[")
    assert f"[{run_id}]".encode() in bytes(message)
    assert b"work" not in bytes(message)


def test_what_is_saved_stays_saved_where_the_queue_cannot_be_reached(work, runs, monkeypatch):
    def broken(*_arguments):
        raise OSError

    monkeypatch.setattr(queue(), "task", broken)
    with transaction():
        service.ask("work")
    assert make_ready() == [Outcome.DONE]


def test_a_job_that_is_gone_fails_and_stops_nobody(work, runs):
    with transaction():
        service.ask("gone")
        service.ask("work")
    assert make_ready() == [Outcome.WAITING, Outcome.DONE]
    assert runs()[0].error == "LookupError"


def test_runs_are_kept_for_thirty_days(work, runs, at):
    at(MORNING)
    service.plan()
    make_ready()
    later(30 * 24 * 60 - 1)
    assert own.tidy()["runs"] == 0
    later(2)
    assert own.tidy()["runs"] == 1
    assert runs() == []


def test_the_queue_is_a_file_or_redis_and_where_it_cannot_be_reached_nobody_is_heard(app, work, monkeypatch):
    assert type(queue().huey.storage).__name__ == "SqliteStorage"
    pytest.importorskip("redis", reason="redis is not installed: requirements-district.txt")
    monkeypatch.setitem(app.config, "REDIS_URL", "redis://127.0.0.1:1/0")
    district = Queue(app)
    assert type(district.huey.storage).__name__ == "RedisStorage"
    queue().beat()
    assert worker_is_alive()
    monkeypatch.setitem(app.extensions, "sidan.jobs", district)
    assert not worker_is_alive()
    with transaction():
        service.ask("work")
    assert make_ready() == [Outcome.DONE]
