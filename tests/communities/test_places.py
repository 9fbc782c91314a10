"""The tree of places: found in any spelling, moved with all below, closed with its history."""

from contextlib import contextmanager
from datetime import date

import pytest
from sqlalchemy import event, select

from app.communities import paths, service
from app.communities.models import Category, Community, Holiday, Place, PlaceKind, in_subtree
from app.core import clock
from app.core.access import Forbidden, OutOfScope
from app.core.database import transaction
from app.core.moves import Refused
from app.core.rules import Violation
from app.extensions import db


def names(places):
    return [place.name for place in places]


def below(place):
    found = db.session.scalars(select(Place).where(Place.community_id == place.community_id, in_subtree(place.path)))
    return sorted(names(found))


@contextmanager
def statements():
    """Collect what is said to the database."""
    said = []

    def listen(*args):
        said.append(args[2])

    event.listen(db.engine, "before_cursor_execute", listen)
    yield said
    event.remove(db.engine, "before_cursor_execute", listen)


class TestFinding:
    @pytest.mark.parametrize(
        "words", ["第一网格", "第1网格", "1网格", "一网格", "网格1", "０１网格", "武江北社区第一网格"]
    )
    def test_a_grid_is_found_in_every_spelling(self, acting_as, community_called, words):
        with acting_as("worker"):
            assert names(service.find_places(community_called("wjb"), words)) == ["第一网格"]

    @pytest.mark.parametrize("words", ["武江北路8栋", "武江北路八幢", "武江北路 8号楼", "第一网格武江北路8栋"])
    def test_a_building_is_found_in_every_spelling(self, acting_as, community_called, words):
        with acting_as("worker"):
            assert names(service.find_places(community_called("wjb"), words)) == ["武江北路8栋"]

    def test_the_compounds_other_name_leads_to_it(self, acting_as, community_called, place_called):
        with acting_as("secretary"):
            place_called("二建宿舍").aliases = ["第二建筑公司宿舍"]
            db.session.commit()
            assert names(service.find_places(community_called("wjb"), "第二建筑公司宿舍")) == ["二建宿舍"]

    def test_the_same_name_in_two_grids_gives_both_until_the_grid_is_named(
        self, acting_as, community_called, place_called
    ):
        with acting_as("secretary"):
            ours = community_called("wjb")
            for grid in ("第一网格", "第二网格"):
                service.add_place(ours, "3栋", place_called(grid))
            db.session.commit()
            assert names(service.find_places(ours, "三幢")) == ["3栋", "3栋"]
            (found,) = service.find_places(ours, "2网格三幢")
            assert found.parent.name == "第二网格"

    def test_nobody_finds_a_closed_or_unknown_place(self, acting_as, community_called, place_called):
        with acting_as("secretary"):
            service.close_place(place_called("二建宿舍"), clock.today(), "拆除")
            db.session.commit()
            assert service.find_places(community_called("wjb"), "二建宿舍") == []
            assert service.find_places(community_called("wjb"), "九网格") == []
            assert service.find_places(community_called("wjb"), "网格" + "9" * 5000) == []


