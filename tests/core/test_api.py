"""The needs, asked for and changed by programs: the same scope, masks, rules and moves as on the pages."""

import contextlib
import json
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.core import clock
from app.core.addresses import BadQuery
from app.core.payload import asked

NEEDS = "/api/v1/needs/"


def test_a_program_lists_the_needs_of_its_person(program, register):
    pk = register(title="楼道灯不亮")
    answer = program("secretary").get(NEEDS).json
    assert (answer["count"], answer["ids"]) == (1, [pk])
    assert answer["result"][0]["title"] == "楼道灯不亮"
    assert answer["result"][0]["state"] == "submitted"


def test_relations_are_ids_choices_codes_and_moments_shanghai_time(program, register, ids):
    pk = register()
    row = program("secretary").get(f"{NEEDS}{pk}").json["result"]
    assert row["place"] == ids("place", name="武江北路8栋")
    assert row["urgency"] == "normal"
    assert row["received_at"].endswith("+08:00")
    assert clock.parse_local(row["received_at"]) <= clock.now()


def test_the_neighbours_program_sees_nothing_of_ours(program, register):
    pk = register()
    theirs = program("neighbour")
    assert theirs.get(NEEDS).json["ids"] == []
    assert theirs.get(f"{NEEDS}{pk}").status_code == 404
    assert theirs.put(f"{NEEDS}{pk}", version=1, title="x").status_code == 404
    assert theirs.post(f"{NEEDS}{pk}/move/accept", version=1).status_code == 404
    assert theirs.send("DELETE", f"{NEEDS}{pk}", reason="重复").status_code == 404


def test_who_is_not_signed_in_is_told_so(app, register):
    pk = register()
    stranger = app.test_client()
    for verb, address in (("GET", NEEDS), ("POST", NEEDS), ("PUT", f"{NEEDS}{pk}"), ("DELETE", f"{NEEDS}{pk}")):
        answer = stranger.open(address, method=verb, json={})
        assert answer.status_code == 401
        assert answer.json["message"]


def test_who_has_no_such_permission_is_refused(program, register, need):
    pk = register()
    assert program("admin").get(NEEDS).status_code == 403
    auditor = program("auditor")
    assert auditor.get(NEEDS).status_code == 200
    assert auditor.post(NEEDS, title="x").status_code == 403
    assert auditor.put(f"{NEEDS}{pk}", version=1, title="x").status_code == 403
    assert auditor.post(f"{NEEDS}{pk}/move/accept", version=1).status_code == 403
    assert program("worker").send("DELETE", f"{NEEDS}{pk}", reason="重复").status_code == 403
    assert (need(pk)["state"].value, need(pk)["archived_at"]) == ("submitted", None)


def test_the_secretary_registers_a_need(program, ids, need):
    answer = program("secretary").post(
        NEEDS, title=" 三楼扶手松动 ", urgency="urgent", place=ids("place", name="武江北路8栋"), collective=True
    )
    assert answer.status_code == 201
    assert answer.json["result"]["code"].startswith("XQ")
    stored = need(answer.json["id"])
    assert (stored["title"], stored["urgency"].value, stored["collective"]) == ("三楼扶手松动", "urgent", True)


def test_what_is_wrong_is_said_by_column_and_nothing_is_stored(program, ids):
    secretary = program("secretary")
    answer = secretary.post(
        NEEDS,
        title=3,
        urgency="eventually",
        received_at="yesterday",
        quantity_asked="many",
        collective="yes",
        place=ids("place", name="桥南一网格"),
        state="closed",
        community_id=1,
    )
    assert answer.status_code == 422
    wrong = {"title", "urgency", "received_at", "quantity_asked", "collective", "place", "state", "community_id"}
    assert set(answer.json["message"]) == wrong
    assert secretary.get(NEEDS).json["count"] == 0


def test_the_rules_of_the_pages_hold_for_programs(program):
    tomorrow = clock.local(clock.now() + timedelta(days=1)).isoformat()
    answer = program("secretary").post(NEEDS, title="路灯", reporter_phone="abc", received_at=tomorrow)
    assert answer.status_code == 422
    assert set(answer.json["message"]) == {"reporter_phone", "received_at"}


@pytest.mark.parametrize(
    "moment", ["9999-12-31T23:59+00:00", "9999-12-31T23:59", "0001-01-01T00:00", "1850-01-01T00:00"]
)
def test_the_ends_of_the_calendar_are_refused(program, moment):
    answer = program("secretary").post(NEEDS, title="路灯", received_at=moment)
    assert answer.status_code == 422
    assert set(answer.json["message"]) == {"received_at"}


