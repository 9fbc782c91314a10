"""Chinese is read as pypinyin reads it, without what pypinyin takes in memory."""

import random
import re
import subprocess
import sys
from itertools import product
from pathlib import Path

import pytest
from pypinyin import Style, lazy_pinyin
from pypinyin.constants import PHRASES_DICT, PINYIN_DICT, RE_HANS

import config
from app import demo
from app.core import pinyin, readings

CHINESE = re.compile(r"[^\x00-\x7f]+")
SURNAMES = (
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许邓冯韩曹曾彭萧蔡潘田董袁于余叶蒋杜苏魏程吕丁沈任"
    "姚卢傅钟姜崔谭廖范汪陆金石戴贾韦夏邱方侯邹熊孟秦白江阎薛尹段雷黎史龙陶贺顾毛郝龚邵万钱严覃武莫孔向汤"
    "仇单查解区盖尉朴翟冼缪乐种秘黑召"
)
DOUBLE = (
    "欧阳",
    "上官",
    "司马",
    "诸葛",
    "东方",
    "皇甫",
    "尉迟",
    "公孙",
    "慕容",
    "长孙",
    "澹台",
    "万俟",
    "令狐",
    "呼延",
)
GIVEN = ("长乐", "重阳", "朝晖", "曾行", "传宗", "银行", "好好", "乐乐", "和平", "小玲", "都督")


def spelled(text):
    return [syllable for syllable in readings.syllables(text) if syllable.strip()]


def theirs(text, style=Style.NORMAL):
    return [syllable for syllable in lazy_pinyin(text, style=style, strict=False) if syllable.strip()]


def test_every_character_is_read_as_before():
    text = " ".join(map(chr, PINYIN_DICT))
    assert spelled(text) == theirs(text)
    assert [one[0] for one in spelled(text)] == theirs(text, Style.FIRST_LETTER)


def test_every_phrase_is_read_as_before_whatever_its_characters_are_elsewhere():
    text = "\n".join(word for word in PHRASES_DICT if RE_HANS.match(word))
    assert len(text) > 100_000
    assert spelled(text) == theirs(text)
    assert "".join(spelled("银行行长重新重视")) == "yinhanghangzhangchongxinzhongshi"


def test_phrases_that_overlap_are_parted_as_before():
    chance, words, characters = random.Random(7), list(PHRASES_DICT), [*map(chr, PINYIN_DICT)]  # noqa: S311
    for _one in range(3_000):
        text = "".join(
            chance.choice([chance.choice(words), chance.choice(characters), "8", "，"]) for _part in range(5)
        )
        assert "".join(readings.syllables(text)) == "".join(lazy_pinyin(text, strict=False)), text


def test_a_surname_is_read_as_one_and_the_rest_of_the_name_as_before():
    for surname, given in product((*SURNAMES, *DOUBLE, *pinyin.SURNAMES), GIVEN):
        name = surname + given
        own = max((one for one in pinyin.SURNAMES if name.startswith(one)), key=len, default="")
        said = [*pinyin.SURNAMES.get(own, "").split(), *theirs(name.removeprefix(own))]
        assert pinyin.initials(name) == "".join(syllable[0] for syllable in said)
        assert pinyin.spelled(name) == "".join(said)


@pytest.mark.parametrize(
    ("name", "letters", "spelled"),
    [
        ("曾小玲", "zxl", "zengxiaoling"),
        ("尉迟敬德", "ycjd", "yuchijingde"),
        ("尉健行", "wjx", "weijianxing"),
        ("单田芳", "stf", "shantianfang"),
        ("区少梅", "osm", "oushaomei"),
    ],
)
def test_people_with_such_a_surname_are_found_as_they_are_called(name: str, letters: str, spelled: str):
    assert (pinyin.initials(name), pinyin.spelled(name)) == (letters, spelled)


@pytest.mark.parametrize(("place", "letters"), [("解放路8栋", "jfl8d"), ("乐园小区", "lyxq"), ("单位宿舍", "dwss")])
def test_a_place_that_begins_like_a_surname_is_found_as_people_say_it(place: str, letters: str):
    assert letters in pinyin.words([place]).split()


def test_the_words_of_the_demo_are_read_as_before():
    files = sorted(Path(demo.__file__).parent.glob("*.yaml"))
    words = {word for file in files for word in CHINESE.findall(file.read_text(encoding="utf-8"))}
    assert len(words) > 500
    for word in words:
        assert "".join(readings.syllables(word)) == "".join(lazy_pinyin(word, strict=False)), word


def test_what_is_not_chinese_stays():
    assert pinyin.initials("武江北路8栋B2") == "wjbl8db2"
    assert pinyin.initials("") == pinyin.spelled("，。😀") == ""
    assert pinyin.spelled("吕绿") == "lvlv"


def test_starting_the_portal_loads_no_dictionary_no_reader_of_ledgers_no_migrations_and_no_box():
    heavy = {"pypinyin", "python_calamine", "alembic", "opencc", "markdown_it"}
    heavy |= {"app.backups.commands", "app.box.service", "app.demo"}
    told = f"import sys, run; print(*(name for name in {heavy} if name in sys.modules))"
    done = subprocess.run([sys.executable, "-c", told], cwd=config.ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.split() == []
