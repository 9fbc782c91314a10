"""What an operator mistypes on the command line is answered in Chinese."""

import re

import pytest
from flask import Flask


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("users invite wangfang --nmae 王芳", "没有 --nmae 这个选项"),
        ("users invite --role Worker", "缺少 LOGIN"),
        ("users invite wangfang", "缺少 --role"),
        ("users invite wangfang --role Boss", "--role 应为其中之一"),
        ("users invite wangfang --role", "--role 后面要写一个值"),
        ("tokens revoke seven", "NUMBER 应为整数"),
        ("tokens revoke 1 2", "多了一个词"),
        ("users nothing", "多了一个词，或者有不认识的词"),
        ("doctor --all", "没有 --all 这个选项"),
        ("doctor now", "多了一个词"),
        ("audit verify --file /nothing/there", "--file 不是可以读取的文件"),
    ],
)
def test_what_was_mistyped_is_said_in_chinese(app: Flask, words: str, said: str):
    done = app.test_cli_runner().invoke(args=words.split())
    assert done.exit_code == 2
    assert said in done.output
    assert "--help" in done.output
    assert not re.search(r"Usage|Error|Try|Missing|Invalid|No such", done.output)


def test_what_is_refused_has_no_english_word_before_it(app: Flask):
    done = app.test_cli_runner().invoke(args=["users", "reset-link", "nobody"])
    assert done.exit_code == 1
    assert "Error" not in done.output
    assert "nobody" in done.output
