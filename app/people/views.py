"""The pages of people: only what differs from every other list."""

from flask_babel import lazy_gettext as _

from app.core.views import ListView, ScopedInterface
from app.people.models import Person


class PersonView(ListView):
    """人员."""

    datamodel = ScopedInterface(Person)
    list_title = _("People")
    menu_group = _("People and units")
    icon = "person"
    add_hint = _("Register a person")
    empty_hint = _("Nobody is registered yet.")
    list_columns = ["name", "phones", "place"]
    link_column = "name"
    narrow_columns = ("name", "phones")
    filter_columns = ("place",)
    order_names = ("id",)
