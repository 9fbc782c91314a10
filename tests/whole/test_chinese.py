"""Everything a person reads is Chinese: pages, forms, errors; names, days and yes or no as people write them."""

import re
from typing import Any, Final

import pytest
import wtforms
from babel.messages.pofile import read_po
from flask import Flask
from werkzeug.exceptions import HTTPException

from app import catalog
from app.core import forms
from app.core.access import Forbidden, OutOfScope
from app.core.database import Clash, NotMigrated, Unavailable
from app.core.errors import SENTENCES
from app.core.fields import Labelled, facts, shape
from app.core.moves import Refused, Stale
from app.core.rules import Violation
from tests.whole.chinese import HAN, complaints, foreign
from tests.whole.scene import Scene
from tests.whole.walk import ROLES, doors, makes, passes


@pytest.mark.parametrize("login", ROLES)
def test_every_list_asked_for_everything_is_chinese(scene: Scene, visit, login: str):
    """What single pages say is read in the walks of every role; here all chips are shown."""
    person = visit(login)
    assert [line for view in scene.lists() for line in list_complaints(view, person)] == []


def list_complaints(view: Any, person: Any) -> list[str]:
    """Return what is not Chinese on a list that is filtered by everything, so that all chips are shown."""
    asked = ["size=5", *(f"quick={name}" for name in list(view.quick_filters)[:1])]
    for name in view.filter_columns:
        form = shape(view.model, name)
        if form.kind == "choice":
            asked += [f"{name}={member.value}" for member in form.choices or ()]
        elif form.kind in ("date", "instant"):
            asked += [f"{name}_from=2026-01-01", f"{name}_to=2026-12-31"]
        elif form.kind == "flag":
            asked.append(f"{name}=1")
    address = f"{view.route_base}/list/?{'&'.join(asked)}"
    page = person.get(address).get_data(as_text=True)
    return complaints(address, page)


def test_what_strangers_see_is_chinese(app: Flask, nobody):
    for address in ("/login/", "/setup/no-such-link", "/nothing"):
        assert complaints(address, nobody.get(address, follow_redirects=True).get_data(as_text=True)) == []
    page = nobody.get("/login/").get_data(as_text=True)
    token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page)
    assert token
    for form in ({}, {"username": "secretary", "password": "wrong"}, {"username": "x" * 300, "password": "y" * 3000}):
        answer = nobody.post("/login/", data={"csrf_token": token[1], **form})
        assert answer.status_code in (401, 422)
        assert complaints("/login/", answer.get_data(as_text=True)) == []


ERRORS: Final = {
    400: None, 401: None, 403: Forbidden(), 404: OutOfScope(), 405: None, 409: Stale(), 410: None, 413: None,
    415: None, 422: Violation({"title": ["请填写。"]}), 429: None, 500: RuntimeError("boom: SELECT * FROM need"),
    503: Unavailable(),
}  # fmt: skip
MORE_ERRORS: Final = {
    "clash": (409, Clash("need.code")),
    "refused": (409, Refused("现在不行。")),
    "not migrated": (503, NotMigrated()),
    "teapot": (418, None),
    "gateway": (502, None),
}


def http_error(status: int) -> HTTPException:
    error = HTTPException()
    error.code = status
    return error


@pytest.mark.parametrize(
    ("status", "error"), [*ERRORS.items(), *MORE_ERRORS.values()], ids=[*map(str, ERRORS), *MORE_ERRORS]
)
def test_every_error_has_its_chinese_page(app: Flask, status: int, error: Exception | None):
    with app.test_request_context("/needs/list/"):
        answer = app.make_response(app.handle_user_exception(error or http_error(status)))
        page = answer.get_data(as_text=True)
        assert answer.status_code == status
        assert complaints(str(status), page) == []
        assert len(HAN.findall(page)) > 10
        assert "SELECT" not in page
        assert "need.code" not in page


@pytest.mark.parametrize("status", ERRORS)
def test_programs_are_told_in_chinese_too(app: Flask, status: int):
    with app.test_request_context("/api/v1/needs/"):
        answer = app.make_response(app.handle_user_exception(http_error(status)))
        message = answer.get_json()["message"]
        assert HAN.search(message)
        assert not foreign(message)


