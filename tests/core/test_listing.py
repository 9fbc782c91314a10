"""What a list can be asked, and that it answers exactly that."""

import contextlib
import re
from datetime import UTC, datetime, timedelta
from html import unescape
from urllib.parse import parse_qsl, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st
from werkzeug.datastructures import MultiDict

from app.core import clock
from app.core.addresses import BadQuery
from app.core.listing import LARGEST_PAGE, Offer, Query, read
from app.needs.models import Need

OFFER = Offer(Need, ("state", "received_at"), ("code", "received_at"), ("received_at", "desc"))
ROW = re.compile(r'href="/needs/show/(\d+)[?"]')


@pytest.fixture
def shown(as_secretary):
    """Open the list with a query and return the ids of its rows in order."""
    return lambda query="": [int(pk) for pk in dict.fromkeys(ROW.findall(as_secretary.page(f"/needs/list/?{query}")))]


@pytest.fixture
def many(register):
    """Register several needs, a minute apart, and return their ids."""

    def make(number, **columns):
        begun = clock.now() - timedelta(days=1)
        return [register(received_at=begun + timedelta(minutes=each), **columns) for each in range(number)]

    return make


def test_the_newest_need_stands_first(shown, many):
    made = many(3)
    assert shown() == made[::-1]
    assert shown("order=received_at") == made


def test_rows_of_the_same_moment_keep_their_order_over_the_pages(shown, register):
    moment = clock.now() - timedelta(hours=1)
    made = [register(received_at=moment) for _each in range(7)]
    pages = [shown(f"size=3&page={page}") for page in (1, 2, 3)]
    assert [pk for page in pages for pk in page] == made[::-1]
    assert [shown(f"size=3&page={page}&order=urgency") for page in (1, 2, 3)] == [made[:3], made[3:6], made[6:]]


def test_filters_narrow_and_combine(shown, register):
    lamp = register(title="路灯", place="武江北路8栋", urgency=None)
    rail = register(title="扶手", place="二建宿舍")
    assert shown("q=路灯") == [lamp]
    assert shown("q=路灯&q=扶手") == [rail]
    assert shown("state=submitted") == [rail, lamp]
    assert shown("state=submitted&state=accepted") == [rail, lamp]
    assert shown("state=closed") == []
    assert shown("state=submitted&q=扶手") == [rail]
    assert shown("quick=waiting") == [rail, lamp]


def test_a_place_as_filter_means_all_below_it(shown, register, ids):
    here, there = register(place="武江北路8栋"), register(place="二建宿舍")
    assert shown(f"place={ids('place', name='第一网格')}") == [here]
    assert shown(f"place={ids('place', name='二建宿舍')}") == [there]
    assert shown(f"place={ids('place', name='第一网格')}&place={ids('place', name='第二网格')}") == [there, here]


def test_percent_and_underscore_are_letters_like_others(shown, register):
    pk = register(title="满意度100%_达标")
    register(title="满意度1000达标")
    assert shown("q=100%25_") == [pk]


def test_a_day_is_a_day_of_shanghai(shown, register):
    """Half past midnight on the first of November in Shanghai is still October in UTC (R7)."""
    night = datetime(2025, 10, 31, 16, 30, tzinfo=UTC)
    evening = datetime(2025, 10, 31, 15, 59, 59, tzinfo=UTC)
    first, last = register(received_at=night), register(received_at=evening)
    assert shown("received_at_from=2025-11-01&received_at_to=2025-11-30") == [first]
    assert shown("received_at_from=2025-10-01&received_at_to=2025-10-31") == [last]


def test_pages_keep_filters_and_filters_keep_the_order(as_secretary, many):
    many(5)
    page = as_secretary.page("/needs/list/?state=submitted&state=accepted&q=路灯&size=2&order=-code&page=2")
    links = [_pairs(link) for link in re.findall(r'rel="(?:prev|next)" href="([^"]+)"', page)]
    links = [dict.fromkeys(pair for pair in link if pair[0] != "past") for link in links]
    kept = [("state", "submitted"), ("state", "accepted"), ("q", "路灯"), ("size", "2"), ("order", "-code")]
    assert [list(link) for link in links] == [[*kept, ("page", number)] for number in ("1", "3")]
    ordered = _pairs(re.search(r'href="([^"]+order=code[^"]*)"', page)[1])
    assert ordered == [*kept[:-1], ("order", "code")]
    removed = _pairs(re.search(r'href="([^"]+)" aria-label="[^"]*已提交', page)[1])
    assert removed == kept[1:]


