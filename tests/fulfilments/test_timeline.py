"""What the timeline of an order, and of the need it answers, says in words."""

import re

import pytest

from tests.fulfilments.conftest import UNIT

TAG = re.compile(r"<[^>]+>")


@pytest.fixture
def lines(as_person):
    """Return the lines of a timeline as somebody of the cast reads them, the newest first."""

    def read(login, address):
        page = as_person(login).page(address).split('<ol class="timeline">')[1].split("</ol>")[0]
        return [" ".join(TAG.sub(" ", line).split()) for line in page.split("</li>") if line.strip()]

    return read


@pytest.mark.parametrize("login", ["secretary", "worker", "liaison"])
def test_an_order_begins_by_being_offered_or_agreed_on_whoever_reads_it(offer, lines, login):
    assert "派单" in lines(login, f"/fulfilments/show/{offer(UNIT)}")[-1]
    agreed = lines(login, f"/fulfilments/show/{offer(UNIT, said_by='黄主任')}")[-1]
    assert "电话已答应" in agreed
    assert "电话答应人：黄主任" in agreed.replace(" ", "").replace(":", "：")


@pytest.mark.parametrize("login", ["worker", "liaison"])
def test_a_date_is_said_as_the_clock_on_the_wall_shows_it(at, move, lines, login):
    pk = at("claimed")
    assert move("liaison", "schedule", pk, scheduled_at="2030-05-01T02:30:00+00:00").status_code == 200
    (said,) = [line for line in lines(login, f"/fulfilments/show/{pk}") if "2030" in line]
    assert "2030-05-01 10:30" in said
    assert "T02" not in said


def test_how_many_were_taken_on_is_called_so(offer, move, lines):
    pk = offer(UNIT, quantity_asked=3)
    assert move("liaison", "claim", pk, quantity=2).status_code == 200
    for login in ("worker", "secretary", "liaison"):
        (said,) = [line.replace(" ", "") for line in lines(login, f"/fulfilments/show/{pk}") if "接单" in line]
        assert "承接数量：2" in said
        assert "原因" not in said
        assert said.count("承接数量") == 1


def test_the_need_says_where_its_orders_brought_it(at, order, lines):
    need = order(at("claimed"))["need_id"]
    told = " ".join(lines("worker", f"/needs/show/{need}"))
    assert "状态：已受理→已列入" in told.replace(" ", "")
