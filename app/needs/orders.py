"""What needs ask of the orders that answer them.

The list of orders stands above needs and answers in its own words (`app.fulfilments`); without it every need is worked
on by hand.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from app.core.actor import Actor
from app.core.fields import Text
from app.needs.choices import NeedState


def _nobody(need: Any, actor: Actor) -> bool:
    return False


def _nowhere(need: Any) -> NeedState | None:
    return None


def _nothing(need: Any) -> tuple[Text, Text] | None:
    return None


@dataclass
class Orders:
    """The questions. `did`: has this person a hand in what was delivered for a need?

    `stands`: the state its orders say; None where it never had any. `reopens_to`: the state a reopened need goes to by
    its orders; None where it never had any. `told`: where it stands by its orders and what comes next, in words for the
    resident; None where its own state says enough.
    """

    did: Callable[[Any, Actor], bool] = _nobody
    stands: Callable[[Any], NeedState | None] = _nowhere
    reopens_to: Callable[[Any], NeedState | None] = _nowhere
    told: Callable[[Any], tuple[Text, Text] | None] = _nothing


orders: Final = Orders()
