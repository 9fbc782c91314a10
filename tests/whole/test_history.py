"""History of every list: a change through each door leaves exactly one entry, by whoever made it, and no digits."""

import re
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, text

from app.accounts.models import Account
from app.core import verifying
from app.core.actor import acting, system
from app.core.history import Entry, is_sensitive, recorded_columns, recorded_models
from app.extensions import db
from tests.whole.paper import fields_of, typed
from tests.whole.scene import Scene
from tests.whole.walk import ROLES, verbs

WRITER = "secretary"
DIGITS = re.compile(r"(?<![0-9A-Za-z+/])1[3-9]\d{9}(?![0-9A-Za-z+/=])")


def entries(app: Flask, view: Any) -> list[Entry]:
    """Return the entries of a list, the oldest first."""
    with app.app_context(), acting(system("tests")):
        found = list(db.session.scalars(select(Entry).filter_by(list=view.list_name).order_by(Entry.id)))
        db.session.expunge_all()
        db.session.rollback()
    return found


def account_id(app: Flask, login: str) -> int:
    with app.app_context(), acting(system("tests")):
        return int(db.session.scalars(select(Account.id).filter_by(login=login)).one())


def writer_of(view: Any, verb: str) -> str:
    """Return somebody of the cast who may write in a list."""
    return next(
        login for login in (WRITER, "secretary", "supervisor", "admin") if verb in verbs(ROLES[login], view.guard)
    )


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run over every list that has a history."""
    if "list_name" in metafunc.fixturenames:
        metafunc.parametrize("list_name", sorted(recorded_models()))


@pytest.fixture
def view(app: Flask, list_name: str) -> Any:
    """The list under test."""
    return next(view for view in app.extensions["appbuilder"].list_views() if view.list_name == list_name)


def test_a_row_registered_in_the_form_leaves_one_entry(app: Flask, scene: Scene, visit, view: Any):
    login = writer_of(view, "c")
    before = len(entries(app, view))
    form = typed(scene, view, login) | {"uid": "ab" * 16}
    if "level_names" in form:
        form["level_names"] = "社区\n网格\n楼栋"
    assert visit(login).post(f"{view.route_base}/add", form).status_code in (200, 302)
    # A new account comes with a one-time link.
    (made,) = [entry for entry in entries(app, view)[before:] if entry.act != "link_made"]
    assert (made.act, made.actor_id) == ("create", account_id(app, login))


def test_a_row_changed_in_the_form_leaves_one_entry(app: Flask, scene: Scene, visit, view: Any):
    if all("e" not in verbs(role, view.guard) for role in ROLES.values()):
        # Its rows are changed by moves alone.
        assert visit(WRITER).get(f"{view.route_base}/edit/{scene.make(view)}").status_code == 404
        return
    login = writer_of(view, "e")
    pk, person = scene.make(view, login), visit(login)
    page = person.get(f"{view.route_base}/edit/{pk}")
    if page.status_code != 200:
        pytest.fail(f"{login} cannot change {view.list_name}: {page.status_code}")
    form = fields_of(page.get_data(as_text=True))
    typed_in = (
        "title",
        "name",
        "ends_on",
        "measures",
        "profession",
        "wish",
        "scope",
        "until",
        "intentions",
        "skills",
        "summary",
        "note",
    )
    name = next((one for one in typed_in if one in form), "")
    before = len(entries(app, view))
    assert person.post(
        f"{view.route_base}/edit/{pk}", form | {name: "2031-01-31" if name in ("ends_on", "until") else "改后"}
    )
    (changed,) = entries(app, view)[before:]
    assert (changed.act, changed.actor_id, changed.row_id) == ("change", account_id(app, login), pk)
    assert name in changed.told()


def test_a_row_that_is_put_away_and_brought_back_leaves_one_entry_each(app: Flask, scene: Scene, visit, view: Any):
    login = writer_of(view, "a") if view.model.archivable else WRITER
    pk, person = scene.make(view, WRITER), visit(login)
    before = len(entries(app, view))
    person.post(f"{view.route_base}/archive/{pk}", {"reason": "重复登记"})
    person.post(f"{view.route_base}/restore/{pk}")
    told = [entry.act for entry in entries(app, view)[before:]]
    assert told == (["archive", "restore"] if view.model.archivable else [])


def test_no_sensitive_value_stands_open_in_any_entry(app: Flask, scene: Scene, view: Any):
    pk = scene.make(view)
    with app.app_context(), acting(system("tests")):
        row = db.session.scalars(select(view.model).where(view.model.id == pk)).one()
        hidden = {name: getattr(row, column) for name, column in recorded_columns(view.model).items()}
        db.session.rollback()
    for entry in entries(app, view):
        sensitive = [pair for name, pair in entry.told().items() if is_sensitive(view.model, name)]
        assert all(value is None or set(value) == {"sealed"} for pair in sensitive for value in pair)
        if entry.row_id == pk:
            values = [str(value) for name, value in hidden.items() if is_sensitive(view.model, name) and value]
            assert [value for value in values if len(value) > 3 and value in entry.changes] == []


def test_everything_that_was_done_is_one_whole_chain_and_no_number_is_in_it(app: Flask, scene: Scene):
    for view in scene.lists():
        for login in (WRITER, "neighbour"):
            scene.make(view, login)
    with app.app_context(), acting(system("tests")):
        walked = list(verifying.verify(db.session.connection()))
        stored = "\n".join(" ".join(map(str, row)) for row in db.session.execute(text("SELECT changes FROM history")))
        db.session.rollback()
    assert [one.finding for one in walked if one.finding] == []
    assert DIGITS.findall(stored) == []
    logs = Path(app.config["INSTANCE"], "logs").glob("*.log")
    assert [number for path in logs for number in DIGITS.findall(path.read_text(encoding="utf-8"))] == []


@pytest.mark.parametrize("login", ROLES)
def test_the_page_of_history_shows_each_role_only_what_the_table_allows(app: Flask, scene: Scene, visit, login: str):
    for maker in (WRITER, "worker", "neighbour"):
        scene.make(next(view for view in scene.lists() if view.list_name == "needs"), maker)
    page = visit(login).page("/audit/")
    rows = page.count("<time datetime")
    assert (rows > 2) == (login in ("secretary", "auditor"))
    assert ("最近 30 天" in page) == (login == "supervisor")
    assert DIGITS.findall(page) == []


@pytest.mark.parametrize(
    "query",
    [
        *("list=x", "act=x", "from=x", "to=2026-13-01", "from=0001-01-01"),
        *("before=-1", "before=x", "person=%00", "person=" + "x" * 99),
    ],
)
def test_what_the_page_of_history_does_not_understand_is_said_so(visit, query: str):
    assert visit("secretary").get(f"/audit/?{query}").status_code == 400


@pytest.mark.parametrize(
    "query", ["list=needs", "act=create", "person=secretary", "from=2020-01-01&to=2099-12-31", "before=5"]
)
def test_the_secretary_looks_for_what_was_done(scene: Scene, visit, query: str):
    scene.make(next(view for view in scene.lists() if view.list_name == "needs"))
    assert "<time datetime" in visit("secretary").page(f"/audit/?{query}")


@pytest.mark.parametrize("login", ["secretary", "auditor"])
def test_history_names_rows_as_their_own_page_does_to_the_same_person(scene: Scene, visit, login: str):
    person = visit(login)
    for name in ("needs", "people"):
        pk = scene.make(next(view for view in scene.lists() if view.list_name == name))
        heading = re.search("<h1>(.+?)</h1>", person.page(f"/{name}/show/{pk}"))
        assert f'<a href="/{name}/history/{pk}">{heading[1]}</a>' in person.page("/audit/")


def test_history_says_that_a_row_is_no_more(app: Flask, scene: Scene, visit):
    pk = scene.make(next(view for view in scene.lists() if view.list_name == "holidays"))
    with app.app_context():
        db.session.execute(text("DELETE FROM holiday WHERE id = :pk"), {"pk": pk})
        db.session.commit()
    assert f">{pk} 号（已不在，或不在您能看的范围）</a>" in visit("secretary").page("/audit/")
