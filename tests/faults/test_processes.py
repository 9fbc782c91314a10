"""Several processes serve one portal: whatever one of them did holds in all of them at once (R2)."""

import re
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Final

import pytest
from sqlalchemy import func, select

import config
from app.accounts import service as accounts
from app.accounts.models import Account, Grant
from app.communities.models import Community
from app.core.database import transaction
from app.extensions import db
from app.jobs.models import JobRun, Outcome
from tests.faults.cluster import Cluster
from tests.faults.house import WRITERS, Caller, House
from tests.faults.processes import GUNICORN, Crew, crew_at
from tests.program import PATIENCE, surroundings

pytestmark = pytest.mark.faults
pytest.importorskip("gunicorn", reason="gunicorn is not installed: requirements-district.txt")

OPEN: Final = re.compile(r'quick=open"[^>]*>[^<]*<b[^>]*>(\d+)</b>')
"""How many needs are open, as the list says above its rows."""
RELOADS: Final = 3


@pytest.fixture(scope="module")
def shared(cluster: Cluster, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """One house on PostgreSQL for all of these tests."""
    made = House(tmp_path_factory.mktemp("district"), cluster.url)
    yield made
    made.close()


@pytest.fixture(scope="module")
def crew(shared: House) -> Iterator[Crew]:
    """Three processes that serve it."""
    with crew_at(shared) as made:
        yield made


def statuses(crew: Crew, caller: Caller, address: str) -> set[int]:
    """Return how the processes answer."""
    return set(crew.everywhere(lambda: caller.twin().call("GET", address)[0]))


def command(house: House, *words: str) -> subprocess.Popen[bytes]:
    """Start a command of the house."""
    url = str(house.stage.app.config["SQLALCHEMY_DATABASE_URI"])
    around = surroundings(SIDAN_INSTANCE=str(house.folder), SIDAN_DATABASE_URL=url)
    line = [sys.executable, "-m", "flask", "--app", "app", *words]
    return subprocess.Popen(line, cwd=config.ROOT, env=around, stdin=subprocess.PIPE, stderr=subprocess.PIPE)


def test_who_signs_in_at_one_process_is_known_to_all_and_who_leaves_is_gone_from_all(crew: Crew):
    worker = Caller(crew.port).sign_in("worker")
    copied = worker.twin()
    assert statuses(crew, worker, "/needs/list/") == {200}
    assert worker.call("POST", "/logout/", {})[0] == 302
    assert statuses(crew, copied, "/needs/list/") == {302}


def test_a_role_taken_back_is_gone_from_every_process_at_the_next_request(crew: Crew, shared: House):
    volunteer = Caller(crew.port).sign_in("volunteer")
    assert statuses(crew, volunteer, "/needs/list/") == {200}
    with shared.inside(), transaction():
        for grant in db.session.scalars(select(Grant).join(Grant.account).where(Account.login == "volunteer")):
            accounts.end_grant(grant, "不再担任")
    assert statuses(crew, volunteer, "/needs/list/") == {302}
    again = Caller(crew.port).sign_in("volunteer")
    assert statuses(crew, again, "/needs/list/") == {403}


def test_a_guesser_has_five_tries_over_all_processes(crew: Crew):
    strangers = [Caller(crew.port) for _one in range(24)]
    for stranger in strangers:
        stranger.token = stranger._token("/login/")

    def guess(number: int) -> int:
        form = {"username": "gridlead", "password": f"no-such-word-{number}"}
        return strangers[number].call("POST", "/login/", form)[0]

    with ThreadPoolExecutor(len(strangers)) as pool:
        answers = Counter(pool.map(guess, range(len(strangers))))
    assert answers.keys() <= {401, 429}
    assert answers[401] == 5


def test_a_setting_the_secretary_changes_holds_in_every_process(crew: Crew, shared: House):
    with shared.inside():
        community = db.session.scalars(select(Community).filter_by(code="wjb")).one()
        pk, version = community.id, community.version
    secretary = Caller(crew.port).sign_in("secretary")
    form = {"name": "武江北社区", "hold_days": "11", "version": str(version)}
    before = crew.everywhere(lambda: "11" in shown(secretary, pk))
    assert not any(before)
    assert secretary.call("POST", f"/communities/edit/{pk}", form)[0] == 302
    assert all(crew.everywhere(lambda: "11" in shown(secretary, pk)))


def shown(caller: Caller, pk: int) -> str:
    """Return what the page of the community says of the longest time on hold."""
    found = re.search(
        r"挂起[^<]*</dt>\s*<dd[^>]*>(.*?)</dd>", caller.twin().call("GET", f"/communities/show/{pk}")[1], re.DOTALL
    )
    return found[1] if found else ""


def test_what_waits_is_counted_anew_in_every_process_after_one_has_written(crew: Crew):
    secretary = Caller(crew.port).sign_in("secretary")

    def told() -> int:
        found = OPEN.search(secretary.twin().call("GET", "/needs/list/")[1])
        assert found
        return int(found[1])

    for turn in range(3):
        (before,) = set(crew.everywhere(told))
        assert secretary.register(f"第{turn}次数") == 302
        assert set(crew.everywhere(told)) == {before + 1}


def test_a_job_runs_once_however_many_processes_there_are(crew: Crew, shared: House):
    worker = command(shared, "jobs", "run", "--supervised")
    try:
        until_all_done(shared)
        other = command(shared, "jobs", "run")
        assert b"\xe5" in (other.communicate(timeout=PATIENCE)[1] or b"")
        assert other.returncode == 1
    finally:
        worker.communicate(timeout=PATIENCE)
    with shared.inside():
        runs = db.session.execute(select(JobRun.job, func.count(), func.max(JobRun.tries)).group_by(JobRun.job)).all()
    assert {(count, tries) for _job, count, tries in runs} == {(1, 1)}


def until_all_done(house: House) -> None:
    """Wait until there are runs and none of them waits."""
    for _tick in range(PATIENCE * 4):
        with house.inside():
            outcomes = set(db.session.scalars(select(JobRun.outcome)))
        if outcomes == {Outcome.DONE}:
            return
        time.sleep(0.25)
    pytest.fail(f"the jobs are not done: {outcomes}")


def test_nobody_starts_a_second_portal_or_puts_a_backup_back_while_processes_serve(crew: Crew, shared: House):
    made = command(shared, "backup", "create")
    made.communicate(timeout=PATIENCE)
    assert made.returncode == 0
    backup = next((shared.folder / "backups").glob("*.backup"))
    restoring = command(shared, "backup", "restore", str(backup), "--replace")
    assert "门户已经在运行" in restoring.communicate(timeout=PATIENCE)[1].decode()
    second = Crew(shared)
    assert second.process.wait(PATIENCE) != 0
    second.stop()
    assert "门户已经在运行" in "".join(second.lines)


def test_replacing_the_processes_loses_no_request(crew: Crew, shared: House):
    callers = [Caller(crew.port).sign_in(login) for login in WRITERS if login != "volunteer"]
    over = threading.Event()

    def work(number: int) -> tuple[set[int], list[str]]:
        seen, titles, turn = set(), [], 0
        while not over.is_set():
            title, turn = f"换{number}的{turn}", turn + 1
            seen |= {callers[number].register(title), callers[number].call("GET", "/needs/list/")[0]}
            titles.append(title)
        return seen, titles

    with ThreadPoolExecutor(len(callers)) as pool:
        working = [pool.submit(work, number) for number in range(len(callers))]
        for _time in range(RELOADS):
            time.sleep(3)
            crew.process.send_signal(signal.SIGHUP)
        time.sleep(3)
        over.set()
        ended = [one.result() for one in working]
    assert set().union(*(seen for seen, _titles in ended)) == {200, 302}
    stored = shared.titles()
    assert all(stored[title] == 1 for _seen, titles in ended for title in titles)
    assert shared.complaints() == []


def test_a_wrong_setting_is_one_sentence_also_under_gunicorn(tmp_path: Path):
    around = surroundings(SIDAN_INSTANCE=str(tmp_path), SIDAN_PORT="abc")
    ended = subprocess.run(GUNICORN, cwd=config.ROOT, env=around, capture_output=True, timeout=PATIENCE, check=False)
    said = ended.stderr.decode()
    assert ended.returncode == 1
    assert said.startswith("设置 SIDAN_PORT 不对")
    assert "Traceback" not in said
