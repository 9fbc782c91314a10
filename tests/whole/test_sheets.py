"""Every list as a file: whom it is for, which rows it holds, what stands masked in it, and that it is written down."""

import csv
from collections.abc import Iterator
from io import StringIO
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import String, select, update

from app.core.actor import acting, system
from app.core.fields import Labelled, facts, shape
from app.core.history import Entry
from app.core.sheets import exporting, marks, reading, templates
from app.core.sheets.book import Sheet
from app.core.sheets.keys import read_key
from app.core.sheets.pages import unused
from app.core.sheets.writing import HEADING_ROW
from app.extensions import db
from tests.whole.counting import counting
from tests.whole.paper import text_of
from tests.whole.scene import Scene
from tests.whole.special import OURS, THEIRS, WORDS
from tests.whole.test_masks import in_words, sensitive
from tests.whole.walk import ROLES, verbs

LIVING = ("=1+1", "+86", "-1", "@x", "\t=1", "＝1", " =1", "'=1")


def exported_lists(scene: Scene, login: str) -> list[Any]:
    """Return the lists somebody exports."""
    return [view for view in scene.lists() if "x" in verbs(ROLES[login], view.guard)]


def sheet_of(answer: Any) -> Sheet:
    """Return the sheet of a workbook that was handed out, as our own reader reads it."""
    assert answer.status_code == 200
    book = reading.read(answer.data)
    assert len(book.sheets) == 1
    return book.sheets[0]


def texts_of(answer: Any) -> list[list[str]]:
    """Return the lines of a csv file."""
    assert answer.status_code == 200
    return list(csv.reader(StringIO(answer.get_data(as_text=True).removeprefix("\ufeff"), newline="")))


@pytest.mark.parametrize("login", [login for login in ROLES if login != "admin"])
def test_who_may_export_gets_the_rows_of_the_list_and_nobody_else_gets_any(app: Flask, scene: Scene, visit, login: str):
    for view in scene.lists():
        # A grant would be another post of the same person.
        if view.list_name != "grants":
            scene.make(view, login)
            scene.make(view, "neighbour")
    person = visit(login)
    for view in scene.lists():
        allowed = "x" in verbs(ROLES[login], view.guard)
        for address in (f"{view.route_base}/export.csv", f"/api/v1{view.route_base}/export.csv"):
            answer = person.get(address)
            # What nobody exports has no such address; programs are then told that they may not see such a row.
            assert answer.status_code in ((200,) if allowed else (403, 404)), address
            if allowed:
                assert {read_key(line[-1])[0] for line in texts_of(answer)[1:]} == reached(app, view, login)
                assert [word for word in WORDS[THEIRS] if word in text_of(answer)] == []


def reached(app: Flask, view: Any, login: str) -> set[str]:
    """Return the uids of the rows of a list that stand in the community of a person, of a grid lead in the grid."""
    with app.app_context(), acting(system("tests")):
        rows = db.session.scalars(select(view.model).where(view.model.archived_at.is_(None))).unique().all()
        ours = [row for row in rows if row.community.code == OURS]
        lead = login == "gridlead"
        return {row.uid for row in ours if not lead or _in_first_grid(row)}


def _in_first_grid(row: Any) -> bool:
    place = row.need.place if row.list_name == "callbacks" else row.place
    return place is not None and "第一网格" in (place.name, getattr(place.parent, "name", ""))


@pytest.mark.parametrize("login", ["secretary", "worker", "coordinator", "gridlead"])
def test_what_is_sensitive_stands_masked_in_every_file_whoever_takes_it_out(app, scene: Scene, visit, login: str):
    person, looked = visit(login), 0
    for view in exported_lists(scene, login):
        pk = scene.make(view, login)
        with app.app_context(), acting(system("tests")):
            row = db.session.get(view.model, pk)
            values = {name: getattr(row, name) for name in sensitive(view)}
        for ending in ("xlsx", "csv"):
            told = text_of(person.get(f"{view.route_base}/export.{ending}"))
            for name, value in values.items():
                hidden = str(value.label) if isinstance(value, Labelled) else in_words(app, value)
                assert hidden not in told, (view.list_name, name)
                looked += 1
    assert looked > 1


