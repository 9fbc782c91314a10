"""What the tests of needs and of all that grows on them use: a need brought to any state by the people who do it."""

from tests.needs.life import at, ids, make, monday

__all__ = ["at", "ids", "make", "monday"]
