"""The sets of needs that figures count (数字可点): each opens as exactly the rows that were counted.

A rate is two such sets, one within the other; the formulas are those of 接诉即办: 响应率, 办结率, 解决率, 满意率.
"""

from typing import Final

from flask_babel import lazy_gettext as _
from sqlalchemy import and_, or_
from sqlalchemy.sql import ColumnElement

from app.core import clock
from app.core.listing import Quick
from app.needs.choices import NeedState, Outcome
from app.needs.models import Need

TAKEN_OUT: Final = (NeedState.WITHDRAWN, NeedState.MERGED)
"""What is counted nowhere: taken back, or counted as the need it was merged into."""
CLOSED_STATES: Final = (NeedState.CLOSED, NeedState.CLOSED_UNCONFIRMED)
SATISFIED: Final = 4
"""From how many points on somebody counts as satisfied."""


def due() -> ColumnElement[bool]:
    """The needs that were to be answered by now, or were answered; not those taken back or merged before that."""
    unheard = and_(Need.state.in_(TAKEN_OUT), Need.answered_at.is_(None))
    return and_(~unheard, or_(Need.answered_at.is_not(None), Need.response_due <= clock.now()))


def explained() -> ColumnElement[bool]:
    """The needs of which the secretary explained why they cannot be solved."""
    return Need.state == NeedState.UNRESOLVABLE


def in_time() -> ColumnElement[bool]:
    """Of these, the needs that were answered in time."""
    return and_(due(), Need.answered_at <= Need.response_due)


def accepted() -> ColumnElement[bool]:
    """The needs that were accepted; not those taken back or merged afterwards."""
    return and_(Need.accepted_at.is_not(None), Need.state.not_in(TAKEN_OUT))


def closed() -> ColumnElement[bool]:
    """Of these, the needs that are closed, with or without a word from the resident."""
    return and_(accepted(), Need.state.in_(CLOSED_STATES))


def unconfirmed() -> ColumnElement[bool]:
    """Of the accepted needs, those closed because nobody answered."""
    return and_(accepted(), Need.state == NeedState.CLOSED_UNCONFIRMED)


def reopened() -> ColumnElement[bool]:
    """Of the accepted needs, those taken up again because they were not solved after all."""
    return and_(accepted(), Need.reopened_count > 0)


def answered() -> ColumnElement[bool]:
    """The closed needs whose resident was asked and has answered, and those explained: answered, and not solved."""
    told = and_(Need.state == NeedState.CLOSED, Need.outcome.is_not(None))
    return or_(told, Need.state == NeedState.UNRESOLVABLE)


def met() -> ColumnElement[bool]:
    """Of these, the needs of which the resident says that they are met."""
    return and_(answered(), Need.outcome == Outcome.MET)


def rated() -> ColumnElement[bool]:
    """The closed needs whose resident gave points."""
    return and_(Need.state == NeedState.CLOSED, Need.satisfaction.is_not(None))


def satisfied() -> ColumnElement[bool]:
    """Of these, the needs with four or five points."""
    return and_(rated(), Need.satisfaction >= SATISFIED)


def timed_answers() -> ColumnElement[bool]:
    """The answered needs: how long each answer took is known."""
    return Need.response_minutes.is_not(None)


def timed_closings() -> ColumnElement[bool]:
    """The closed needs: how long each took is known."""
    return and_(Need.state.in_(CLOSED_STATES), Need.resolution_minutes.is_not(None))


PARTS: Final = {
    "due": Quick(_("To be answered by then"), due),
    "in_time": Quick(_("Answered in time"), in_time),
    "accepted": Quick(_("Accepted"), accepted),
    "closed": Quick(_("Accepted and closed"), closed),
    "unconfirmed": Quick(_("Closed without an answer"), unconfirmed),
    "reopened": Quick(_("Taken up again"), reopened),
    "answered": Quick(_("Asked and answered"), answered),
    "explained": Quick(_("Explained, not solved"), explained),
    "met": Quick(_("Answered: met"), met),
    "rated": Quick(_("Rated"), rated),
    "satisfied": Quick(_("Rated with 4 or 5 points"), satisfied),
    "timed_answers": Quick(_("Answered"), timed_answers),
    "timed_closings": Quick(_("Closed"), timed_closings),
}
