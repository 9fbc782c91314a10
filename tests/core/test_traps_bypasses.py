"""The ways past a row scope that were found in Flask-AppBuilder; the numbers are those of the decision record."""

import json

import pytest
from flask_appbuilder.views import CompactCRUDMixin, MasterDetailView, MultipleView
from sqlalchemy import select, update

from app.communities.models import Place
from app.core import selects
from app.core.access import OutOfScope
from app.core.actor import acting, system
from app.core.model import Guarded, Scoped
from app.core.scope import guarded_models
from app.core.specification import ScopedInterface
from app.core.views import ListView
from app.extensions import db
from app.needs.models import Need
from tests.core.test_traps import OURS

THEIRS = ("桥南社区", "桥南一网格", "吴桂芳")
OWN = ("武江北社区", "第一网格", "武江北路8栋", "陈秀兰", "罗小玲", "楼下路灯不亮")


def told(page, words=OWN):
    """Return which of these words a page tells."""
    return [word for word in words if word in page]


@pytest.mark.parametrize("way", ["GET", "POST"])
def test_f34_an_action_on_one_row_stays_in_scope(as_neighbour, register, need, way):
    pk = register()
    for address in (f"/needs/action/accept/{pk}", f"/needs/move/accept/{pk}"):
        answer = as_neighbour.get(address) if way == "GET" else as_neighbour.post(address)
        assert answer.status_code == 404
    assert need(pk)["version"] == 1


def test_f35_an_action_on_many_rows_stays_in_scope(as_neighbour, register, need):
    ours, theirs = register(), register("neighbour", title="桥头积水", place="桥南一网格")
    answer = as_neighbour.post("/needs/action_post", {"action": "accept", "rowid": [str(ours), str(theirs)]})
    assert answer.status_code == 200
    assert told(answer.get_data(as_text=True)) == []
    assert (need(ours)["version"], need(theirs)["state"].value) == (1, "accepted")


@pytest.mark.parametrize("rowid", ["999999", "abc", "-1", "", "9" * 40, "1 OR 1=1", "\x00"])
def test_f36_an_action_on_a_row_that_is_not_there_is_no_crash(as_secretary, rowid):
    answer = as_secretary.post("/needs/action_post", {"action": "accept", "rowid": rowid})
    assert answer.status_code == 200
    assert as_secretary.post("/needs/action_post", {"action": "delete", "rowid": rowid}).status_code == 400


def test_f37_a_select_neither_offers_nor_takes_a_foreign_row(as_neighbour, register, need, ids):
    pk = register("neighbour", place="桥南一网格")
    for address in ("/needs/choices/place", "/needs/choices/category", "/needs/filters/place", "/places/options"):
        found = as_neighbour.get(address).get_data(as_text=True)
        assert told(json.dumps(json.loads(found), ensure_ascii=False)) == []
    foreign = str(ids("place", name="武江北路8栋"))
    assert as_neighbour.post(f"/needs/edit/{pk}", {"version": "1", "place": foreign}).status_code == 422
    assert as_neighbour.post(f"/needs/move/accept/{pk}", {"version": "1", "place": foreign}).status_code == 422
    assert need(pk)["version"] == 1


def test_f38_an_address_prefills_nothing(as_neighbour, ids):
    foreign = ids("place", name="武江北路8栋")
    page = as_neighbour.page(f"/needs/add?_flt_0_place={foreign}&place={foreign}&community={foreign}")
    assert told(page) == []
    assert f'name="place" value="{foreign}"' not in page


def test_f39_a_program_registers_nothing_into_another_community(program, ids):
    ours = program("neighbour")
    for name, kind, by in (
        ("community", "community", {"code": "wjb"}),
        ("place", "place", {"name": "武江北路8栋"}),
        ("category", "category", {"name": "社区治理"}),
    ):
        answer = ours.post("/api/v1/needs/", title="路灯", **{name: ids(kind, **by)})
        assert (answer.status_code, set(answer.json["message"])) == (422, {name})
    assert program("secretary").get("/api/v1/needs/").json["count"] == 0


def test_f40_a_program_moves_no_row_to_another_community(program, register, need, ids):
    pk = register("neighbour", place="桥南一网格")
    theirs = program("neighbour")
    for name, value in (
        ("community", ids("community", code="wjb")),
        ("community_id", ids("community", code="wjb")),
        ("place", ids("place", name="武江北路8栋")),
    ):
        assert theirs.put(f"/api/v1/needs/{pk}", version=1, **{name: value}).status_code == 422
    assert need(pk)["version"] == 1


def test_f41_what_a_list_tells_programs_of_itself_names_no_rows(program, register):
    register()
    for login in ("secretary", "neighbour"):
        found = program(login).get("/api/v1/needs/_info").get_data(as_text=True)
        assert told(found, OWN + THEIRS) == []


def test_f42_the_page_of_a_list_carries_no_rows_to_choose_from(as_secretary, as_neighbour):
    assert told(as_secretary.page("/needs/list/"), ("武江北路8栋", "二建宿舍", "李国强", *THEIRS)) == []
    assert told(as_neighbour.page("/needs/list/")) == []


def test_f43_lists_without_a_filter_of_their_own_are_narrowed_too(as_neighbour, register):
    register()
    for address in ("/places/list/", "/categories/list/", "/holidays/list/", "/users/list/", "/grants/list/", "/"):
        assert told(as_neighbour.page(address)) == []


def test_f44_files_are_not_fetched_by_name(as_secretary, app):
    for address in (
        "/needs/download/x.xlsx",
        "/needs/download/..%5C..%5Ckeys%5Csecret",
        "/needs/download/..%2Fsidan.db",
    ):
        assert as_secretary.get(address).status_code == 404
    assert not [rule for rule in app.url_map.iter_rules() if "download" in str(rule)]


