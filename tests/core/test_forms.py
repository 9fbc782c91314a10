"""Forms derived from column facts: what people type is read exactly, or said to be wrong beside the field."""

from datetime import UTC, date, datetime

import pytest
import wtforms
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select
from werkzeug.datastructures import MultiDict

from app.communities.models import Place
from app.core import clock
from app.core.actor import acting
from app.core.fields import facts, shape
from app.core.forms import Amount, ChoiceField, Day, Flag, Line, Lines, Moment, Number, PortalForm, field_for, row_form
from app.core.selects import OFFERED, RemoteSelect, offered
from app.extensions import db
from app.needs.choices import NeedState, Urgency, VulnerableGroup
from app.needs.models import Need


class Everything(PortalForm):
    """One field of each kind."""

    line = Line()
    choice = ChoiceField(choices=Urgency)
    flag = Flag()
    day = Day()
    moment = Moment()
    number = Number()
    amount = Amount()
    lines = Lines()
    place = RemoteSelect(target=Place)


class OneLine(wtforms.Form):
    """A form outside any request."""

    line = Line()


@pytest.fixture
def typed(app):
    """Fill in a form and return it, checked."""

    def fill(form=Everything, **texts):
        with app.test_request_context():
            made = form(MultiDict(texts), meta={"csrf": False})
            made.validate()
            return made

    return fill


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("line", "  路灯 ", "路灯"),
        ("line", "   ", None),
        ("line", "第一行\r\n第二行", "第一行\n第二行"),
        ("choice", "urgent", Urgency.URGENT),
        ("choice", "", None),
        ("flag", "y", True),
        ("day", "2026-11-22", date(2026, 11, 22)),
        ("day", "2026/1/5", date(2026, 1, 5)),
        ("day", "2026年1月5日", date(2026, 1, 5)),
        ("day", "２０２６．１１．２２", date(2026, 11, 22)),
        ("day", " ", None),
        ("moment", "2026年11月22日 17:30", datetime(2026, 11, 22, 9, 30, tzinfo=UTC)),
        ("moment", "2026-11-22T17:30", datetime(2026, 11, 22, 9, 30, tzinfo=UTC)),
        ("moment", "2026-11-22 17:30", datetime(2026, 11, 22, 9, 30, tzinfo=UTC)),
        ("moment", "2025-11-01T00:10", datetime(2025, 10, 31, 16, 10, tzinfo=UTC)),
        ("number", " 12 ", 12),
        ("number", "", None),
        ("amount", "1.5", 1.5),
        ("lines", "第3网格\r\n 三网格、3网格,老街，", ["第3网格", "三网格", "3网格", "老街"]),
        ("lines", "", []),
    ],
)
def test_what_is_typed_is_read(typed, name, text, value):
    form = typed(**{name: text})
    assert not form[name].errors
    assert form[name].data == value


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("choice", "unknown"),
        ("choice", "x" * 100_000),
        ("day", "2026-13-01"),
        ("day", "22.11.2026"),
        ("day", "tomorrow"),
        ("moment", "2026-11-22T25:00"),
        ("moment", "0001-01-01T00:00"),
        ("moment", "9999-12-31T23:59"),
        ("number", "1.5"),
        ("number", "9" * 30),
        ("number", "zwei"),
        ("amount", "nan"),
        ("amount", "inf"),
        ("amount", "1e300"),
        ("place", "abc"),
        ("place", "999999"),
        ("place", "-1"),
        ("place", "1 OR 1=1"),
    ],
)
def test_what_makes_no_sense_is_said_in_chinese_and_stays_typed(typed, name, text):
    form = typed(**{name: text})
    assert form[name].errors
    assert any("\u4e00" <= character <= "\u9fff" for character in str(form[name].errors[0]))
    assert len(str(form[name].errors[0])) < 200
    assert form[name].data is None
    assert form[name].raw_data == [text]


def test_nothing_sent_is_nothing_entered(typed):
    form = typed()
    assert not form.errors
    assert {name: form[name].data for name in ("line", "choice", "day", "moment", "number", "place")} == dict.fromkeys(
        ("line", "choice", "day", "moment", "number", "place")
    )


@given(st.text(max_size=20))
def test_a_line_is_trimmed_and_nothing_else(text):
    form = OneLine(MultiDict({"line": text}))
    assert (form.line.data or "") == text.replace("\r\n", "\n").strip()


def test_the_month_ends_at_midnight_in_shanghai(typed):
    form = typed(moment="2026-10-31T23:59")
    assert clock.local(form.moment.data).date() == date(2026, 10, 31)
    assert form.moment._value() == "2026-10-31T23:59"


def test_fields_follow_from_the_facts(app):
    with app.test_request_context():
        form = row_form(Need, [name for name, fact in facts(Need).items() if fact.edited])()
        assert (form.title.type, form.text.type, form.urgency.type) == ("Line", "Paragraph", "ChoiceField")
        assert (form.place.type, form.received_at.type, form.anonymous.type) == ("RemoteSelect", "Moment", "Flag")
        assert str(form.title.label.text) == str(facts(Need)["title"].label)
        assert form.title.render_kw["aria-required"] == "true"
        assert "aria-required" not in form.text.render_kw
        assert "state" not in form
        assert field_for(Need, "place").kwargs["target"] is shape(Need, "place").target


def test_the_page_of_a_form_carries_only_the_chosen_place(as_secretary, register, ids):
    pk = register(place="武江北路8栋")
    page = as_secretary.page(f"/needs/edit/{pk}")
    assert f'name="place" value="{ids("place", name="武江北路8栋")}"' in page
    assert "二建宿舍" not in page


