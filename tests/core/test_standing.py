"""What every page says alike is worked out when its template is read; what differs by reader never is."""

import pytest
from jinja2 import Environment
from markupsafe import Markup

from app.core.standing import Standing

pytestmark = pytest.mark.one_database


@pytest.fixture
def asked() -> list[str]:
    return []


@pytest.fixture
def templates(asked: list[str]) -> Environment:
    """Templates in which `_` and `asset` answer by themselves; `asked` keeps what they were asked."""

    def answers(text: str) -> Markup:
        asked.append(text)
        return Markup("<{}>").format(text)

    found = Environment(autoescape=True, extensions=[Standing])
    found.globals.update(_=answers, asset=lambda name: f"/a&b/{name}", shy=answers)
    found.standing.update(_=answers, asset=lambda name: f"/a&b/{name}", shy=lambda text: None)
    return found


def test_a_fixed_text_is_asked_for_once_however_many_people_read_the_page(templates: Environment, asked: list[str]):
    page = templates.from_string('{{ _("Home") }}{{ _("Other") }}{{ reader }}')
    assert [page.render(reader=reader) for reader in "ab"] == ["<Home><Other>a", "<Home><Other>b"]
    assert asked == ["Home", "Other"]


def test_what_is_no_html_is_escaped_once(templates: Environment):
    assert templates.from_string('<img src="{{ asset("x.svg") }}">').render() == '<img src="/a&amp;b/x.svg">'


def test_whatever_depends_on_the_reader_is_asked_for_each(templates: Environment, asked: list[str]):
    page = templates.from_string('{{ _(words) }}{{ _("%(n)s", n=n) if n }}{{ shy("x") }}{{ me._("y") }}')
    assert asked == []
    me = type("Me", (), {"_": staticmethod(lambda text: text.upper())})
    assert [page.render(words=words, me=me) for words in "ab"] == ["<a><x>Y", "<b><x>Y"]


def test_an_answer_may_stand_inside_an_expression(templates: Environment):
    joined = '{{ [_("b"), "<"]|join }}{{ asset("c") ~ "&" }}'
    page = templates.from_string('{% set label = _("a") ~ "<" %}{{ label }}' + joined)
    assert page.render() == "<a>&lt;<b>&lt;/a&amp;b/c&amp;"


def test_the_words_and_icons_of_a_page_are_not_asked_for_again(as_secretary, app):
    page = as_secretary.page("/needs/list/")
    assert 'href="/assets/' in page
    assert page.count("<svg") > 5
    assert "跳到" in page
    assert {"_", "asset", "icon", "url_for"} <= {*app.jinja_env.standing}
