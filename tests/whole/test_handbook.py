"""The handbook as people read it in the portal: who finds it, where its links lead, what its pictures and words are."""

import re
from html import unescape
from pathlib import Path
from typing import Final
from urllib.parse import unquote, urljoin, urlsplit

import pytest
from flask import Flask
from flask.testing import FlaskClient
from PIL import Image

from app.box import reading, service
from app.core.actor import acting, system
from app.handbook import book, chapters, writing
from app.roles import TABLE, TITLES, Role
from tests.browser.pictures import DESK, FOLDER, HEAVIEST, MOST, PHONE, PICTURES
from tests.whole.chinese import HAN, foreign, read
from tests.whole.scene import Scene
from tests.whole.walk import HANDBOOK, ROLES

NAMED_IN_DOCS: Final = re.compile(r"!\[([^\]]*)\]\(pictures/([^)]+)\)")
LEADS: Final = re.compile(r'<a href="(/help/[^"]*|#[^"]*)"')
PROPER: Final = (
    "Bootstrap", "Cookie", "Ctrl", "ECharts", "Excel", "GB", "ISO", "JPG", "JSON", "Linux", "MB", "MZ", "OpenAPI",
    "PNG", "PostgreSQL", "Python", "Redis", "SQLite", "UTF", "WAL", "WPS", "WebP", "Windows", "XQ", "YAML", "gunicorn",
    "htmx", "https", "nginx", "pip", "systemd", "rison", "docx", "xlsx", "id", "GET", "POST", "PUT", "DELETE",
    "DEBUG", "INFO", "WARNING", "ERROR", "sidan.db", "backups",
)  # fmt: skip
"""Names of products, formats, standards and files that are called so in Chinese too."""


def contents() -> list[str]:
    return [page.name for page in book.pages()]


def said_of_roles() -> set[str]:
    """Return the words of the role table, which its page in the handbook repeats as they are."""
    cells = [cell for line in TABLE.values() for cell in line]
    return {word for cell in [*cells, *(role.value for role in Role)] for word in re.findall("[A-Za-z]+", cell)}


# -- who finds it ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("role", list(Role))
def test_every_role_has_a_page_of_its_own_that_begins_with_its_name(app: Flask, role: Role):
    page = next(page for page in book.pages() if page.name == book.page_of(role))
    with app.test_request_context("/"):
        assert page.title == str(TITLES[role])
    assert len(page.sections) >= 3


@pytest.mark.parametrize("login", ROLES)
def test_everybody_is_shown_the_own_page_first(visit, login: str):
    page = visit(login).get("/help/").get_data(as_text=True)
    own = re.search(r'<nav class="card own".*?</nav>', page, re.DOTALL)
    assert own, login
    assert re.findall(r'<a [^>]*href="([^"]+)"', own[0]) == [f"/help/{book.page_of(ROLES[login])}"]
    assert page.index(own[0]) < page.index("<article")


def test_a_stranger_reads_the_handbook_and_is_led_to_it_from_the_sign_in_page(nobody: FlaskClient):
    assert 'href="/help/"' in nobody.get("/login/").get_data(as_text=True)
    page = nobody.get("/help/").get_data(as_text=True)
    assert "card own" not in page
    for name in contents():
        answer = nobody.get(f"/help/{name}")
        assert answer.status_code == 200, name


def test_the_handbook_names_nobody_and_no_code_of_the_portal(nobody: FlaskClient, register):
    register(title="谁也不该在手册里看到这件事")
    for name in ("", *contents()):
        page = nobody.get(f"/help/{name}").get_data(as_text=True)
        assert "谁也不该在手册里看到这件事" not in page


def test_all_pages_of_the_folder_are_in_the_contents_in_the_order_of_the_index():
    written = {path.stem for path in HANDBOOK.glob("*.md")} - {writing.INDEX}
    assert written <= set(contents())
    assert len(contents()) == len(set(contents()))
    assert contents()[: len(Role)] == [
        *re.findall(r"\| \[[^]]+\]\((\w+)\.md\) \|", (HANDBOOK / "README.md").read_text())
    ]


def test_one_reads_on_to_the_next_page_and_back(nobody: FlaskClient):
    names = contents()
    first, last = (nobody.get(f"/help/{name}").get_data(as_text=True) for name in (names[0], names[-1]))
    assert f'rel="next" href="/help/{names[1]}"' in first
    assert 'rel="prev" href="/help/"' in first
    assert f'rel="prev" href="/help/{names[-2]}"' in last
    assert 'rel="next"' not in last


# -- links ----------------------------------------------------------------------------------------------------------


def test_every_link_and_anchor_leads_somewhere_in_the_portal(nobody: FlaskClient):
    pages = {f"/help/{name}": nobody.get(f"/help/{name}").get_data(as_text=True) for name in ("", *contents())}
    followed = 0
    for address, page in pages.items():
        for found in LEADS.findall(page):
            target = urlsplit(urljoin(address, unescape(found)))
            assert target.path in pages, f"{address}: {found}"
            anchor = unquote(target.fragment)
            assert not anchor or f'id="{anchor}"' in pages[target.path], f"{address}: {found}"
            followed += 1
    assert followed > 200


def test_no_page_leads_to_a_file_of_the_folder(nobody: FlaskClient):
    for name in ("", *contents()):
        assert re.findall(r'href="[^"]*\.md[^"]*"', nobody.get(f"/help/{name}").get_data(as_text=True)) == [], name


def test_every_anchor_leads_somewhere_on_the_disk_too():
    docs = HANDBOOK.parent
    for path in [*HANDBOOK.glob("*.md"), docs / "operations.md", docs / "rest.md"]:
        for target, anchor in re.findall(r"\]\(([^)#\s]*)#([^)\s]+)\)", path.read_text("utf-8")):
            file = path.parent / target if target else path
            known = {section.anchor for section in writing.read(file.stem, file).sections}
            assert anchor in known, f"{path.name}: {target}#{anchor}"


