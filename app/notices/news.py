"""Listening to what happens: each list says as data whom its steps are told; accounts say theirs by signal."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final

from app.accounts.links import link_made
from app.accounts.models import Account, Grant
from app.accounts.service import granted
from app.accounts.traces import LinkPurpose
from app.core.database import transaction
from app.core.revealing import revealed_too_often
from app.core.timeline import Step, stepped
from app.notices import kinds, service
from app.notices.kinds import Kind
from app.notices.service import Whom
from app.roles import Role


@dataclass(frozen=True, slots=True)
class Told:
    """Who is told of which step of a list, and how it is called."""

    step: str
    kind: Kind
    whom: Whom


_WATCHING: Final = Whom(roles=(Role.SECRETARY, Role.AUDITOR))
_NEWS: Final[dict[str, tuple[Told, ...]]] = {}


def declare(listing: str, told: Iterable[Told]) -> None:
    """Say whom the steps of a list are told; where somebody is meant twice, the first kind holds."""
    _NEWS[listing] = tuple(told)
    for one in _NEWS[listing]:
        kinds.declare(one.kind)


@stepped.connect
def _tell_step(sender: type[Any], row: Any, step: Step) -> None:
    service.settle(row, step.move)
    already: set[int] = set()
    for told in _NEWS.get(row.list_name, ()):
        if told.step == step.move:
            already |= service.tell(told.kind, row, told.whom, move=step.move, but=already)


@granted.connect
def _tell_granted(sender: type[Grant], grant: Grant) -> None:
    service.tell_person(kinds.GRANTED, grant.account_id)


@link_made.connect
def _tell_link(sender: type[Account], account: Account, purpose: LinkPurpose) -> None:
    if purpose is LinkPurpose.RESET:
        service.tell_person(kinds.RESET, account.id)


@revealed_too_often.connect
def _tell_revealed(sender: type[Any], row: Any, account_id: int) -> None:
    """The secretary hears of it, and the auditor, who hears of the secretary; in a transaction of its own."""
    with transaction():
        service.tell(kinds.REVEALED, row, _WATCHING)
