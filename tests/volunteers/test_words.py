"""Times, skills and trainings are read as people write them, printed in one way, and read the same again."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.fields import NotUnderstood
from app.matching.topics import topics
from app.volunteers.availability import PARTS, Availability
from app.volunteers.skills import BY_CODE, TREE, Skills
from app.volunteers.training import Course, Training, complaint

SLOTS = st.sets(st.tuples(st.integers(1, 7), st.sampled_from(list(PARTS))), min_size=1)
CODES = st.sets(st.sampled_from(list(BY_CODE)), min_size=1)
TOPICS = st.text(st.sampled_from("急救培训助老礼仪消防abc12"), min_size=1, max_size=12)
COURSES = st.builds(
    Course,
    st.dates(date(2000, 1, 1), date(2026, 11, 1)),
    TOPICS,
    st.integers(1, 400).map(lambda halves: halves / 2),
)


@pytest.mark.parametrize(
    ("typed", "printed"),
    [
        ("周三、六下午；周日全天", "周三、周六 下午；周日 全天"),
        ("工作日晚上", "周一至周五 晚上"),
        ("每天白天", "每天 上午、下午"),
        ("周末，周三晚", "周三 晚上；周六、周日 全天"),
        ("星期二上午，星期二下午", "周二 上午、下午"),
        ("周一", "周一 全天"),
        ("  周五 早上\n礼拜天 夜间 ", "周五 上午；周日 晚上"),
    ],
)
def test_times_are_read_as_people_write_them(typed, printed):
    assert str(Availability.read(typed)) == printed


@pytest.mark.parametrize(
    "typed", ["下午", "周三 9点", "有空就来", "周五到周二", "周三下午吧", "周" * 600, "周三\x00下午"]
)
def test_what_says_no_time_is_refused(typed):
    with pytest.raises(NotUnderstood):
        Availability.read(typed)


@pytest.mark.parametrize("typed", ["", " ", "；；"])
def test_nothing_is_no_time(typed):
    assert Availability.read(typed) is None


@given(SLOTS)
def test_times_read_the_same_from_words_json_and_boxes(slots):
    times = Availability._of(slots)
    assert set(times.slots) == slots
    assert Availability.read(str(times)) == times == Availability.of(times.plain())
    assert Availability.read("；".join(sorted(times.ticked()))) == times


@given(SLOTS, st.dates(date(2020, 1, 1), date(2030, 1, 1)))
def test_the_next_day_with_time_is_the_first_of_a_week(slots, day):
    times = Availability._of(slots)
    week = [day + timedelta(days=ahead) for ahead in range(7)]
    assert times.next_on(day) == next(one for one in week if one.isoweekday() in {slot[0] for slot in slots})


@pytest.mark.parametrize(
    "given_",
    [
        {},
        "x",
        [1],
        [{"weekday": 8, "parts": []}],
        [{"weekday": True, "parts": []}],
        [{"weekday": 1}],
        [{"weekday": 1, "parts": ["noon"]}],
        [{"weekday": 1, "parts": "morning"}],
        [{"weekday": 1, "parts": [], "more": 1}],
    ],
)
def test_json_that_is_no_time_is_refused(given_):
    with pytest.raises(NotUnderstood):
        Availability.of(given_)


@given(CODES)
def test_skills_read_the_same_from_words_json_and_boxes(codes):
    skills = Skills.of(sorted(codes))
    assert set(skills.codes) == codes
    assert Skills.read(str(skills)) == skills == Skills.of(skills.plain())
    assert Skills.read("；".join(sorted(skills.ticked()))) == skills


def test_the_name_of_a_group_stands_for_all_of_it():
    assert Skills.read("法律").codes == ("law.advice", "law.mediation")


@pytest.mark.parametrize("typed", ["开飞机", "陪诊、开飞机", "陪诊\x00", "长" * 2000])
def test_an_unknown_skill_is_refused(typed):
    with pytest.raises(NotUnderstood):
        Skills.read(typed)


@pytest.mark.parametrize("given_", ["care.escort", [1], ["care.flying"], {"a": 1}])
def test_json_that_is_no_skill_is_refused(given_):
    with pytest.raises(NotUnderstood):
        Skills.of(given_)


def test_every_skill_is_called_by_a_word_of_some_topic_and_no_two_are_called_the_same():
    assert [skill.name for skill in BY_CODE.values() if not topics(skill.text)] == []
    names = [skill.name for skill in BY_CODE.values()]
    assert len({*names, *TREE}) == len(names) + len(TREE)


@given(st.lists(COURSES, min_size=1, max_size=5))
def test_trainings_read_the_same_from_words_and_json(courses):
    training = Training._of(courses)
    assert Training.read(str(training)) == training == Training.of(training.plain())


@pytest.mark.parametrize(
    ("typed", "printed"),
    [
        ("2026年3月5日 急救培训 4学时", "2026-03-05 急救培训 4小时"),
        ("2026/3/5，急救2级，4小时\n2025.12.1 助老礼仪 2.5h", "2025-12-01 助老礼仪 2.5小时；2026-03-05 急救2级 4小时"),
    ],
)
def test_trainings_are_read_as_people_write_them(typed, printed):
    assert str(Training.read(typed)) == printed


@pytest.mark.parametrize(
    "typed", ["急救", "2026-02-30 急救 4小时", "2026-03-05 急救", "2026-03-05 4小时", "2026-03-05 急救 0小时", "x\x00"]
)
def test_what_is_no_training_is_refused(typed):
    with pytest.raises(NotUnderstood):
        Training.read(typed)


@pytest.mark.parametrize(
    "given_",
    [
        {},
        [{"on": "2026-03-05", "topic": "急救"}],
        [{"on": "gestern", "topic": "急救", "hours": 1}],
        [{"on": "2026-03-05", "topic": "", "hours": 1}],
        [{"on": "2026-03-05", "topic": "急救", "hours": float("nan")}],
        [{"on": "2026-03-05", "topic": "急;救", "hours": 1}],
        [{"on": "2026-03-05", "topic": "急\x00救", "hours": 1}],
        [{"on": 1, "topic": "急救", "hours": 1}],
        [{"on": "2026-03-05", "topic": "急救", "hours": 0.04}],
    ],
)
def test_json_that_is_no_training_is_refused(given_):
    with pytest.raises(NotUnderstood):
        Training.of(given_)


def test_a_training_lies_in_the_past(app):
    with app.app_context():
        assert complaint(Training.read("2026-03-05 急救 4小时")) is None
        assert complaint(Training.read("2999-03-05 急救 4小时")) is not None


def test_there_is_an_end_to_trainings():
    lines = "\n".join(f"2026-03-05 急救{number}级 4小时" for number in range(101))
    with pytest.raises(NotUnderstood):
        Training.read(lines)
