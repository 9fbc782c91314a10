"""Whatever is sent by a form: an answer in words, no error of ours, nothing wrong stored, nothing typed lost."""

from datetime import timedelta
from io import BytesIO
from typing import Any, Final
from urllib.parse import urlencode

import pytest
from flask import Flask
from sqlalchemy import Row, Table, select

from app.core import clock, database
from app.core.actor import acting, system
from app.core.fields import NotUnderstood, facts, shape
from app.extensions import db
from app.roles import Role
from tests.whole.paper import HAN, fields_of, said, typed, written
from tests.whole.scene import Scene, dump, list_of
from tests.whole.walk import doors, one_of_each


def texts_of(view: Any, columns: Any) -> list[str]:
    return [name for name in columns if shape(view.model, name).kind == "text"]


def try_to_add(person: Any, scene: Scene, view: Any, /, **wrong: str) -> Any:
    return person.post(f"{view.route_base}/add", typed(scene, view, person.login) | wrong)


def adders(scene: Scene, person: Any) -> list[Any]:
    return [view for view in scene.lists() if person.get(f"{view.route_base}/add").status_code == 200]


@pytest.mark.one_database
def test_ten_megabytes_of_text_are_refused_in_words_and_kept_in_the_form(app: Flask, scene: Scene, visit):
    person = visit("secretary")
    huge = "x" * (10 * 1024 * 1024)
    view = next(view for view in scene.lists() if view.list_name == "needs")
    before = dump(app)
    answer = person.client.post("/needs/add", **encoded(typed(scene, view, "secretary") | {"text": huge}, person))
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert "字" in page.replace(huge, "")
    assert huge in page
    assert dump(app) == before


@pytest.mark.one_database
def test_more_than_may_be_sent_at_all_is_answered_in_words(app: Flask, scene: Scene, visit):
    person = visit("secretary")
    person.token()
    before = dump(app)
    answer = person.client.post("/needs/add", **encoded({"text": "x" * (21 * 1024 * 1024)}, person))
    assert answer.status_code == 413
    assert HAN.search(said(answer))
    part = b'--x\r\nContent-Disposition: form-data; name="title"\r\n\r\nx\r\n'
    many = person.client.post("/needs/add", data=part * 6000 + b"--x--", content_type="multipart/form-data; boundary=x")
    assert many.status_code in (400, 413)
    assert HAN.search(said(many))
    assert dump(app) == before


def encoded(form: dict[str, str], person: Any) -> dict[str, Any]:
    """Return a large form as the bytes a browser sends."""
    body = urlencode(form | {"csrf_token": person.token()}).encode()
    return {"data": body, "content_type": "application/x-www-form-urlencoded"}


@pytest.mark.one_database
@pytest.mark.parametrize("bad", ["无\x00形", "反\u202e转", "零\u200b宽", "\x07铃", "半\ufeff"])
def test_invisible_characters_are_refused_wherever_they_stand(app: Flask, scene: Scene, visit, bad: str):
    person = visit("secretary")
    for view in adders(scene, person):
        form = typed(scene, view, person.login)
        before = dump(app)
        for name in texts_of(view, view.add_names):
            answer = person.post(f"{view.route_base}/add", form | {name: f"一{bad}二"})
            assert answer.status_code == 422, (view.list_name, name)
            assert dump(app) == before, (view.list_name, name)


@pytest.mark.parametrize(
    ("kind", "values"),
    [
        pytest.param("choice", ["nothing", "SUBMITTED", "-1", "'", "x" * 5000], marks=pytest.mark.one_database),
        ("one", ["0", "-1", "999999999", "abc", str(2**70), "1 OR 1=1"]),
        ("many", ["0", "-1", "999999999", "abc", str(2**70), "1 OR 1=1"]),
        pytest.param(
            "worded",
            ["abc", "周", "[]", "周六 25:00-26:00", "周六 9:00-8:00", "9" * 5000],
            marks=pytest.mark.one_database,
        ),
        ("date", ["2026-02-30", "22.11.2026", "0000-01-01", "9999-12-31", "1899-12-31", "abc", "2026-11-22T10:00"]),
        ("instant", ["2026-02-30T10:00", "0001-01-01T00:00", "9999-12-31T23:59", "2101-01-01T00:00", "gestern"]),
        ("number", ["abc", "1.5", str(2**40), "-" + "9" * 30, "１e5", "∞"]),
        ("decimal", ["abc", "nan", "inf", "-inf", "1e400", "9" * 40]),
    ],
)
def test_values_that_cannot_be_are_named_beside_the_field(
    app: Flask, scene: Scene, visit, kind: str, values: list[str]
):
    person, tried = visit("secretary"), 0
    for view in [*adders(scene, person)]:
        # Whatever rows a form needs are there before anything is compared.
        typed(scene, view, person.login)
        before = dump(app)
        for name in view.add_names:
            if shape(view.model, name).kind != kind:
                continue
            for value in values:
                if kind == "worded" and is_read(view, name, value):
                    continue
                answer = try_to_add(person, scene, view, **{name: value})
                page = answer.get_data(as_text=True)
                tried += 1
                assert answer.status_code == 422, (view.list_name, name, value)
                assert f'id="{name}-errors"' in page, (view.list_name, name, value)
                assert dump(app) == before, (view.list_name, name, value)
    assert tried or kind == "decimal"