def test_a_need_is_never_registered_into_another_community(program, ids):
    theirs = ids("community", code="qn")
    answer = program("secretary").post(NEEDS, title="路灯", community=theirs)
    assert answer.status_code == 422
    assert set(answer.json["message"]) == {"community"}


def test_a_change_names_the_version_it_has_seen(program, register, need):
    pk = register()
    secretary = program("secretary")
    assert secretary.put(f"{NEEDS}{pk}", title="x").status_code == 422
    assert secretary.put(f"{NEEDS}{pk}", version=1, title="八栋路灯不亮").json["result"]["title"] == "八栋路灯不亮"
    late = secretary.put(f"{NEEDS}{pk}", version=1, title="别的")
    assert (late.status_code, isinstance(late.json["message"], str)) == (409, True)
    assert need(pk)["title"] == "八栋路灯不亮"


def test_a_change_touches_only_what_was_sent(program, register, need):
    pk = register(text="晚上看不清台阶", reporter_phone="13800001234")
    assert program("secretary").put(f"{NEEDS}{pk}", version=1, urgency="urgent").status_code == 200
    stored = need(pk)
    assert (stored["text"], stored["reporter_phone"]) == ("晚上看不清台阶", "13800001234")


def test_a_program_makes_moves(program, register, need):
    pk = register()
    secretary = program("secretary")
    answer = secretary.post(f"{NEEDS}{pk}/move/accept", version=1, urgency="critical")
    assert (answer.status_code, answer.json["result"]["state"]) == (200, "accepted")
    assert need(pk)["urgency"].value == "critical"
    again = secretary.post(f"{NEEDS}{pk}/move/accept", version=2)
    assert again.status_code == 409
    assert "受理" in again.json["message"]


def test_a_move_asks_what_it_asks_on_the_page(program, register, need):
    pk = register()
    secretary = program("secretary")
    assert set(secretary.post(f"{NEEDS}{pk}/move/reject", version=1).json["message"]) == {"reason", "who_can_help"}
    assert set(secretary.post(f"{NEEDS}{pk}/move/accept", version=1, outcome="met").json["message"]) == {"outcome"}
    assert set(secretary.post(f"{NEEDS}{pk}/move/accept").json["message"]) == {"version"}
    assert secretary.post(f"{NEEDS}{pk}/move/accept", version=7).status_code == 409
    assert secretary.post(f"{NEEDS}{pk}/move/levitate").status_code == 404
    assert need(pk)["state"].value == "submitted"


def test_deleting_is_archiving_with_a_reason(program, register, need):
    pk = register()
    secretary = program("secretary")
    assert secretary.send("DELETE", f"{NEEDS}{pk}").status_code == 422
    assert secretary.send("DELETE", f"{NEEDS}{pk}", reason="登记重复", version=1).status_code == 200
    assert need(pk)["archive_reason"] == "登记重复"
    assert secretary.get(NEEDS).json["count"] == 0
    assert secretary.get(NEEDS, archived=True).json["count"] == 1
    assert secretary.put(f"{NEEDS}{pk}", version=2, title="x").status_code == 409


def test_masks_hold_for_programs_and_are_never_stored(program, register, need):
    pk = register("gridworker", reporter_name="赵大爷", reporter_phone="13800001234", vulnerable_group=None)
    grid = program("gridworker")
    row = grid.get(f"{NEEDS}{pk}").json["result"]
    assert (row["reporter_name"], row["reporter_phone"]) == ("赵*爷", "138****1234")
    sent = {"reporter_name": "赵*爷", "reporter_phone": "138****1234", "title": "换一个灯泡"}
    assert grid.put(f"{NEEDS}{pk}", version=1, **sent).status_code == 200
    assert (need(pk)["reporter_name"], need(pk)["reporter_phone"]) == ("赵大爷", "13800001234")
    assert grid.put(f"{NEEDS}{pk}", version=2, reporter_phone="139****1234").status_code == 422


