"""What history says of many new rows, ready before the transaction that writes them begins."""

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from app.core import chain
from app.core.history import STEP
from app.core.plans import are_empty, each, plan
from app.core.recording import stored
from app.core.sealed import bound_to

_text: Final = json.JSONEncoder(ensure_ascii=False).encode


class SubjectKeys(dict[str, bytes]):
    """A key for each new row of which something sensitive is told, by uid."""

    def __init__(self) -> None:
        super().__init__()
        self._sealers: dict[str, Callable[[str, str], str]] = {}

    def sealer(self, uid: str) -> Callable[[str, str], str]:
        """Return what seals the values of a row."""
        if uid not in self:
            self[uid] = chain.new_key()
            self._sealers[uid] = chain.sealer(self[uid])
        return self._sealers[uid]


def told(model: Any, rows: Sequence[Mapping[str, Any]], keys: SubjectKeys) -> list[str]:
    """Return what history says of new rows, given by column, as the one JSON text it has; `keys` are made for them."""
    columns, known = [], dict[Any, str]()
    for name, column, sensitive in sorted(plan(model).recorded):
        values = [row.get(column) for row in rows]
        if values and not are_empty(values):
            if sensitive:
                values = _sealed(model, name, values, [row["uid"] for row in rows], keys)
            columns.append(_told(name, values, _token, {}) if sensitive else _told(name, values, _plain, known))
    return [f"{{{','.join(filter(None, parts))}}}" for parts in zip(*columns, strict=True)] or ["{}"] * len(rows)


def _told(name: str, values: Sequence[Any], encode: Callable[[Any], str], known: dict[Any, str]) -> list[str | None]:
    before = f"{chain.encode(name)}:[null,"
    return [None if said is None else f"{before}{said}]" for said in each(values, encode, known)]


def _plain(value: Any) -> str:
    return chain.encode(stored(value))


def _token(token: str) -> str:
    return f'{{"sealed":"{token}"}}'


def _sealed(model: Any, name: str, values: Sequence[Any], uids: Sequence[str], keys: SubjectKeys) -> list[Any]:
    """Return the values of a column, each sealed under the key of its row."""
    return [
        None if value is None else keys.sealer(uid)(_text(stored(value)), bound_to(model, name, uid))
        for value, uid in zip(values, uids, strict=True)
    ]


def with_step(text: str, digest: str) -> str:
    """Return what history says of a row together with the digest of its step: the star comes before all letters."""
    first = f'{{"{STEP}":[null,"{digest}"]'
    return f"{first},{text[1:]}" if text != "{}" else f"{first}}}"


def with_value(text: str, name: str, value: Any) -> str:
    """Return it with something else of the row, which is not sensitive."""
    return chain.encode(json.loads(text) | {name: [None, stored(value)]})
