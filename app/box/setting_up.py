"""Sets up a community from answers, by the same service as from a file; for who may make communities."""

from dataclasses import dataclass
from typing import Final, cast

from flask_babel import lazy_gettext as _
from sqlalchemy import select

from app.accounts import service as accounts
from app.accounts.models import Account, Grant, GrantRole
from app.box import service
from app.box.contents import Box, BoxError
from app.box.questions import FIELDS
from app.communities.models import Community
from app.core import access, pinyin
from app.core.actor import Actor, acting, current, system
from app.core.database import Clash, transaction
from app.core.fields import Text
from app.core.rules import Violation
from app.extensions import db

NAMELESS: Final = "secretary"
TAKEN: Final = _("There is a community of this name or code already; give yours a code of its own.")


@dataclass(frozen=True, slots=True)
class SetUp:
    """A community that was set up: what its secretary needs to begin, shown once.

    `again`: it had been set up a moment ago, by a double click, and nothing but the link is new.
    """

    community: Community
    secretary: Account
    link: str
    again: bool = False


def login_for(name: str) -> str:
    """Return a free login name for a person: the name spelled out, with a number where that is taken."""
    spelled = pinyin.spelled(name)[:28]
    wanted = spelled if len(spelled) > 1 and spelled[0].isalpha() else NAMELESS
    with acting(system("setup")):
        taken = set(db.session.scalars(select(Account.login).where(Account.login.startswith(wanted))))
    return next(
        one for one in (wanted, *(f"{wanted}{number}" for number in range(2, len(taken) + 3))) if one not in taken
    )


def set_up(box: Box) -> SetUp:
    """Make the community, all or nothing; the same answers once more make no second one. Commits.

    Whoever makes it may not work in it, so what it begins with is made in their name with the rights of the system.
    Raises Forbidden, and Violation by field.
    """
    actor = current()
    if actor is None or not access.may("c", Community.list_name, actor):
        raise access.Forbidden
    with acting(Actor(actor.label, actor.user_id, actor.held, unbounded=True)):
        found = _known(box)
        if found is not None:
            return _again(found, box, actor)
        try:
            return _made(box)
        except Clash:
            # Of two at once the other was quicker.
            found = _known(box)
            if found is None:
                raise
            return _again(found, box, actor)
        except BoxError as wrong:
            raise Violation(_by_field(wrong)) from None


def _known(box: Box) -> Community | None:
    found: Community | None = db.session.scalars(select(Community).filter_by(code=box.code)).one_or_none()
    return found


def _made(box: Box) -> SetUp:
    report = service.apply(box)
    login, _name, link = report.links[0]
    community, secretary = _known(box), accounts.find(login)
    if community is None or secretary is None:
        raise LookupError(box.code)
    return SetUp(community, secretary, link)


def _again(community: Community, box: Box, actor: Actor) -> SetUp:
    """Give the link anew to who has just made the community, until the secretary has used it. Raises Violation."""
    entry = box.accounts[0]
    held = select(Account).join(Grant, Grant.account_id == Account.id).where(Grant.community_id == community.id)
    mine = (Account.created_by_id == actor.user_id, Account.password_hash.is_(None), Account.active)
    found = db.session.scalars(held.where(Grant.role == GrantRole.SECRETARY, Account.name == entry.name, *mine)).first()
    is_mine = community.created_by_id == actor.user_id and community.name == box.name
    if found is None or not is_mine or found.phone != entry.phone:
        raise Violation({"code" if community.name != box.name else "name": [TAKEN]})
    with transaction():
        link = accounts.invite(found)
    return SetUp(community, found, link, again=True)


def _by_field(wrong: BoxError) -> dict[str, list[Text]]:
    """Return the complaints by the field their line stands for."""
    found: dict[str, list[Text]] = {}
    for complaint in wrong.complaints:
        # Answers stand on numbered lines, never in cells.
        found.setdefault(FIELDS[cast("int", complaint.line)], []).append(complaint.text)
    return found
