"""What was found in the chains of history, in words; for the command line and the page alike."""

from flask_babel import gettext
from sqlalchemy import select

from app.communities.models import Community
from app.core import clock
from app.core.fields import Text
from app.core.history import INSTALLATION
from app.core.verifying import Fault, Finding, Walked
from app.extensions import db


def names() -> dict[int, str]:
    """Return what the chains in sight are called, by number."""
    return {row.id: row.name for row in db.session.execute(select(Community.id, Community.name))}


def said(one: Walked, called: dict[int, str]) -> Text:
    """Return what was found in one chain."""
    name = gettext("The installation") if one.chain == INSTALLATION else called.get(one.chain, f"#{one.chain}")
    if one.finding is None:
        return gettext("%(name)s: %(count)s entries, whole.", name=name, count=one.entries)
    return gettext("%(name)s: %(finding)s", name=name, finding=broken(one.finding))


def broken(finding: Finding) -> Text:
    """Return what is wrong, and from where on."""
    seq, day = finding.seq, finding.day
    if finding.fault is Fault.CHANGED and finding.at is not None:
        when = f"{clock.local(finding.at):%Y-%m-%d %H:%M}"
        return gettext("Entry %(seq)s (%(when)s) was changed or forged.", seq=seq, when=when)
    if finding.fault is Fault.OLDER:
        return gettext(
            "The file of %(day)s remembers another end: entries from %(seq)s on are gone, or the database is old.",
            seq=seq,
            day=day,
        )
    sentences = {
        Fault.CHANGED: gettext("Entry %(seq)s was changed or forged.", seq=seq),
        Fault.MISSING: gettext("Entry %(seq)s is missing or stands in another place.", seq=seq),
        Fault.STEP: gettext("What the step of entry %(seq)s says was changed, or the step is gone.", seq=seq),
        Fault.CUT: gettext("The chain does not end where it should: entries from %(seq)s on are gone.", seq=seq),
        Fault.ELSEWHERE: gettext("Entry %(seq)s of the file is another one than in the database.", seq=seq),
        Fault.FORGED_COPY: gettext("The first line of the file was changed, or the file is from another portal."),
    }
    return sentences.get(finding.fault) or gettext(
        "The file of %(day)s with the ends of the chains was changed.", day=day
    )