@pytest.mark.one_database
def test_everything_typed_is_still_in_the_form_that_was_refused(scene: Scene, visit):
    person = visit("secretary")
    for view in adders(scene, person):
        form = typed(scene, view, person.login)
        wrong = texts_of(view, view.add_names)
        wrong = {wrong[0]: "长" * 6000} if wrong else dict.fromkeys(view.add_names[-1:], "abc")
        answer = person.post(f"{view.route_base}/add", form | wrong)
        assert answer.status_code == 422, view.list_name
        kept = fields_of(answer.get_data(as_text=True))
        expected = {name: value for name, value in (form | wrong).items() if name in view.add_names}
        assert {name: kept.get(name, "") for name in expected} == expected, view.list_name


@pytest.mark.one_database
def test_everything_typed_is_still_in_the_form_of_a_row_that_was_refused(scene: Scene, visit):
    person = visit("secretary")
    for view in scene.edited():
        pk = scene.make(view, "secretary")
        address = f"{view.route_base}/edit/{pk}"
        shown = fields_of(person.page(address))
        wrong = dict.fromkeys(texts_of(view, view.edit_names)[:1], "长" * 6000)
        wrong = wrong or dict.fromkeys(view.edit_names[-1:], "abc")
        answer = person.post(address, shown | wrong)
        assert answer.status_code == 422, view.list_name
        kept = fields_of(answer.get_data(as_text=True))
        assert {name: kept.get(name) for name in shown if name != "csrf_token"} == {
            name: value for name, value in (shown | wrong).items() if name != "csrf_token"
        }, view.list_name


NO_VERSION = [pytest.param(one, marks=pytest.mark.one_database) for one in ("0", "abc", "", "-1", "1.0")]


@pytest.mark.parametrize("version", ["99", str(2**80), *NO_VERSION])
def test_a_form_of_another_version_overwrites_nothing(app: Flask, scene: Scene, visit, version: str):
    person = visit("secretary")
    for view in scene.edited():
        pk = scene.make(view, "secretary")
        address = f"{view.route_base}/edit/{pk}"
        form = fields_of(person.page(address))
        changed = dict.fromkeys(texts_of(view, view.edit_names)[:1], "改过的")
        before = dump(app)
        answer = person.post(address, form | changed | {"version": version})
        assert answer.status_code == 409, (view.list_name, answer.status_code)
        assert dump(app) == before, view.list_name


def test_rows_of_another_community_cannot_be_named(app: Flask, scene: Scene, visit):
    person, tried = visit("secretary"), 0
    theirs = {view.list_name: scene.make(view, "neighbour") for view in scene.lists()}
    for view in adders(scene, person):
        typed(scene, view, person.login)
        before = dump(app)
        for name in view.add_names:
            target = shape(view.model, name).target
            if target is None:
                continue
            assert try_to_add(person, scene, view, **{name: str(theirs[list_of(target)])}).status_code == 422
            assert dump(app) == before
            tried += 1
    assert tried > 3


def newest_of(app: Flask, table: Table) -> Row[Any]:
    """Return the row written last."""
    with app.app_context(), db.engine.connect() as connection:
        return connection.execute(select(table).order_by(table.c.id.desc()).limit(1)).one()


@pytest.mark.parametrize(
    "extra",
    [{"state": "closed"}, {"code": "XQ1"}, {"created_by": "1"}, {"id": "777"}, {"version": "7"}, {"path": "/"},
     {"archived_at": "2026-01-01"}, {"password_hash": "x"}, {"active": ""}, {"community_id": "2"}],
)  # fmt: skip
def test_columns_that_are_not_in_the_form_are_not_set_by_it(app: Flask, scene: Scene, visit, extra: dict[str, str]):
    person = visit("secretary")
    for view in adders(scene, person):
        first = person.post(f"{view.route_base}/add", typed(scene, view, person.login) | extra)
        assert first.status_code in (200, 302), (view.list_name, first.status_code)
        newest = newest_of(app, view.model.__table__)
        for name, value in extra.items() - {pair for pair in extra.items() if pair[0] in view.add_names}:
            assert str(getattr(newest, name, None)) != value or name in ("version", "community_id"), view.list_name
        assert newest.version == 1


