"""Posts (网格队伍): who looks after which grid, building and unit, and every other duty of the community's staff."""

from typing import Any

from app.communities.models import Place
from app.needs.models import Need
from app.notices import kinds
from app.posts.board import VACANT
from app.posts.models import Post
from app.posts.news import VACANT as VACANT_NEWS
from app.posts.panel import here_panel
from app.posts.parts import PLACES
from app.posts.views import PostView


def register(appbuilder: Any) -> None:
    """Add the list of posts to the portal, and let needs and places show who is responsible there."""
    kinds.declare(VACANT_NEWS)
    appbuilder.add_view(PostView, "m.posts")
    views = {view.list_name: view for view in appbuilder.list_views()}
    panel = here_panel(views[Post.list_name])
    views[Place.list_name].name_parts(VACANT | PLACES)
    for name in (Need.list_name, Place.list_name):
        views[name].guests.append(panel)
