"""Every page of a list is one of ours: nothing stands on the framework's own views, and none of its pages is open."""

import importlib
import pkgutil
from collections.abc import Iterator
from typing import Any

import flask_appbuilder
import pytest
from flask import Flask
from flask_appbuilder import BaseView, ModelRestApi, ModelView
from flask_appbuilder.api import BaseApi
from flask_appbuilder.baseviews import BaseCRUDView

import app as portal
from app.core import disclosing, editing, messaging, moving, specification, views
from app.core.files import attaching
from app.core.scope import guarded_models
from app.core.sheets import pages
from app.core.views import ListView
from app.fulfilments import contact

PARTS = {
    contact.Contacting,
    disclosing.Disclosing,
    editing.Editing,
    moving.Moving,
    attaching.Attaching,
    messaging.Messaging,
    pages.Sheets,
}
PLATFORM = {specification.Specification, *PARTS, views.ListView}
FRAMEWORK = (BaseView, BaseApi)


def everything() -> None:
    """Import all of the portal, so that no class escapes."""
    for module in pkgutil.walk_packages(portal.__path__, "app."):
        if ".migrations" not in module.name:
            importlib.import_module(module.name)


def below(klass: type) -> Iterator[type]:
    for child in klass.__subclasses__():
        yield child
        yield from below(child)


def our_views() -> set[type]:
    everything()
    return {view for root in FRAMEWORK for view in below(root) if view.__module__.startswith("app.")}


def test_every_view_of_ours_is_a_list_view_or_a_list_api():
    platform = PLATFORM | {view for view in our_views() if view.__module__ == "app.core.api"}
    roots = (ListView, *(view for view in platform if issubclass(view, ModelRestApi)))
    astray = [view for view in our_views() - platform if not issubclass(view, roots)]
    assert len(our_views()) > len(PLATFORM)
    assert astray == []


def test_only_the_platform_stands_directly_on_the_framework():
    direct = {
        view for view in our_views() if any(base.__module__.startswith("flask_appbuilder") for base in view.__bases__)
    }
    assert {view.__module__ for view in direct} <= {"app.core.specification", "app.core.api"}
    assert specification.Specification in direct


def test_everything_registered_is_one_of_ours(app: Flask):
    registered = app.extensions["appbuilder"].baseviews
    assert registered
    assert [view for view in registered if not isinstance(view, ListView) and not hasattr(view, "resource_name")] == []


def test_every_list_view_that_is_written_is_registered(app: Flask):
    registered = {type(view) for view in app.extensions["appbuilder"].list_views()}
    written = {view for view in our_views() if issubclass(view, ListView) and view is not ListView}
    assert written == registered


def test_every_list_has_its_door_for_programs(app: Flask):
    registered = app.extensions["appbuilder"].baseviews
    pages = [view.page for view in registered if hasattr(view, "resource_name")]
    assert pages == [type(view) for view in app.extensions["appbuilder"].list_views()]


def test_view_names_end_in_view_and_menu_names_start_with_m(app: Flask):
    menu = [item.name for group in app.extensions["appbuilder"].menu.get_list() for item in (group, *group.childs)]
    lists = app.extensions["appbuilder"].list_views()
    assert lists
    assert [view for view in lists if not type(view).__name__.endswith("View")] == []
    assert [name for name in menu if not name.startswith("m.")] == []
    assert {f"m.{view.list_name}" for view in lists} <= set(menu)


def test_each_list_has_one_address_and_a_line_of_the_role_table(app: Flask):
    lists = app.extensions["appbuilder"].list_views()
    names = [view.list_name for view in lists]
    assert len(names) == len(set(names))
    assert all(view.route_base == f"/{view.list_name}" and view.guard for view in lists)


def test_none_of_the_frameworks_own_pages_is_open(app: Flask):
    theirs = [
        (str(route), route.endpoint)
        for route in app.url_map.iter_rules()
        if app.view_functions[route.endpoint].__module__.startswith("flask_appbuilder")
    ]
    assert theirs == []
    closed = ("ab_security", "AuthDBView", "UserDBModelView", "LocaleView", "UtilView", "IndexView", "SwaggerView")
    assert [route for route in app.url_map.iter_rules() if route.endpoint.startswith(closed)] == []


@pytest.mark.parametrize(
    "address",
    [
        "/users/userinfo/", "/resetmypassword/form", "/roles/list/", "/permissions/list/", "/registeruser/list/",
        "/lang/en", "/back", "/api/v1/security/login", "/api/_openapi", "/swagger/v1", "/api/v1/menu/",
        "/static/appbuilder/css/ab.css", "/needs/delete/1", "/needs/download/x", "/needs/action/accept/1",
        "/users/delete/1", "/appbuilder/api/v1/needs",
    ],
)  # fmt: skip
def test_the_administrator_finds_nothing_at_the_frameworks_addresses(as_admin: Any, address: str):
    assert as_admin.get(address).status_code == 404
    assert as_admin.post(address).status_code in (404, 405)


def test_every_guarded_model_with_a_page_name_has_its_list(app: Flask):
    listed = {view.model for view in app.extensions["appbuilder"].list_views()}
    without = {model for model in guarded_models() if getattr(model, "list_name", "") and model not in listed}
    assert {model.__module__ for model in without if model.__module__.startswith("app.")} == set()


def test_the_frameworks_tables_are_never_asked(app: Flask):
    kinds = {ModelView, BaseCRUDView}
    assert all(kinds & set(type(view).__mro__) for view in app.extensions["appbuilder"].list_views())
    assert not app.config["FAB_CREATE_DB"]
    assert not app.config["FAB_UPDATE_PERMS"]
    assert flask_appbuilder.__version__.startswith("5.3")
