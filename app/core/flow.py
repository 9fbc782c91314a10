"""Flows as data: the states of a row, the moves between them, who makes them and what they ask."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from app.core.fields import Labelled, Text
from app.roles import Role

Guard = Callable[[Any, Any], Text | None]
"""Given the row and the actor, answers with the reason why the move is not possible now, or None."""


@dataclass(frozen=True, slots=True)
class Ask:
    """A parameter of a move: a described column of the row, or a free text such as a reason.

    `unless_set`: a required column may be left out where the row has it already. `column`: the column it sets, where
    that has another name than the parameter.
    """

    name: str
    required: bool = True
    unless_set: bool = False
    label: Text | None = None
    help: Text | None = None
    column: str = ""

    @property
    def sets(self) -> str:
        """Return the name of the column the parameter sets, if it sets one."""
        return self.column or self.name


@dataclass(frozen=True, slots=True)
class Move:
    """One step in the life of a row; it becomes a permission, a button, a REST verb and a line of the timeline.

    None among the `sources`: the row has no state yet, as a unit that was never asked to report in. `target` None: the
    state stays; a function derives it from the row. `by`: the roles that make it; empty means any
    role that may make moves on the row, the guard then says who. `by_system`: only the system makes it, whoever holds
    what. `by_resident`: the resident it is about makes it too, by code. `tone`: how the button looks (plain, strong,
    grave). `photos`: files may come with it, as evidence.
    """

    name: str
    label: Text
    sources: tuple[Labelled | None, ...]
    target: Labelled | Callable[[Any], Labelled] | None = None
    by: tuple[Role, ...] = ()
    by_system: bool = False
    by_resident: bool = False
    asks: tuple[Ask, ...] = ()
    guards: tuple[Guard, ...] = ()
    tone: str = "plain"
    help: Text | None = None
    photos: bool = False

    @property
    def must_ask(self) -> bool:
        """Tell whether nobody can make the move without saying something that no row has already."""
        return any(ask.required and not ask.unless_set for ask in self.asks)

    def leads_to(self, row: Any) -> Labelled | None:
        """Return the state the move leads to from where the row stands."""
        return self.target(row) if callable(self.target) else self.target


@dataclass(frozen=True)
class Flow:
    """The states a column may take and the moves between them."""

    column: str
    moves: tuple[Move, ...]
    by_name: dict[str, Move] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "by_name", {move.name: move for move in self.moves})

    def state(self, row: Any) -> Labelled | None:
        """Return the state the row is in; None where it has not entered the flow."""
        state: Labelled | None = getattr(row, self.column)
        return state

    def code(self, row: Any) -> str | None:
        """Return the code of the state the row is in."""
        state = self.state(row)
        return state.value if state is not None else None

    def from_here(self, row: Any) -> Iterable[Move]:
        """Return the moves that leave from the row's state."""
        state = self.state(row)
        return [move for move in self.moves if state in move.sources]
