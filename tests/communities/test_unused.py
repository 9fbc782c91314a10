"""The secretary says on the form of the community which parts of the portal it does not use."""

import re

import pytest
from sqlalchemy import select

from app.communities.models import Community
from app.communities.unused import UnusedParts
from app.core.fields import NotUnderstood
from app.extensions import db
from app.parts import PARTS

EDIT = "/communities/edit/{}"


@pytest.fixture
def ours(app, acting_as):
    with acting_as("secretary"):
        return db.session.scalars(select(Community.id).filter_by(code="wjb")).one()


@pytest.fixture
def unused(app, acting_as, ours):
    def read():
        with acting_as("secretary"):
            found = db.session.get_one(Community, ours).unused
            return found.codes if found is not None else ()

    return read


def save(person, ours, unused):
    address = EDIT.format(ours)
    version = re.search(r'name="version"[^>]* value="([^"]+)"', person.page(address))[1]
    given = {"name": "武江北社区", "level_names": "社区\n网格\n楼栋\n单元", "version": version}
    return person.post(address, given | {"unused": [*unused, ""]})


def test_a_ticked_part_leaves_the_menu_and_its_tick_stands_until_it_is_taken_away(as_secretary, ours, unused):
    assert 'href="/volunteers/list/"' in as_secretary.page("/")
    assert save(as_secretary, ours, ["volunteers", "partners"]).status_code == 302
    assert unused() == ("volunteers", "partners")
    home = as_secretary.page("/")
    for gone in ("volunteers", "teams", "talents", "partners"):
        assert f'"/{gone}/list/"' not in home
    assert 'href="/resources/list/"' in home
    form = as_secretary.page(EDIT.format(ours))
    boxes = re.findall(r'<input[^>]* name="unused" value="(\w+)"( checked)?', form)
    assert boxes == [(code, " checked" if code in ("volunteers", "partners") else "") for code in PARTS]
    assert save(as_secretary, ours, []).status_code == 302
    assert unused() == ()
    assert 'href="/volunteers/list/"' in as_secretary.page("/")


def test_a_word_that_is_no_part_is_refused_beside_the_boxes_and_changes_nothing(as_secretary, ours, unused):
    answer = save(as_secretary, ours, ["志愿服务、广场舞"])
    assert answer.status_code == 422
    assert "没有“广场舞”这个部分；可以写：资源共享清单、" in answer.get_data(as_text=True)
    assert unused() == ()


def test_the_history_of_the_community_tells_which_part_is_not_used_any_more(as_secretary, ours):
    save(as_secretary, ours, ["registration"])
    assert "不用的部分" in as_secretary.page(f"/communities/history/{ours}")
    assert "双报到" in as_secretary.page(f"/communities/history/{ours}")


def test_a_program_reads_and_writes_the_codes(as_secretary, ours, unused):
    token = {"X-CSRFToken": as_secretary.token()}
    version = as_secretary.get(f"/api/v1/communities/{ours}").get_json()["result"]["version"]
    sent = {"unused": ["vulnerable"], "version": version}
    assert as_secretary.client.put(f"/api/v1/communities/{ours}", json=sent, headers=token).status_code == 200
    row = as_secretary.get(f"/api/v1/communities/{ours}").get_json()["result"]
    assert row["unused"] == ["vulnerable"]
    wrong = {"unused": ["needs"], "version": row["version"]}
    assert as_secretary.client.put(f"/api/v1/communities/{ours}", json=wrong, headers=token).status_code == 422
    assert unused() == ("vulnerable",)


def test_only_who_edits_the_community_says_it(as_worker, ours):
    assert as_worker.get(EDIT.format(ours)).status_code == 403


def test_words_and_codes_are_read_and_what_was_stored_by_another_release_is_left_out(app):
    with app.test_request_context("/"):
        read = UnusedParts.read("社区合伙人， resources；社区合伙人")
        assert (read.codes, str(read)) == (("resources", "partners"), "资源共享清单、社区合伙人")
        assert UnusedParts.read(str(read)) == read
        assert UnusedParts.read(" ") is None
        with pytest.raises(NotUnderstood):
            UnusedParts.of("resources")
    assert UnusedParts(["resources", "of another release"]).codes == ("resources",)
