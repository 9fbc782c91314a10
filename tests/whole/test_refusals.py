"""What is not for somebody, or says nothing, is refused with words, and what is refused changes nothing."""

import pytest
from flask import Flask

from tests.whole.guarding import faults
from tests.whole.looks import wrong
from tests.whole.matrix import PUBLIC, declared
from tests.whole.scene import dump
from tests.whole.walk import ROLES, doors, makes, one_of_each, passes, spares

REFUSED = (403,)
ASKER_ONLY = {"ApprovalApi.ask_file", "ApprovalView.fetch"}
"""What an approval lets only the person do who asked for it."""
PROCESSED = (200, 302, 404, 409, 410, 422)


@pytest.mark.parametrize("login", ROLES)
def test_who_may_not_write_is_refused_and_changes_nothing(app: Flask, scene, visit, login: str):
    person, role = visit(login), ROLES[login]
    closed = [door for door in doors(app, scene, login) if door.method != "GET" and not passes(door, role)]
    person.token()
    before = dump(app)
    answers = {str(door): person.knock(door).status_code for door in closed}
    assert {door: status for door, status in answers.items() if status != 403} == {}
    assert dump(app) == before


@pytest.mark.parametrize("login", ROLES)
def test_a_move_of_other_roles_is_refused_and_changes_nothing(app: Flask, scene, visit, login: str):
    person, role = visit(login), ROLES[login]
    moves = [door for door in doors(app, scene, login) if door.move and door.method != "GET" and passes(door, role)]
    others = [door for door in moves if not makes(door, role)]
    person.token()
    before = dump(app)
    answers = {str(door): person.knock(door, {"reason": "试试"}).status_code for door in others}
    assert {door: status for door, status in answers.items() if status != 403} == {}
    assert dump(app) == before


@pytest.mark.parametrize("login", ["secretary", "supervisor", "admin"])
def test_no_form_is_taken_without_its_token(app: Flask, scene, visit, login: str):
    person = visit(login)
    posts = [door for door in doors(app, scene, login) if door.method != "GET"]
    # Whether a token is asked for follows from the function, whose door it is only changes who is told so.
    posts = posts if login == "secretary" else one_of_each(app, posts)
    before = dump(app)
    for door in posts:
        # Programs are told first that their role does not reach here.
        expected = 400 if passes(door, ROLES[login]) or not door.for_programs else 403
        for form in ({}, {"csrf_token": "wrong"}):
            answer = person.client.open(door.address, method=door.method, data=form)
            assert answer.status_code == expected, str(door)
    assert len(posts) > 20
    assert dump(app) == before


def test_a_stranger_is_sent_to_the_sign_in_page_from_everywhere_else(app: Flask, scene, nobody):
    astray = []
    for door in doors(app, scene, "secretary"):
        answer = nobody.open(door.address, method=door.method, buffered=True)
        location = answer.headers.get("Location", "")
        if door.for_programs:
            good = answer.status_code == 401 and answer.is_json
        elif declared(door.endpoint) == PUBLIC:
            good = answer.status_code in (200, 404) if door.method == "GET" else answer.status_code == 400
        elif door.method == "GET":
            good = answer.status_code == 302 and location.startswith("/login/")
        else:
            good = (answer.status_code == 302 and location.startswith("/login/")) or answer.status_code == 400
        if not good:
            astray.append((str(door), answer.status_code, location))
        astray += [(str(door), answer.status_code, fault) for fault in faults(answer, door.endpoint == "static")]
    assert astray == []


@pytest.mark.parametrize("login", ROLES)
def test_an_empty_form_is_answered_with_words_and_never_with_an_error_of_ours(app: Flask, scene, visit, login: str):
    role = ROLES[login]
    found = [door for door in doors(app, scene, login) if door.method != "GET" and passes(door, role)]
    person, complained = visit(login), []
    for door in found:
        answer = person.knock(door)
        status = answer.status_code
        complained += wrong(door, answer)
        if door.endpoint.startswith("accounts."):
            # Some of these end the sign-in.
            person = visit(login)
        expected = (*PROCESSED, 400) if door.endpoint.endswith("action_post") else PROCESSED
        expected = (*expected, *REFUSED) if door.endpoint in ASKER_ONLY else expected
        if not makes(door, role) or spares(door, role):
            expected = (*REFUSED, 404) if door.of_a_file else REFUSED
        assert status in expected, (str(door), status)
    assert complained == []
