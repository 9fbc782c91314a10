"""The tree of party organisations: what lies in what, who writes it, and what is put away."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from app.communities.models import Community
from app.core.actor import acting, system
from app.core.rules import Violation
from app.extensions import db
from app.party_orgs import service
from app.party_orgs.choices import PartyOrgKind as Kind
from app.party_orgs.models import PartyOrg

KINDS = list(Kind)


@pytest.mark.parametrize("login", ["secretary", "worker"])
def test_the_office_founds_organisations_and_the_staff_reads_them(as_person, place, login):
    form = {"name": "第一网格党支部", "kind": "branch", "places": [place("第一网格")], "phone": "0751-8880000"}
    assert as_person(login).post("/party_orgs/add", form).status_code == 302
    for reader in ("coordinator", "gridlead", "gridworker", "supervisor", "auditor"):
        assert "第一网格党支部" in as_person(reader).page("/party_orgs/list/")
    assert as_person("gridlead").post("/party_orgs/add", form).status_code == 403
    assert as_person("volunteer").get("/party_orgs/list/").status_code == 403


def test_the_neighbour_sees_none_of_ours(as_neighbour, found):
    assert as_neighbour.get(f"/party_orgs/show/{found()}").status_code == 404
    assert "社区党委" not in as_neighbour.page("/party_orgs/tree")


@pytest.mark.parametrize("above", KINDS)
@pytest.mark.parametrize("kind", KINDS)
def test_organisations_lie_only_in_those_of_a_kind_above(program, found, above, kind):
    parent = found("上级", above)
    answer = program("secretary").post("/api/v1/party_orgs/", name="下级", kind=kind.value, parent=parent)
    fits = above.rank < kind.rank
    assert answer.status_code == (201 if fits else 422)
    assert list(answer.json.get("message") or []) == ([] if fits else ["parent"])


def test_an_organisation_does_not_sink_below_what_lies_in_it(program, found):
    branch = found("支部", Kind.BRANCH)
    found("小组", Kind.GROUP, parent=branch)
    secretary, address = program("secretary"), f"/api/v1/party_orgs/{branch}"
    version = secretary.get(address).json["result"]["version"]
    answer = secretary.put(address, kind="group", version=version)
    assert (answer.status_code, list(answer.json["message"])) == (422, ["kind"])


def test_two_of_one_name_are_not_founded(as_secretary, found):
    found()
    answer = as_secretary.post("/party_orgs/add", {"name": "社区党委", "kind": "committee"})
    assert (answer.status_code, "已经有" in answer.text or "同名" in answer.text) == (422, True)


def test_what_something_lies_in_or_somebody_belongs_to_is_not_put_away(as_secretary, found, member, join):
    committee = found()
    branch = found("支部", Kind.BRANCH, parent=committee)
    reason = {"reason": "撤销"}
    assert as_secretary.post(f"/party_orgs/archive/{committee}", reason).status_code == 409
    join(member(), branch)
    assert as_secretary.post(f"/party_orgs/archive/{branch}", reason).status_code == 409
    assert as_secretary.post(f"/party_orgs/archive/{found('空支部', Kind.BRANCH)}", reason).status_code == 302


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.integers(0, 5), st.integers(-1, 5), st.sampled_from(KINDS)), max_size=15))
def test_whatever_is_moved_the_tree_never_goes_in_a_circle(app, changes):
    with app.app_context(), acting(system("tests")):
        community = db.session.scalars(select(Community).filter_by(code="wjb")).one()
        made = [service.found(community=community, name=f"组织{n}", kind=KINDS[n % 4]) for n in range(6)]
        for one, above, kind in changes:
            with db.session.begin_nested() as step:
                try:
                    parent = made[above] if above >= 0 else None
                    service.change(made[one], {"parent": parent, "kind": kind})
                except Violation:
                    step.rollback()
        for org in db.session.scalars(select(PartyOrg).filter_by(community_id=community.id)).unique():
            assert org.parent is None or org.parent.kind.rank < org.kind.rank
        db.session.rollback()
