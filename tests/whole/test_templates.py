"""What a browser makes of the templates: it ends a paragraph where a form begins, and what stands there falls apart."""

import re
from pathlib import Path

APP = Path(__file__).parents[2] / "app"
PARAGRAPH = re.compile(r"<p[ >](?:(?!</p>).)*?(?:<form|post_button|move_button)", re.DOTALL)


def test_no_paragraph_holds_a_form():
    assert [path.name for path in APP.rglob("*.html") if PARAGRAPH.search(path.read_text("utf-8"))] == []
