"""The secretary of the neighbouring community tries every door there is, and finds and changes nothing of ours."""

import secrets
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from app.accounts.models import Account
from app.accounts.traces import SignIn
from app.communities.models import Community, Place
from app.core import database
from app.core.actor import acting, system
from app.core.fields import RELATED, shape
from app.core.history import recorded_models
from app.core.model import Scoped
from app.extensions import db
from app.roles import Role
from tests.whole.paper import fields_of, sent, typed
from tests.whole.scene import Scene, dump, pk_of, relations
from tests.whole.special import OURS, THEIRS
from tests.whole.spy import NOTHING, Spy
from tests.whole.walk import doors, passes

PROBES = 400


@pytest.fixture
def spy(app: Flask, scene: Scene, ours: dict[str, int], visit: Any) -> Spy:
    """The neighbour, who knows all our numbers."""
    for view in scene.lists():
        scene.make(view, "neighbour")
    person = visit("neighbour")
    person.token()
    return Spy(person, scene.secrets())


def knock_at_every_address(app: Flask, scene: Scene, spy: Spy, ours: dict[str, int]) -> None:
    for door in doors(app, scene, "secretary", ours):
        # What belongs to the account itself is the neighbour's own.
        if door.endpoint.startswith(("accounts.", "notices.")) or door.endpoint == "static":
            continue
        # A row of ours answers the neighbour like one that does not exist.
        closed = (404,) if passes(door, Role.SECRETARY) else (403,)
        expected = closed if "pk" in door.values else (200, *NOTHING)
        # From a list one is led to where its ledgers are sent.
        expected = (302, *expected) if door.endpoint.endswith("View.take_in") else expected
        spy.knock(door, {"rowid": list(ours.values()), "action": "accept", "reason": "试试"}, expected)


def ask_for_our_rows_in_every_list(scene: Scene, spy: Spy, ours: dict[str, int]) -> None:
    for view in scene.lists():
        base = view.route_base
        for name in view.filter_columns:
            if shape(view.model, name).kind in RELATED:
                spy.look(f"{base}/list/?{name}={pk_of(view, name, ours)}", (400,))
                spy.look(f"/api/v1{base}/?{name}={pk_of(view, name, ours)}", (400,))
        spy.look(f"/api/v1{base}/?after={ours[view.list_name]}", (404,))
        spy.look(f"{base}/list/?id={ours[view.list_name]}", (400,))
        for name in relations(view):
            spy.look(f"{base}/choices/{name}?q=柳暗", (200, 404))
        for name in view.filter_columns:
            spy.look(f"{base}/filters/{name}?q=柳暗", (200,) if name in relations(view) else (404,))
        for word in ("柳暗", "liua", "1397", "武江"):
            expected = (200,) if view.is_searched else (400,)
            spy.look(f"{base}/list/?q={word}", expected)
            spy.look(f"{base}/options?q={word}", (200,))
            spy.look(f"/api/v1{base}/?search={word}", expected)
            spy.look(f"/api/v1{base}/options?q={word}", (200,))


def _ids(view: Any, name: str, ours: dict[str, int]) -> int | list[int]:
    """Return what a program sends to name a row of ours."""
    pk = pk_of(view, name, ours)
    return [pk] if shape(view.model, name).kind == "many" else pk


def ask_by_what_is_not_offered(scene: Scene, spy: Spy) -> None:
    for view in scene.lists():
        mapper = view.model.__mapper__
        names = {attribute.key for attribute in mapper.all_orm_descriptors if hasattr(attribute, "key")}
        names |= {f"created_by.{name}" for name in ("login", "password_hash")} | {"community.name", "1", "random()"}
        # A name is read alike whichever door it comes by: each is tried at one of them, the next at the next.
        pages, programs = f"{view.route_base}/list/", f"/api/v1{view.route_base}/"
        for number, name in enumerate(sorted(names - {*view.filter_columns, *view.quiet_filters})):
            spy.look(f"{(pages, programs)[number % 2]}?{name}=1", (400,))
        for number, name in enumerate(sorted(names - set(view.order_names))):
            ways = (f"{pages}?order={name}", f"{pages}?order=-{name}", f"{programs}?order={name}")
            spy.look(ways[number % 3], (400,))