def _pairs(link):
    return parse_qsl(urlsplit(unescape(link)).query)


def test_beyond_the_last_page_stands_the_last(shown, many):
    made = many(3)
    assert shown("size=2&page=99") == made[:1]


def test_a_page_has_at_most_the_largest_size(app):
    with app.test_request_context():
        assert read(OFFER, MultiDict({"size": "100000"})).size == LARGEST_PAGE
        assert read(OFFER, MultiDict({"size": "0"})).size == 1


@pytest.mark.parametrize(
    "query",
    [
        "page=0",
        "page=-1",
        "page=abc",
        "page=1e9",
        "page=99999999999999999999",
        "page=١",
        "size=abc",
        "size=-1",
        "order=reporter_phone",
        "order=created_by.password_hash",
        "order=-unknown",
        "reporter_phone=13800001234",
        "password=x",
        "state=unknown",
        "state_from=2026-01-01",
        "received_at=2026-01-01",
        "received_at_from=yesterday",
        "received_at_from=0000-01-01",
        "received_at_to=9999-12-31",
        "place=abc",
        "place=999999",
        "place=99999999999999999999",
        "quick=unknown",
        "archived=yes",
        "q=a%00b",
        "_flt_0_state=1",
        "_oc_NeedView=title",
        "_od_NeedView=asc",
        "psize_NeedView=-1",
        "page_NeedView=abc",
    ],
)
def test_what_a_list_does_not_know_is_refused_in_chinese(as_secretary, query):
    answer = as_secretary.get(f"/needs/list/?{query}")
    assert answer.status_code == 400
    assert re.search("[\u4e00-\u9fff]{6}", answer.get_data(as_text=True))


def test_what_is_empty_is_not_asked(shown, register):
    pk = register()
    assert shown("q=&state=&place=&received_at_from=&order=&page=&size=&quick=&archived=&unknown=") == [pk]


def test_the_filter_of_another_communitys_place_is_unknown(as_neighbour, register, ids):
    register()
    assert as_neighbour.get(f"/needs/list/?place={ids('place', name='第一网格')}").status_code == 400


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["page", "size", "order", "q", "state", "received_at_from", "x"]),
            st.text(max_size=8) | st.sampled_from(["1", "code", "-code", "submitted", "2026-01-01"]),
        )
    )
)
def test_whatever_is_asked_is_read_or_refused(pairs):
    with contextlib.suppress(BadQuery):
        query = read(OFFER, MultiDict(pairs))
        assert 1 <= query.size <= LARGEST_PAGE
        assert query.page >= 1
        assert query.order[0] in OFFER.orders


@given(
    st.lists(
        st.sampled_from(
            [
                ("state", "submitted"),
                ("state", "closed"),
                ("order", "-code"),
                ("size", "10"),
                ("received_at_from", "2026-01-01"),
                ("q", "灯 & =?#%"),
            ]
        ),
        unique=True,
    )
)
def test_the_addresses_a_query_gives_lead_back_to_it(pairs):
    query = read(OFFER, MultiDict(pairs))
    again = read(OFFER, MultiDict(query.paged(3)))
    assert (again.page, again.order, again.size, again.text) == (3, query.order, query.size, query.text)
    assert (again.asked, again.chips) == (query.asked, query.chips)
    for name, value, _words in query.chips:
        assert (name, value) not in read(OFFER, MultiDict(query.without(name, value))).asked
    turned = read(OFFER, MultiDict(query.ordered("code")))
    assert turned.order == ("code", "desc" if query.order == ("code", "asc") else "asc")


def test_a_query_belongs_to_one_reading(app):
    with app.test_request_context():
        first, second = read(OFFER, MultiDict({"state": "closed"})), read(OFFER, MultiDict())
    assert first.where
    assert second == Query(OFFER, order=("received_at", "desc"))
