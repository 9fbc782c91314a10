"""A community with its people as something that is handed out whole, once a second person has approved it."""

from typing import Any, Final

from flask_babel import lazy_gettext as _

from app.core.actor import acting, system
from app.exports.choices import Whole

LISTING: Final = "box"
"""Under this name a box with people is asked for."""


def _count(community: Any) -> int:
    from app.box.export import take  # noqa: PLC0415 - loaded when somebody asks for a box, as its page is

    with acting(system("cli")):
        content = take(community, with_people=True).content
    unsigned = {(post["name"], *post.get("phones", ())) for post in content["posts"] if "login" not in post}
    return len(content["accounts"]) + len(unsigned)


WITH_PEOPLE: Final = Whole(_("A whole community with its accounts and contacts"), "people", _count)
