"""Tampering with history: whatever somebody does behind the portal's back, verification finds it."""

import json
import shutil
from pathlib import Path

import pytest
from sqlalchemy import select, text

from app.communities.models import Community
from app.core import chain, heads, recording
from app.core.actor import acting, system
from app.core.database import transaction
from app.core.history import CHAINED, Entry
from app.extensions import db

TRIGGERS = (
    *("history_not_changed", "history_not_deleted", "history_in_order"),
    *("history_moves_end", "chain_head_not_deleted", "history_not_emptied"),
)


class Intruder:
    """Somebody with the database in hands, without the keys."""

    def __init__(self, app, number):
        self.app, self.number = app, number
        self.folder = Path(app.config["INSTANCE"]) / heads.FOLDER
        with app.app_context(), db.engine.begin() as connection:
            for name in TRIGGERS:
                table = "chain_head" if name.startswith("chain_head") else "history"
                on = f" ON {table}" if connection.dialect.name == "postgresql" else ""
                connection.execute(text(f"DROP TRIGGER IF EXISTS {name}{on}"))

    def do(self, statement, **values):
        """Run a statement; `:chain` is the number of the community's chain, `:last` its last entry."""
        with self.app.app_context(), db.engine.begin() as connection:
            last = connection.scalar(text("SELECT max(seq) FROM history WHERE chain = :chain"), {"chain": self.number})
            given = {"chain": self.number, "last": last} | values
            connection.execute(text(statement), {name: given[name] for name in given if f":{name}" in statement})

    def rehash(self, seq):
        """Give an entry a hash made with a key of the intruder's own."""
        with self.app.app_context(), acting(system("tests")):
            entry = db.session.scalars(select(Entry).filter_by(chain=self.number, seq=seq)).one()
            parts = recording.parts({name: getattr(entry, name) for name in CHAINED})
            forged = chain.link(b"guessed", chain.START, parts)
            db.session.rollback()
        self.do("UPDATE history SET hash = :forged WHERE chain = :chain AND seq = :seq", forged=forged, seq=seq)


def change(column, value):
    return lambda who: who.do(f"UPDATE history SET {column} = {value} WHERE chain = :chain AND seq = 3")  # noqa: S608 - the test's own words


def swap(who):
    who.do("UPDATE history SET seq = -1 WHERE chain = :chain AND seq = 3")
    who.do("UPDATE history SET seq = 3 WHERE chain = :chain AND seq = 4")
    who.do("UPDATE history SET seq = 4 WHERE chain = :chain AND seq = -1")


def delete_and_close_the_gap(who):
    who.do("DELETE FROM history WHERE chain = :chain AND seq = 3")
    who.do("UPDATE history SET seq = -seq WHERE chain = :chain AND seq > 3")
    who.do("UPDATE history SET seq = -seq - 1 WHERE chain = :chain AND seq < 0")


def cut_the_tail(who):
    who.do("DELETE FROM history WHERE chain = :chain AND seq > :last - 2")


def cut_the_tail_and_set_back_the_end(who):
    cut_the_tail(who)
    who.do(
        "UPDATE chain_head SET seq = :last, "
        "hash = (SELECT hash FROM history WHERE chain = :chain AND seq = :last) WHERE chain = :chain"
    )


def delete_the_chain(who):
    who.do("DELETE FROM history WHERE chain = :chain")
    who.do("DELETE FROM chain_head WHERE chain = :chain")


def add_one(who):
    columns = "at, act, list, row_id, row_uid, step_uid, actor_id, actor_label, roles, request, ip, changes"
    who.do(
        f"INSERT INTO history (chain, seq, {columns}, hash) SELECT chain, :last + 1, {columns}, hash FROM history "  # noqa: S608 - the test's own words
        "WHERE chain = :chain AND seq = 3"
    )


def add_one_and_move_the_end(who):
    add_one(who)
    who.do(
        "UPDATE chain_head SET seq = :last, "
        "hash = (SELECT hash FROM history WHERE chain = :chain AND seq = :last) WHERE chain = :chain"
    )


def forge_a_hash(who):
    change("changes", "'{}'")(who)
    who.rehash(3)


def forge_the_file(who):
    path = next(who.folder.glob("*.json"))
    content = json.loads(path.read_text(encoding="utf-8"))
    content["ends"][str(who.number)][0] -= 1
    path.write_text(json.dumps(content), encoding="utf-8")


def garble_the_file(who):
    next(who.folder.glob("*.json")).write_text("{", encoding="utf-8")


def rename_the_file(who):
    path = next(who.folder.glob("*.json"))
    shutil.move(path, path.with_stem("2020-01-01"))