@pytest.mark.parametrize("name", ["nothing", "README", "..", "%2e%2e%2foperations", "secretary.md", "columns%00"])
def test_what_is_no_page_is_not_there(nobody: FlaskClient, name: str):
    answer = nobody.get(f"/help/{name}")
    assert answer.status_code == 404
    assert "<article" not in answer.get_data(as_text=True)


@pytest.mark.parametrize("name", ["nothing.png", "..%2fREADME.md", "%2e%2e%2f%2e%2e%2fquality.md", "*.png", ".."])
def test_what_is_no_picture_is_not_there(nobody: FlaskClient, name: str):
    answer = nobody.get(f"/help/pictures/{name}")
    assert answer.status_code == 404
    assert answer.mimetype == "text/html"


def test_a_portal_without_its_handbook_says_so(nobody: FlaskClient, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(book, "DOCS", tmp_path / "nothing")
    for address in ("/help/", "/help/secretary", "/help/?q=收表"):
        answer = nobody.get(address)
        assert answer.status_code == 404
        assert "手册不在这里" in answer.get_data(as_text=True)
    assert nobody.get("/help/pictures/secretary-home.png").status_code == 404


# -- lists and their chapters ---------------------------------------------------------------------------------------


def test_every_list_has_a_chapter_that_is_there(scene: Scene):
    known = {f"{page.name}#{section.anchor}" for page in book.pages() for section in page.sections}
    assert {view.list_name for view in scene.lists()} == set(chapters.CHAPTERS)
    assert set(chapters.CHAPTERS.values()) <= known


def test_the_question_mark_of_a_list_opens_its_chapter(as_secretary):
    page = as_secretary.page("/needs/list/")
    assert f'href="{chapters.address("needs")}"' in page
    assert "手册里怎么说" in page


# -- words ----------------------------------------------------------------------------------------------------------


def test_words_are_found_by_heading_first_and_lead_to_the_place(nobody: FlaskClient):
    hits = book.find("收表")
    assert "收表" in hits[0].section.heading
    assert all("收表" in f"{hit.section.heading}{hit.section.text}" for hit in hits)
    page = nobody.get("/help/?q=收表").get_data(as_text=True)
    assert f'href="/help/{hits[0].page.name}#{hits[0].section.anchor}"' in unquote(page)


def test_all_words_must_stand_in_the_place():
    assert book.find("密钥 演练 没有这样的词") == []
    assert {hit.page.name for hit in book.find("BACKUP restore")} >= {"backup", "commands"}


@pytest.mark.parametrize("asked", ["<script>alert(1)</script>", "%", "' or 1=1", "哈" * 300, "\x00"])
def test_whatever_is_looked_for_there_is_an_answer(nobody: FlaskClient, asked: str):
    answer = nobody.get("/help/", query_string={"q": asked})
    assert answer.status_code == 200
    assert "<script>alert" not in answer.get_data(as_text=True)


def test_what_is_written_stays_text():
    page = writing.page("x", "# 题\n\n<script>alert(1)</script> <b onclick=x>y</b>\n\n[坏](javascript:alert(1))")
    assert "<script>" not in page.html
    assert "<b " not in page.html
    assert 'href="javascript' not in page.html


def test_no_english_word_stands_outside_of_codes(nobody: FlaskClient):
    found = []
    for name in contents():
        names = (*PROPER, *(said_of_roles() if name == "roles" else ()))
        for text in read(nobody.get(f"/help/{name}").get_data(as_text=True)).said:
            rest = re.sub(rf"(?<![A-Za-z])(?:{'|'.join(map(re.escape, names))})(?![A-Za-z])", " ", text)
            found += [f"{name}: “{foreign(rest)}” in “{text[:80]}”"] if foreign(rest) else []
    assert found == []


# -- pictures -------------------------------------------------------------------------------------------------------


def test_every_picture_a_page_names_is_there_and_no_other():
    named = [found for path in HANDBOOK.glob("*.md") for found in NAMED_IN_DOCS.findall(path.read_text("utf-8"))]
    assert sorted(file for _alt, file in named) == sorted(path.name for path in FOLDER.iterdir())
    assert sorted(path.stem for path in FOLDER.iterdir()) == sorted(PICTURES)
    assert [file for alt, file in named if len(HAN.findall(alt)) < 8] == []
    assert 0 < len(named) <= MOST


@pytest.mark.parametrize("name", PICTURES)
def test_a_picture_is_light_and_fits_the_page(nobody: FlaskClient, name: str):
    path = FOLDER / f"{name}.png"
    assert path.stat().st_size <= HEAVIEST
    with Image.open(path) as image:
        assert image.size in (DESK, PHONE)
        assert image.format == "PNG"
    answer = nobody.get(f"/help/pictures/{name}.png", buffered=True)
    assert answer.status_code == 200
    assert answer.data == path.read_bytes()


# -- examples -------------------------------------------------------------------------------------------------------


def test_the_box_of_the_set_up_page_makes_a_community(app: Flask, tmp_path: Path):
    written = re.search(r"```yaml\n(.*?)```", (HANDBOOK / "setup.md").read_text("utf-8"), re.DOTALL)
    assert written
    box = tmp_path / "box.yaml"
    box.write_text(
        written[1].replace("wujiangbei", "shili").replace("chenminyi", "shijian").replace("13800001001", "13900009999"),
        "utf-8",
    )
    with app.app_context(), acting(system("tests")):
        report = service.apply(reading.read(box))
    assert report.code == "shili"
    assert report.made["places"] == 2
    assert report.made["accounts"] == 1
