"""The pages of the staff and of party organisations on a desk and on a phone, with nothing axe objects to."""

import pytest

from app.party_orgs.choices import PartyOrgKind
from app.posts.choices import PostDuty
from tests.browser.conftest import DESK, PHONE
from tests.browser.test_looks import faults
from tests.party_orgs.conftest import found, join, member
from tests.posts.conftest import appoint, place, resident

pytestmark = pytest.mark.browser

__all__ = ["appoint", "found", "join", "member", "place", "resident"]


@pytest.mark.parametrize("size", [DESK, PHONE])
def test_the_board_the_tree_and_who_is_responsible(visitor, appoint, resident, place, found, member, join, size):
    appoint(resident("何丽"), places=("第一网格", "第二网格"), households=1800)
    appoint(resident("覃小燕"), duty=PostDuty.BUILDING_HEAD, places=("武江北路8栋",), scope="1–3单元")
    branch = found("第一网格党支部", PartyOrgKind.BRANCH, parent=found(), places=("第一网格",))
    join(member("韦春梅"), found("8栋党小组", PartyOrgKind.GROUP, parent=branch))
    secretary = visitor(size).sign_in("secretary")
    pages = {
        "posts": "/posts/list/",
        "board": "/posts/board",
        "responsible": f"/posts/responsible?place={place('武江北路8栋')}",
        "post": "/posts/show/1",
        "ending": "/posts/end/1",
        "party-tree": "/party_orgs/tree",
    }
    for name, path in pages.items():
        assert secretary.open(path) == 200
        assert faults(secretary) == [], name
        secretary.picture(f"staff-{name}")