class TestTree:
    def test_a_subtree_is_one_range_of_the_index(self, acting_as, place_called):
        with acting_as("secretary"):
            grid = place_called("第一网格")
            said = select(Place.id).where(Place.community_id == grid.community_id, in_subtree(grid.path))
            words = str(said.compile(compile_kwargs={"literal_binds": True})).upper()
            assert "LIKE" not in words
            assert "RECURSIVE" not in words
            assert below(grid) == ["武江北路8栋", "第一网格"]

    def test_the_database_walks_the_index(self, acting_as, community_called, place_called):
        with acting_as("secretary"):
            grid, other = place_called("第一网格"), place_called("第二网格")
            # So few rows are read faster without an index; a grid of some hundred doors elsewhere is worth one.
            for number in range(300):
                service.add_place(community_called("wjb"), f"{number}号", other, kind=PlaceKind.BUILDING)
            db.session.flush()
            said = select(Place.id).where(Place.community_id == grid.community_id, in_subtree(grid.path))
            words = str(said.compile(db.engine, compile_kwargs={"literal_binds": True}))
            connection = db.session.connection()
            connection.exec_driver_sql("ANALYZE place")
            explain = "EXPLAIN" if db.engine.dialect.name == "postgresql" else "EXPLAIN QUERY PLAN"
            plan = " ".join(str(row) for row in connection.exec_driver_sql(f"{explain} {words}"))
            assert "ix_place_path" in plan

    def test_a_place_moves_with_everything_below_it_in_one_statement(self, acting_as, community_called, place_called):
        with acting_as("secretary"):
            building = place_called("武江北路8栋")
            for unit in range(1, 6):
                service.add_place(community_called("wjb"), f"{unit}单元", building, kind=PlaceKind.UNIT)
            db.session.commit()
            with statements() as written:
                service.move_place(building, place_called("第二网格"))
                db.session.commit()
            assert sum(text.startswith("UPDATE place SET path") for text in written) == 1
            assert below(place_called("第一网格")) == ["第一网格"]
            assert len(below(place_called("第二网格"))) == 8
            for place in db.session.scalars(select(Place)):
                assert place.path == place.own_path()

    def test_the_tree_has_any_depth(self, acting_as, community_called):
        with acting_as("secretary"):
            place = None
            for number in range(1, 21):
                place = service.add_place(community_called("wjb"), f"地点{number}", place)
                db.session.flush()
            assert (place.depth, place.level) == (19, 3)

    def test_the_tree_is_listed_in_the_order_of_the_people(self, acting_as, community_called, place_called):
        with acting_as("secretary"):
            grid = place_called("第二网格")
            for name in ("丙", "甲", "乙"):
                service.add_place(community_called("wjb"), name, grid, kind=PlaceKind.COMPOUND)
            db.session.commit()
            service.move_place(place_called("乙"), grid, sort=0)
            db.session.commit()
            listed = db.session.scalars(select(Place).where(Place.parent == grid).order_by(Place.path))
            assert [name for name in names(listed) if name in "甲乙丙"] == ["乙", "丙", "甲"]

    def test_the_community_names_its_own_levels(self, acting_as, community_called):
        with acting_as("secretary"):
            ours = community_called("wjb")
            ours.level_names = ["社区", "片区", "小区"]
            area = service.add_place(ours, "东片区", kind=PlaceKind.AREA)
            service.add_place(ours, "江畔花园", area, kind=PlaceKind.COMPOUND)
            db.session.commit()
            service.add_place(ours, "太深", area, level=3)
            with pytest.raises(Violation) as refused:
                db.session.flush()
            assert list(refused.value.errors) == ["level"]


class TestRules:
    def test_a_place_cannot_lie_below_itself(self, acting_as, place_called):
        with acting_as("secretary"), pytest.raises(Violation) as refused:
            service.move_place(place_called("第一网格"), place_called("武江北路8栋"))
        assert list(refused.value.errors) == ["parent"]

    def test_not_even_when_the_parent_is_set_by_hand(self, acting_as, place_called):
        with acting_as("secretary"):
            place_called("第一网格").parent = place_called("武江北路8栋")
            with pytest.raises(Violation):
                db.session.flush()

    def test_two_open_neighbours_never_have_the_same_name(self, acting_as, community_called):
        with acting_as("secretary"):
            service.add_place(community_called("wjb"), "1网格")
            with pytest.raises(Violation) as refused:
                db.session.flush()
            assert list(refused.value.errors) == ["name"]

    def test_nothing_is_added_to_a_closed_place(self, acting_as, community_called, place_called):
        with acting_as("secretary"):
            grid = place_called("第二网格")
            service.close_place(grid, clock.today(), "并入第一网格", with_children=True)
            db.session.commit()
            service.add_place(community_called("wjb"), "9栋", grid)
            with pytest.raises(Violation) as refused:
                db.session.flush()
            assert list(refused.value.errors) == ["parent"]

    def test_a_place_of_the_neighbour_is_no_parent(self, acting_as, behind, community_called, place_called):
        with behind():
            theirs = place_called("桥南一网格").id
        with acting_as("secretary"):
            db.session.add(Place(community=community_called("wjb"), name="9栋", level=2, parent_id=theirs))
            with pytest.raises(OutOfScope):
                db.session.flush()

    def test_a_level_that_has_places_keeps_its_name(self, acting_as, community_called):
        with acting_as("secretary"):
            community_called("wjb").level_names = ["社区", "网格"]
            with pytest.raises(Violation) as refused:
                db.session.flush()
            assert list(refused.value.errors) == ["level_names"]


