"""The neighbour at our doors."""

import json
import re
from dataclasses import dataclass, field
from typing import Any

from werkzeug.test import TestResponse

from tests.whole.paper import text_of
from tests.whole.walk import Door, Visitor

NOTHING = (400, 403, 404, 405, 422)
"""The answers that tell and do nothing."""
CHANCE = re.compile(r'(?:nonce|value|name="csrf_token" value)="[A-Za-z0-9_.-]{16,}"|/assets/[0-9a-f]+/')
"""What is drawn by lot, and may spell a short word of ours by chance."""


@dataclass
class Spy:
    """The neighbour at our doors: counts the attempts and remembers each that told or did something."""

    person: Visitor
    words: set[str]
    tried: int = 0
    found: list[str] = field(default_factory=list)

    def look(self, address: str, expected: tuple[int, ...] = NOTHING) -> None:
        """Open an address."""
        self._judge(f"GET {address}", self.person.get(address), expected)

    def send(self, address: str, data: dict[str, Any], expected: tuple[int, ...] = NOTHING) -> None:
        """Send a form."""
        self._judge(f"POST {address} {data}", self.person.post(address, data), expected)

    def knock(self, door: Door, data: dict[str, Any], expected: tuple[int, ...] = NOTHING) -> None:
        """Go through a door by its method."""
        self._judge(f"{door} {data}", self.person.knock(door, data), expected)

    def ask(self, method: str, address: str, data: dict[str, Any], expected: tuple[int, ...] = NOTHING) -> None:
        """Send JSON."""
        self._judge(f"{method} {address} {data}", self.person.send(method, address, data), expected)

    def _judge(self, what: str, answer: TestResponse, expected: tuple[int, ...]) -> None:
        self.tried += 1
        text = CHANCE.sub("", text_of(answer))
        if answer.is_json:
            text = json.dumps(answer.get_json(), ensure_ascii=False)
        if answer.status_code not in expected:
            self.found.append(f"{what}: {answer.status_code}")
        self.found += [f"{what}: tells “{word}”" for word in self.words if word in text]
