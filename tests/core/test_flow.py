"""Flows as data: what is written down about the moves is complete and can be spoken."""

import pytest

from app.core import moves
from app.core.fields import facts, shape
from app.core.flow import Flow, Move
from app.core.timeline import Step
from app.needs.choices import NeedState
from app.needs.models import FLOW, Need
from app.roles import Role


def flows():
    """The flows of all lists that have one."""
    return [
        (model, model.flow) for model in {mapper.class_ for mapper in Need.registry.mappers} if hasattr(model, "flow")
    ]


def test_every_list_with_moves_keeps_a_timeline():
    assert [model for model, _flow in flows() if model.list_name not in Step.told] == []


def test_every_move_starts_and_ends_in_states_of_its_column():
    for model, flow in flows():
        column = shape(model, flow.column)
        states = set(column.choices)
        # Only where the column may be empty there are rows that have not entered the flow.
        entrance = set() if column.required or column.default is not None else {None}
        for move in flow.moves:
            assert set(move.sources) <= states | entrance
            assert move.target is None or callable(move.target) or move.target in states
            assert len({ask.name for ask in move.asks}) == len(move.asks)


def test_every_parameter_has_words():
    for model, flow in flows():
        for move in flow.moves:
            assert all(str(moves.label_of(model, ask)) for ask in move.asks)


def test_no_parameter_of_a_move_is_a_masked_column():
    for model, flow in flows():
        asked = {ask.name for move in flow.moves for ask in move.asks} & set(facts(model))
        assert not any(facts(model)[name].mask or facts(model)[name].sealed for name in asked)


def test_every_state_of_a_need_can_be_reached_and_only_the_last_ones_are_left_by_none(behind):
    reached, ways = {NeedState.SUBMITTED}, list(FLOW.moves)
    for _step in NeedState:
        for move in ways:
            if reached & set(move.sources):
                row = Need(state=next(iter(reached & set(move.sources))))
                with behind():
                    reached.add(move.leads_to(row) or row.state)
    assert reached == set(NeedState)
    left = {state for move in ways for state in move.sources}
    last = {NeedState.REJECTED, NeedState.WITHDRAWN, NeedState.MERGED, NeedState.UNRESOLVABLE}
    assert set(NeedState) - left == last


@pytest.mark.parametrize(
    ("name", "sources", "target"),
    [
        ("accept", {"submitted"}, "accepted"),
        ("reject", {"submitted"}, "rejected"),
        ("plan", {"accepted"}, "planned"),
        ("start", {"planned"}, "in_progress"),
        ("deliver", {"in_progress"}, "delivered"),
        ("merge", {"submitted", "accepted"}, "merged"),
        ("refer", {"submitted", "accepted"}, "referred"),
        ("hold", {"planned", "in_progress"}, "on_hold"),
        ("close", {"delivered", "referred", "closed_unconfirmed"}, "closed"),
        ("explain", {"accepted", "planned", "in_progress"}, "unresolvable"),
        (
            "withdraw",
            {"submitted", "accepted", "planned", "in_progress", "on_hold", "referred", "delivered"},
            "withdrawn",
        ),
    ],
)
def test_the_moves_of_a_need_are_those_of_the_workflow(name, sources, target):
    move = FLOW.by_name[name]
    assert {state.value for state in move.sources} == sources
    assert move.leads_to(Need(state=move.sources[0])).value == target


def test_a_need_reopened_goes_on_from_delivered_and_starts_again_from_closed(behind):
    reopen = FLOW.by_name["reopen"]
    with behind():
        assert reopen.leads_to(Need(state=NeedState.DELIVERED)) is NeedState.IN_PROGRESS
        assert reopen.leads_to(Need(state=NeedState.CLOSED)) is NeedState.ACCEPTED
    assert reopen.by == (Role.SECRETARY,)


def test_a_move_without_target_leaves_the_state():
    asks = Move("call", "Call", (NeedState.ACCEPTED,))
    assert asks.leads_to(Need(state=NeedState.ACCEPTED)) is None
    assert list(Flow("state", (asks,)).from_here(Need(state=NeedState.CLOSED))) == []
