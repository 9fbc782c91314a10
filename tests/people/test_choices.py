"""The national code tables: the words people write mean the codes of the standards."""

import pytest
from flask import Flask

from app.people.choices import Education, Marital, Political, Relation, Residence, Sex, meant
from app.people.ethnic import Ethnic


@pytest.mark.parametrize(
    ("table", "written", "code"),
    [
        (Ethnic, "汉", "01"),
        (Ethnic, "汉族", "01"),
        (Ethnic, "土家", "15"),
        (Ethnic, "56", "56"),
        (Ethnic, "其他", "97"),
        (Political, "中共党员", "01"),
        (Political, "党员", "01"),
        (Political, "预备党员", "02"),
        (Political, "团员", "03"),
        (Political, "群众", "13"),
        (Sex, "女", "2"),
        (Sex, " 男 性 ", "1"),
        (Sex, "m", "1"),
        (Education, "本科", "20"),
        (Education, "初中", "70"),
        (Marital, "丧偶", "30"),
        (Relation, "户主", "0"),
        (Relation, "长女", "3"),
        (Residence, "流动人口", "floating"),
    ],
)
def test_what_people_write_means_a_code(app: Flask, table, written: str, code: str):
    with app.test_request_context():
        found = meant(table, written)
    assert found is not None
    assert found.value == code


@pytest.mark.parametrize("written", ["", "不知道", "火星族", "99"])
def test_what_means_nothing_is_no_code(app: Flask, written: str):
    with app.test_request_context():
        assert meant(Ethnic, written) is None
        assert meant(Political, written) is None


def test_the_standard_counts_fifty_six_groups_and_two_more():
    codes = [one.value for one in Ethnic]
    assert codes == [*(f"{number:02d}" for number in range(1, 57)), "97", "98"]
