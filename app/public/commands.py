"""The command `codes issue`; acts as `system:cli`."""

from typing import Any, Final

import click
from flask_babel import gettext
from flask_babel import lazy_gettext as _

from app.communities.models import Community, Place
from app.core import clock
from app.core.actor import acting, system
from app.core.commanding import Commands
from app.core.database import transaction
from app.core.moves import Refused
from app.extensions import db
from app.needs.models import Need
from app.public import codes as signs_of
from app.public import paper, points, tickets

codes = Commands("codes", _("Codes of posters and of needs."))


def _point(place: Place) -> tuple[str, str]:
    said = gettext("Poster code of %(place)s; posters with an earlier one are out of date.", place=place)
    return points.renew(place), said


def _banner(community: Community) -> tuple[str, str]:
    said = gettext(
        "Code by which party members report in to %(community)s; posters with an earlier one are out of date.",
        community=community.name,
    )
    return points.renew_for_members(community, points.code_for_members(community)), said


def _ticket(need: Need) -> tuple[str, str]:
    signs = tickets.reissue(need)
    day = clock.local(clock.now() + tickets.LIFE).date()
    said = gettext(
        "Code of %(need)s, good until %(day)s, shown only now; earlier ones no longer work.", need=need, day=day
    )
    return signs, said


_KINDS: Final[dict[str, tuple[Any, Any]]] = {
    "place": (Place, _point),
    "community": (Community, _banner),
    "need": (Need, _ticket),
}


@codes.command("issue")
@click.argument("kind", type=click.Choice([*_KINDS]))
@click.argument("number", type=click.IntRange(1, 2**31 - 1))
def issue(kind: str, number: int) -> None:
    """Make a new code for the place, community or need with this id, and print it once."""
    model, make = _KINDS[kind]
    try:
        with acting(system("cli")), transaction():
            row = db.session.get(model, number)
            if row is None:
                raise click.ClickException(gettext("There is no entry with the id %(id)s.", id=number))
            signs, said = make(row)
    except Refused as refused:
        raise click.ClickException(str(refused.reason)) from None
    click.echo(said)
    click.echo(signs_of.written(signs))
    if (address := paper.address_of(signs)) is not None:
        click.echo(address)
