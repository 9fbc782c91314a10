"""What needs ask of the orders that answer them.

The list of orders stands above needs and answers in its own words (`app.fulfilments`); without it every need is worked
on by hand.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from app.core.actor import Actor
from app.needs.choices import NeedState


def _nobody(need: Any, actor: Actor) -> bool:
    return False


def _nowhere(need: Any) -> NeedState | None:
    return None


@dataclass
class Orders:
    """The questions. `did`: has this person a hand in what was delivered for a need?

    `reopens_to`: the state a reopened need goes to by its orders; None where it never had any.
    """

    did: Callable[[Any, Actor], bool] = _nobody
    reopens_to: Callable[[Any], NeedState | None] = _nowhere


orders: Final = Orders()
