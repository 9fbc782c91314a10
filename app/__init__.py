"""四单: the portal with which a community keeps its four lists and the people behind them."""

from collections.abc import Mapping
from pathlib import Path
from types import ModuleType
from typing import Any, Final

from flask import Flask, g, request

import config
from app import (
    accounts,
    backups,
    box,
    callbacks,
    catalog,
    cli,
    communities,
    exports,
    fulfilments,
    handbook,
    imports,
    instance,
    jobs,
    logs,
    matching,
    needs,
    notices,
    organizations,
    party_orgs,
    people,
    posts,
    projects,
    public,
    registrations,
    reports,
    resources,
    talents,
    volunteers,
    vulnerabilities,
)
from app.accounts import sign_in
from app.accounts.models import Account
from app.assets import serving
from app.core import (
    addresses,
    api,
    arenas,
    clock,
    database,
    errors,
    gate,
    hosts,
    keyring,
    page,
    recording,
    scope,
    sealing,
    words,
)
from app.core.actor import set_actor
from app.core.security import Portal, PortalSecurity
from app.extensions import csrf, db
from app.needs import limit_views

PACKAGES: Final[tuple[ModuleType, ...]] = (
    reports,
    needs,
    resources,
    projects,
    fulfilments,
    matching,
    callbacks,
    organizations,
    volunteers,
    registrations,
    people,
    vulnerabilities,
    talents,
    communities,
    limit_views,
    posts,
    party_orgs,
    accounts,
    notices,
    exports,
    jobs,
    backups,
    public,
    imports,
    handbook,
    box,
)
"""The packages in menu order; each registers its pages."""

READING: Final = frozenset({"GET", "HEAD", "OPTIONS"})


def create_app(overrides: Mapping[str, Any] | None = None) -> Flask:
    """Make the portal. `overrides` are settings by name, for tests and the demo; see `config`.

    Raises SettingError, InstanceError or KeyMissing with one sentence for the operator. Nothing is written to the
    database: `flask db upgrade` and `run.py` do that.
    """
    arenas.share()
    app = Flask(__name__, static_folder=None)
    app.config.update(config.load(overrides))
    instance.complete(app.config)
    keyring.start(app)
    folder = catalog.compiled(Path(app.config["INSTANCE"]))
    app.config["BABEL_TRANSLATION_DIRECTORIES"] = str(folder)
    clock.clock.fixed = app.config["NOW"]
    logs.start(app)
    # Programs and people read Chinese as it is, and columns in the order they were described.
    app.json.ensure_ascii = app.json.sort_keys = False  # type: ignore[attr-defined]  # of Flask's own provider
    _extend(app)
    _ask_at_the_door(app)
    cli.start(app)
    errors.start(app)
    page.start(app)
    serving.start(app)
    with app.app_context():
        _register(app)
    return app


def _extend(app: Flask) -> None:
    app.url_map.converters["int"] = addresses.RowNumber
    db.init_app(app)
    app.before_request(_begin)
    app.teardown_appcontext(database.let_go)
    csrf.init_app(app)


def _begin() -> None:
    set_actor(None)
    database.only_reading(request.method in READING)


def _ask_at_the_door(app: Flask) -> None:
    """Before each request: is it for us, are the tables there, who is it, may they pass."""
    hosts.start(app)
    app.before_request(database.require_current)
    app.before_request(sign_in.identify)
    app.before_request(gate.guard)
    app.teardown_request(_end)


def _end(error: BaseException | None) -> None:
    set_actor(None)
    database.only_reading(False)


def _register(app: Flask) -> None:
    PortalSecurity.user_model = Account
    portal = Portal(security_manager_class=PortalSecurity)
    portal.init_app(app, db.session)
    portal.sm.lm.request_loader(lambda _request: g.get("account"))
    app.extensions["babel"].locale_selector = lambda: config.LOCALE
    words.start(app)
    for package in PACKAGES:
        package.register(portal)
    api.open_doors(portal)
    portal.post_init()
    scope.guarded_models()
    recording.start(app, logs.request_id)
    sealing.start()
