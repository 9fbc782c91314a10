"""The icons the portal uses, cut out of a sheet of many."""

import re
from collections.abc import Iterable
from typing import Final

SYMBOL: Final = re.compile(r'<symbol[^>]* (viewBox="[^"]*") id="([^"]+)">(.*?)</symbol>', re.DOTALL)


def cut(sheet: bytes, names: Iterable[str]) -> bytes:
    """Return an SVG with the named symbols of the sheet, in the order of their names. Raises KeyError."""
    known = {
        name: f'<symbol id="{name}" {box}>{drawing}</symbol>' for box, name, drawing in SYMBOL.findall(sheet.decode())
    }
    symbols = "\n".join(known[name] for name in sorted(names))
    return f'<svg xmlns="http://www.w3.org/2000/svg">\n{symbols}\n</svg>\n'.encode()