@pytest.mark.parametrize("login", [login for login in ROLES if login != "admin"])
def test_nobody_chooses_a_column_no_file_has_and_each_is_told_the_same(app: Flask, scene: Scene, visit, login: str):
    person = visit(login)
    for view in scene.lists():
        allowed, base = "x" in verbs(ROLES[login], view.guard), view.route_base
        for name in ("nothing", *columns_of_no_file(view)):
            for address in (f"{base}/export.csv", f"/api/v1{base}/export.xlsx"):
                answer = person.get(f"{address}?columns={name}")
                assert answer.status_code in ((400,) if allowed else (403, 404)), (address, name)
                told = f"这个清单导出的文件里没有“{name[:40]}”这一栏。" in answer.get_data(as_text=True)
                assert told is allowed, (address, name)


def columns_of_no_file(view: Any) -> set[str]:
    """Return the columns of the tables of a list, described or not, that no file of it has."""
    named = {name for name, fact in facts(view.model).items() if fact.sheet}
    return {*facts(view.model), *(column.key for column in view.model.__mapper__.column_attrs)} - named


@pytest.mark.parametrize("login", ["secretary", "worker", "coordinator", "gridlead"])
def test_what_is_sensitive_stands_masked_in_files_of_chosen_columns_too(app, scene: Scene, visit, login: str):
    person, looked = visit(login), 0
    for view in exported_lists(scene, login):
        scene.make(view, login)
        whole = texts_of(person.get(f"{view.route_base}/export.csv"))
        for names in (sensitive(view), view.seen_in_files[::-1]):
            if chosen := [name for name in names if facts(view.model)[name].sheet]:
                few = texts_of(person.get(f"{view.route_base}/export.csv?columns={','.join(chosen)}"))
                with app.test_request_context():
                    heads = [str(facts(view.model)[name].label) for name in chosen]
                places = [whole[0].index(head) for head in heads]
                assert few == [[*(line[at] for at in places), line[-1]] for line in whole], view.list_name
                looked += 1
    assert looked > 1


@pytest.mark.parametrize("ending", ["xlsx", "csv"])
def test_nothing_that_is_handed_out_is_worked_out_by_a_spreadsheet(app: Flask, scene: Scene, visit, ending: str):
    person = visit("secretary")
    for view in exported_lists(scene, "secretary"):
        for text, pk in zip(LIVING, [scene.make(view) for _text in LIVING], strict=True):
            put(app, view, pk, text)
        answer = person.get(f"{view.route_base}/export.{ending}")
        if ending == "xlsx":
            assert "<f" not in text_of(answer).partition("<sheetData>")[2], view.list_name
            assert all(not isinstance(cell, reading.Mark) for row in sheet_of(answer).rows for cell in row)
            continue
        cells = [cell for line in texts_of(answer)[1:] for cell in line]
        texts = [cell for cell in cells if not cell.lstrip("-").replace(".", "", 1).isdigit()]
        assert [cell for cell in texts if not cell.startswith("'") and marks.is_living(cell)] == [], view.list_name
        assert {marks.unshut(cell) for cell in texts} >= set(LIVING) if free_column(view) else True


def free_column(view: Any) -> str:
    """Return the first column of a list into which people write what they like."""
    table = view.model.__table__.c
    free = [
        name
        for name, fact in facts(view.model).items()
        if fact.sheet and not (fact.mask or fact.sealed) and shape(view.model, name).kind == "text"
    ]
    return next((name for name in free if name in table and type(table[name].type) is String), "")


def put(app: Flask, view: Any, pk: int, text: str) -> None:
    """Let a row say something, by whatever way it came there."""
    name = free_column(view)
    if name:
        with app.app_context(), acting(system("tests")):
            table = view.model.__table__
            db.session.execute(update(table).where(table.c.id == pk).values({name: text}))
            db.session.commit()


def entries(app: Flask) -> list[Entry]:
    with app.app_context(), acting(system("tests")):
        found = db.session.scalars(select(Entry).where(Entry.act.startswith("exported")).order_by(Entry.id)).all()
        db.session.expunge_all()
        return list(found)


