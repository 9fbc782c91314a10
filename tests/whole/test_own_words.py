"""A community renames its lists, and each of them is called so at every door of the community and at no other's."""

from typing import Any
from urllib.parse import unquote

from flask import Flask
from sqlalchemy import select

from app.called import CATALOGUE, kind_of, standard_word
from app.communities import service
from app.communities.models import Community
from app.core import database
from app.extensions import db
from tests.whole.paper import text_of
from tests.whole.scene import Scene
from tests.whole.special import OURS
from tests.whole.walk import ROLES, verbs


def rename(acting_as: Any) -> dict[str, str]:
    """Let the secretary give every list another name, and return the names by list."""
    keys = [key for key in CATALOGUE if kind_of(key) == "list"]
    words = {key: f"本名{number}号单" for number, key in enumerate(keys, 1)}
    with acting_as("secretary"), database.transaction():
        service.set_words(db.session.scalars(select(Community).filter_by(code=OURS)).one(), words)
    return {key.partition(".")[2]: word for key, word in words.items()}


def test_every_list_has_its_new_name_on_its_page_its_form_its_export_its_template_and_in_the_menu(
    app: Flask, scene: Scene, visit, acting_as
):
    own = rename(acting_as)
    secretary, neighbour = visit("secretary"), visit("neighbour")
    home, beside = secretary.page("/"), neighbour.page("/")
    with app.app_context():
        standards = {view.list_name: standard_word(view.list_title) for view in scene.lists()}
    for view in scene.lists():
        letters, name, standard = verbs(ROLES["secretary"], view.guard), own[view.list_name], standards[view.list_name]
        if view.menu_group and "v" in letters:
            assert f">{name}<" in home or f"{name}<" in home, f"{view.list_name}: menu"
        page = secretary.page(f"{view.route_base}/list/")
        assert f"<title>{name} " in page, f"{view.list_name}: page"
        assert f"<h1>{name}" in page, f"{view.list_name}: heading"
        form = secretary.get(f"{view.route_base}/add")
        assert form.status_code in (403, 404) or f">{name}</a>" in form.get_data(as_text=True), view.list_name
        if "x" in letters:
            answer = secretary.get(f"{view.route_base}/export.xlsx")
            assert name in text_of(answer), f"{view.list_name}: header of the export"
            assert name in unquote(answer.headers["Content-Disposition"]), f"{view.list_name}: name of the file"
        if "i" in letters and view.add_names:
            assert name in text_of(secretary.get(f"{view.route_base}/template.xlsx")), f"{view.list_name}: template"
        theirs = neighbour.page(f"{view.route_base}/list/")
        assert f"<title>{standard} " in theirs, f"{view.list_name}: next door"
        assert name not in theirs, f"{view.list_name}: next door"
    assert not any(f">{name}<" in beside for name in own.values())


def test_who_works_in_several_communities_reads_the_standard_words(app: Flask, scene: Scene, visit, acting_as):
    own = rename(acting_as)
    supervisor = visit("supervisor")
    assert "<title>群众需求清单 " in supervisor.page("/needs/list/")
    assert own["needs"] not in supervisor.page("/")


def test_programs_read_the_own_words_of_the_community_too(app: Flask, scene: Scene, visit, acting_as):
    own = rename(acting_as)
    tags = visit("secretary").get("/api/v1/_openapi").get_json()["tags"]
    assert {tag["name"]: tag["description"] for tag in tags}["needs"] == own["needs"]