TAMPERINGS = {
    "when": change("at", "'2020-01-01 00:00:00'"),
    "what was done": change("act", "'undone'"),
    "which list": change("list", "'nowhere'"),
    "which row": change("row_id", "row_id + 1"),
    "which row by its random number": change("row_uid", "'00000000000000000000000000000000'"),
    "which step": change("step_uid", "'x'"),
    "who": change("actor_id", "77"),
    "who, in words": change("actor_label", "'person:77'"),
    "by which role": change("roles", "'Admin'"),
    "in which request": change("request", "'0000000000000000'"),
    "from where": change("ip", "'10.0.0.1'"),
    "from what to what": change("changes", "'{}'"),
    "the hash": change("hash", f"'{'0' * 64}'"),
    "a forged hash": forge_a_hash,
    "an entry deleted": lambda who: who.do("DELETE FROM history WHERE chain = :chain AND seq = 3"),
    "an entry deleted and the gap closed": delete_and_close_the_gap,
    "the first entry deleted": lambda who: who.do("DELETE FROM history WHERE chain = :chain AND seq = 1"),
    "two entries swapped": swap,
    "an entry moved to another chain": lambda who: who.do(
        "UPDATE history SET chain = 9999 WHERE chain = :chain AND seq = 3"
    ),
    "the tail cut": cut_the_tail,
    "the tail cut and the end set back": cut_the_tail_and_set_back_the_end,
    "an entry added": add_one,
    "an entry added and the end moved": add_one_and_move_the_end,
    "what a step says": lambda who: who.do("""UPDATE step SET said = '{"reason": "x"}' WHERE community_id = :chain"""),
    "who made a step": lambda who: who.do("UPDATE step SET by_label = 'person:77' WHERE community_id = :chain"),
    "where a step led": lambda who: who.do("UPDATE step SET target = 'closed' WHERE community_id = :chain"),
    "a step deleted": lambda who: who.do("DELETE FROM step WHERE community_id = :chain"),
    "the end forgotten": lambda who: who.do("DELETE FROM chain_head WHERE chain = :chain"),
    "the end set back": lambda who: who.do("UPDATE chain_head SET seq = 2 WHERE chain = :chain"),
    "the whole chain deleted": delete_the_chain,
    "the daily file forged": forge_the_file,
    "the daily file garbled": garble_the_file,
    "the daily file put under another day": rename_the_file,
}


@pytest.fixture
def ours(behind):
    """Return the number of our community's chain."""
    with behind():
        return db.session.scalars(select(Community.id).filter_by(code="wjb")).one()


@pytest.fixture
def verify(app):
    """Run the command and return how it ended and what it said."""

    def run(*more):
        result = app.test_cli_runner().invoke(args=["audit", "verify", *more])
        return result.exit_code, result.output

    return run


def test_an_untouched_history_is_whole(register, verify):
    register()
    code, said = verify()
    assert code == 0
    assert "完整" in said
    assert verify("--community", "wjb")[0] == 0


@pytest.mark.parametrize("name", TAMPERINGS)
def test_each_tampering_is_found(app, ours, register, verify, name):
    for number in range(3):
        register(title=f"第{number}件事")
    assert verify()[0] == 0
    TAMPERINGS[name](Intruder(app, ours))
    code, said = verify()
    assert code == 1, said


def test_the_first_broken_entry_is_named(app, ours, register, verify):
    register()
    change("changes", "'{}'")(Intruder(app, ours))
    change("changes", "'{}'")(Intruder(app, ours))
    _code, said = verify("--community", "wjb")
    assert "第 3 条" in said
    assert "被改动过" in said


def test_an_old_database_put_back_is_found(app, stage, register, verify):
    register()
    assert verify()[0] == 0
    with app.app_context():
        db.session.remove()
        db.engine.dispose()
    stage.database.bring_back()
    code, said = verify()
    assert code == 1
    assert "存根" in said


def test_a_broken_history_leaves_the_files_as_they_are(app, ours, register, verify):
    register()
    verify()
    kept = {path: path.read_bytes() for path in Intruder(app, ours).folder.iterdir()}
    cut_the_tail_and_set_back_the_end(Intruder(app, ours))
    assert verify()[0] == 1
    assert {path: path.read_bytes() for path in kept} == kept


def test_an_unknown_community_is_said_so(verify):
    code, said = verify("--community", "nowhere")
    assert code == 1
    assert "nowhere" in said


def test_the_first_entry_of_a_day_keeps_the_ends_before_it(app, register):
    folder = Path(app.config["INSTANCE"]) / heads.FOLDER
    assert not folder.exists()
    register()
    assert len(list(folder.glob("*.json"))) == 1
    with app.app_context(), acting(system("tests")), transaction():
        assert [file.genuine for file in heads.kept()] == [True]