class TestClosing:
    def test_the_secretary_closes_what_lies_below_only_when_she_says_so(self, acting_as, place_called):
        with acting_as("secretary"):
            grid = place_called("第二网格")
            with pytest.raises(Refused):
                service.close_place(grid, clock.today(), "调整")
            closed = service.close_place(grid, clock.today(), "调整", with_children=True)
            db.session.commit()
            assert names(closed) == ["二建宿舍", "第二网格"]
            assert not grid.is_open
            assert grid.close_reason == "调整"

    def test_a_closed_place_is_opened_again(self, acting_as, place_called):
        with acting_as("secretary"):
            place = place_called("二建宿舍")
            service.close_place(place, clock.today(), "误关")
            db.session.commit()
            with pytest.raises(Refused):
                service.close_place(place, clock.today(), "再关")
            service.reopen_place(place)
            db.session.commit()
            assert place.is_open

    def test_a_place_does_not_close_before_it_opened(self, acting_as, place_called):
        with acting_as("secretary"):
            place = place_called("二建宿舍")
            place.opened_on = date(2020, 1, 1)
            service.close_place(place, date(2019, 1, 1), "错")
            with pytest.raises(Violation):
                db.session.flush()

    @pytest.mark.parametrize("login", ["worker", "gridlead", "supervisor", "auditor", "admin"])
    def test_only_the_secretary_rearranges_places(self, acting_as, place_called, login):
        with acting_as(login):
            with pytest.raises(Forbidden):
                service.close_place(place_called("二建宿舍"), clock.today(), "试试")
            with pytest.raises(Forbidden):
                service.move_place(place_called("二建宿舍"), None)


class TestCategoriesAndHolidays:
    def test_categories_have_two_levels(self, acting_as, community_called):
        with acting_as("secretary"):
            second = db.session.scalars(select(Category).filter_by(name="公共设施")).one()
            db.session.add(Category(community=community_called("wjb"), name="路灯", parent=second))
            with pytest.raises(Violation) as refused:
                db.session.flush()
            assert list(refused.value.errors) == ["parent"]

    def test_a_top_category_with_children_stays_at_the_top(self, acting_as, community_called):
        with acting_as("secretary"):
            other = Category(community=community_called("wjb"), name="民生保障")
            db.session.add(other)
            db.session.commit()
            db.session.scalars(select(Category).filter_by(name="社区治理")).one().parent = other
            with pytest.raises(Violation):
                db.session.flush()

    def test_a_top_category_is_closed_after_those_that_belong_to_it(self, acting_as):
        with acting_as("secretary"):
            top, below = db.session.scalars(select(Category).order_by(Category.id)).all()
            top.closed_on = clock.today()
            with pytest.raises(Violation) as refused:
                db.session.flush()
            assert list(refused.value.errors) == ["closed_on"]
            top.closed_on = None
            below.closed_on = clock.today()
            db.session.flush()
            top.closed_on = clock.today()
            db.session.commit()
            assert service.category_choices("") == []

    def test_the_office_works_monday_to_friday_unless_the_holidays_say_otherwise(self, acting_as, community_called):
        with acting_as("secretary"):
            ours = community_called("wjb")
            assert service.is_working_day(ours, date(2026, 10, 9))
            assert not service.is_working_day(ours, date(2026, 10, 10))
            db.session.add(Holiday(community=ours, day=date(2026, 10, 1), name="国庆节"))
            db.session.add(Holiday(community=ours, day=date(2026, 10, 10), name="国庆调休上班", works=True))
            db.session.commit()
            assert not service.is_working_day(ours, date(2026, 10, 1))
            assert service.is_working_day(ours, date(2026, 10, 10))
            assert service.next_working_day(ours, date(2026, 10, 9)) == date(2026, 10, 10)


class TestCommunities:
    def test_the_supervisor_opens_a_community_and_sees_it(self, acting_as, as_supervisor, community_called):
        with acting_as("supervisor"), transaction():
            service.open_community(code="dh", name="东河社区")
        assert "东河社区" in as_supervisor.page("/communities/list/")

    def test_the_secretary_opens_none_but_edits_her_own(self, acting_as, community_called):
        with acting_as("secretary"):
            community_called("wjb").slogan = "四张清单心连心"
            db.session.commit()
            with pytest.raises(OutOfScope):
                service.open_community(code="dh", name="东河社区")

    def test_the_neighbour_sees_only_her_own(self, acting_as):
        with acting_as("neighbour"):
            assert names(db.session.scalars(select(Community))) == ["桥南社区"]
            assert names(db.session.scalars(select(Place))) == ["桥南一网格"]

    def test_imports_ask_the_community_what_day_it_is(self, acting_as, community_called):
        with acting_as("secretary"):
            ours = community_called("wjb")
            assert service.today_for(ours) == clock.today()
            ours.reference_date = date(2026, 11, 20)
            assert service.today_for(ours) == date(2026, 11, 20)


def test_neighbours_in_one_order_have_paths_of_their_own():
    found = {paths.signs(f"{number:032x}") for number in range(3000)}
    assert len(found) == 3000
    assert all(len(signs) == 5 and signs.isalnum() for signs in found)
