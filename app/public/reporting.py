"""Reporting a need at a poster: by somebody without an account, who reaches nothing but what this report makes."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import select

from app.communities.models import Community, Place
from app.core import clock
from app.core.actor import Actor, Errand, acting
from app.extensions import db
from app.needs import service
from app.needs.choices import Channel
from app.needs.models import Need
from app.public import quotas, tickets
from app.public.points import Point

CONSENT: Final = "2026-11b"
"""The version of the privacy notice a report agrees to; a new wording is a new version."""
LONGEST_TEXT: Final = 1000
LONGEST_TITLE: Final = 80
SAME_FOR: Final = timedelta(hours=1)
"""So long the same words from the same browser are the same report; later they say that it is so again."""


@dataclass(frozen=True, slots=True)
class Words:
    """What somebody wrote at a poster."""

    text: str
    address: str | None = None
    phone: str | None = None


@dataclass(frozen=True, slots=True)
class Receipt:
    """What the person takes home; without a code where a browser of the office wrote it."""

    number: str
    signs: str | None
    until: datetime


class Spent(Exception):
    """The form has made another report already."""


def uid_of(secret: str) -> str:
    """Return the uid of the need a form makes; the form's secret does not follow from it."""
    return hashlib.sha256(f"report|{secret}".encode()).hexdigest()[:32]


def reporter(point: Point, secret: str) -> Actor:
    """Return who reports: somebody who reaches the need this form makes, the place and its community, and no more."""
    return Actor(
        "system:public",
        errands=(
            Errand("needs", "vcm", (("uid", uid_of(secret)),)),
            Errand("places", "v", (("id", point.place_id),)),
            Errand("communities", "v", (("id", point.community_id),)),
        ),
    )


def report(point: Point, words: Words, secret: str, with_code: bool = True) -> Need:
    """Register what somebody wrote, `submitted` by QR code, for people to look at; part of the caller's transaction.

    Acts as the `reporter`. `with_code` False: nothing is given out that could answer for a resident; the slip is
    printed from the need. Raises TooMany, or Violation by column.
    """
    quotas.spend(quotas.REPORTS, quotas.address())
    quotas.spend(quotas.AT_POINT, f"point|{point.place_id}")
    need = service.register(
        uid=uid_of(secret),
        community=db.session.get_one(Community, point.community_id),
        place=db.session.get_one(Place, point.place_id),
        channel=Channel.QR,
        text=words.text,
        title=service.first_sentence(words.text) or words.text[:LONGEST_TITLE],
        address=words.address,
        reporter_phone=words.phone,
        consent=CONSENT,
        code_issued_at=clock.now() if with_code else None,
    )
    if with_code:
        tickets.issue(need, tickets.drawn_from(secret))
    return need


def receipt_of(need: Need, secret: str) -> Receipt:
    """Return what is shown once, and again only to the form that made the need."""
    if need.code_issued_at is None:
        return Receipt(need.code, None, clock.now())
    return Receipt(need.code, tickets.drawn_from(secret), need.code_issued_at + tickets.LIFE)


def already(point: Point, words: Words, secret: str) -> Receipt | None:
    """Return the receipt of what this very form has made a moment ago, if it has. Raises Spent."""
    with acting(reporter(point, secret)):
        need = db.session.scalars(select(Need).filter_by(uid=uid_of(secret))).one_or_none()
        if need is None:
            return None
        same = (need.text, need.place_id) == (words.text, point.place_id)
        if not same or (need.code_issued_at is not None and tickets.find(tickets.drawn_from(secret)) is None):
            raise Spent
        return receipt_of(need, secret)


def sent_before(point: Point, words: Words, uids: Iterable[str]) -> str | None:
    """Return the number of the report among these that has said the same here a little while ago, if one has."""
    with acting(Actor("system:public", errands=tuple(Errand("needs", "v", (("uid", uid),)) for uid in uids))):
        same = (Need.text == words.text, Need.place_id == point.place_id, Need.created_at > clock.now() - SAME_FOR)
        return db.session.scalars(select(Need.code).where(*same).limit(1)).one_or_none()
