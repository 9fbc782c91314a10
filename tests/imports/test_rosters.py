"""Lists of people in which something usual is missing, or more stands in a row than one person."""

from io import BytesIO

from app.core.sheets import reading
from tests.core.sheets.paper import xlsx


def test_members_without_a_unit_are_no_volunteers_and_are_sent_back_for_it(as_secretary, read):
    rows = [["在职党员名单"], ["序号", "姓名", "联系电话", "特长"], [1, "周一", "13800001202", "书法"]]
    bare = [["姓名", "联系电话", "入党时间", "认领岗位"], ["周二", "13800001203", "2010.7", "巡逻岗"]]
    own = [["社区党员志愿者报名表"], ["姓名", "联系电话", "特长"], ["周三", "13800001204", "书法"]]
    data = xlsx({"表1": rows, "表2": bare, "表3": own})
    report = read(data)
    assert [one["list"] for one in report["header"]] == ["members", "members", "volunteers"]
    assert [(one["sheet"], one["reason"], one["field"]) for one in report["rejected"]] == [
        ("表1", "missing_required", "unit"),
        ("表2", "missing_required", "unit"),
    ]
    sent = {"community": "1", "list": "auto", "file": (BytesIO(data), "名单.xlsx")}
    address = as_secretary.post("/imports/", sent, content_type="multipart/form-data").location
    sheet = reading.read(as_secretary.get(f"{address}/rejected.xlsx").get_data()).sheets[0]
    assert str(sheet.rows[2][-1]).startswith("单位：")
