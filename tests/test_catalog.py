"""The Chinese catalogue says what is missing, and keeps what was translated."""

import pytest
from babel.support import Translations

from app import catalog


def words(*given: str | tuple[str, str]) -> catalog.Catalog:
    made = catalog.new_catalog()
    for word in given:
        made.add(word)
    return made


def texts(**given: str) -> catalog.Catalog:
    made = catalog.new_catalog()
    for word, text in given.items():
        made.add(word, text)
    return made


def test_a_word_that_stands_in_a_page_but_not_in_the_catalogue_is_missing():
    assert catalog.faults(texts(Need="需求"), words("Need", "Place")) == ["missing: Place"]


def test_a_word_without_chinese_is_empty():
    assert catalog.faults(texts(Need=""), words("Need")) == ["empty: Need"]


def test_a_word_no_page_says_any_more_is_named():
    assert catalog.faults(texts(Need="需求", Old="旧"), words("Need")) == ["no longer used: Old"]


def test_an_uncertain_text_does_not_count_as_translated():
    ours = catalog.new_catalog()
    ours.add("Need", "需求", flags=["fuzzy"])
    assert catalog.faults(ours, words("Need")) == ["uncertain: Need"]


@pytest.mark.parametrize(
    ("word", "text", "found"),
    [
        ("%(count)s rows", "%(count)s 条", []),
        ("%(count)s rows", "%(number)s 条", ["other placeholders: %(count)s rows"]),
        ("{name} of {place}", "{place}的{name}", []),
        ("{name} of {place}", "{name}", ["other placeholders: {name} of {place}"]),
    ],
)
def test_the_chinese_fills_in_the_same_places(word, text, found):
    assert catalog.faults(texts(**{word: text}), words(word)) == found


def test_updating_keeps_the_chinese_sorts_the_words_and_drops_the_unused(tmp_path):
    path = tmp_path / "messages.po"
    ours = catalog.updated(texts(Place="地点", Old="旧"), words("Place", "Need", ("%(n)d row", "%(n)d rows")), {})
    catalog.write(catalog.updated(ours, ours, {"Need": "需求", "%(n)d row": "%(n)d 条"}), path)
    kept = catalog.stored(path)
    assert [m.id for m in catalog.messages(kept)] == [("%(n)d row", "%(n)d rows"), "Need", "Place"]
    assert kept["Place"].string == "地点"
    assert catalog.faults(kept, words("Place", "Need", ("%(n)d row", "%(n)d rows"))) == []


def test_updating_twice_changes_nothing(tmp_path):
    first, second = tmp_path / "1.po", tmp_path / "2.po"
    ours = texts(Need="需求", Place="地点")
    catalog.write(catalog.updated(ours, words("Place", "Need"), {}), first)
    catalog.write(catalog.updated(catalog.stored(first), words("Place", "Need"), {}), second)
    assert first.read_bytes() == second.read_bytes()


def test_what_the_framework_leaves_in_english_is_asked_for():
    asked = catalog.wanted()
    assert asked.get("Are you sure you want to delete this item?") is not None
    assert asked.get("Username") is None


@pytest.fixture
def own_catalog(tmp_path, monkeypatch):
    """A catalogue of one word, in a program folder of its own."""
    folder = tmp_path / "translations"
    path = folder / catalog.INSIDE / "messages.po"
    catalog.write(texts(Need="需求"), path)
    monkeypatch.setattr(catalog, "TRANSLATIONS", folder)
    monkeypatch.setattr(catalog, "CATALOG", path)
    monkeypatch.setattr(catalog, "stored", lambda _path=path: read(_path))
    monkeypatch.setattr(catalog, "wanted", lambda: words("Need"))
    return path


def read(path):
    with path.open("rb") as file:
        return catalog.read_po(file, locale="zh_Hans_CN")


def chinese(folder, word):
    with (folder / catalog.INSIDE / "messages.mo").open("rb") as file:
        return Translations(file).gettext(word)


def test_the_portal_compiles_the_catalogue_when_it_is_newer(own_catalog, tmp_path):
    folder = catalog.compiled(tmp_path / "instance")
    assert chinese(folder, "Need") == "需求"
    compiled_before = (folder / catalog.INSIDE / "messages.mo").stat().st_mtime_ns
    assert catalog.compiled(tmp_path / "instance") == folder
    assert (folder / catalog.INSIDE / "messages.mo").stat().st_mtime_ns == compiled_before


def test_a_read_only_program_folder_has_its_compiled_catalogue_in_the_instance(own_catalog, tmp_path, monkeypatch):
    (tmp_path / "file").touch()
    monkeypatch.setattr(catalog, "TRANSLATIONS", tmp_path / "file" / "read-only")
    assert catalog.compiled(tmp_path / "instance") == tmp_path / "instance" / "translations"
    assert chinese(tmp_path / "instance" / "translations", "Need") == "需求"


def test_the_check_says_how_many_texts_there_are_and_ends_well(own_catalog, capsys):
    assert catalog.main(["check"]) == 0
    assert capsys.readouterr().out == "1 texts, 0 faults\n"


def test_the_check_ends_badly_when_a_word_is_missing(own_catalog, capsys, monkeypatch):
    monkeypatch.setattr(catalog, "wanted", lambda: words("Need", "Place"))
    assert catalog.main(["check"]) == 1
    assert capsys.readouterr().out == "missing: Place\n1 texts, 1 faults\n"


def test_an_unknown_command_reads_which_there_are(capsys):
    assert catalog.main(["translate"]) == 2
    assert "check | update" in capsys.readouterr().err
