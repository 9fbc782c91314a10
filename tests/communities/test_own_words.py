"""The secretary says in the settings what the community calls its lists, roles and duties."""

import re
from html import unescape

import pytest
from sqlalchemy import select

from app.called import Called, in_standard, speaking, standard_word
from app.communities import service
from app.communities.models import Community, Place
from app.communities.own_words import OwnWords
from app.core import database
from app.core.rules import Violation
from app.core.sheets.readers import _chosen
from app.extensions import db
from app.posts.choices import PostDuty
from app.posts.ledger import DUTIES
from app.public import points
from app.roles import TITLES, Role

EDIT = "/communities/edit/{}"


@pytest.fixture
def ours(app, acting_as):
    with acting_as("secretary"):
        return db.session.scalars(select(Community.id).filter_by(code="wjb")).one()


@pytest.fixture
def own_words(app, acting_as, ours):
    def read():
        with acting_as("secretary"):
            return service.words_of(db.session.get_one(Community, ours))

    return read


def version(page):
    return re.search(r'name="version"[^>]* value="([^"]+)"', page)[1]


def save(person, ours, **words):
    address = EDIT.format(ours)
    filled = {f"words.{key.replace('__', '.')}": word for key, word in words.items()}
    given = {"name": "武江北社区", "level_names": "社区\n网格\n楼栋\n单元", "version": version(person.page(address))}
    return person.post(address, given | filled)


def test_a_word_said_in_the_settings_stands_in_the_menu_and_an_empty_one_is_the_standard_word_again(
    as_secretary, ours, own_words
):
    assert save(as_secretary, ours, list__needs="邻里需求单", portal__name="邻里汇").status_code == 302
    assert own_words() == {"list.needs": "邻里需求单", "portal.name": "邻里汇"}
    page = as_secretary.page("/needs/list/")
    assert "<title>邻里需求单 · 邻里汇</title>" in page
    assert save(as_secretary, ours, list__needs="", portal__name=" ").status_code == 302
    assert own_words() == {}
    assert "<title>群众需求清单 · 四单</title>" in as_secretary.page("/needs/list/")


@pytest.mark.parametrize(
    ("word", "said"),
    [
        ("字" * 17, "“群众需求清单”：最多 16 个字。"),
        ("<b>需求</b>", "“群众需求清单”：只能用文字"),
        ("=1+1", "“群众需求清单”：只能用文字"),
        ("资源共享清单", "“资源共享清单”已经叫“资源共享清单”"),
    ],
)
def test_a_word_that_cannot_be_is_refused_beside_its_line_and_everything_typed_is_kept(
    as_secretary, ours, own_words, word, said
):
    answer = save(as_secretary, ours, list__needs=word, list__posts="巷邻队伍")
    page = unescape(answer.get_data(as_text=True))
    assert answer.status_code == 422
    assert said in page
    assert f'name="words.list.needs" value="{word}"' in page
    assert 'name="words.list.posts" value="巷邻队伍"' in page
    assert re.search(r'name="words.list.needs"[^>]* aria-invalid="true"', answer.get_data(as_text=True))
    assert own_words() == {}


def test_two_lists_cannot_swap_into_one_name_but_can_swap_names(as_secretary, ours, own_words):
    assert save(as_secretary, ours, list__needs="清单", list__resources="清单").status_code == 422
    swapped = {"list__needs": "资源共享清单", "list__resources": "群众需求清单"}
    assert save(as_secretary, ours, **swapped).status_code == 302
    assert own_words()["list.needs"] == "资源共享清单"


def test_a_program_and_a_service_are_refused_what_the_form_refuses(as_secretary, acting_as, ours):
    token = {"X-CSRFToken": as_secretary.token()}
    row = as_secretary.get(f"/api/v1/communities/{ours}").get_json()["result"]
    wrong = {"words": {"list.nothing": "甲"}, "version": row["version"]}
    answer = as_secretary.client.put(f"/api/v1/communities/{ours}", json=wrong, headers=token)
    assert (answer.status_code, list(answer.get_json()["message"])) == (422, ["words"])
    with acting_as("secretary"), pytest.raises(Violation):
        service.set_words(db.session.get_one(Community, ours), {"list.needs": "甲" * 17})


def test_the_history_of_the_community_tells_a_new_word(as_secretary, ours):
    save(as_secretary, ours, list__needs="邻里需求单")
    assert "群众需求清单=邻里需求单" in as_secretary.page(f"/communities/history/{ours}")


def test_roles_and_duties_have_their_own_words_on_the_pages(as_secretary, ours):
    save(as_secretary, ours, role__GridWorker="巷邻专员", duty__area_lead="片区总长")
    assert "巷邻专员" in as_secretary.page("/roles/")
    assert "片区总长" in as_secretary.page("/posts/add")


def test_a_ledger_is_understood_in_the_own_words_and_in_the_standard_ones(app):
    with app.app_context():
        standard = standard_word(PostDuty.AREA_LEAD.label)
        assert _chosen(PostDuty, DUTIES, "巷邻长") is PostDuty.LANE_HEAD
        with speaking({"duty.area_lead": "巷邻长"}):
            assert _chosen(PostDuty, DUTIES, "巷邻长") is PostDuty.AREA_LEAD
            assert _chosen(PostDuty, DUTIES, standard) is PostDuty.AREA_LEAD
            assert str(PostDuty.AREA_LEAD) == "巷邻长"
            assert in_standard("巷邻长名册") == f"{standard}名册"


def test_what_is_said_in_words_reads_as_the_same_also_where_a_role_and_a_duty_have_one_name(app):
    with app.app_context():
        words = OwnWords.of(
            {"role.GridWorker": "巷邻专员", "duty.grid_worker": "巷邻网格员", "list.needs": "邻里需求单"}
        )
        assert "角色·网格员=巷邻专员" in str(words)
        assert "群众需求清单=邻里需求单" in str(words)
        assert OwnWords.read(str(words)) == words


def test_an_own_word_is_escaped_where_it_stands_on_a_page(app):
    with app.app_context(), speaking({f"role.{Role.WORKER}": "<b>"}):
        title = TITLES[Role.WORKER]
        assert isinstance(title, Called)
        assert title.__html__() == "&lt;b&gt;"


def test_the_slogan_and_the_name_of_the_portal_stand_on_poster_home_and_the_pages_for_residents(
    app, as_secretary, acting_as, ours, nobody
):
    with acting_as("secretary"), database.transaction():
        community = db.session.get_one(Community, ours)
        community.slogan = "巷邻一家亲"
        service.set_words(community, {"portal.name": "邻里汇"})
        place = db.session.scalars(select(Place).order_by(Place.id)).first()
        number, code = place.id, points.renew(place)
    resident = nobody.get(f"/q/{code}").get_data(as_text=True)
    assert "巷邻一家亲" in resident
    assert "· 邻里汇</title>" in resident
    assert "巷邻一家亲" in as_secretary.page("/")
    assert "巷邻一家亲" in as_secretary.page(f"/places/poster/{number}")
