"""Whoever looks at a page sees each icon it names: the portal's own sheet holds them all."""

import re
from collections.abc import Iterator

import config
from app.assets import lock

SAID = re.compile(r"""\bicon(?:\(| = |=)["']([a-z0-9-]+)["']""")


def said() -> Iterator[tuple[str, str]]:
    """Yield each icon that is named somewhere in the program, and where."""
    for path in (config.ROOT / "app").rglob("*"):
        if path.suffix in (".py", ".html"):
            yield from ((name, path.name) for name in SAID.findall(path.read_text(encoding="utf-8")))


def test_each_icon_a_page_or_a_list_names_is_among_those_kept():
    kept = {icon for file in lock.files_of(lock.load()) for icon in file.icons}
    named = list(said())
    assert len({name for name, _where in named}) > 50
    assert [one for one in named if one[0] not in kept] == []
