"""The sets of orders that figures count (数字可点): each opens as exactly the rows that were counted."""

from typing import Final

from flask_babel import lazy_gettext as _
from sqlalchemy import and_
from sqlalchemy.sql import ColumnElement

from app.core.listing import Quick
from app.fulfilments.choices import DONE, FulfilmentState
from app.fulfilments.models import Fulfilment

UNHEARD: Final = (FulfilmentState.OFFERED, FulfilmentState.CANCELLED)
REFUSED: Final = (FulfilmentState.DECLINED, FulfilmentState.EXPIRED)
KEPT: Final = (FulfilmentState.IN_PROGRESS, *DONE, FulfilmentState.REVERSED)


def answered() -> ColumnElement[bool]:
    """The orders a provider has answered, or let run out."""
    return Fulfilment.state.not_in(UNHEARD)


def taken() -> ColumnElement[bool]:
    """Of these, the orders that were taken, whatever came of them later."""
    return and_(answered(), Fulfilment.state.not_in(REFUSED))


def dated() -> ColumnElement[bool]:
    """The orders with a date to which somebody came, or did not come."""
    return Fulfilment.state.in_((*KEPT, FulfilmentState.MISSED))


def kept() -> ColumnElement[bool]:
    """Of these, the orders to which somebody came."""
    return Fulfilment.state.in_(KEPT)


def carried_out() -> ColumnElement[bool]:
    """The orders that are carried out; not those taken off again."""
    return Fulfilment.state.in_(DONE)


def confirmed() -> ColumnElement[bool]:
    """Of these, the orders that the resident, or a call-back, confirmed, and that were not doubted later."""
    return and_(Fulfilment.state == FulfilmentState.CONFIRMED, Fulfilment.doubted_on.is_(None))


PARTS: Final = {
    "answered": Quick(_("Answered or run out"), answered),
    "taken_on": Quick(_("Taken on"), taken),
    "dated": Quick(_("Somebody was to come"), dated),
    "kept": Quick(_("Somebody came"), kept),
    "done": Quick(_("Carried out"), carried_out),
    "confirmed": Quick(_("Carried out and confirmed"), confirmed),
}
