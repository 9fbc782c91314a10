"""Whatever is typed into addresses: an answer in words, and never an error of ours."""

import re
from typing import Any
from urllib.parse import quote, quote_from_bytes, urlencode

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.core.fields import RELATED, facts, shape
from app.core.listing import LARGEST_PAGE
from tests.whole.paper import HAN, said
from tests.whole.scene import Scene, dump
from tests.whole.walk import page_of

LONG = "漫" * 10_000

NOT_UNDERSTOOD = [
    "page=-1", "page=0", "page=abc", "page=1e9", "page=99999999999999999999", "page=1.5", "page=+1", "page=１",
    "page=%00", "size=-1", "size=abc", "size=1e9", "order=nothing", "order=--code", "order=id;drop table need",
    "order=1", "order=created_by.password_hash", "order=%00", "nothing=1", "_flt_0_title=x", "_oc_NeedView=title",
    "_od_NeedView=asc", "psize_NeedView=100", "page_NeedView=2", "quick=nothing", "quick=%27", "archived=2",
    "archived=yes", "q=%00", "q=%E2%80%AE", "id=1", "version=1", "__class__=1", "metadata=1", "query=1",
]  # fmt: skip
UNDERSTOOD = [
    "", "size=0", "size=100000", "page=999999", "page=1&page=2", "size=10&size=25", "page=", "order=", "archived=0",
]  # fmt: skip
HOSTILE_VALUES = [
    "-1", "0", "abc", "9" * 400, "%00", "%27%20OR%201=1--", "%F0%9F%98%80", "9999-12-31", "0000-00-00", "2026-02-30",
    "2026-11-22T00:00:00", "10000-01-01", "NaN", "null", "None", "../../etc/passwd", "%22%3E%3Cscript%3E", "{{7*7}}",
    "%ff%fe", "true", "1,2", "[1]",
]  # fmt: skip
SAID_TO_PROGRAMS = ("abc", "9" * 400, "%00", "9999-12-31")
"""Programs are read by the same reader as pages; these tell whether they still are."""
NO_ROW = ["-1", "0", "999999999", str(2**63)]
NO_NUMBER = ["abc", "1%00", "1e3", "%E4%B8%80", "1%2F2", "%2e%2e", "1'--", "１", "1.0"]


@pytest.mark.one_database
@pytest.mark.parametrize("number", ["999999999", str(2**31), str(2**63), "9" * 5000])
def test_a_number_no_row_has_is_never_an_error_of_ours(app: Flask, as_secretary: Any, number: str):
    numbered = [
        rule.rule for rule in app.url_map.iter_rules() if "<int:" in rule.rule and "GET" in (rule.methods or ())
    ]
    assert numbered
    for rule in numbered:
        answer = as_secretary.get(re.sub("<[^>]+>", number, rule))
        assert answer.status_code in (403, 404), (rule, answer.status_code)


def lists_of(scene: Scene) -> list[Any]:
    found = scene.lists()
    assert found
    return found


@pytest.mark.one_database
@pytest.mark.parametrize("query", NOT_UNDERSTOOD)
def test_an_address_that_is_not_understood_is_answered_in_chinese(scene: Scene, as_secretary, query: str):
    for view in lists_of(scene):
        answer = as_secretary.get(f"{view.route_base}/list/?{query}")
        assert answer.status_code == 400, (view.list_name, answer.status_code)
        assert HAN.search(said(answer)), view.list_name
        if query.startswith("q="):
            continue
        answer = as_secretary.get(f"/api/v1{view.route_base}/?{query}")
        assert answer.status_code == 400, (view.list_name, answer.status_code)
        assert re.search("[\u4e00-\u9fff]{2}", answer.json["message"]), view.list_name


@pytest.mark.one_database
@pytest.mark.parametrize("query", UNDERSTOOD)
def test_an_odd_address_with_a_plain_meaning_is_answered(scene: Scene, as_secretary, query: str):
    for view in lists_of(scene):
        for address in (f"{view.route_base}/list/", f"/api/v1{view.route_base}/"):
            assert as_secretary.get(f"{address}?{query}").status_code == 200, address


@pytest.mark.parametrize("value", HOSTILE_VALUES)
def test_no_value_of_any_filter_breaks_a_list(scene: Scene, as_secretary, value: str):
    for view in lists_of(scene):
        for name in view.filter_columns:
            kind = shape(view.model, name).kind
            names = (f"{name}_from", f"{name}_to") if kind in ("date", "instant") else (name,)
            for one in names:
                answer = as_secretary.get(f"{view.route_base}/list/?{one}={value}")
                good = (200, 400) if value in ("0", "9999-12-31") else (400,)
                assert answer.status_code in good, (view.list_name, one, answer.status_code)
                if value in SAID_TO_PROGRAMS:
                    assert as_secretary.get(f"/api/v1{view.route_base}/?{one}={value}").status_code in good


@pytest.mark.one_database
def test_very_long_and_repeated_values_are_no_harm(scene: Scene, as_secretary):
    for view in lists_of(scene):
        base = f"{view.route_base}/list/"
        searched = 200 if view.is_searched else 400
        assert as_secretary.get(f"{base}?q={quote(LONG)}").status_code == searched
        assert as_secretary.get(f"{base}?{'nothing=1&' * 500}").status_code == 400
        assert as_secretary.get(f"{base}?" + "page=1&" * 500).status_code == 200
        assert as_secretary.get(f"{view.route_base}/options?q={quote(LONG)}").status_code == 200
        for name in view.filter_columns:
            if shape(view.model, name).kind == "choice":
                code = next(iter(shape(view.model, name).choices or ())).value
                assert as_secretary.get(f"{base}?" + f"{name}={code}&" * 300).status_code == 200


