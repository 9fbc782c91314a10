"""Replacing the data key: nothing is lost at whatever moment it is killed, and the portal goes on meanwhile."""

import stat
import sys
import threading
from pathlib import Path

import pytest
from sqlalchemy import select, text

from app import create_app, instance
from app.accounts.models import Account
from app.core import keyring, rotation, sealing
from app.core.actor import acting, system
from app.core.database import transaction
from app.extensions import db
from app.needs.models import Need

ROWS = 7


@pytest.fixture
def keys(app):
    """The folder of the keys, as it was before once the test is over: the portal of all tests goes on with it."""
    folder = Path(app.config["INSTANCE"]) / "keys"
    before = {path: path.read_text() for path in folder.iterdir()}
    marker = folder.parent / instance.INSTALLED
    marked = marker.read_text()
    yield folder
    for path in set(folder.iterdir()) - before.keys():
        path.unlink()
    for path, content in before.items():
        path.write_text(content)
        path.chmod(0o600)
    marker.write_text(marked)


@pytest.fixture
def filled(app, register, keys, monkeypatch):
    """Needs with phones, and batches so small that there are many."""
    for number in range(ROWS):
        register(reporter_phone=f"1380000{number:04d}", address=f"武江北路{number}栋101", reporter_name="张三丰")
    monkeypatch.setattr(rotation, "AT_ONCE", 2)


@pytest.fixture
def rotate(app):
    """Run the command and return how it ended and what it said."""

    def run():
        result = app.test_cli_runner().invoke(args=["keys", "rotate"])
        return result.exit_code, result.output

    return run


def told(app):
    """Return every sealed value in plain words."""
    with app.app_context(), acting(system("tests")):
        needs = db.session.scalars(select(Need).order_by(Need.id))
        found = [(one.reporter_phone, one.address) for one in needs]
        return [*found, *(one.phone for one in db.session.scalars(select(Account).order_by(Account.id)))]


def under(app):
    """Return the names of the keys that values stand under."""
    with app.app_context(), db.engine.connect() as connection:
        columns = [("need", "reporter_phone"), ("need", "address"), ("account", "phone"), ("subject_key", "wrapped")]
        found = [connection.execute(text(f"SELECT {name} FROM {table}")).scalars() for table, name in columns]  # noqa: S608 - the test's own words
        return {keyring.used_by(token) for tokens in found for token in tokens if token is not None}


def newest(app):
    with app.app_context():
        return keyring.ring().newest


def test_after_a_rotation_everything_stands_under_the_new_key_and_the_old_one_is_gone(app, filled, keys, rotate):
    before, old = told(app), newest(app)
    code, said = rotate()
    assert code == 0, said
    assert "data-0001.key" in said
    assert told(app) == before
    assert under(app) == {newest(app)} != {old}
    assert [path.name for path in instance.ring_files(keys)] == ["data-0002.key"]
    if sys.platform != "win32":
        assert all(stat.S_IMODE(path.stat().st_mode) == 0o600 for path in keys.iterdir())


def test_history_is_whole_and_readable_after_a_rotation(app, filled, rotate, as_secretary):
    rotate()
    assert app.test_cli_runner().invoke(args=["audit", "verify"]).exit_code == 0
    with app.app_context(), acting(system("tests")):
        pk = db.session.scalars(select(Need.id).limit(1)).one()
    assert "已抹除" not in as_secretary.page(f"/needs/history/{pk}")
    assert "张三丰" in as_secretary.page(f"/needs/history/{pk}")


def test_who_signs_in_by_phone_still_does(app, filled, rotate):
    with app.app_context(), acting(system("tests")):
        phone = db.session.scalars(select(Account).where(Account.phone.is_not(None)).limit(1)).one().phone
        rotate()
        assert db.session.scalar(select(Account.id).where(sealing.holds(Account, "phone", phone))) is not None


@pytest.mark.parametrize("after", range(8))
def test_a_rotation_killed_at_any_point_goes_on_where_it_stopped(app, filled, keys, rotate, after):
    before = told(app)
    with app.app_context():
        going = rotation.rotate()
        for _batch in range(after):
            next(going, None)
        going.close()
    assert told(app) == before
    unfinished = [path.name for path in instance.ring_files(keys)]
    code, said = rotate()
    assert code == 0, said
    assert told(app) == before
    assert under(app) == {newest(app)}
    assert [path.name for path in instance.ring_files(keys)] == ["data-0002.key"] if len(unfinished) > 1 else True


