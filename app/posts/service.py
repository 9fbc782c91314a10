"""What happens with posts: appointing, changing and ending, and what follows for names, roles and open needs."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from flask_babel import lazy_gettext as _
from sqlalchemy import exists, select, update

from app.accounts.models import Account
from app.communities.models import Place
from app.core import access, checks, clock
from app.core.actor import acting, system
from app.core.fields import Text
from app.core.moves import ARCHIVED, Refused, told
from app.core.rules import Violation
from app.core.timeline import Step, add_step, stepped
from app.extensions import db
from app.parties.models import Party
from app.people.models import Person
from app.posts import entrance, hands, news
from app.posts.models import Post
from app.posts.rules import EMPTY


def appoint(**columns: Any) -> Post:
    """Write a post, with the role that goes with it; the caller commits. Raises Violation."""
    post = Post(**columns)
    missing: dict[str, list[Text]] = {
        name: [EMPTY] for name in ("community", "person", "duty") if getattr(post, name) is None
    }
    if missing:
        raise Violation(missing)
    post.since, post.gives_role = post.since or clock.today(), bool(post.gives_role)
    _complete(post)
    _lock(post.person)
    db.session.add(post)
    db.session.flush()
    entrance.settle(post)
    add_step(db.session, post, "register", None, None)
    return post


def change(post: Post, values: dict[str, Any]) -> None:
    """Change a post, and the role that goes with it; the caller commits.

    Raises Violation, also where the post would end while its holder is in charge of open needs in its places.
    """
    _lock(post.person)
    was_over = post.is_over()
    with db.session.no_autoflush:
        for name, value in values.items():
            setattr(post, name, value)
        _complete(post)
    db.session.flush()
    if post.is_over() and not was_over:
        _require_no_needs(post)
    entrance.settle(post)
    if post.is_over() and not was_over:
        news.tell_vacancies(post)


def _require_no_needs(post: Post) -> None:
    if count := len(hands.open_needs(post)):
        said = _("%(count)s open needs are still in these hands; “End the post” hands them over.", count=count)
        raise Violation({"until": [said]})


def end(post: Post, last_day: date | None, to: Account | None) -> None:
    """End a post on its last day, its role at once, and put `to` in charge of the open needs; the caller commits.

    All of it or nothing. Raises Refused where it has ended, and Violation of `until` or `hand_to`.
    """
    if post.archived_at is not None:
        raise Refused(ARCHIVED)
    if post.is_over():
        raise Refused(_("The post has ended already."))
    _lock(post.person)
    _end_on(post, last_day)
    if post.is_over():
        hands.hand_over(post, to)
    entrance.settle(post)
    add_step(db.session, post, "end", None, None, **told({"until": post.until}))
    if post.is_over():
        news.tell_vacancies(post)


def _end_on(post: Post, last_day: date | None) -> None:
    wrong = EMPTY if last_day is None else checks.plausible(last_day)
    if wrong is not None:
        raise Violation({"until": [wrong]})
    with db.session.no_autoflush:
        post.until = last_day
        _complete(post)
    db.session.flush()


# -- what follows from the columns ----------------------------------------------------------------------------------


def _complete(post: Post) -> None:
    """Let the households follow from the places where none are said, and remember when a last day was said late."""
    if post.households is None:
        post.households = households_of(post.places)
    if post.until is None or post.until > clock.today():
        post.ended_at = None
    elif post.ended_at is None:
        post.ended_at = clock.now()


def households_of(places: Iterable[Place]) -> int | None:
    """Return the households of places together; those of a place within another count once."""
    found = list(places)
    paths = [place.path for place in found]
    outer = [one for one in found if not any(one.path != path and one.path.startswith(path) for path in paths)]
    counted = [place.households for place in outer if place.households is not None]
    return sum(counted) if counted else None


def _lock(person: Party) -> None:
    """Let nobody else write posts of the person until the transaction is over; SQLite has one writer anyway."""
    with acting(system("posts")), db.session.no_autoflush:
        db.session.scalar(select(Party.id).where(Party.id == person.id).with_for_update())


# -- who is known ---------------------------------------------------------------------------------------------------


@stepped.connect_via(Post)
def _follow(sender: type[Post], row: Post, step: Step) -> None:
    """Keep names and roles in step with a post, also when it is archived or restored."""
    db.session.flush()
    if step.move in ("archive", "restore"):
        entrance.settle(row)
    if step.move in ("register", "archive", "restore"):
        _keep_known(row)


def _keep_known(post: Post) -> None:
    """Let everybody of the community read the name of who has or had a post; nobody else's.

    In plain SQL: it is no change of the record of the person, and nobody's open form of it becomes stale.
    """
    person = db.session.get(Person, post.person.id)
    if person is None:
        raise access.OutOfScope
    table, posts = Person.__table__, Post.__table__.c
    appointed = exists().where(posts.person_id == person.id, posts.archived_at.is_(None))
    db.session.execute(update(table).where(table.c.id == person.id).values(appointed=appointed))
    db.session.expire(person, ["appointed"])
    parties = Party.__table__
    db.session.execute(update(parties).where(parties.c.id == person.id).values(known=person.is_known))
    db.session.expire(post.person, ["known"])