def begin_forms_with_our_rows(scene: Scene, spy: Spy, ours: dict[str, int]) -> None:
    for view in scene.lists():
        for name in relations(view):
            spy.look(f"{view.route_base}/add?{name}={pk_of(view, name, ours)}", (200, 403))


def register_with_our_rows(scene: Scene, spy: Spy, ours: dict[str, int]) -> None:
    for view in scene.lists():
        if not set(relations(view)) & set(view.add_names):
            continue
        for name in sorted(set(relations(view)) & set(view.add_names)):
            with_ours = typed(scene, view, "neighbour") | {name: pk_of(view, name, ours)}
            spy.send(f"{view.route_base}/add", with_ours, (422,))
            wrong = sent(scene, view, "neighbour") | {name: _ids(view, name, ours)}
            spy.ask("POST", f"/api/v1{view.route_base}/", wrong, (422,))


def move_their_rows_to_us(scene: Scene, spy: Spy, ours: dict[str, int]) -> None:
    for view in scene.edited():
        for name in sorted(set(relations(view)) & set(view.edit_names)):
            pk = scene.make(view, "neighbour")
            page = spy.person.page(f"{view.route_base}/edit/{pk}")
            spy.send(f"{view.route_base}/edit/{pk}", fields_of(page) | {name: pk_of(view, name, ours)}, (422,))
            change = {"version": version_of(scene, view, pk), name: _ids(view, name, ours)}
            spy.ask("PUT", f"/api/v1{view.route_base}/{pk}", change, (422,))


def name_our_people_and_places_in_their_moves(scene: Scene, spy: Spy, ours: dict[str, int]) -> None:
    for view in scene.lists():
        for move in getattr(getattr(view.model, "flow", None), "moves", ()):
            for ask in move.asks:
                if ask.name in relations(view):
                    pk = scene.make(view, "neighbour")
                    bring_to(scene, view, pk, move)
                    form = {ask.name: pk_of(view, ask.name, ours)}
                    spy.send(f"{view.route_base}/move/{move.name}/{pk}", form, (422,))
                    change = {"version": version_of(scene, view, pk), ask.name: pk_of(view, ask.name, ours)}
                    spy.ask("POST", f"/api/v1{view.route_base}/{pk}/move/{move.name}", change, (422,))


def version_of(scene: Scene, view: Any, pk: int) -> int:
    with scene.app.app_context(), acting(system("tests")):
        return int(db.session.get(view.model, pk).version)


def bring_to(scene: Scene, view: Any, pk: int, move: Any) -> None:
    """Put a row into a state from which the move can be made."""
    with scene.app.app_context(), acting(system("tests")), database.transaction():
        setattr(db.session.get(view.model, pk), view.model.flow.column, move.sources[0])


# What narrows a statement is the same text for both; `test_border` asks each database below the pages.
@pytest.mark.one_database
def test_no_door_shows_the_neighbour_anything_of_ours(app: Flask, scene: Scene, spy: Spy, ours: dict[str, int]):
    before = rows_of_ours(app)
    knock_at_every_address(app, scene, spy, ours)
    ask_for_our_rows_in_every_list(scene, spy, ours)
    ask_by_what_is_not_offered(scene, spy)
    begin_forms_with_our_rows(scene, spy, ours)
    assert spy.found == []
    assert spy.tried >= PROBES
    assert len(spy.words) >= 2 * len(ours)
    assert rows_of_ours(app) == before


def test_no_form_lets_the_neighbour_reach_into_our_community(app: Flask, scene: Scene, spy: Spy, ours: dict[str, int]):
    before = rows_of_ours(app)
    register_with_our_rows(scene, spy, ours)
    move_their_rows_to_us(scene, spy, ours)
    name_our_people_and_places_in_their_moves(scene, spy, ours)
    assert spy.found == []
    assert spy.tried >= 8
    assert rows_of_ours(app) == before


