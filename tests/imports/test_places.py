"""Ledgers of places: what lies in what, also where both stand in the same file."""

from collections import Counter
from typing import Any

from sqlalchemy import select

from app.communities.models import Place
from app.extensions import db
from app.imports import strange, undoing
from app.imports.models import ImportBatch
from app.posts.models import Post
from tests.core.sheets.paper import xlsx

HEAD = ["名称", "上级", "户数"]
TREE = [
    ["康乐小区", "第二网格", ""],
    ["1单元", "92号楼", 7],
    ["92号楼", "康乐小区", "30户"],
    ["幸福小区", "第一网格", ""],
    ["91号楼", "幸福小区", 20],
    ["1单元", "91号楼", 8],
    ["一单元", "幸福小区91栋", ""],
    ["2单元", "99号楼", 5],
]


def lying(behind: Any) -> list[tuple[str, str, str, int | None]]:
    with behind():
        deep = [one for one in db.session.scalars(select(Place).filter_by(level=3)) if one.is_open]
        return [(one.parent.full_name, one.name, one.kind.value, one.households) for one in deep]


def test_a_whole_tree_is_taken_in_at_once_and_taken_back(read, take_in, behind, acting_as):
    data = xlsx({"位置": [HEAD, *TREE]})
    report = read(data)
    assert report["counts"] == {"accepted": 6, "rejected": 1, "duplicates": 1, "warnings": 0, "ignored": 0}
    assert [(one["row"], one["reason"], one["field"]) for one in report["rejected"]] == [(9, "grid_unknown", "parent")]
    assert [(one["row"], one["same_as"]["row"]) for one in report["duplicates"]] == [(8, 7)]
    number = take_in(data)
    tree = {
        ("第一网格 幸福小区", "91号楼", "building", 20),
        ("幸福小区 91号楼", "1单元", "unit", 8),
        ("第二网格 康乐小区", "92号楼", "building", 30),
        ("康乐小区 92号楼", "1单元", "unit", 7),
    }
    assert set(lying(behind)) == tree
    assert read(data)["counts"] | {"rejected": 0} == {
        "accepted": 0,
        "rejected": 0,
        "duplicates": 7,
        "warnings": 0,
        "ignored": 0,
    }
    with acting_as("secretary"):
        undoing.undo(db.session.get_one(ImportBatch, number))
    assert (lying(behind), read(data)["counts"]["accepted"]) == ([], 6)


def test_of_several_columns_the_narrowest_is_the_place_also_over_several_sheets(read):
    rows = [
        ["网格楼栋台账"],
        ["序号", "网格名称", "小区名称", "楼栋名称", "户数"],
        [1, "第十一网格", "", "", 100],
        [2, "第十一网格", "丽景小区", "", 50],
        [3, "第十一网格", "丽景小区", "1栋", 50],
    ]
    units = [["单元名称", "所属楼栋", "户数"], ["1单元", "丽景小区1栋", 25]]
    found = [one["values"] for one in read(xlsx({"楼栋": rows, "单元": units}))["accepted"]]
    assert [(one["name"], one.get("parent"), one["households"]) for one in found] == [
        ("第十一网格", None, 100),
        ("丽景小区", "第十一网格", 50),
        ("1栋", "丽景小区", 50),
        ("1单元", "1栋", 25),
    ]


def test_whoever_looks_after_a_building_belongs_to_the_grid_it_lies_in(read, take_in, behind):
    take_in(xlsx({"位置": [HEAD, ["幸福小区", "第二网格", ""], ["3栋", "幸福小区", ""], ["4栋", "幸福小区", ""]]}))
    rows = [
        ["楼栋长花名册"],
        ["小区", "楼栋", "单元", "姓名", "联系电话"],
        ["幸福小区", "3栋、4栋", "", "王芳", "13800001001"],
        ["幸福小区", 3, 1, "李强", "13800001002"],
        ["安居小区", "3栋", "", "赵敏", "13800001003"],
        ["", "", "", "钱一", "13800001004"],
    ]
    data = xlsx({"Sheet1": rows})
    report = read(data)
    said = [(one["values"]["grid"], one["values"]["scope"]) for one in report["accepted"]]
    assert said == [("第二网格", "幸福小区3栋、幸福小区4栋"), ("第二网格", "幸福小区3栋1单元")]
    assert [(one["row"], one["reason"], one["field"]) for one in report["rejected"]] == [
        (5, "grid_unknown", "scope"),
        (6, "missing_required", "grid"),
    ]
    take_in(data)
    with behind():
        posts = db.session.scalars(select(Post)).all()
        assert [[place.name for place in post.places] for post in posts][-2:] == [["3栋", "4栋"], ["3栋"]]


def test_a_place_nobody_knows_is_asked_for_once_however_it_is_spelled():
    found = Counter({"4网格": 2, "第四网格": 5, "04网格": 1, "东门外": 6})
    assert strange.folded(found).most_common() == [("第四网格", 8), ("东门外", 6)]
