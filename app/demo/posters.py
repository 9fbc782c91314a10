"""Posters in the demo communities: a telephone, and a code in every place people live in, and one for members."""

from typing import Final

from sqlalchemy import select

from app.communities.models import Community, Place, PlaceKind
from app.extensions import db
from app.public import points

WHERE: Final = (PlaceKind.GRID, PlaceKind.BUILDING, PlaceKind.COMPOUND, PlaceKind.POINT)
PHONES: Final = {"wujiangbei": "0751-8880000", "qiaonan": "0751-8880001"}
"""Invented."""


def hang() -> None:
    """Hang them up; the caller commits."""
    for community in db.session.scalars(select(Community)):
        community.phone = PHONES.get(community.code)
        points.renew_for_members(community)
    for place in db.session.scalars(select(Place).where(Place.kind.in_(WHERE)).order_by(Place.path)).all():
        if place.is_open:
            points.renew(place)
