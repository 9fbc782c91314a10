"""Sets up a community from answers, by the same service as from a file; for who may make communities."""

import re
from dataclasses import dataclass
from datetime import date
from typing import Any, Final, cast

from flask_babel import gettext
from flask_babel import lazy_gettext as _
from sqlalchemy import select

from app.accounts import service as accounts
from app.accounts.models import Account, Grant, GrantRole
from app.box import service
from app.box.contents import Box, BoxError
from app.box.questions import FIELDS, Names
from app.box.reading import code_for as derived_code
from app.communities.models import Community, Holiday
from app.communities.service import NOVEMBER
from app.core import access, clock, pinyin
from app.core.actor import Actor, acting, current, system
from app.core.database import Clash, transaction
from app.core.fields import Text
from app.core.rules import Violation
from app.extensions import db

NAMELESS: Final = "secretary"
LONGEST: Final = 28
"""Of a name spelled out; a number may follow it."""
_WHAT_ALL_ARE: Final = re.compile("(社区)?(居民委员会|居委会|村民委员会|村委会)?$")
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
    spelled = pinyin.spelled(name)[:LONGEST]
    return _free(Account.login, spelled if len(spelled) > 1 and spelled[0].isalpha() else NAMELESS)


def code_for(name: str) -> str:
    """Return a free code for a community: its name spelled out, 河东社区 is hedong, with a number where it is taken."""
    spelled = pinyin.spelled_out(_WHAT_ALL_ARE.sub("", name) or name)[:LONGEST]
    return _free(Community.code, spelled) if len(spelled) > 1 else derived_code(name)


def _free(column: Any, wanted: str) -> str:
    with acting(system("setup")):
        taken = set(db.session.scalars(select(column).where(column.startswith(wanted))))
    numbered = (f"{wanted}{number}" for number in range(2, len(taken) + 3))
    return next(one for one in (wanted, *numbered) if one not in taken)


NAMES: Final = Names(code_for, login_for)


def known_holidays() -> str:
    """Return the holidays of this year, from November on those of the next too, which the actor can read already."""
    today = clock.today()
    last = date(today.year + (today.month >= NOVEMBER), 12, 31)
    near = select(Holiday).where(Holiday.day >= date(today.year, 1, 1), Holiday.day <= last)
    days = {one.day: one for one in db.session.scalars(near.order_by(Holiday.day, Holiday.id.desc()))}
    return "\n".join(f"{day} {one.name}{' ' + gettext('works') if one.works else ''}" for day, one in days.items())


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
    """Return the community of the code somebody typed; where nobody did, of the name."""
    by = {"name": box.name} if box.code_is_derived else {"code": box.code}
    found: Community | None = db.session.scalars(select(Community).filter_by(**by).order_by(Community.id)).first()
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
