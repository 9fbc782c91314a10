"""Rows that name several rows of another list: in forms, as JSON, in filters, in history, and within the scope."""

import pytest
from sqlalchemy import select

from app.communities.models import Category
from app.core import rules
from app.core.database import transaction
from app.core.history import Entry
from app.core.scope import OutOfScope
from app.extensions import db
from app.resources.models import Resource
from tests.core.conftest import Program
from tests.whole.paper import fields_of


@pytest.fixture
def categories(behind):
    """The ids of our categories, and of one of theirs, by name."""
    with behind(), transaction():
        found = db.session.scalars(select(Category)).all()
        top = next(one for one in found if one.community.code == "wjb" and one.parent is None)
        more = [Category(community=top.community, name=name, parent=top) for name in ("停车交通", "邻里纠纷")]
        db.session.add_all(more)
        db.session.flush()
        ids = {one.name: one.id for one in [*found, *more] if one.community.code == "wjb"}
        return ids | {"theirs": next(one.id for one in found if one.community.code == "qn")}


def names(behind, pk):
    with behind():
        return [one.name for one in db.session.get(Resource, pk).categories]


def test_a_form_keeps_adds_and_takes_away(as_secretary, share, categories, behind):
    pk, wanted = share(), [str(categories[name]) for name in ("公共设施", "停车交通")]
    form = fields_of(as_secretary.page(f"/resources/edit/{pk}"))
    assert as_secretary.post(f"/resources/edit/{pk}", form | {"categories": ["", *wanted]}).status_code == 302
    assert names(behind, pk) == ["公共设施", "停车交通"]
    page = as_secretary.page(f"/resources/edit/{pk}")
    assert page.count('name="categories"') == 3
    assert "公共设施、停车交通" in as_secretary.page(f"/resources/show/{pk}")
    form = fields_of(page)
    # A form that does not speak of it leaves it; one with nothing ticked empties it.
    del form["categories"]
    assert as_secretary.post(f"/resources/edit/{pk}", form).status_code == 302
    assert len(names(behind, pk)) == 2
    form = fields_of(as_secretary.page(f"/resources/edit/{pk}"))
    assert as_secretary.post(f"/resources/edit/{pk}", form | {"categories": ""}).status_code == 302
    assert names(behind, pk) == []


def test_what_was_picked_is_still_there_when_something_else_is_wrong(as_secretary, share, categories):
    pk, picked = share(), str(categories["停车交通"])
    form = fields_of(as_secretary.page(f"/resources/edit/{pk}"))
    answer = as_secretary.post(f"/resources/edit/{pk}", form | {"categories": picked, "name": ""})
    assert answer.status_code == 422
    assert fields_of(answer.get_data(as_text=True))["categories"] == picked


def test_a_change_of_the_list_alone_is_a_new_version(as_secretary, as_worker, share, categories, resource):
    pk = share()
    form = fields_of(as_secretary.page(f"/resources/edit/{pk}"))
    before = resource(pk)["version"]
    for expected, name in ((302, "公共设施"), (409, "停车交通")):
        answer = as_secretary.post(f"/resources/edit/{pk}", form | {"categories": str(categories[name])})
        assert answer.status_code == expected
    assert resource(pk)["version"] == before + 1


def test_rows_of_the_neighbour_are_not_accepted(as_secretary, share, categories, behind, acting_as):
    pk = share()
    form = fields_of(as_secretary.page(f"/resources/edit/{pk}"))
    theirs = {"categories": ["", str(categories["公共设施"]), str(categories["theirs"])]}
    assert as_secretary.post(f"/resources/edit/{pk}", form | theirs).status_code == 422
    program = Program(as_secretary.client)
    answer = program.put(f"/api/v1/resources/{pk}", version=int(form["version"]), categories=[categories["theirs"]])
    assert (answer.status_code, list(answer.json["message"])) == (422, ["categories"])
    with behind():
        db.session.get(Resource, pk).categories = [db.session.get(Category, categories["theirs"])]
        with pytest.raises(OutOfScope):
            db.session.flush()
        db.session.rollback()
    assert names(behind, pk) == []


def test_a_program_reads_ids_and_asks_by_them(as_secretary, share, categories):
    pk, wanted = share(), [categories["公共设施"], categories["停车交通"]]
    program = Program(as_secretary.client)
    version = program.get(f"/api/v1/resources/{pk}").json["result"]["version"]
    assert program.put(f"/api/v1/resources/{pk}", version=version, categories=wanted).status_code == 200
    assert program.get(f"/api/v1/resources/{pk}").json["result"]["categories"] == wanted
    query = {"filters": [{"col": "categories", "opr": "rel_o_m", "value": categories["停车交通"]}]}
    assert program.get("/api/v1/resources/", **query).json["ids"] == [pk]
    query["filters"][0]["value"] = categories["邻里纠纷"]
    assert program.get("/api/v1/resources/", **query).json["ids"] == []


@pytest.mark.parametrize("given", ["公共设施", 1, [True], ["1"], [[1]], [999999], [-1], {}])
def test_what_is_no_list_of_ids_is_refused(as_secretary, share, given):
    pk = share()
    answer = Program(as_secretary.client).put(f"/api/v1/resources/{pk}", version=1, categories=given)
    assert answer.status_code in (409, 422)
    answer = Program(as_secretary.client).post("/api/v1/resources/", name="伞", kind="goods", categories=given)
    assert answer.status_code == 422
    assert "categories" in answer.json["message"]


def test_nobody_names_more_than_can_be_looked_through(share, behind, categories):
    with behind():
        row = db.session.get(Resource, share())
        row.categories = [Category(name=str(number)) for number in range(rules.MOST_RELATED + 1)]
        assert list(rules.errors(row)) == ["categories"]
        db.session.rollback()


def test_history_says_which_rows_were_named(as_secretary, share, categories, behind):
    pk = share()
    form = fields_of(as_secretary.page(f"/resources/edit/{pk}"))
    as_secretary.post(f"/resources/edit/{pk}", form | {"categories": str(categories["停车交通"])})
    with behind():
        last = db.session.scalars(
            select(Entry).filter_by(list="resources", row_id=pk).order_by(Entry.id.desc())
        ).first()
        assert last.told() == {"categories": [[], [categories["停车交通"]]]}
    assert "对应需求类别：— → 停车交通" in as_secretary.page(f"/resources/history/{pk}")


def test_history_says_which_windows_there_were(as_secretary, scheduled):
    pk = scheduled("周六 9:00-11:30（2人）")
    form = fields_of(as_secretary.page(f"/resources/edit/{pk}"))
    assert form["windows"] == "周六 9:00–11:30（每次 2 人）"
    as_secretary.post(f"/resources/edit/{pk}", form | {"windows": "每天 上午"})
    said = "开放时间：周六 9:00–11:30（每次 2 人） → 每天 9:00–12:00"
    assert said in as_secretary.page(f"/resources/history/{pk}")
