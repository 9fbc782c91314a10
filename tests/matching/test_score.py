"""The rule score: the right helpers among the first three, for needs as the five accounts tell them."""

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core import clock
from app.matching.score import KINDS, Asked, Helper, judged, ranked
from app.matching.topics import TOPICS, topics
from tests.matching.pool import NEEDS, POOL

CATEGORIES = {name: number for number, name in enumerate(dict.fromkeys(one[3] for one in POOL), 1)}


def helpers(**changed: Any) -> list[Helper]:
    return [
        Helper(kind, number, name, None, f"{name}，{text}", categories=frozenset({CATEGORIES[category]}), **changed)
        for number, (kind, name, text, category) in enumerate(POOL, 1)
    ]


@pytest.fixture(autouse=True)
def words(app):
    """Reasons are said in the language of the portal."""
    with app.test_request_context():
        yield


@pytest.mark.parametrize(("text", "category", "expected"), NEEDS, ids=[one[0][:12] for one in NEEDS])
def test_who_can_help_stands_among_the_first_three(text: str, category: str, expected: tuple[str, ...]):
    found, _left_out = ranked(Asked(text, CATEGORIES.get(category)), helpers())
    first = [candidate.helper.name for candidate in found[:3]]
    wanted = [name for name in expected if name]
    assert first[0] == wanted[0], [(one.helper.name, one.points, one.said) for one in found[:5]]
    assert set(wanted) <= set(first)


@pytest.mark.parametrize(("text", "category", "expected"), NEEDS, ids=[one[0][:12] for one in NEEDS])
def test_each_candidate_says_why(text: str, category: str, expected: tuple[str, ...]):
    found, _left_out = ranked(Asked(text, CATEGORIES.get(category)), helpers())
    for candidate in found:
        assert candidate.reasons
        assert candidate.said.endswith("。")
        assert candidate.said.isascii() is False


@pytest.mark.parametrize(
    ("text", "first", "later"),
    [
        ("8栋楼下台阶没有灯，晚上下楼看不清路", "电工义务维修", "楼道扶手安装"),
        ("楼梯间的声控灯坏了", "电工义务维修", "楼道扶手安装"),
        ("楼道里的路灯不亮", "太阳能路灯专项经费", "楼道清洗日"),
        ("门口台阶太高，老人怕摔倒，想装扶手", "楼道扶手安装", "电工义务维修"),
    ],
)
def test_where_it_is_does_not_say_what_it_is(text: str, first: str, later: str):
    found, _left_out = ranked(Asked(text, CATEGORIES["公共设施"]), helpers())
    names = [one.helper.name for one in found]
    assert names[0] == first, [(one.helper.name, one.points, one.said) for one in found[:5]]
    assert later not in names[: names.index(first)]


def test_a_need_nobody_answers_has_no_candidate():
    assert ranked(Asked("想知道隔壁市的演唱会门票"), helpers()) == ([], [])


def test_who_serves_only_another_grid_is_left_out_with_the_reason():
    elsewhere = helpers(serves="/bbb/", serves_words="第二网格")
    found, left_out = ranked(Asked("楼道没有扶手", CATEGORIES["公共设施"], place="/aaa/1/"), elsewhere)
    assert found == []
    assert {str(one.refusal) for one in left_out} == {"只服务第二网格。"}


def test_who_serves_this_very_place_comes_before_who_serves_everybody():
    here = Helper("resource", 2, "扶手安装", None, "安装扶手", serves="/aaa/", serves_words="第一网格")
    everywhere = Helper("resource", 1, "扶手安装", None, "安装扶手")
    found, _left_out = ranked(Asked("楼道没有扶手", place="/aaa/1/"), [everywhere, here])
    assert [one.helper.id for one in found] == [2, 1]
    assert "服务第一网格" in found[0].said


def test_what_was_checked_lately_comes_before_what_was_checked_long_ago():
    old = Helper("resource", 1, "扶手", None, "扶手", checked_on=clock.today() - timedelta(days=80))
    new = Helper("resource", 2, "扶手", None, "扶手", checked_on=clock.today() - timedelta(days=3))
    found, _left_out = ranked(Asked("楼道没有扶手"), [old, new])
    assert [one.helper.id for one in found] == [2, 1]


def test_who_has_much_in_hand_comes_after_who_is_free():
    busy = Helper("team", 1, "扶手队", None, "扶手", busy=4)
    free = Helper("team", 2, "扶手队", None, "扶手")
    found, _left_out = ranked(Asked("楼道没有扶手"), [busy, free])
    assert [one.helper.id for one in found] == [2, 1]
    assert "手上有 4 单" in found[1].said


some = st.builds(
    Helper,
    kind=st.sampled_from(KINDS),
    id=st.integers(1, 40),
    name=st.sampled_from([one[1] for one in POOL]),
    provider=st.none(),
    text=st.sampled_from([one[2] for one in POOL]),
    categories=st.frozensets(st.integers(1, 5), max_size=2),
    busy=st.integers(0, 9),
    done=st.integers(0, 9),
    refusal=st.sampled_from([None, "已经用完"]),
)
asked = st.builds(Asked, text=st.sampled_from([one[0] for one in NEEDS]), category=st.integers(1, 5))


@given(asked=asked, pool=st.lists(some, max_size=20, unique_by=lambda one: (one.kind, one.id)))
def test_the_order_is_total_and_does_not_depend_on_who_was_asked_first(asked: Asked, pool: list[Helper]):
    found, left_out = ranked(asked, pool)
    again, left_out_again = ranked(asked, pool[::-1])
    assert (found, left_out) == (again, left_out_again)
    assert len({one.order for one in found}) == len(found)
    assert all(one.refusal is None for one in found)
    assert all(one.refusal is not None for one in left_out)


@given(asked=asked, helper=some)
def test_a_reason_against_never_turns_into_points(asked: Asked, helper: Helper):
    candidate = judged(asked, helper)
    if candidate is not None and helper.refusal is not None:
        assert candidate.refusal == helper.refusal


def test_no_topic_is_without_words_and_no_word_is_empty():
    for topic, said in TOPICS.items():
        assert len(said.split()) > 3, topic
        assert topics(said)[topic]


@pytest.mark.parametrize("text", ["陈书记，水龙头漏水了", "残疾证书到期", "秘书处让我来问"])
def test_a_word_within_another_word_is_no_topic(text: str):
    assert "读书学习" not in topics(text)
