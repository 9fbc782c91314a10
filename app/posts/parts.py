"""The sets of posts, and of places by their heads, that figures count, each opening exactly these rows (S2-23)."""

from typing import Any, Final

from flask_babel import lazy_gettext as _
from sqlalchemy import and_
from sqlalchemy.sql import ColumnElement

from app.communities.models import Place, PlaceKind
from app.core.listing import Quick
from app.posts.board import headed, is_open
from app.posts.choices import PostDuty
from app.posts.models import Post


def held(*duties: PostDuty) -> Any:
    """Return what names the posts held today, of these duties or of any."""
    return lambda: and_(Post.in_force(), Post.duty.in_(duties or PostDuty))


def headed_grids() -> ColumnElement[bool]:
    """The open grids that have a head today."""
    return and_(is_open(), Place.kind == PlaceKind.GRID, Place.id.in_(headed(PostDuty.GRID_LEAD)))


DUTIES: Final = {duty.value: Quick(duty.label, held(duty)) for duty in PostDuty}
"""The posts of each duty held today, by the code of the duty."""

PLACES: Final = {"headed_grids": Quick(_("Grids with a head"), headed_grids)}
"""What is known of places by the posts."""