def test_filters_orders_and_pages_are_those_of_the_page(program, register):
    first, second, third = (register(title=title) for title in ("一", "二", "三"))
    secretary = program("secretary")
    secretary.post(f"{NEEDS}{second}/move/accept", version=1)
    accepted = secretary.get(NEEDS, filters=[{"col": "state", "opr": "eq", "value": "accepted"}])
    assert accepted.json["ids"] == [second]
    ordered = secretary.get(NEEDS, order_column="code", order_direction="asc", page=1, page_size=2).json
    assert (ordered["count"], ordered["ids"]) == (3, [third])
    assert secretary.get(NEEDS, search="一").json["ids"] == [first]
    day = [{"col": "received_at", "opr": "ge", "value": clock.today().isoformat()}]
    assert secretary.get(NEEDS, filters=day).json["count"] == 3


def test_rison_is_understood_as_well(program, register):
    pk = register()
    client = program("secretary").client
    rison = "(filters:!((col:state,opr:in,value:!(submitted,accepted))),page:0,page_size:25)"
    assert client.get(NEEDS, query_string={"q": rison}).json["ids"] == [pk]


@pytest.mark.parametrize(
    "query",
    [
        "nonsense(",
        "!(1,2)",
        "(columns:!(password_hash))",
        "(order_column:reporter_phone)",
        "(order_column:created_by.password_hash)",
        "(order_column:code,order_direction:sideways)",
        "(filters:!((col:reporter_phone,opr:eq,value:'13800001234')))",
        "(filters:!((col:state,opr:sw,value:s)))",
        "(filters:!((col:state,opr:eq,value:unknown)))",
        "(filters:state)",
        "(page:-1)",
        "(page:abc)",
        "(page_size:many)",
        "{" * 3000,
        '{"filters": ' + "[" * 3000,
    ],
)
def test_a_query_that_makes_no_sense_is_refused_in_chinese(program, query):
    answer = program("secretary").client.get(NEEDS, query_string={"q": query})
    assert answer.status_code == 400
    assert any("\u4e00" <= character <= "\u9fff" for character in answer.json["message"])


def test_what_is_asked_in_another_way_is_not_passed_over(program):
    client = program("secretary").client
    for query in ("nothing=1", "reporter_phone=13800001234", "order=reporter_phone", "page=0", "page=1&after=1"):
        assert client.get(f"{NEEDS}?{query}").status_code == 400, query


def test_a_page_is_never_larger_than_the_largest(program, register):
    register()
    assert program("secretary").get(NEEDS, page_size=100000).status_code == 200


@given(st.text(max_size=60) | st.recursive(st.text(max_size=5), st.lists).map(json.dumps))
@settings(max_examples=200, deadline=None)
def test_whatever_is_asked_is_read_or_refused(query):
    with contextlib.suppress(BadQuery):
        assert all(isinstance(value, str) for _name, value in asked(query).items(multi=True))


@pytest.mark.parametrize("sent", [b"", b"{", b"[]", b"null", b'"x"', b"[" * 50_000, b"\xff\xfe"])
def test_a_body_that_is_no_object_is_refused(program, sent):
    secretary = program("secretary")
    answer = secretary.client.post(NEEDS, data=sent, headers=secretary.headers, content_type="application/json")
    assert answer.status_code == 400
    assert answer.json["message"]


def test_a_form_is_no_json(program):
    secretary = program("secretary")
    assert secretary.client.post(NEEDS, data={"title": "x"}, headers=secretary.headers).status_code == 415


@given(
    body=st.dictionaries(
        st.sampled_from(["title", "text", "urgency", "place", "quantity_asked", "done_on", "x"]),
        st.recursive(
            st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=9),
            lambda inner: st.lists(inner, max_size=2),
            max_leaves=3,
        ),
    )
)
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_body_breaks_the_portal(program, body):
    answer = program("secretary").post(NEEDS, **body)
    assert answer.status_code in (201, 422), answer.data


def test_a_cookie_alone_writes_nothing(program, register, need):
    pk = register()
    secretary = program("secretary")
    secretary.headers = {}
    assert secretary.post(NEEDS, title="路灯").status_code == 400
    assert secretary.put(f"{NEEDS}{pk}", version=1, title="x").status_code == 400
    assert secretary.post(f"{NEEDS}{pk}/move/accept", version=1).status_code == 400
    assert secretary.send("DELETE", f"{NEEDS}{pk}", reason="x").status_code == 400
    assert need(pk)["version"] == 1


