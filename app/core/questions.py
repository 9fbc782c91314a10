"""What programs may ask about one row beyond its columns; said once, for the door and for its description.

A list asks its own in `questions`; packages above a list add theirs with `Specification.ask`.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from app.core.fields import Text

Schema = dict[str, Any]
"""A description of JSON, as OpenAPI writes it."""


@dataclass(frozen=True, slots=True)
class Question:
    """A question about one row, and what answers it.

    `answer` takes the row and returns the JSON its `schema` describes. `verbs` and `listing`: of which list one may do
    which of these verbs to ask; the list of the row unless named. `told`: the answer is written down like a reveal, so
    it is asked by POST. `files`: the answer is a file of one of these kinds, and no JSON.
    """

    label: Text
    answer: Callable[[Any], Any]
    schema: Schema
    verbs: str = "v"
    listing: str = ""
    told: bool = False
    files: tuple[str, ...] = ()

    @property
    def method(self) -> str:
        """Return how it is asked."""
        return "POST" if self.told else "GET"


def object_of(properties: Schema, required: Iterable[str]) -> Schema:
    """Return the description of an object with these properties."""
    return {"type": "object", "properties": properties, "required": [*required]}