def test_a_select_offers_at_most_twenty_rows_found_by_name(as_secretary, app):
    for number in range(25):
        as_secretary.post("/places/add", {"name": f"朝阳巷{number}号", "kind": "street", "level": "1"})
    found = as_secretary.get("/needs/choices/place?q=朝阳巷").json["results"]
    assert len(found) == OFFERED
    assert len(as_secretary.get("/needs/choices/place?q=朝阳巷24").json["results"]) == 1


def test_only_rows_in_scope_are_accepted(app, acting_as, ids):
    theirs, ours = ids("place", name="桥南一网格"), ids("place", name="第一网格")
    with acting_as("secretary") as secretary, app.test_request_context(), acting(secretary):
        form = Everything(MultiDict({"place": str(ours)}), meta={"csrf": False})
        assert form.place.data.name == "第一网格"
        form = Everything(MultiDict({"place": str(theirs)}), meta={"csrf": False})
        assert form.place.data is None
        assert not form.validate()
        assert [text for _pk, text in offered(Place, "桥南")] == []


def test_a_hidden_choice_left_alone_stays_as_it_is(as_gridworker, register, need):
    """A grid worker who recorded it may edit the need, but sees the group in difficulty only as a mask."""
    pk = register("gridworker", vulnerable_group=VulnerableGroup.ELDER_ALONE, reporter_name="赵大爷")
    page = as_gridworker.page(f"/needs/edit/{pk}")
    assert "赵大爷" not in page
    assert '<option value="***" selected>' in page
    answer = as_gridworker.post(
        f"/needs/edit/{pk}",
        {"version": "1", "title": "换个灯泡", "urgency": "normal", "vulnerable_group": "***", "reporter_name": "赵*爷"},
    )
    assert answer.status_code == 302
    stored = need(pk)
    assert (stored["vulnerable_group"], stored["reporter_name"]) == (VulnerableGroup.ELDER_ALONE, "赵大爷")
    assert stored["title"] == "换个灯泡"


def test_a_hidden_choice_can_be_changed_and_emptied(as_gridworker, register, need):
    pk = register("gridworker", vulnerable_group=VulnerableGroup.ELDER_ALONE)
    as_gridworker.post(f"/needs/edit/{pk}", {"version": "1", "vulnerable_group": "left_behind"})
    assert need(pk)["vulnerable_group"] is VulnerableGroup.LEFT_BEHIND
    as_gridworker.post(f"/needs/edit/{pk}", {"version": "2", "vulnerable_group": ""})
    assert need(pk)["vulnerable_group"] is None


def test_a_mask_typed_elsewhere_is_not_stored(as_secretary, register, need):
    pk = register(reporter_phone="13800001234")
    answer = as_secretary.post(f"/needs/edit/{pk}", {"version": "1", "reporter_phone": "139****9999"})
    assert answer.status_code == 422
    assert need(pk)["reporter_phone"] == "13800001234"


def test_what_a_form_did_not_send_stays(as_secretary, register, need):
    pk = register(text="晚上看不清台阶", reporter_phone="13800001234")
    assert as_secretary.post(f"/needs/edit/{pk}", {"version": "1", "title": "八栋路灯"}).status_code == 302
    stored = need(pk)
    assert (stored["title"], stored["text"], stored["reporter_phone"]) == (
        "八栋路灯",
        "晚上看不清台阶",
        "13800001234",
    )


def test_what_was_emptied_is_empty(as_secretary, register, need):
    pk = register(text="晚上看不清台阶")
    as_secretary.post(f"/needs/edit/{pk}", {"version": "1", "text": "  "})
    assert need(pk)["text"] is None


def test_every_member_of_a_choice_is_offered_with_its_words(as_secretary):
    page = as_secretary.page("/needs/add")
    for member in Urgency:
        assert f'<option value="{member.value}"' in page
    assert "紧急" in page
    assert NeedState.SUBMITTED.value not in page


def test_choices_of_a_column_that_is_no_select_are_not_there(as_secretary):
    for name in ("title", "created_by_id", "password_hash", "nothing"):
        assert as_secretary.get(f"/needs/choices/{name}").status_code == 404
        assert as_secretary.get(f"/needs/filters/{name}").status_code == 404


def test_a_closed_place_is_offered_no_more(as_secretary, behind, app):
    with behind():
        place = db.session.scalars(select(Place).filter_by(name="二建宿舍")).one()
        place.closed_on = clock.today()
        place.close_reason = "拆迁"
        db.session.commit()
    assert as_secretary.get("/needs/choices/place?q=二建").json["results"] == []


def test_a_moment_that_comes_back_as_it_was_shown_keeps_its_seconds(app):
    kept = datetime(2026, 11, 22, 9, 30, 41, tzinfo=UTC)
    with app.test_request_context():
        same, other = (
            Everything(MultiDict({"moment": text}), meta={"csrf": False}, data={"moment": kept}).moment.data
            for text in ("2026-11-22T17:30", "2026-11-22T17:31")
        )
    assert (same, other) == (kept, datetime(2026, 11, 22, 9, 31, tzinfo=UTC))


@pytest.mark.parametrize("given", [{"place.typed": "火星"}, {"place": "", "place.typed": "火星"}])
def test_words_for_which_no_row_was_chosen_are_said(as_secretary, given):
    form = {"title": "路灯不亮", "kind": "help", "urgency": "normal", "channel": "phone"} | given
    answer = as_secretary.post("/needs/add", data=form)
    assert answer.status_code == 422
    assert "还没有从列表里选中“火星”" in answer.text
    assert 'value="火星"' in answer.text
