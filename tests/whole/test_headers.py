"""What errors and cookies say to the browser (S5, S7); every page is looked at in the walks of every role."""

import pytest

from tests.whole.guarding import faults


@pytest.mark.parametrize(
    "address", ["/nothing", "/needs/show/999999", "/needs/list/?page=x", "/api/v1/nothing", "/\xff"]
)
def test_every_error_keeps_strangers_out(visit, address: str):
    answer = visit("secretary").get(address)
    assert answer.status_code in (400, 404)
    assert faults(answer, is_file=False) == []


def test_a_cookie_is_for_this_portal_alone_and_carries_no_name(visit, nobody):
    for answer in (nobody.get("/login/"), visit("secretary").post("/logout/")):
        for cookie in answer.headers.getlist("Set-Cookie"):
            assert {"HttpOnly", "SameSite=Lax", "Path=/"} <= set(cookie.split("; "))
            assert "Domain" not in cookie
