"""However places are moved about, the tree stays a tree, and each range of paths is what lies below."""

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from app.communities import service
from app.communities.models import Community, Place, in_subtree
from app.core.actor import acting, system
from app.core.rules import Violation
from app.extensions import db

SIZE = 12
moves = st.lists(st.tuples(st.integers(0, SIZE - 1), st.integers(-1, SIZE - 1), st.integers(0, 5)), max_size=12)


def grow(community, above):
    """Make places, each below one made before or below the community."""
    places = []
    for number, parent in enumerate(above):
        below = places[parent % number] if number and parent >= 0 else None
        places.append(service.add_place(community, f"地点{number}", below, level=1))
        db.session.flush()
    return places


def descendants(place, places):
    """Return the place and what lies below it, by following parents."""

    def lies_in(one):
        return one is place or (one.parent is not None and lies_in(one.parent))

    return {one.name for one in places if lies_in(one)}


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(above=st.lists(st.integers(-1, SIZE - 1), min_size=SIZE, max_size=SIZE), steps=moves)
def test_the_tree_stays_a_tree(app, above, steps):
    with app.app_context(), acting(system("tests")):
        community = Community(code="tree", name="树社区")
        db.session.add(community)
        db.session.flush()
        places = grow(community, above)
        for moved, target, sort in steps:
            rearrange(places[moved], places[target] if target >= 0 else None, sort)
        for place in places:
            assert place.path == place.own_path()
            found = select(Place.name).where(Place.community_id == community.id, in_subtree(place.path))
            assert set(db.session.scalars(found)) == descendants(place, places)
        db.session.rollback()


def rearrange(place, target, sort):
    """Move a place unless it would lie below itself; then it must be refused."""
    cycle = target is not None and target.path.startswith(place.path)
    try:
        service.move_place(place, target, sort)
    except Violation:
        assert cycle
    else:
        assert not cycle