def rows_of_ours(app: Flask) -> dict[str, list[Any]]:
    """Return all rows of our community, and all rows of tables that know no community, but for sign-ins."""
    with app.app_context(), acting(system("tests")):
        key = db.session.scalars(select(Community.id).filter_by(code=OURS)).one()
        db.session.rollback()
    # The history of the neighbour's own rows grows, and so do its ends and keys; that there are more leaves a mark.
    grows = ("sign_in", "code_counter", "chain_head", "subject_key", "edition")
    found = {name: rows for name, rows in dump(app).items() if name not in grows}
    return {name: [row for row in rows if _is_ours(name, row, found, key)] for name, rows in found.items()}


def _is_ours(name: str, row: Any, found: dict[str, list[Any]], key: int) -> bool:
    """Tell whether a row is of our community; one of a table between two is where the row is that names the other."""
    if name == "notice" and hasattr(recorded_models().get(row.list), "community_id"):
        # People who work in both communities are told of the rows of both.
        rows = found[recorded_models()[row.list].__tablename__]
        return any(one.id == row.row_id and one.community_id == key for one in rows)
    table = Place.metadata.tables[name]
    if len(table.c) == 2 and all(column.primary_key for column in table.c):
        owner = next(iter(next(iter(table.c)).foreign_keys)).column.table.name
        return any(one.id == row[0] and one.community_id == key for one in found[owner])
    return _community_of(row, key) == key


def _community_of(row: Any, key: int) -> int:
    """Return the community of a row, or ours where the table knows none."""
    number: int = getattr(row, "chain", getattr(row, "community_id", key))
    return number


@pytest.mark.parametrize("field", ["community", "community_id"])
def test_a_form_of_the_neighbour_that_names_our_community_stays_at_home(
    app: Flask, scene: Scene, visit: Any, field: str
):
    person = visit("neighbour")
    with app.app_context(), acting(system("tests")):
        ids = dict(db.session.execute(select(Community.code, Community.id)).all())
    for view in scene.lists():
        if not issubclass(view.model, Scoped):
            continue
        uid = secrets.token_hex(16)
        form = typed(scene, view, "neighbour") | {"uid": uid, field: str(ids[OURS])}
        answer = person.post(f"{view.route_base}/add", form)
        assert answer.status_code in (302, 422), view.list_name
        with app.app_context(), acting(system("tests")):
            found = db.session.scalars(select(view.model.community_id).filter_by(uid=uid)).all()
        assert set(found) <= {ids[THEIRS]}, view.list_name


def test_the_same_form_with_their_own_rows_is_taken(app: Flask, scene: Scene, visit: Any):
    person = visit("neighbour")
    for view in scene.lists():
        if person.get(f"{view.route_base}/add").status_code == 200:
            answer = person.post(f"{view.route_base}/add", typed(scene, view, "neighbour"))
            assert answer.status_code in (200, 302), (view.list_name, answer.get_data(as_text=True))
            assert "errors" not in answer.get_data(as_text=True), view.list_name


def test_a_program_of_theirs_registers_their_own_rows(app: Flask, scene: Scene, visit: Any):
    person = visit("neighbour")
    for view in scene.lists():
        address = f"/api/v1{view.route_base}/"
        if person.get(f"{view.route_base}/add").status_code == 200:
            answer = person.post(address, sent(scene, view, "neighbour"))
            assert answer.status_code == 201, (view.list_name, answer.json)
            assert person.get(f"{address}{answer.json['id']}").json["result"]["id"] == answer.json["id"]


def test_the_neighbour_cannot_end_our_sign_ins(app: Flask, visit: Any, as_secretary: Any):
    with app.app_context(), acting(system("tests")):
        ours = select(SignIn.id).join(Account, Account.id == SignIn.account_id).where(Account.login == "secretary")
        numbers = list(db.session.scalars(ours))
    assert numbers
    person = visit("neighbour")
    for number in numbers:
        person.post(f"/profile/end/{number}")
    assert as_secretary.get("/needs/list/").status_code == 200


# -- below the pages ------------------------------------------------------------------------------------------------