def is_read(view: Any, name: str, value: str) -> bool:
    """Tell whether a column of words keeps these as they are: a project may say its times in any words."""
    try:
        return shape(view.model, name).worded.read(value) is not None and len(value) < 1000
    except NotUnderstood:
        return False


JSON: Final = b'{"title": 5, "name": [1], "reason": {"a": null}, "version": true}'
PARTS: Final = b"--x\r\nContent-Disposition: form-data\r\n"
NOT_TEXT: Final = b"\xff\xfe"


@pytest.mark.one_database
@pytest.mark.parametrize(
    ("kind", "bodies"),
    [
        ("application/json", (b"", JSON, b"[]", NOT_TEXT, PARTS)),
        ("text/plain", (JSON, NOT_TEXT)),
        ("application/xml", (JSON, NOT_TEXT)),
        ("multipart/form-data", (JSON, PARTS)),
        ("multipart/form-data; boundary=x", (NOT_TEXT, PARTS)),
        ("x/y", (b"", NOT_TEXT)),
        ("", (b"", JSON)),
    ],
)
def test_a_body_of_another_kind_is_no_form(app: Flask, scene: Scene, visit, kind: str, bodies: tuple[bytes, ...]):
    person = visit("secretary")
    token = person.token()
    found = [door for door in doors(app, scene, "secretary") if door.method == "POST"]
    # Every form is sent the likeliest mistake; how bodies are read is the same in all of them.
    few = one_of_each(app, found)
    before = dump(app)
    for door in found if kind == "application/json" else few:
        for body in bodies if door in few else (JSON,):
            answer = person.client.post(
                door.address, data=body, content_type=kind, headers={"X-CSRFToken": token}, buffered=True
            )
            assert answer.status_code < 500, str(door)
            # A move that asks for nothing more, and a button without a form, do without a body.
            if door.endpoint.endswith((".add", ".edit", ".archive")):
                assert answer.status_code in (400, 403, 404, 409, 413, 415, 422), (str(door), answer.status_code)
        if door.endpoint in ("accounts.logout", "accounts.end_all_own"):
            person = visit("secretary")
            token = person.token()
    after = dump(app)
    # Buttons without a form make codes, which history tells of.
    codes = ("ticket_code", "point_code", "subject_key")
    # So does a move that asks for nothing, such as the one that makes a project of a need.
    made = ("service_project", "service_project_need", "service_project_category", "notice")
    # One gives out the number of a receipt, and looking at a volunteer's phone is counted.
    made = (*made, "code_counter", "reveal_tally")
    grows = ("sign_in", "one_time_link", "step", "history", "attachment", *codes, *made)
    written = {name: len(rows) for name, rows in after.items() if name not in grows}
    assert written == {name: len(before[name]) for name in written}


def test_a_file_where_text_is_expected_is_no_text(app: Flask, scene: Scene, visit):
    person = visit("secretary")
    for view in adders(scene, person):
        form: dict[str, Any] = typed(scene, view, person.login)
        for name in texts_of(view, view.add_names):
            form[name] = (BytesIO(b"\x00\x01MZ"), "evil.exe")
        before = dump(app)
        answer = person.post(f"{view.route_base}/add", form, content_type="multipart/form-data")
        if any(shape(view.model, name).required for name in texts_of(view, view.add_names)):
            assert answer.status_code == 422, view.list_name
            assert dump(app) == before
        assert "evil" not in str(dump(app))


@pytest.mark.one_database
@pytest.mark.parametrize(
    "action", ["", "nothing", "delete", "reject", "__init__", "accept\x00", "muldelete", "漫" * 2000]
)
def test_bulk_actions_that_are_none_are_refused_in_words(app: Flask, scene: Scene, visit, action: str):
    person = visit("secretary")
    for view in scene.lists():
        pk = scene.make(view, "secretary")
        before = dump(app)
        answer = person.post(f"{view.route_base}/action_post", {"action": action, "rowid": str(pk)})
        assert answer.status_code in (400, 404), view.list_name
        assert dump(app) == before


@pytest.mark.parametrize("rows", [[], ["abc"], ["-1"], ["1%00"], [str(2**64)], ["1"] * 3000, ["'"], ["9" * 5000]])
def test_bulk_actions_on_rows_that_are_none_do_nothing(app: Flask, visit, rows: list[str]):
    person = visit("secretary")
    before = dump(app)
    answer = person.post("/needs/action_post", {"action": "accept", "rowid": rows})
    assert answer.status_code == 200
    assert dump(app) == before


