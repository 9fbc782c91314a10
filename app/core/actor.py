"""Who acts: a person or a job of the system. Without an actor nothing is visible and nothing can be written."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field

from app.roles import Role


@dataclass(frozen=True, slots=True)
class Held:
    """A grant as it holds today.

    `community_id` None: the whole installation. `place_path` None: the whole community; otherwise the place and all
    below it. `subject`: the id of the party the grant is bound to: an organisation, a team or a person. `unused`: the
    lines of the role table that give nothing here, because the community does without that part of the portal.
    """

    role: Role
    community_id: int | None
    place_path: str | None = None
    subject: int | None = None
    unused: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Errand:
    """What somebody without a role may do: `verbs` with those rows of one list whose columns have these values."""

    list_name: str
    verbs: str
    where: tuple[tuple[str, int | str], ...]


@dataclass(frozen=True, slots=True)
class Actor:
    """Somebody who acts, and the grants that hold for them today.

    `errands`: a resident who scanned a poster or holds the code of one need has no grant, and reaches only what these
    name.
    """

    label: str
    user_id: int | None = None
    held: tuple[Held, ...] = ()
    errands: tuple[Errand, ...] = ()
    unbounded: bool = False
    name: str = field(default="", compare=False)
    """What the person is called, where who they are was just asked; empty for jobs."""
    memo: dict[object, object] = field(default_factory=dict, compare=False, repr=False)

    @property
    def communities(self) -> frozenset[int]:
        """Return the communities the actor holds any grant in."""
        return frozenset(h.community_id for h in self.held if h.community_id is not None)

    @property
    def everywhere(self) -> bool:
        """Tell whether a grant of the actor names no community, and so holds in each."""
        return any(h.community_id is None for h in self.held)


def system(job: str) -> Actor:
    """Return the actor of a job of the system that is bound to no community, such as sign-in or migration."""
    return Actor(f"system:{job}", unbounded=True)


_actor: ContextVar[Actor | None] = ContextVar("actor", default=None)


def current() -> Actor | None:
    """Return who acts now, or None."""
    return _actor.get()


@contextmanager
def acting(actor: Actor | None) -> Iterator[Actor | None]:
    """Let `actor` act inside the block."""
    token = _actor.set(actor)
    try:
        yield actor
    finally:
        _actor.reset(token)


def set_actor(actor: Actor | None) -> None:
    """Let `actor` act until the context ends; for the start of a request, which runs in a context of its own."""
    _actor.set(actor)