def test_info_tells_columns_and_choices_but_no_rows(program, register, ids):
    register()
    answer = program("secretary").get(f"{NEEDS}_info")
    info = answer.json
    urgency = next(column for column in info["columns"] if column["name"] == "urgency")
    assert [choice["code"] for choice in urgency["choices"]] == ["normal", "urgent", "critical"]
    assert "accept" in [move["name"] for move in info["moves"]]
    assert "reporter_phone" not in [*info["filters"], *info["order_columns"]]
    told = answer.get_data(as_text=True)
    assert not any(name in told for name in ("武江北路8栋", "桥南", "陈秀兰", "楼下路灯"))


def test_options_are_in_scope(program, register):
    register(title="楼道灯")
    assert len(program("secretary").client.get(f"{NEEDS}options?q=楼道").json["results"]) == 1
    assert program("neighbour").client.get(f"{NEEDS}options?q=楼道").json["results"] == []


def test_a_list_without_moves_or_archive_has_no_such_doors(app, program, ids):
    rules = {str(rule) for rule in app.url_map.iter_rules() if str(rule).startswith("/api/v1/categories")}
    assert not any("move" in rule for rule in rules)
    category = ids("category", name="公共设施")
    assert program("secretary").send("DELETE", f"/api/v1/categories/{category}", reason="x").status_code == 405


def test_another_community_of_the_same_person_must_be_named(program, ids):
    answer = program("supervisor").post(NEEDS, title="路灯")
    assert answer.status_code == 403


def test_sixteen_programs_at_once_each_get_their_own_answer(program, register):
    ours = [register(title=f"我们的{number}") for number in range(3)]
    theirs = [register("neighbour", title=f"邻居的{number}", place="桥南一网格") for number in range(3)]
    secretary, neighbour = program("secretary").client, program("neighbour").client
    state = json.dumps({"filters": [{"col": "state", "opr": "eq", "value": "submitted"}], "order_column": "code"})
    closed = json.dumps({"filters": [{"col": "state", "opr": "eq", "value": "closed"}]})
    asked_for = [(secretary, state, ours), (neighbour, state, theirs), (secretary, closed, [])] * 16

    def ask(one):
        client, query, expected = one
        # A test client is no browser that can be shared; its cookies are.
        own = client.application.test_client()
        own._cookies = client._cookies
        return own.get(NEEDS, query_string={"q": query}).json["ids"], expected

    with ThreadPoolExecutor(16) as pool:
        assert [found for found, expected in pool.map(ask, asked_for) if found != expected] == []


def test_a_program_keeps_places_with_other_names_dates_and_numbers(program):
    secretary = program("secretary")
    sent = {
        "name": "朝阳巷",
        "kind": "street",
        "aliases": ["老街", " 旧街 ", ""],
        "opened_on": "2020-01-01",
        "households": 12,
    }
    made = secretary.post("/api/v1/places/", **sent)
    assert made.status_code == 201
    row = made.json["result"]
    assert (row["aliases"], row["opened_on"], row["households"]) == (["老街", "旧街"], "2020-01-01", 12)
    wrong = {"name": ["朝阳巷"], "aliases": "老街", "opened_on": 2020, "households": 1.5, "kind": {"code": "street"}}
    assert set(secretary.post("/api/v1/places/", **wrong).json["message"]) == set(wrong)
    many = secretary.put(f"/api/v1/places/{made.json['id']}", version=row["version"], households=10**12, aliases=[1])
    assert set(many.json["message"]) == {"households", "aliases"}


def test_a_kept_name_is_trimmed_and_lines_are_lines(program, need):
    answer = program("secretary").post(
        NEEDS, title=" 路灯 ", text="第一行\r\n第二行", quantity_asked=2, anonymous=False
    )
    stored = need(answer.json["id"])
    assert (stored["title"], stored["text"], stored["quantity_asked"]) == ("路灯", "第一行\n第二行", 2)


def test_emptying_a_column_takes_null_or_nothing(program, register, need):
    pk = register(text="晚上看不清台阶", beneficiary="三楼")
    program("secretary").put(f"{NEEDS}{pk}", version=1, text=None, beneficiary="")
    assert (need(pk)["text"], need(pk)["beneficiary"]) == (None, None)


def test_a_row_that_would_leave_the_own_places_is_refused_by_column(program, register, ids, need):
    pk = register()
    answer = program("gridlead").put(f"{NEEDS}{pk}", version=1, place=ids("place", name="二建宿舍"))
    assert (answer.status_code, set(answer.json["message"])) == (422, {"place"})
    assert need(pk)["version"] == 1
