"""What a leaver hands over: the open needs in her charge for the places of the post, in one step (S2-14)."""

from typing import Any

from flask_babel import lazy_gettext as _
from sqlalchemy import false, or_, select

from app.accounts.models import Account
from app.communities.models import Place, in_subtree
from app.core.rules import Violation
from app.extensions import db
from app.needs import service as needs
from app.needs.choices import OPEN_STATES
from app.needs.models import Need
from app.posts import entrance
from app.posts.models import Post, post_place


def open_needs(post: Post) -> list[Need]:
    """Return the open needs its holder is in charge of in the places of a post, and of no other post she keeps."""
    account = entrance.account_of(post)
    if account is None:
        return []
    places = select(Place.id).where(Place.community_id == post.community_id)
    here = places.where(_within([place.path for place in post.places])) if post.places else places
    found = select(Need).where(
        Need.community_id == post.community_id,
        Need.in_charge_id == account.id,
        Need.state.in_(OPEN_STATES),
        Need.archived_at.is_(None),
        or_(Need.place_id.in_(here), false() if post.places else Need.place_id.is_(None)),
        Need.place_id.is_(None) | Need.place_id.not_in(places.where(_within(_kept(post)))),
    )
    with entrance.following():
        return [*db.session.scalars(found.order_by(Need.id))]


def _within(paths: list[str]) -> Any:
    return or_(false(), *(in_subtree(path) for path in paths))


def _kept(post: Post) -> list[str]:
    """Return the paths of the places the holder stays responsible for."""
    of_them = select(post_place.c.place_id).join(Post, Post.id == post_place.c.post_id)
    others = of_them.where(Post.person_id == post.person_id, Post.id != post.id, Post.in_force())
    return [*db.session.scalars(select(Place.path).where(Place.id.in_(others)))]


def hand_over(post: Post, to: Account | None) -> None:
    """Put somebody else in charge of all of them. Raises Violation of `hand_to`; nothing is handed over then."""
    found = open_needs(post)
    if not found:
        return
    if to is None:
        raise _refused(_("Say who takes over the %(count)s open needs.", count=len(found)))
    if to is entrance.account_of(post):
        raise _refused(_("This is the person who leaves; choose another."))
    with entrance.following():
        for need in found:
            try:
                needs.hand_over(need, to)
            except Violation as error:
                raise _refused(_("%(need)s: %(reason)s", need=need.code, reason=error.errors["in_charge"][0])) from None


def _refused(reason: Any) -> Violation:
    return Violation({"hand_to": [reason]})
