"""What is masked stays masked, for every list, every role and every door; and no mask is ever stored."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import delete

from app.core.actor import acting, system
from app.core.database import transaction
from app.core.display import words
from app.core.fields import Labelled, facts, shape
from app.core.model import Recorded
from app.core.payload import spoken
from app.core.revealing import RevealTally
from app.extensions import db
from tests.whole.paper import fields_of, text_of, written
from tests.whole.scene import Scene
from tests.whole.traces import plain_files, plain_texts
from tests.whole.walk import ROLES, doors, makes, masked, passes, reveals, verbs

# What a form offers to choose from stands there for every row.
OFFERED = re.compile(r"<select.*?</select>|<label class=\"check\">.*?</label>|<ul[^>]*listbox.*?</ul>", re.DOTALL)
SEERS = [login for login in ROLES if login != "admin"]


def sensitive(view: Any) -> list[str]:
    """Return the columns of a list that are masked for somebody."""
    return [name for name, fact in facts(view.model).items() if fact.mask or fact.sealed]


def guarded_lists(scene: Scene) -> list[Any]:
    found = [view for view in scene.lists() if sensitive(view)]
    assert found
    return found


def stored(app: Flask, view: Any, pk: int) -> dict[str, Any]:
    with app.app_context(), acting(system("tests")):
        row = db.session.get(view.model, pk)
        return {name: getattr(row, name) for name in sensitive(view)}


def in_words(app: Flask, value: Any) -> str:
    """Return a value as the pages say it, in Chinese."""
    with app.test_request_context():
        return words(value)


def in_json(value: Any) -> str:
    """Return a value as programs read it."""
    return json.dumps(spoken(value), ensure_ascii=False, separators=(",", ":"))


def hidden(view: Any, login: str) -> list[str]:
    """Return the columns this person must not read."""
    described = facts(view.model)
    return [name for name in sensitive(view) if described[name].sealed or masked(ROLES[login], view.guard)]


def pages(app: Flask, scene: Scene, person: Any, view: Any, pk: int) -> Iterator[tuple[str, str]]:
    """Yield everything the portal answers about a row, by every door of its list."""
    role = ROLES[person.login]
    for door in doors(app, scene, person.login, {view.list_name: pk}):
        # What a list has to choose from is the same for everybody; a file is no text.
        if door.endpoint.endswith(("Api.info", "Api.file")):
            continue
        if door.view is view and door.method == "GET" and passes(door, role) and makes(door, role):
            yield str(door), text_of(person.get(door.address))
    base = view.route_base
    for address in ("/list/?size=200", "/options?q=", "/options?q=139", "/list/?archived=1"):
        yield address, person.get(base + address).get_data(as_text=True)
    yield "bulk", person.post(f"{base}/action_post", {"action": "accept", "rowid": str(pk)}).get_data(as_text=True)
    if "e" in verbs(role, view.guard):
        typed = fields_of(person.get(f"{base}/edit/{pk}").get_data(as_text=True))
        yield "stale", person.post(f"{base}/edit/{pk}", typed | {"version": "0"}).get_data(as_text=True)
        wrong = {name: "x" * 20_000 for name in view.edit_names if name not in sensitive(view)}
        yield "wrong", person.post(f"{base}/edit/{pk}", typed | wrong).get_data(as_text=True)
        for name, body in {"stale": {"version": 0}, "wrong": wrong | {"version": 1}}.items():
            yield f"JSON {name}", person.send("PUT", f"/api/v1{base}/{pk}", body).get_data(as_text=True)
    yield "notices", person.get("/notices/").get_data(as_text=True)
    yield "home", person.get("/").get_data(as_text=True)


@pytest.mark.parametrize("login", SEERS)
def test_nobody_reads_what_is_masked_for_them(app: Flask, scene: Scene, visit, login: str):
    person, found, looked = visit(login), [], 0
    for view in guarded_lists(scene):
        if "v" not in verbs(ROLES[login], view.guard):
            continue
        pk = scene.make(view, login)
        values = stored(app, view, pk)
        assert all(values.values()), (view.list_name, values)
        for where, text in pages(app, scene, person, view, pk):
            looked += 1
            told = OFFERED.sub("", text)
            for name in hidden(view, login):
                code = values[name].value if isinstance(values[name], Labelled) else values[name]
                if (
                    in_words(app, values[name]) in told
                    or f'value="{code}" selected' in text
                    or f'"{name}":"{code}"' in text
                ):
                    found.append(f"{where}: {name}")
    assert found == []
    assert looked > 5 or login not in ("secretary", "auditor", "gridworker")
    assert leaks_in_the_log(app, scene) == []


def looks(scene: Scene, person: Any, view: Any, pk: int) -> Iterator[tuple[str, str, int, str]]:
    """Yield column, door, status and answer of looking at each masked column of a row, by page and by program."""
    for name in sensitive(view):
        page = person.post(f"{view.route_base}/reveal/{pk}/{name}", {"reason": "check"})
        yield name, "page", page.status_code, page.get_data(as_text=True)
        program = person.post(f"/api/v1{view.route_base}/{pk}/reveal/{name}", {"reason": "check"})
        yield name, "program", program.status_code, program.get_data(as_text=True)


def begin_another_day(app: Flask) -> None:
    """Let everybody look again as often as on a new day."""
    with app.app_context(), acting(system("tests")), transaction():
        db.session.execute(delete(RevealTally))


@pytest.mark.parametrize("login", SEERS)
def test_looking_shows_one_value_and_only_to_who_may(app: Flask, scene: Scene, visit, login: str):
    person, seen = visit(login), 0
    for view in guarded_lists(scene):
        pk = scene.make(view, login)
        begin_another_day(app)
        values, role = stored(app, view, pk), ROLES[login]
        for name, door, status, text in looks(scene, person, view, pk):
            allowed, told = reveals(role, view.guard), OFFERED.sub("", text)
            assert (status == 200) is allowed, (view.list_name, name, door, status)
            others = [other for other in hidden(view, login) if other != name or not allowed]
            assert [other for other in others if in_words(app, values[other]) in told] == [], (name, door)
            value = in_words(app, values[name]) if door == "page" else in_json(values[name])
            assert (value in text) is allowed, (name, door)
            seen += allowed
    assert (seen > 0) is (login in ("secretary", "worker", "coordinator", "gridlead"))


@pytest.mark.parametrize("login", [*SEERS, "neighbour"])
def test_a_number_finds_rows_only_for_who_may_look_and_shows_no_number(app: Flask, scene: Scene, visit, login: str):
    person, found = visit(login), 0
    for view in [view for view in guarded_lists(scene) if view.findable]:
        pk = scene.make(view, login if login != "neighbour" else "secretary")
        values = stored(app, view, pk)
        for name in view.findable:
            role = ROLES.get(login, ROLES["secretary"])
            allowed, asked = reveals(role, view.guard), "R" in verbs(role, view.guard)
            for address in (f"{view.route_base}/find", f"/api/v1{view.route_base}/find"):
                value = values[name][0] if isinstance(values[name], list) else values[name]
                answer = person.post(address, {name: value})
                text = answer.get_data(as_text=True)
                assert answer.status_code == (200 if asked else 403), address
                assert value not in text
                there = f'/show/{pk}"' in text or f'"ids":[{pk}]' in text
                assert there is (allowed and login != "neighbour"), address
                found += there
    assert (found > 0) is (login in ("secretary", "worker", "gridlead"))


@pytest.mark.parametrize("login", ["secretary", "gridlead"])
def test_after_a_day_of_work_no_sealed_value_stands_in_any_file(app: Flask, scene: Scene, visit, login: str):
    person, secrets = visit(login), set()
    for view in guarded_lists(scene):
        if "v" not in verbs(ROLES[login], view.guard):
            continue
        pk = scene.make(view, login)
        values = stored(app, view, pk)
        sealed = [values[name] for name, fact in facts(view.model).items() if fact.sealed]
        secrets |= {text for value in sealed for text in (value if isinstance(value, list) else [value])}
        for _where, _text in pages(app, scene, person, view, pk):
            pass
        for _look in looks(scene, person, view, pk):
            pass
        for name in view.findable:
            person.post(f"{view.route_base}/find", {name: next(text for text in secrets if text in str(values[name]))})
    assert len(secrets) >= 2
    with app.app_context():
        said = [text for text in plain_texts() if any(secret in text for secret in secrets)]
    assert said == []
    files = [file.name for file, held in plain_files(app) if any(secret.encode() in held for secret in secrets)]
    assert files == []


def leaks_in_the_log(app: Flask, scene: Scene) -> list[str]:
    """Return the words of our rows that are found in any log file."""
    logs = [file.read_text(encoding="utf-8") for file in (Path(app.config["INSTANCE"]) / "logs").iterdir()]
    assert any(logs)
    return [word for word in scene.secrets() if any(word in log for log in logs)]


@pytest.mark.parametrize("login", [login for login in SEERS if not masked(ROLES[login], "needs")])
def test_who_works_with_people_reads_their_names_but_not_their_numbers(app: Flask, scene: Scene, visit, login: str):
    person = visit(login)
    for view in guarded_lists(scene):
        if "e" not in verbs(ROLES[login], view.guard) or masked(ROLES[login], view.guard):
            continue
        pk = scene.make(view, login)
        values, form = stored(app, view, pk), fields_of(person.page(f"{view.route_base}/edit/{pk}"))
        detail = person.page(f"{view.route_base}/show/{pk}")
        for name, fact in facts(view.model).items():
            if name not in values:
                continue
            mask = fact.mask(in_words(app, values[name])) if fact.mask else "—"
            assert (in_words(app, values[name]) in detail) is not fact.sealed, name
            assert not fact.sealed or mask in detail, name
            code = written(values[name])
            if name in form:
                assert form[name] == (mask if fact.sealed else code), name


@pytest.mark.parametrize("login", ["secretary", "worker", "gridlead", "gridworker"])
def test_a_form_sent_back_as_it_came_changes_nothing_that_is_masked(app: Flask, scene: Scene, visit, login: str):
    person, changed = visit(login), 0
    for view in guarded_lists(scene):
        if "e" not in verbs(ROLES[login], view.guard):
            continue
        pk = scene.make(view, login)
        before = stored(app, view, pk)
        address = f"{view.route_base}/edit/{pk}"
        form = fields_of(person.page(address))
        assert person.post(address, form).status_code == 302
        assert stored(app, view, pk) == before
        left_out = {name: value for name, value in fields_of(person.page(address)).items() if name not in before}
        assert person.post(address, left_out).status_code == 302
        assert stored(app, view, pk) == before
        changed += 1
    assert changed


@pytest.mark.parametrize("login", ["secretary", "gridworker"])
def test_a_program_that_sends_back_what_it_read_changes_nothing_and_stores_no_mask(app, scene, visit, login: str):
    person = visit(login)
    for view in guarded_lists(scene):
        if "e" not in verbs(ROLES[login], view.guard):
            continue
        pk = scene.make(view, login)
        before, address = stored(app, view, pk), f"/api/v1{view.route_base}/{pk}"
        row = person.get(address).json["result"]
        assert (
            person.send("PUT", address, {name: row[name] for name in ("version", *view.edit_names)}).status_code == 200
        )
        version = person.get(address).json["result"]["version"]
        for name in sensitive(view):
            if name in view.edit_names:
                forged = person.send("PUT", address, {"version": version, name: "1**********"})
                assert set(forged.json["message"]) == {name}
        assert stored(app, view, pk) == before


@pytest.mark.parametrize("login", ["secretary", "gridworker"])
@pytest.mark.parametrize("forged", ["1**********", "139****0000", "柳*", "***", "柳堤路9栋***", "*"])
def test_no_mask_is_ever_stored(app: Flask, scene: Scene, visit, login: str, forged: str):
    person = visit(login)
    for view in guarded_lists(scene):
        if "e" not in verbs(ROLES[login], view.guard):
            continue
        pk = scene.make(view, login)
        before, address = stored(app, view, pk), f"{view.route_base}/edit/{pk}"
        form = fields_of(person.page(address))
        for name in sensitive(view):
            if name not in form or form[name] == forged:
                continue
            answer = person.post(address, form | {name: forged})
            assert answer.status_code == 422, name
            if shape(view.model, name).kind != "choice":
                assert fields_of(answer.get_data(as_text=True))[name] == forged, name
        assert stored(app, view, pk) == before


@pytest.mark.parametrize("login", ["secretary", "gridworker"])
def test_a_new_value_replaces_what_is_masked(app: Flask, scene: Scene, visit, login: str):
    person = visit(login)
    view = next(view for view in guarded_lists(scene) if view.list_name == "needs")
    pk = scene.make(view, login)
    address = f"/needs/edit/{pk}"
    new = {"reporter_phone": "13800000099", "reporter_name": "莫小雨", "vulnerable_group": "disability"}
    assert person.post(address, fields_of(person.page(address)) | new).status_code == 302
    after = stored(app, view, pk)
    assert (after["reporter_phone"], after["reporter_name"]) == ("13800000099", "莫小雨")
    assert after["vulnerable_group"].value == "disability"


@pytest.mark.parametrize("login", SEERS)
def test_what_is_masked_cannot_be_asked_for(scene: Scene, visit, login: str):
    person = visit(login)
    for view in guarded_lists(scene):
        if "v" not in verbs(ROLES[login], view.guard):
            continue
        for name in sensitive(view):
            for ask in (f"{name}=1", f"{name}_from=2026-01-01", f"order={name}", f"order=-{name}"):
                assert person.get(f"{view.route_base}/list/?{ask}").status_code == 400, ask
                assert person.get(f"/api/v1{view.route_base}/?{ask}").status_code == 400, ask


def test_the_search_box_looks_through_nothing_that_is_masked(scene: Scene):
    for view in guarded_lists(scene):
        assert set(view.offer.searched) & set(sensitive(view)) == set()
        assert {*view.filter_columns, *view.order_names} & set(sensitive(view)) == set()
        assert issubclass(view.model, Recorded)


def test_the_timeline_keeps_silent_about_what_is_masked(app: Flask, scene: Scene, as_auditor, acting_as):
    """Whatever is said with a move, the sensitive columns of it stay out of the timeline's words."""
    for view in guarded_lists(scene):
        names = set(sensitive(view))
        with app.test_request_context():
            step = type("Said", (), {"said": dict.fromkeys([*names, "reason"], "柳暗花明"), "move": "edit"})()
            labels = [str(label) for label, _words in view.step_said(step)]
        assert {str(view.label_columns[name]) for name in names} & set(labels) == set()
        assert len(labels) == 1
