"""What an operator mistypes on the command line is answered in Chinese."""

import re
from collections.abc import Iterator

import click
import pytest
from click.testing import CliRunner, Result
from flask import Flask
from flask.cli import FlaskGroup

from app.core.commanding import Told


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


def as_typed(app: Flask, *words: str) -> Result:
    """Carry out what is typed behind `flask --app app`."""
    return CliRunner().invoke(FlaskGroup(create_app=lambda: app, add_default_commands=False), [*words])


def test_a_command_that_does_not_exist_is_said_with_those_that_do(app: Flask):
    done = as_typed(app, "comunity")
    assert done.exit_code == 2
    assert "没有 comunity 这个命令" in done.output
    assert "community" in done.output
    assert not re.search(r"Usage|Error|No such", done.output)


def test_each_command_of_ours_says_in_chinese_what_it_is_for(app: Flask):
    listed = as_typed(app, "--help").output
    ours = {name for name, command in app.cli.commands.items() if isinstance(command, Told)}
    assert app.cli.commands.keys() - ours == {"db"}
    for name in ours:
        (line,) = re.findall(rf"^  {name} +(.+)$", listed, re.MULTILINE)
        assert re.match("[\u4e00-\u9fff]", line), name
        assert line in as_typed(app, name, "--help").output


def _ways(command: click.Command, words: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    if not isinstance(command, click.Group):
        yield words
        return
    for name, child in command.commands.items():
        yield from _ways(child, (*words, name))


def test_each_single_command_says_in_chinese_how_it_is_typed_and_what_its_options_mean(app: Flask):
    context = click.Context(app.cli)
    groups = {name: app.cli.get_command(context, name) for name in app.cli.list_commands(context) if name != "db"}
    ways = [way for name, group in groups.items() if isinstance(group, Told) for way in _ways(group, (name,))]
    assert len(ways) > 25
    for way in ways:
        usage, _blank, purpose, *rest = as_typed(app, *way, "--help").output.splitlines()
        assert usage.startswith("用法："), way
        assert re.search("[\u4e00-\u9fff]{3}", purpose), way
        for line in rest:
            assert not line.startswith("  --") or re.search("[\u4e00-\u9fff]{2}", line) or "|" in line, (way, line)
