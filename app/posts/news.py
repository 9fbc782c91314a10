"""Who is told of posts: of a place left without a head, the secretary."""

from typing import Final

from flask_babel import lazy_gettext as _
from sqlalchemy import select

from app.extensions import db
from app.notices import service as notices
from app.notices.kinds import Kind
from app.notices.service import Whom
from app.posts.choices import HEADS
from app.posts.models import Post
from app.roles import Role

VACANT: Final = Kind("post_vacant", _("A place has nobody at its head any more"), icon="person", tone="danger")


def tell_vacancies(post: Post) -> None:
    """Tell the secretary that a place of the post has no head any more; not who ended the post, who knows."""
    if any(is_vacant(post, place.id) for place in post.places if HEADS.get(place.kind) is post.duty and place.is_open):
        notices.tell(VACANT, post, Whom(roles=(Role.SECRETARY,)))


def is_vacant(post: Post, place_id: int) -> bool:
    """Tell whether nobody has the duty of this post for the place today."""
    held = select(Post.id).where(Post.community_id == post.community_id, Post.duty == post.duty, Post.in_force())
    return db.session.scalar(held.where(Post.places.any(id=place_id)).limit(1)) is None