@pytest.mark.parametrize("q", ["%00", "'", '"', "%25", "_", "\\", "%F0%9F%98%80", "%ff", "-1", "%E2%80%8B", "*", "("])
def test_the_search_takes_any_characters(scene: Scene, as_secretary, q: str):
    for view in lists_of(scene):
        for name in ("options", *(f"choices/{n}" for n in facts(view.model) if shape(view.model, n).kind in RELATED)):
            assert as_secretary.get(f"{view.route_base}/{name}?q={q}").status_code in (200, 400, 404), (
                view.list_name,
                name,
            )
        assert as_secretary.get(f"{view.route_base}/list/?q={q}").status_code in (200, 400), view.list_name


def test_a_page_beyond_the_last_shows_the_last(register, as_secretary):
    register()
    assert "楼下路灯不亮" in as_secretary.page("/needs/list/?page=999999")


def test_no_page_is_longer_than_the_longest(scene: Scene, register, as_secretary):
    for _number in range(LARGEST_PAGE + 5):
        register(title="扶手松了")
    assert as_secretary.page("/needs/list/?size=100000").count("扶手松了</a>") <= LARGEST_PAGE


def row_addresses(app: Flask, scene: Scene, each: bool) -> list[str]:
    """Return the addresses of single rows: of each list, or of one list where several share what answers."""
    found: dict[Any, str] = {}
    for route in sorted(app.url_map.iter_rules(), key=str):
        function = app.view_functions[route.endpoint]
        if page_of(function) in lists_of(scene) and "pk" in route.arguments:
            found.setdefault(str(route) if each else getattr(function, "__func__", function), str(route))
    return list(found.values())


@pytest.mark.parametrize("pk", [*NO_ROW, *(pytest.param(one, marks=pytest.mark.one_database) for one in NO_NUMBER)])
def test_what_is_no_number_of_a_row_is_of_no_row(app: Flask, scene: Scene, as_secretary, pk: str):
    before, headers = dump(app), {"X-CSRFToken": as_secretary.token()}
    every = row_addresses(app, scene, each=pk in ("999999999", "abc"))
    for address in [one.replace("<pk>", pk).replace("<name>", "accept") for one in every]:
        assert as_secretary.get(address).status_code in (404, 405), address
        assert as_secretary.post(address).status_code in (404, 405), address
        for method in ("PUT", "DELETE"):
            answer = as_secretary.client.open(address, method=method, json={"version": 1}, headers=headers)
            assert answer.status_code in (400, 404, 405), address
    assert dump(app) == before


@pytest.mark.one_database
@pytest.mark.parametrize("name", ["nothing", "__class__", "query", "%00", "id", "password_hash", "community_id", "漫"])
def test_names_that_are_none_are_of_nothing(scene: Scene, as_secretary, name: str):
    for view in lists_of(scene):
        for door in (f"choices/{name}", f"filters/{name}", f"move/{name}/{scene.make(view, 'secretary')}"):
            assert as_secretary.get(f"{view.route_base}/{door}").status_code == 404, (view.list_name, door)


def names(view: Any) -> set[str]:
    return {"page", "size", "order", "q", "archived", "quick", *view.filter_columns, "nothing"}


@pytest.mark.parametrize("login", ["secretary", "coordinator"])
def test_whatever_the_address_says_no_list_breaks(app: Flask, scene: Scene, visit, login: str):
    person = visit(login)
    found = lists_of(scene)
    keys = st.sampled_from(sorted(set().union(*(names(view) for view in found))))
    text = (
        st.text(max_size=30) | st.binary(max_size=8) | st.integers().map(str) | st.sampled_from(["1", "-code", "open"])
    )

    @settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(view=st.sampled_from(found), pairs=st.lists(st.tuples(keys, text), max_size=6))
    def holds(view: Any, pairs: list[tuple[str, Any]]) -> None:
        words = "&".join(f"{key}={escaped(value)}" for key, value in pairs)
        answer = person.get(f"{view.route_base}/list/?{words}")
        assert answer.status_code in (200, 400, 403)
        assert "Traceback" not in answer.get_data(as_text=True)

    holds()


def escaped(value: str | bytes) -> str:
    if isinstance(value, bytes):
        return quote_from_bytes(value)
    return quote(value.encode("utf-8", "surrogatepass"))


def test_odd_addresses_of_no_page_are_answered_in_words(visit):
    person = visit("secretary")
    for path in (
        "/nothing",
        "/needs",
        "/needs/",
        "/%00",
        "/%ff",
        "/needs/list",
        "/" + "x" * 4000,
        "/漫",
        "//evil.example",
    ):
        answer = person.get(path)
        assert answer.status_code in (308, 404), path
        assert answer.status_code == 308 or HAN.search(said(answer)), path


@pytest.mark.parametrize(
    "onward", ["//evil.example", "https://evil.example", "/\\evil", "javascript:x", "\x00", "/%0d%0aX: y"]
)
def test_signing_in_leads_nowhere_else(nobody, onward: str):
    answer = nobody.get("/login/?" + urlencode({"next": onward}))
    assert answer.status_code == 200
    assert "evil" not in answer.headers.get("Location", "")


@pytest.mark.parametrize("header", ["Cookie", "User-Agent", "Accept-Language", "Referer", "X-Forwarded-For", "Host"])
def test_odd_headers_are_no_harm(app: Flask, header: str):
    for value in ("\xff" * 50, "x" * 5000, "sidan=abc", "sidan=.eJx; sid=1", "../../"):
        answer = app.test_client().get("/login/", headers={header: value})
        assert answer.status_code in (200, 400), (header, value[:20])
