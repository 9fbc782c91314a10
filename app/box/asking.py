"""The eight questions by which a community is set up, what is wrong in the answers, and the slip for its secretary."""

from typing import Any

from flask import current_app, render_template
from flask_babel import gettext

from app.box import questions, setting_up
from app.box.questions import QUESTIONS, SetupForm
from app.communities import defaults
from app.communities.models import Community
from app.core.rules import Violation
from app.core.specification import Page


def ask() -> Page:
    """Ask all that is needed, and set the community up once all of it is right."""
    form = SetupForm()
    if not form.is_submitted():
        form.holidays.data = setting_up.known_holidays()
        return _form(form, 200)
    if not form.validate():
        return _form(form, 422)
    try:
        made = setting_up.set_up(questions.box_of(form, setting_up.NAMES))
    except Violation as wrong:
        form.complain(wrong.errors)
        return _form(form, 422)
    values = {"made": made, "view": _view(), "path_only": made.link.startswith("/")}
    return render_template("box/slip.html", title=gettext("The community is set up"), **values)


def _form(form: SetupForm, status: int) -> Page:
    for name, title in questions.titles().items():
        form[name].label.text = title
    values: dict[str, Any] = {"form": form, "questions": QUESTIONS, "view": _view(), "standard": _standard()}
    return render_template("box/setup.html", title=gettext("Set up a community"), **values), status


def _standard() -> list[str]:
    """Return the categories a community begins with."""
    comma = gettext(", ")
    return [
        f"{name}{gettext(': ')}{comma.join(str(one) for one in below)}" for name, below in defaults.CATEGORIES.items()
    ]


def _view() -> Any:
    views = current_app.extensions["appbuilder"].list_views()
    return next(view for view in views if view.list_name == Community.list_name)
