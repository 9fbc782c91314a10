"""The rules of a row: whatever is typed is stored exactly or refused, through any door."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from app.communities.models import Community
from app.core import clock, rules
from app.core.database import transaction
from app.core.rules import Violation
from app.extensions import db
from app.needs import service
from app.needs.choices import NeedState, Urgency
from app.needs.models import Need

TYPED = st.text(alphabet=st.characters(codec="utf-8"), max_size=100)


@pytest.fixture
def new_need():
    """A need of nobody yet."""
    return lambda **columns: Need(
        title="路灯", code="XQ1", urgency=Urgency.NORMAL, state=NeedState.SUBMITTED, **columns
    )


def test_a_need_needs_a_title_and_a_community(app, new_need):
    need = new_need()
    need.title = ""
    with app.app_context():
        assert set(rules.errors(need)) == {"title", "community"}


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("title", "长" * 81),
        ("text", "长" * 5001),
        ("text", "看不见\x00的字"),
        ("reporter_phone", "abc"),
        ("reporter_phone", "138****1234"),
        ("reporter_name", "赵*爷"),
        ("quantity_asked", 0),
        ("quantity_asked", 2**31),
        ("satisfaction", 6),
    ],
)
def test_a_value_that_is_none_is_refused_beside_its_column(app, new_need, column, value):
    need = new_need()
    setattr(need, column, value)
    with app.app_context():
        assert column in rules.errors(need)


def test_a_mask_is_refused_only_where_something_is_masked(app, new_need):
    with app.app_context():
        assert "text" not in rules.errors(new_need(text="价格*面议*"))


def test_nothing_is_done_before_it_was_asked_for(app, new_need):
    asked = {"community": Community(code="wjb", name="武江北社区"), "received_at": clock.now()}
    with app.app_context():
        assert set(rules.errors(new_need(done_on=clock.today() - timedelta(days=1), **asked))) == {"done_on"}
        assert rules.errors(new_need(done_on=clock.today(), **asked)) == {}


def test_a_violation_names_every_wrong_column_at_once(app, acting_as):
    with acting_as("secretary"):
        community = db.session.scalars(select(Community)).first()
        db.session.add(Need(title="x" * 81, code="XQ1", community=community, reporter_phone="1", satisfaction=9))
        with pytest.raises(Violation) as found, transaction():
            pass
    assert set(found.value.errors) == {"title", "reporter_phone", "satisfaction"}


def trimmed(text):
    """A text as the form takes it."""
    return text.replace("\r\n", "\n").strip()


@given(title=TYPED, text=TYPED)
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_text_the_secretary_types_is_stored_exactly_or_refused(as_secretary, need, title, text):
    answer = as_secretary.post("/needs/add", {"title": title, "text": text, "uid": ""})
    if answer.status_code == 302:
        stored = need(int(answer.headers["Location"].rsplit("/", 1)[1]))
        assert (stored["text"] or "") == trimmed(text)
        # Without a title the first sentence of the text is one.
        assert stored["title"] == (trimmed(title) or service.first_sentence(trimmed(text)))
    else:
        assert answer.status_code == 422
        assert 'class="errors"' in answer.get_data(as_text=True)


def test_thousands_of_new_needs_are_held_to_what_one_is_held_to(app, new_need):
    """Each is told the same, in the same order, also where another one said the same before."""
    wrong = [
        {},
        {"text": "楼道\u200b灯"},
        {"text": "第一行\n第二行"},
        {"text": "长" * 5001},
        {"reporter_phone": "1380000"},
        {"reporter_phone": "138****1234"},
        {"quantity_asked": 0},
        {"done_on": clock.today() + timedelta(days=3), "recorded_by": "长" * 41},
        {"title": "", "beneficiary": "\u202e王芳"},
        {"held_at": datetime(1899, 6, 1, tzinfo=UTC)},
        {"held_at": datetime(2100, 12, 31, 20, tzinfo=UTC), "resume_on": date(2101, 1, 1)},
        {"title": None},
    ]
    with app.app_context():
        examiner = rules.Examiner(Need)
        for columns in [*wrong, *wrong]:
            need = new_need(**{name: value for name, value in columns.items() if name != "title"})
            if "title" in columns:
                need.title = columns["title"]
            alone = [(name, list(map(str, texts))) for name, texts in rules.errors(need).items()]
            assert [(name, list(map(str, texts))) for name, texts in examiner.errors(need).items()] == alone
            assert alone
