"""The role that goes with a post: given for its places, ended with it, in one transaction (S2-14)."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _
from sqlalchemy import select

from app.accounts import service as accounts
from app.accounts.models import Account, Grant
from app.communities.models import Place
from app.core import clock
from app.core.actor import Actor, acting, current
from app.core.fields import Text
from app.core.rules import Violation
from app.extensions import db
from app.people.models import Person
from app.posts.choices import ROLES
from app.posts.models import Post, post_grant


@contextmanager
def following() -> Iterator[None]:
    """What follows from a post that was rightly written is done in the name of who wrote it, whatever their role."""
    actor = current()
    with acting(Actor(actor.label if actor else "posts", actor.user_id if actor else None, unbounded=True)):
        yield


def account_of(post: Post) -> Account | None:
    """Return the account by which the holder of a post signs in."""
    with following(), db.session.no_autoflush:
        person = db.session.get(Person, post.person.id)
        return person.account if person is not None else None


def settle(post: Post) -> None:
    """Let the grants a post has given be those it should give now. Raises Violation where the actor may not give one.

    Ending follows from the post, so whoever may end that ends them; giving takes somebody who may give the role.
    """
    # What the actor wrote is checked as the actor's own before anything follows from it.
    db.session.flush()
    wanted = _wanted(post)
    with following():
        kept = _keep(post, wanted)
    new = [_give(post, place) for place in wanted if place not in kept]
    if new:
        post.grants = [*post.grants, *new]
        db.session.flush()


def _keep(post: Post, wanted: list[Place]) -> list[Place]:
    """End the grants for other places, let the others last as long as the post, and return their places."""
    given = _given(post)
    for grant in given:
        if grant.place not in wanted:
            accounts.end_grant(grant, gettext("The post has ended."))
        elif grant.ends_on != post.until:
            grant.ends_on = post.until
    db.session.flush()
    return [grant.place for grant in given if grant.archived_at is None]


def _wanted(post: Post) -> list[Place]:
    return [] if not post.gives_role or post.archived_at is not None or post.is_over() else list(post.places)


def _given(post: Post) -> list[Grant]:
    """Return the grants of a post that have not been ended."""
    of_it = select(post_grant.c.grant_id).where(post_grant.c.post_id == post.id)
    return [*db.session.scalars(select(Grant).where(Grant.id.in_(of_it), Grant.archived_at.is_(None)))]


def _give(post: Post, place: Place) -> Grant:
    account = account_of(post)
    if account is None:
        raise _refused(_("The person has no account yet; enter it with the person first."))
    days: dict[str, Any] = {"starts_on": max(post.since, clock.today()), "ends_on": post.until}
    try:
        return accounts.grant(account, ROLES[post.duty], post.community, place, **days)
    except Violation as error:
        raise _refused(next(text for texts in error.errors.values() for text in texts)) from None


def _refused(reason: Text) -> Violation:
    return Violation({"gives_role": [reason]})