def test_whatever_is_taken_out_is_written_down_with_rows_and_filter(app: Flask, scene: Scene, visit):
    person, seen = visit("secretary"), 0
    for view in exported_lists(scene, "secretary"):
        scene.make(view)
        count = len(reached(app, view, "secretary"))
        for address in (f"{view.route_base}/export.xlsx", f"/api/v1{view.route_base}/export.csv"):
            person.get(f"{address}?archived=0")
            seen += 1
            found = entries(app)
            assert len(found) == seen, address
            told = {name: pair[1] for name, pair in found[-1].told().items()}
            assert (told["rows"], told["file"], told["filter"]) == (count, address[-4:].strip("."), "archived=0")
            assert (found[-1].list, found[-1].roles) == (view.list_name, "Secretary")
    before = len(entries(app))
    assert person.client.head("/needs/export.xlsx").status_code == 200
    assert person.get("/needs/export.xlsx?nothing=1").status_code == 400
    assert len(entries(app)) == before


def test_every_list_costs_the_same_statements_for_each_batch(app: Flask, scene: Scene, visit, monkeypatch):
    person = visit("secretary")
    monkeypatch.setattr(exporting, "BATCH", 4)
    for view in exported_lists(scene, "secretary"):
        for _number in range(4 - len(reached(app, view, "secretary")) % 4 + 4):
            scene.make(view)
        few = batches(app, view, person)
        for _number in range(8):
            scene.make(view)
        many = batches(app, view, person)
        extra = (many[1] - few[1]) / (many[0] - few[0])
        targets = {shape(view.model, name).target for name in facts(view.model)} - {None}
        lists = [name for name in facts(view.model) if shape(view.model, name).kind == "many"]
        # The rows, those each relation names, and which of them each list of rows names.
        assert extra <= 1 + len(targets) + len(lists), view.list_name


def test_the_rows_stand_in_the_order_of_the_list_over_all_batches(app: Flask, scene: Scene, visit, monkeypatch):
    person = visit("secretary")
    monkeypatch.setattr(exporting, "BATCH", 3)
    for view in exported_lists(scene, "secretary"):
        for _number in range(5):
            scene.make(view)
        with app.app_context(), acting(system("tests")):
            known = dict(db.session.execute(select(view.model.uid, view.model.id)).all())
        for order in (*view.order_names, *(f"-{name}" for name in view.order_names)):
            wanted = person.get(f"/api/v1{view.route_base}/?order={order}&size=200").json["ids"]
            lines = texts_of(person.get(f"{view.route_base}/export.csv?order={order}"))[1:]
            assert [known[read_key(line[-1])[0]] for line in lines] == wanted, (view.list_name, order)


def batches(app: Flask, view: Any, person: Any) -> tuple[int, int]:
    """Return how many batches an export takes, and how many statements."""
    with counting(app) as said:
        lines = texts_of(person.get(f"{view.route_base}/export.csv"))[1:]
    return -(-len(lines) // 4), len(said)


@pytest.mark.parametrize("login", ["secretary", "worker", "coordinator"])
def test_every_template_is_read_back_and_its_sample_is_known_as_one(app: Flask, scene: Scene, visit, login: str):
    person, read = visit(login), 0
    for view in scene.lists():
        answer = person.get(f"{view.route_base}/template.xlsx")
        if "i" not in verbs(ROLES[login], view.guard):
            assert answer.status_code == (404 if "template_xlsx" in unused(view.model) else 403)
            continue
        rows = sheet_of(answer).rows[HEADING_ROW - 1 :]
        with app.test_request_context():
            wanted = [str(facts(view.model)[name].label) for name in templates.names_of(view)]
        assert [str(cell).rstrip("*") for cell in rows[0]] == [*wanted, *view.template_more], view.list_name
        required = [shape(view.model, name).required for name in templates.names_of(view)]
        required += [False for _heading in view.template_more]
        assert [str(cell).endswith("*") for cell in rows[0]] == required, view.list_name
        assert str(rows[1][0]).startswith("示例")
        assert [word for word in WORDS[THEIRS] if word in text_of(answer)] == []
        read += 1
    assert read >= 2


def test_lists_from_pages_offer_files_to_who_may_take_them(scene: Scene, visit):
    for login in ("secretary", "gridlead", "auditor"):
        for view, page in opened(scene, visit(login), login):
            for name, verb in (("export.xlsx", "x"), ("export.csv", "x"), ("template.xlsx", "i")):
                offered = f'href="{view.route_base}/{name}' in page
                assert offered is (verb in verbs(ROLES[login], view.guard)), (login, view.list_name, name)


def opened(scene: Scene, person: Any, login: str) -> Iterator[tuple[Any, str]]:
    for view in scene.lists():
        if "v" in verbs(ROLES[login], view.guard):
            yield view, person.page(f"{view.route_base}/list/?archived=0")
