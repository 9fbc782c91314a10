"""Steps and history of many rows at once are letter by letter those of a single one."""

import json
from datetime import UTC, datetime
from types import SimpleNamespace

from app.core import chain, entries
from app.core.actor import Actor, acting
from app.core.timeline import FirstSteps, Step, digest_of
from app.needs.choices import NeedState
from app.needs.models import Need

MOMENT = datetime(2026, 11, 22, 8, 30, tzinfo=UTC)


def test_the_digest_of_a_step_of_many_is_that_of_the_same_step_alone(app) -> None:
    actor = Actor("书记 “王芳”", None, ())
    with app.app_context(), acting(actor):
        steps = FirstSteps(actor, MOMENT)
        need = SimpleNamespace(list_name="needs", community_id=3)
        for target, said in (("submitted", {"reason": "收自“台账”第 7 行\n"}), (None, {})):
            step = steps.step(need, "register", target, said)
            alone = Step(**step | {"row_id": 41})
            assert steps.digest(step["uid"], 41, steps.texts(step)) == digest_of(alone)


def test_what_history_says_of_many_rows_is_the_one_text_each_would_have(app) -> None:
    rows = [
        {"uid": "a" * 32, "title": "灯“不亮”\n", "code": "XQ1", "state": NeedState.CLOSED, "received_at": MOMENT},
        {"uid": "b" * 32, "title": "灯“不亮”\n", "code": "XQ2", "reporter_name": "王芳", "satisfaction": 4},
    ]
    with app.app_context():
        keys = entries.SubjectKeys()
        first, second = entries.told(Need, rows, keys)
    assert first == chain.encode(json.loads(first))
    assert json.loads(first) == {
        "code": [None, "XQ1"],
        "received_at": [None, MOMENT.isoformat()],
        "state": [None, "closed"],
        "title": [None, "灯“不亮”\n"],
    }
    assert list(keys) == ["b" * 32]
    sealed = json.loads(second)["reporter_name"][1]["sealed"]
    assert chain.unseal(keys["b" * 32], sealed, f"need|reporter_name|{'b' * 32}") == '"王芳"'
    assert json.loads(second)["satisfaction"] == [None, 4]


def test_rows_that_say_nothing_have_an_entry_that_says_nothing(app) -> None:
    with app.app_context():
        assert entries.told(Need, [{"uid": "a" * 32}, {"uid": "b" * 32}], entries.SubjectKeys()) == ["{}", "{}"]
    assert entries.with_value("{}", "code", "XQ1") == '{"code":[null,"XQ1"]}'
    assert json.loads(entries.with_step("{}", "00")) == {"*step": [None, "00"]}
