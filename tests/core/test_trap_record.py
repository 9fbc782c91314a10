"""The record of traps and the tests named after its numbers say the same."""

import re
from collections import Counter

import pytest

import config

RECORD = config.ROOT / "docs" / "decisions" / "0005-traps-of-the-framework.md"
LINE = re.compile(r"^\| F(\d+) \| (.+) \| (.+) \|$", re.MULTILINE)
ANSWERS = ("repaired: ", "cannot occur: ", "assigned: “")
ISSUES = {
    "Below every door",
    "Any ledger a community sends, read; nothing lost",
    "Needs, whole: clocks, merging, referral, search, speed",
    "A community in one box, and the demo that proves account 003",
}


@pytest.fixture(scope="module")
def record():
    """The lines of the record: number and answer."""
    found = LINE.findall(RECORD.read_text(encoding="utf-8"))
    return {int(number): answer for number, _trap, answer in found}


@pytest.fixture(scope="module")
def tested():
    """How many tests are named after each number."""
    files = (config.ROOT / "tests").rglob("test_*.py")
    names = [
        name for file in files for name in re.findall(r"^def test_f(\d+)_\w+", file.read_text("utf-8"), re.MULTILINE)
    ]
    return Counter(int(number) for number in names)


def test_the_numbers_run_without_a_gap(record):
    lines = RECORD.read_text(encoding="utf-8")
    assert list(record) == list(range(1, len(record) + 1))
    assert len(re.findall(r"^\| F", lines, re.MULTILINE)) == len(record) > 100


def test_every_trap_has_one_of_the_three_answers(record):
    assert [number for number, answer in record.items() if not answer.startswith(ANSWERS)] == []


def test_every_repaired_trap_has_a_test_named_after_it(record, tested):
    repaired = {number for number, answer in record.items() if answer.startswith("repaired")}
    assert repaired - set(tested) == set()


def test_every_test_named_after_a_trap_is_one_of_what_was_answered(record, tested):
    answered = {number for number, answer in record.items() if not answer.startswith("assigned")}
    assert set(tested) - answered == set()


def test_every_file_the_record_names_is_there(record):
    named = {path for answer in record.values() for path in re.findall(r"`((?:app|tests|translations)/[^`]*)`", answer)}
    assert named
    assert [path for path in named if not (config.ROOT / path).exists()] == []


def test_what_is_assigned_names_an_open_issue(record):
    assigned = {answer.removeprefix("assigned: “").split("”")[0] for answer in record.values() if answer[0] == "a"}
    assert assigned <= ISSUES