@pytest.mark.parametrize(
    "order",
    ["created_by.password_hash", "account.phone", "reporter_phone", "address", "reporter_name", "community_id", "uid"],
)
def test_f45_no_order_tells_what_is_hidden(as_secretary, program, order):
    assert as_secretary.get(f"/needs/list/?order={order}").status_code == 400
    assert as_secretary.get(f"/needs/list/?_oc_NeedView={order}").status_code == 400
    assert program("secretary").get("/api/v1/needs/", order_column=order).status_code == 400


@pytest.mark.parametrize(
    "name", ["reporter_phone", "reporter_name", "address", "vulnerable_group", "created_by", "uid", "in_charge"]
)
def test_f46_no_filter_guesses_what_is_hidden(as_secretary, program, register, name):
    register(reporter_phone="13800001234", reporter_name="赵大爷")
    for query in (f"{name}=13800001234", f"_flt_0_{name}=1", f"{name}_from=2026-01-01"):
        assert as_secretary.get(f"/needs/list/?{query}").status_code == 400
    filters = [{"col": name, "opr": "eq", "value": "13800001234"}]
    assert program("secretary").get("/api/v1/needs/", filters=filters).status_code == 400
    assert "/needs/show/" not in as_secretary.page("/needs/list/?q=13800001234")


def test_f47_no_page_is_put_together_from_unchecked_parts(app):
    for view in app.extensions["appbuilder"].baseviews:
        assert not isinstance(view, CompactCRUDMixin | MasterDetailView | MultipleView)
        assert not getattr(view, "related_views", ())


@pytest.mark.parametrize("given", ["999999", "-1", "abc", "1e3", "9" * 30, "१"])
def test_f48_a_select_takes_only_rows_in_sight(acting_as, ids, given):
    ours, theirs = ids("place", name="武江北路8栋"), ids("place", name="桥南一网格")
    with acting_as("neighbour"):
        assert selects.find(Place, given) is None
        assert selects.find(Place, str(ours)) is None
        assert selects.find(Place, str(theirs)).name == "桥南一网格"


def test_f49_every_model_that_names_a_community_or_a_person_is_guarded():
    named = [model for model in OURS if {"community_id", "account_id"} & set(model.__mapper__.columns.keys())]
    open_ones = {model.__name__ for model in named if not issubclass(model, Guarded)}
    assert open_ones == {"CodeCounter", "SignIn", "OneTimeLink", "RevealTally", "PointCode", "TicketCode"}
    assert {model for model in guarded_models() if issubclass(model, Scoped)} >= {Need, Place}


def test_f50_rows_are_not_written_in_bulk_past_the_scope(acting_as, register, need):
    pk = register()
    for login in ("secretary", "neighbour"):
        with acting_as(login), pytest.raises(OutOfScope):
            db.session.execute(update(Need).values(title="全改"))
    assert need(pk)["title"] == "楼下路灯不亮"


def test_f51_a_row_the_session_holds_is_still_asked_for(acting_as, register):
    pk = register()
    with acting_as("neighbour"):
        with acting(system("tests")):
            assert db.session.get(Need, pk) is not None
        assert selects.find(Need, str(pk)) is None
        assert db.session.scalars(select(Need)).all() == []


def test_f52_the_people_offered_are_those_of_the_own_community(as_neighbour, as_secretary):
    ours = [one["text"] for one in as_secretary.get("/needs/choices/in_charge").json["results"]]
    theirs = [one["text"] for one in as_neighbour.get("/needs/choices/in_charge").json["results"]]
    assert "李国强" in str(ours)
    assert "吴桂芳" not in str(ours)
    assert "李国强" not in str(theirs)
    assert as_neighbour.get("/users/options?q=李").json["results"] == []


@pytest.mark.parametrize("offer", [{"filter_columns": ("reporter_phone",)}, {"order_names": ("reporter_name",)}])
def test_f54_a_list_that_would_order_or_filter_by_a_masked_column_cannot_be_made(app, offer):
    view = type("LeakyView", (ListView,), {"datamodel": ScopedInterface(Need), **offer})
    with app.app_context(), pytest.raises(ValueError, match="masked columns"):
        view()


def test_f54_a_masked_column_stands_masked_at_every_door(as_auditor, program, register):
    pk = register(reporter_name="赵大爷", reporter_phone="13800001234", address="武江北路8栋3单元502")
    doors = [as_auditor.page(f"/needs/show/{pk}"), as_auditor.page("/needs/list/")]
    auditor = program("auditor")
    doors += [
        auditor.get(f"/api/v1/needs/{pk}").get_data(as_text=True),
        auditor.get("/api/v1/needs/").get_data(as_text=True),
    ]
    hidden = ("赵大爷", "13800001234", "502")
    assert [told(door, hidden) for door in doors] == [[], [], [], []]


def test_f52_only_who_plans_is_offered_people(as_person):
    for login in ("secretary", "worker", "gridlead", "coordinator"):
        assert as_person(login).get("/needs/choices/in_charge").json["results"]
    for login in ("gridworker", "liaison", "partner", "volunteer", "supervisor"):
        assert as_person(login).get("/needs/choices/in_charge").status_code == 404
    for name in ("created_by", "changed_by", "delivered_by"):
        assert as_person("secretary").get(f"/needs/choices/{name}").status_code == 404
    for login in ("gridworker", "liaison", "partner", "volunteer", "supervisor"):
        assert as_person(login).get("/needs/choices/merged_into").status_code == 404
