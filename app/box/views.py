"""The page on which a community is set up by eight questions."""

from typing import Final

from flask import Blueprint

from app.communities.models import Community
from app.core.gate import requires
from app.core.specification import Page

setup_pages: Final = Blueprint("box", __name__)


@setup_pages.route("/communities/setup/", methods=["GET", "POST"])
@requires("c", Community.list_name)
def ask() -> Page:
    """Ask all that is needed, and set the community up once all of it is right."""
    from app.box import asking  # noqa: PLC0415 - two megabytes, which a community needs once in its life

    return asking.ask()
