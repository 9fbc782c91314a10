"""Who was not let in is written down: for the account that was meant, and never what was typed as a name.

What somebody types as a name may be a password in the wrong field, so of a name nobody has nothing is kept.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from sqlalchemy import select

from app.accounts.brake import Braked
from app.accounts.models import Account
from app.core import recording
from app.core.actor import acting, system
from app.core.database import transaction, writing
from app.extensions import db

REFUSED: Final = "sign_in_refused"
BRAKED: Final = "sign_in_braked"


@contextmanager
def noted(account_id: int | None) -> Iterator[None]:
    """Write down a brake that stops the block: once when it sets in, then once a minute while somebody goes on."""
    try:
        yield
    except Braked as braked:
        if braked.first:
            note(BRAKED, account_id)
        raise


def note(act: str, account_id: int | None) -> None:
    """Write down that somebody was not let in, in a transaction of its own."""
    with acting(system("sign-in")), writing(), transaction():
        about = select(Account.id, Account.uid).where(Account.id == account_id)
        recording.note(act, "users", db.session.execute(about).one_or_none())
