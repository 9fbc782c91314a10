"""The data keys from the command line; acts as `system:cli`."""

import click
from flask_babel import gettext
from flask_babel import lazy_gettext as _

from app.core import keyring, recording, rotation
from app.core.actor import acting, system
from app.core.commanding import Commands
from app.core.database import transaction

keys = Commands("keys", _("The keys of what stands encrypted."))


@keys.command("rotate")
def rotate() -> None:
    """Make a new data key, encrypt everything under it, and remove the old one; the portal may run meanwhile.

    Stopped half-way, it goes on the next time. Keys given by SIDAN_DATA_KEY are changed there: the new one in front.
    """
    outcome = rotation.Outcome()
    for outcome in rotation.rotate():
        click.echo(gettext("%(count)s rows encrypted under the new key.", count=outcome.done))
    with acting(system("cli")), transaction():
        recording.note("keys_rotated", "", rows=outcome.done, key=keyring.ring().newest)
    for line in _told(outcome):
        click.echo(line)


def _told(outcome: rotation.Outcome) -> list[str]:
    said = [gettext("Removed, nothing needs it any more: %(name)s.", name=name) for name in outcome.removed]
    if outcome.removed:
        said.append(gettext("Copy the new key file to where you keep the keys; older backups still need the old one."))
    if outcome.unreadable:
        said.append(gettext("%(count)s rows could not be read; see the log.", count=outcome.unreadable))
    if keyring.keyring().by_environment:
        said.append(gettext("In SIDAN_DATA_KEY the first key and the last are needed; take out those between them."))
    return said
