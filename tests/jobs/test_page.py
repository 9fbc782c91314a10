"""The page and the commands of the jobs."""

import os
import time

import pytest

from app import doctor, instance
from app.core.database import transaction
from app.jobs import service, worker
from app.jobs.commands import jobs
from app.jobs.queue import queue


@pytest.fixture
def command(app):
    """Run `flask jobs …` and return its exit code and what it said."""

    def run(*words: str) -> tuple[int, str]:
        result = app.test_cli_runner().invoke(jobs, list(words))
        return result.exit_code, result.output

    return run


def test_the_secretary_sees_what_each_job_does_and_how_it_ended(as_secretary, work):
    with transaction():
        run_id = service.ask("work").id
    service.execute(run_id)
    page = as_secretary.page("/jobs/")
    for words in ("干活", "做一点事。", "每天 06:30", "完成", "条 2", "最近的运行"):
        assert words in page, words


@pytest.mark.parametrize(("login", "status"), [("admin", 200), ("secretary", 200), ("worker", 403), ("volunteer", 403)])
def test_the_page_is_for_who_looks_after_a_community(as_person, login, status):
    assert as_person(login).get("/jobs/").status_code == status


def test_the_page_says_when_nobody_works(as_secretary, work):
    queue().huey.storage.flush_results()
    assert "后台程序没有在运行" in as_secretary.page("/jobs/")
    queue().beat()
    assert "后台程序正在运行" in as_secretary.page("/jobs/")


def test_the_command_lists_each_job_with_its_last_and_next_run(command, work):
    code, said = command("list")
    assert code == 0
    assert "work  干活: 做一点事。" in said
    assert "什么时候: 每天 06:30" in said
    assert "上次运行" not in said
    command("run", "work")
    assert "结果: 完成 条 2" in command("list")[1]


def test_a_job_is_made_now_by_its_name(command, work, runs):
    assert command("run", "work") == (0, "干活: 完成 条 2\n")
    assert work.done == [()]
    work.fails = 1
    assert command("run", "work") == (1, "干活: 等待 ValueError\n")
    assert command("run", "nonsense")[0] == 1


def test_once_makes_all_that_is_due_and_ends(command, work):
    assert command("run", "--once") == (0, "")
    assert command("run", "--once") == (0, "")
    assert work.done == [()]


def test_there_is_one_worker_only(app, command, work):
    mine = worker.lock(app)
    mine.take("")
    try:
        code, said = command("run", "--once")
    finally:
        mine.close()
    assert code == 1
    assert said.startswith("这个门户的后台程序已经在运行（进程 ")


def test_doctor_is_red_where_the_portal_runs_without_its_worker(app, work):
    queue().huey.storage.flush_results()
    assert doctor.worker_runs(app).good
    lock = instance.Lock(app.config["INSTANCE"])
    lock.take("")
    try:
        assert doctor.worker_runs(app).good, "it is only starting"
        os.utime(lock.path, (time.time() - 300,) * 2)
        assert not doctor.worker_runs(app).good
        queue().beat()
        assert doctor.worker_runs(app).good
    finally:
        lock.close()
