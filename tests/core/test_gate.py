"""The gate: every address has a rule, and without one it is closed."""

import pytest
from flask import Blueprint

from app.core import gate
from app.core.actor import Actor, Held, acting
from app.roles import Role


def test_every_address_of_the_portal_has_a_rule(app):
    assert gate.unruled(app) == []


def test_an_address_without_a_rule_is_closed_even_to_the_secretary():
    assert gate.passes(None) is False
    assert not gate.passes(gate.rule_of(lambda: ""))


def test_who_passes_depends_on_the_rule():
    secretary = Actor("secretary", 1, (Held(Role.SECRETARY, 1),))
    admin = Actor("admin", 2, (Held(Role.ADMIN, None),))
    needs = gate.Rule(verbs="v", listing="needs")
    for actor, member, may in ((None, False, False), (secretary, True, True), (admin, True, False)):
        with acting(actor):
            assert gate.passes(gate.PUBLIC)
            assert gate.passes(gate.Rule()) is member
            assert gate.passes(needs) is may


def test_one_of_several_verbs_is_enough():
    with acting(Actor("coordinator", 1, (Held(Role.COORDINATOR, 1),))):
        assert gate.passes(gate.Rule(verbs="em", listing="needs"))
        assert not gate.passes(gate.Rule(verbs="ea", listing="needs"))


def test_the_rule_of_a_list_names_its_line_of_the_role_table(app):
    assert gate.rule_of(app.view_functions["CategoryView.list"]).listing == "places"
    assert gate.rule_of(app.view_functions["NeedView.archive"]) == gate.Rule(verbs="a", listing="needs")


def test_who_is_not_signed_in_is_sent_to_the_sign_in_page_and_back(nobody):
    answer = nobody.get("/needs/list/?state=submitted")
    assert answer.status_code == 302
    assert answer.headers["Location"] == "/login/?next=/needs/list/?state%3Dsubmitted"
    assert nobody.get("/").headers["Location"] == "/login/"


@pytest.mark.parametrize("address", ["/nothing", "/needs", "/needs/", "/needs/list", "/ab_user", "/api/v1/nothing/"])
def test_what_is_not_there_is_not_there_for_strangers_either(nobody, address):
    assert nobody.get(address).status_code in (308, 404)


def test_who_may_not_see_a_list_is_told_so(as_admin, as_coordinator):
    assert as_admin.get("/needs/list/").status_code == 403
    assert as_coordinator.get("/users/list/").status_code == 403


def test_the_wrong_way_of_asking_is_refused(as_secretary, register):
    pk = register()
    for address in (f"/needs/restore/{pk}", "/needs/action_post", "/logout/"):
        assert as_secretary.get(address).status_code == 405
    assert as_secretary.client.open("/needs/list/", method="DELETE").status_code in (400, 405)


def test_a_rule_travels_with_its_function():
    pages = Blueprint("tests", __name__)

    @pages.get("/one")
    @gate.members
    def one():
        """A page for members."""

    assert gate.rule_of(one) == gate.Rule()
    assert gate.rule_of(gate.public(lambda: "")) == gate.PUBLIC


def test_who_was_signed_out_meanwhile_comes_back_to_the_form_that_was_sent(as_secretary, register):
    pk, token = register(), as_secretary.token()
    with as_secretary.client.session_transaction() as session:
        session["sid"] = "ended"
    for address, back in ((f"/needs/edit/{pk}", f"/needs/edit/{pk}"), ("/needs/action_post", None)):
        answer = as_secretary.client.post(address, data={"csrf_token": token})
        assert answer.headers["Location"] == (f"/login/?next={back}" if back else "/login/")