# -- moves ----------------------------------------------------------------------------------------------------------

WRONG: Final = {
    "choice": ("nothing", "1", "'"),
    "one": ("0", "-1", "999999999", "abc"),
    "date": ("2026-02-30", "gestern", "0000-01-01", "9999-12-31"),
    "flag": (),  # a box is ticked or not
    "instant": ("2026-02-30T10:00", "0001-01-01T00:00"),
    "number": ("abc", "-1", "6", "1.5", str(2**40)),
    "text": ("长" * 6000, "无\x00形"),
}


def ready(app: Flask, scene: Scene, view: Any, move: Any) -> int:
    """Make a row from which the secretary can make the move now."""
    pk = scene.make(view, "secretary")
    with app.app_context(), acting(system("tests")), database.transaction():
        row = db.session.get(view.model, pk)
        setattr(row, view.model.flow.column, move.sources[0])
        if not move.by and hasattr(row, "in_charge"):
            row.in_charge = row.created_by
    return pk


def filled(scene: Scene, view: Any, move: Any) -> dict[str, str]:
    """Return what somebody would type to make a move."""
    with scene._as("secretary") as community:
        described, form = facts(view.model), {}
        for ask in move.asks:
            value: Any = "说清楚的理由"
            if ask.sets in described:
                soon = clock.now() + timedelta(days=1)
                # What is held goes on at the earliest tomorrow; whatever else has a day has been done.
                day = clock.today() + timedelta(days=int(ask.name == "resume_on"))
                plain = {"date": day, "instant": soon, "number": 5}.get(shape(view.model, ask.sets).kind)
                value = plain or scene._value(view.model, ask.sets, described[ask.sets], community)
            form[ask.name] = written(value)
        return form


def counts(view: Any, name: str, text: str) -> bool:
    """Tell whether a text is a number this column takes."""
    check = facts(view.model)[name].check
    return text.isdecimal() and int(text) < 2**31 and (check is None or check(int(text)) is None)


def flows(scene: Scene) -> list[tuple[Any, Any]]:
    """Return the moves a secretary makes, with their lists."""
    moves = [(view, move) for view in scene.lists() for move in getattr(getattr(view.model, "flow", None), "moves", ())]
    mine = [(view, move) for view, move in moves if not move.by or Role.SECRETARY in move.by]
    return [(view, move) for view, move in mine if not move.by_system]


def test_a_move_with_wrong_parameters_is_not_made_and_nothing_typed_is_lost(app: Flask, scene: Scene, visit):
    person, tried = visit("secretary"), 0
    for view, move in flows(scene):
        address = f"{view.route_base}/move/{move.name}/{ready(app, scene, view, move)}"
        form = filled(scene, view, move)
        before = dump(app)
        # What a row does not offer as it stands now is refused, whatever is sent.
        if f"/move/{move.name}/" not in person.page(address.replace(f"/move/{move.name}/", "/show/")):
            assert person.post(address, form).status_code == 409, (address, form)
            continue
        for ask in move.asks:
            described = ask.sets in facts(view.model)
            kind = shape(view.model, ask.sets).kind if described else "text"
            for value in [one for one in WRONG[kind] if not (kind == "number" and counts(view, ask.sets, one))]:
                answer = person.post(address, form | {ask.name: value})
                tried += 1
                assert answer.status_code == 422, (address, ask.name, value)
                assert f'id="{ask.name}-errors"' in answer.get_data(as_text=True), (address, ask.name, value)
        assert dump(app) == before, address
        assert person.post(address, form).status_code == 302, (address, form)
    assert tried > 20


@pytest.mark.one_database
def test_a_move_from_a_page_that_is_out_of_date_is_not_made(app: Flask, scene: Scene, visit):
    person = visit("secretary")
    for view, move in flows(scene):
        pk = ready(app, scene, view, move)
        before = dump(app)
        answer = person.post(f"{view.route_base}/move/{move.name}/{pk}", {"version": "999"})
        assert answer.status_code in (409, 422), move.name
        assert dump(app) == before


@pytest.mark.one_database
@pytest.mark.parametrize("reason", ["", "   ", "长" * 300, "无\x00形", "反\u202e转"])
def test_nothing_is_archived_without_a_reason_in_words(app: Flask, scene: Scene, visit, reason: str):
    person = visit("secretary")
    for view in scene.lists():
        if view.model.archivable:
            pk = scene.make(view, "secretary")
            before = dump(app)
            answer = person.post(f"{view.route_base}/archive/{pk}", {"reason": reason})
            assert answer.status_code == 422
            assert dump(app) == before