def test_the_portal_writes_under_the_new_key_while_it_runs(app, filled, register, rotate):
    with app.app_context():
        going = rotation.rotate()
        next(going)
    pk = register(reporter_phone="13900009999")
    with app.app_context(), db.engine.connect() as connection:
        token = connection.execute(text("SELECT reporter_phone FROM need WHERE id = :pk"), {"pk": pk}).scalar()
        assert keyring.used_by(token) == keyring.ring().newest
        going.close()
    rotate()
    assert ("13900009999", None) in told(app)


def test_people_who_write_meanwhile_lose_nothing(app, filled, register, rotate):
    """Ten people register while the key is replaced three times; who is refused tries again."""
    kept: list[str] = []

    def work(number: int) -> None:
        phone = f"1370000{number:04d}"
        for _try in range(20):
            try:
                register(reporter_phone=phone)
            except sealing.KeyReplaced:
                continue
            kept.append(phone)
            return

    workers = [threading.Thread(target=work, args=(number,)) for number in range(10)]
    for worker in workers:
        worker.start()
    for _time in range(3):
        assert rotate()[0] == 0
    for worker in workers:
        worker.join()
    found = {one[0] for one in told(app) if isinstance(one, tuple)}
    assert len(kept) == 10
    assert set(kept) <= found


def test_a_value_that_does_not_open_is_told_and_keeps_its_key(app, filled, keys, rotate):
    with app.app_context(), db.engine.begin() as connection:
        connection.execute(text("UPDATE need SET address = reporter_phone WHERE id = (SELECT min(id) FROM need)"))
    code, said = rotate()
    assert code == 0
    assert "1 行" in said
    assert [path.name for path in instance.ring_files(keys)] == ["data-0002.key", "data-0001.key"]


def test_a_rotation_leaves_versions_and_an_entry_in_history(app, filled, rotate, need):
    with app.app_context(), acting(system("tests")):
        pk = db.session.scalars(select(Need.id).limit(1)).one()
    before = need(pk)
    rotate()
    assert need(pk) == before
    with app.app_context(), db.engine.connect() as connection:
        acts = connection.execute(text("SELECT act FROM history WHERE chain = 0")).scalars().all()
    assert "keys_rotated" in acts


def test_keys_given_by_the_environment_are_changed_there(tmp_path):
    root, new = "d" * 64, "e" * 64
    settings = {"TESTING": True, "INSTANCE": tmp_path, "DATABASE_URL": f"sqlite:///{tmp_path / 'a.db'}", "NOW": None}
    for given, used in ((root, root), (f"{new},{root}", new)):
        app = create_app(settings | {"DATA_KEY": given})
        with app.app_context(), acting(system("tests")):
            if given == root:
                app.test_cli_runner().invoke(args=["db", "upgrade"])
                with transaction():
                    db.session.add(Account(login="one", name="一", phone="13800000001"))
            said = app.test_cli_runner().invoke(args=["keys", "rotate"])
            assert said.exit_code == 0
            assert "SIDAN_DATA_KEY" in said.output
            token = db.session.connection().execute(text("SELECT phone FROM account WHERE login = 'one'")).scalar_one()
            assert keyring.used_by(token) == keyring.key_id(used)
            assert db.session.scalars(select(Account).filter_by(login="one")).one().phone == "13800000001"
            db.session.rollback()
            assert app.test_cli_runner().invoke(args=["audit", "verify"]).exit_code == 0
            db.session.remove()
            db.engine.dispose()
    assert not (tmp_path / "keys").joinpath("data-0001.key").exists()


def test_a_value_under_a_key_that_is_not_here_is_found(app, filled):
    with app.app_context(), db.engine.begin() as connection:
        assert not rotation.strays(connection)
        connection.execute(text("UPDATE need SET address = 'ffffffff.AAAA' WHERE id = (SELECT min(id) FROM need)"))
        assert rotation.strays(connection)
