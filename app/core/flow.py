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

    `unless_set`: a required column may be left out where the row has it already.
    """

    name: str
    required: bool = True
    unless_set: bool = False
    label: Text | None = None
    help: Text | None = None


@dataclass(frozen=True, slots=True)
class Move:
    """One step in the life of a row; it becomes a permission, a button, a REST verb and a line of the timeline.

    `target` None: the state stays; a function derives it from the row. `by`: the roles that make it; empty means any
    role that may make moves on the row, the guard then says who. `tone`: how the button looks (plain, strong, grave).
    """

    name: str
    label: Text
    sources: tuple[Labelled, ...]
    target: Labelled | Callable[[Any], Labelled] | None = None
    by: tuple[Role, ...] = ()
    asks: tuple[Ask, ...] = ()
    guards: tuple[Guard, ...] = ()
    tone: str = "plain"
    help: Text | None = None

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

    def state(self, row: Any) -> Labelled:
        """Return the state the row is in."""
        state: Labelled = getattr(row, self.column)
        return state

    def from_here(self, row: Any) -> Iterable[Move]:
        """Yield the moves that leave from the row's state."""
        return (move for move in self.moves if self.state(row) in move.sources)
