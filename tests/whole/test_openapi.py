"""The description of the REST doors: complete, in Chinese, and whatever is sent by it, never an error of ours."""

import re
from typing import Any, Final

import pytest
import schemathesis
from flask import Flask
from hypothesis import HealthCheck, Phase, given, settings
from sqlalchemy import select

from app.accounts import tokens
from app.accounts.models import Account, Grant
from app.core import database
from app.core.actor import acting, system
from app.extensions import db
from app.roles import TITLES
from tests.whole.paper import sent
from tests.whole.scene import Scene
from tests.whole.walk import ROLES, doors, passes

ADDRESS: Final = "/api/v1/_openapi"
ANSWERS: Final = {200, 201, 400, 401, 403, 404, 405, 409, 415, 422, 429}
HAN: Final = re.compile("[\u4e00-\u9fff]")


@pytest.fixture
def bearer(app: Flask) -> Any:
    """Give a program a token of somebody of the cast, as the header it sends."""

    def make(login: str) -> dict[str, str]:
        with app.app_context(), acting(system("tests")), database.transaction():
            held = select(Grant).join(Account, Grant.account_id == Account.id).where(Account.login == login)
            return {"Authorization": f"Bearer {tokens.make(db.session.scalars(held).first(), 'tests', 9)[1]}"}

    return make


@pytest.fixture
def document(app: Flask, bearer: Any) -> dict[str, Any]:
    """The description, as a program reads it."""
    answer = app.test_client().get(ADDRESS, headers=bearer("worker"))
    assert answer.status_code == 200
    return answer.json


def operations(document: dict[str, Any]) -> dict[tuple[str, str], dict[str, Any]]:
    verbs = ("get", "post", "put", "delete")
    return {
        (verb.upper(), path): operation
        for path, item in document["paths"].items()
        for verb, operation in item.items()
        if verb in verbs
    }


def test_the_description_names_every_door_for_programs_and_no_other(app: Flask, scene: Scene, document):
    described = {*operations(document)}
    ones = dict.fromkeys((view.list_name for view in scene.lists()), 1)
    open_doors = {(door.method, door.path) for door in doors(app, scene, "secretary", ones) if door.for_programs}
    assert described == open_doors - {("GET", ADDRESS)}


def test_the_description_says_whom_each_door_is_for(app: Flask, scene: Scene, document):
    ones = dict.fromkeys((view.list_name for view in scene.lists()), 1)
    found = operations(document)
    with app.test_request_context("/"):
        for door in doors(app, scene, "secretary", ones):
            if not door.for_programs or door.address == ADDRESS or door.move:
                continue
            told = found[door.method, door.path]["description"]
            for role in ROLES.values():
                from_roles = told.partition("：")[2].split("、")
                assert (str(TITLES[role]) in from_roles) is passes(door, role), (str(door), role)


def test_the_description_is_chinese_and_holds_no_row(scene: Scene, bearer, app: Flask):
    for view in scene.lists():
        scene.make(view, "secretary")
    answer = app.test_client().get(ADDRESS, headers=bearer("secretary"))
    told = answer.get_data(as_text=True)
    assert [word for word in scene.secrets() if word in told] == []
    for operation in operations(answer.json).values():
        assert HAN.search(operation["summary"])
        assert HAN.search(operation["description"])
        body = operation.get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema", {})
        for name, column in body.get("properties", {}).items():
            assert name in ("version", "reason") or HAN.search(column["description"]), name


def test_what_a_program_reads_has_the_columns_it_was_told(app: Flask, scene: Scene, document, bearer):
    client, headers = app.test_client(), bearer("secretary")
    for view in scene.lists():
        pk = scene.make(view, "secretary")
        row = client.get(f"/api/v1{view.route_base}/{pk}", headers=headers).json["result"]
        schema = document["components"]["schemas"][view.list_name]["properties"]["result"]["properties"]
        assert row.keys() == schema.keys(), view.list_name
        for name, value in row.items():
            kinds = {"string": str, "integer": int, "number": int | float, "boolean": bool, "array": list}
            kinds["object"] = dict
            assert value is None or isinstance(value, kinds[_kind(schema[name])]), (view.list_name, name)


def _kind(schema: dict[str, Any]) -> str:
    """Return the type of a column, which may also be empty."""
    return str(schema["type"][0] if isinstance(schema["type"], list) else schema["type"])


def test_what_may_be_sent_by_the_description_is_taken(app: Flask, scene: Scene, document, bearer):
    client, headers = app.test_client(), bearer("secretary")
    for view in scene.lists():
        body = sent(scene, view, "secretary")
        told = operations(document)["POST", f"/api/v1{view.route_base}/"]["requestBody"]["content"]
        schema = told["application/json"]["schema"]
        assert {*body, *view.other_names, *view.who_names} == set(schema["properties"]), view.list_name
        answer = client.post(f"/api/v1{view.route_base}/", json=body, headers=headers)
        assert answer.status_code == (403 if view.list_name == "communities" else 201), answer.json


@pytest.mark.parametrize("login", ["secretary", "gridworker"])
def test_whatever_programs_send_the_portal_answers_in_its_own_words(app: Flask, scene: Scene, bearer, login: str):
    rows = {view.list_name: scene.make(view, login) for view in scene.lists()}
    headers, wrong, statuses = bearer(login), [], set()
    schema = schemathesis.openapi.from_wsgi(ADDRESS, app, headers=headers)
    for found in schema.get_all_operations():
        operation = found.ok()

        @given(case=operation.as_strategy())
        @settings(
            max_examples=4,
            derandomize=True,
            deadline=None,
            database=None,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        def holds(case: Any) -> None:
            if "pk" in (case.path_parameters or {}) and case.path_parameters["pk"] % 2 == 0:
                case.path_parameters["pk"] = rows[case.path.split("/")[3]]
            answer = case.call(headers=headers)
            statuses.add(answer.status_code)
            # Some answers are files, and what is sent may be one.
            if answer.status_code not in ANSWERS or b"Traceback" in answer.content:
                wrong.append((case.method, case.formatted_path, answer.status_code))

        holds()
    assert wrong == []
    assert statuses >= {200, 400, 403, 404, 409, 422}