def test_every_error_we_know_has_a_title_and_an_advice(app: Flask):
    with app.test_request_context("/"):
        for status, (title, advice) in SENTENCES.items():
            assert HAN.search(str(title)), status
            assert HAN.search(str(advice)), status


def test_the_catalogue_has_no_fault():
    assert catalog.faults(catalog.stored(), catalog.wanted()) == []


def test_every_word_of_the_columns_is_chinese(app: Flask, scene: Scene):
    with app.test_request_context("/"):
        for view in scene.lists():
            for name, fact in facts(view.model).items():
                for text in (fact.label, fact.help or "一", fact.group or "一"):
                    assert HAN.search(str(text)), (view.list_name, name, str(text))
                    assert not foreign(str(text)), (view.list_name, name, str(text))
                choices = shape(view.model, name).choices or ()
                assert all(isinstance(member, Labelled) and HAN.search(str(member.label)) for member in choices), name
            for move in getattr(getattr(view.model, "flow", None), "moves", ()):
                assert HAN.search(str(move.label)), move.name


def wtforms_messages() -> list[Any]:
    """Return every message WTForms can say."""
    with (catalog.FORMS / "locale" / "zh" / "LC_MESSAGES" / "wtforms.po").open("rb") as file:
        known = {message.id for message in read_po(file) if message.id}
    return sorted({*known, *(message.id for message in catalog.messages(catalog.extracted(catalog.FORMS)))}, key=str)


def test_every_message_of_the_form_library_is_chinese(app: Flask):
    assert len(wtforms_messages()) > 30
    assert wtforms.__version__.startswith("3.3")
    with app.test_request_context("/"):
        spoken = forms.PortalForm.Meta().get_translations(None)
        for message in wtforms_messages():
            one, many = message if isinstance(message, tuple) else (message, message)
            assert HAN.search(spoken.gettext(one)), message
            for number in (1, 2):
                assert message == one or HAN.search(spoken.ngettext(one, many, number)), message


def test_names_and_yes_and_no_and_moments_are_written_as_here(register, as_secretary):
    pk = register(anonymous=True, reporter_name="欧阳小明")
    page = as_secretary.page(f"/needs/show/{pk}")
    assert "陈秀兰" in page
    assert "欧阳小明" in page
    assert "<dd>是</dd>" in page
    assert "<dd>否</dd>" in page
    assert re.search(r"<dd>\d{4}-\d{2}-\d{2} \d{2}:\d{2}</dd>", page)


def test_the_languages_of_the_browser_change_nothing(as_secretary):
    for language in ("en", "en-US,en;q=0.9", "fr", "zh-TW"):
        page = as_secretary.get("/needs/list/", headers={"Accept-Language": language}).get_data(as_text=True)
        assert complaints(language, page) == []
    page = as_secretary.get("/needs/list/?_l_=en&locale=en").get_data(as_text=True)
    assert complaints("query", page) == []


def test_a_bulk_move_and_a_conflict_are_told_in_chinese(scene: Scene, visit):
    person = visit("secretary")
    for view in scene.lists():
        for name in view.bulk_moves:
            rows = [str(scene.make(view, "secretary")), str(scene.make(view, "secretary")), "999999"]
            for _twice in range(2):
                answer = person.post(f"{view.route_base}/action_post", {"action": name, "rowid": rows})
                assert complaints(name, answer.get_data(as_text=True)) == []
        pk = scene.make(view, "secretary")
        form = dict.fromkeys(view.edit_names, "改") | {"version": "0"}
        answer = person.post(f"{view.route_base}/edit/{pk}", form)
        assert complaints("conflict", answer.get_data(as_text=True)) == []


def test_makers_of_moves_read_the_doors_in_chinese(app: Flask, scene: Scene, visit):
    """Each move made with nothing filled in complains in Chinese, beside each field."""
    person = visit("secretary")
    for door in doors(app, scene, "secretary"):
        may = passes(door, ROLES["secretary"]) and makes(door, ROLES["secretary"])
        if door.move and door.method == "POST" and may and not door.for_programs:
            answer = person.post(door.address)
            assert answer.status_code == 302 or complaints(str(door), answer.get_data(as_text=True)) == []
