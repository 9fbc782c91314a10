"""The Chinese catalogue: `python -m app.catalog check` and `python -m app.catalog update [PAIRS.json ...]`.

English source words stand in the code and in templates. The catalogue holds each of them once, sorted and without line
numbers, so that two branches seldom touch the same lines. It also fills what Flask-AppBuilder leaves untranslated.
"""

import ast
import json
import os
import re
import sys
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from typing import Final

import flask_appbuilder
import wtforms
from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

import config

SOURCE: Final = config.ROOT / "app"
FRAMEWORK: Final = Path(flask_appbuilder.__file__).parent
FORMS: Final = Path(wtforms.__file__).parent
FRAMEWORK_CATALOG: Final = FRAMEWORK / "translations" / "zh" / "LC_MESSAGES" / "messages.po"
INSIDE: Final = Path(config.LOCALE) / "LC_MESSAGES"
TRANSLATIONS: Final = config.ROOT / "translations"
CATALOG: Final = TRANSLATIONS / INSIDE / "messages.po"
METHODS: Final = [
    ("static/vendor/**", "ignore"),
    ("**.py", "python"),
    ("**.html", "jinja2"),
    ("**.txt", "jinja2"),
    ("**.js", "javascript"),
]
KEYWORDS: Final[dict[str, tuple[int | tuple[int, str], ...] | None]] = {
    "_": None,
    "gettext": None,
    "lazy_gettext": None,
    "ngettext": (1, 2),
    "lazy_ngettext": (1, 2),
    "pgettext": ((1, "c"), 2),
}
PLACEHOLDER: Final = re.compile(r"%\(\w+\)[sdf]|%[sdf]|\{\w*\}")
# A constant date: the catalogue changes only when its words do.
DATED: Final = datetime(2026, 1, 1, tzinfo=UTC)

# As Babel types them: one text, or one per plural form.
Forms = str | Sequence[str] | None


def new_catalog() -> Catalog:
    """An empty catalogue with our header."""
    return Catalog(
        config.LOCALE,
        header_comment="# The Chinese (Simplified) catalogue of Sidan; kept by python -m app.catalog.",
        project="Sidan",
        version="1",
        msgid_bugs_address="see SECURITY.md and CONTRIBUTING.md",
        last_translator="Sidan",
        language_team="Sidan",
        creation_date=DATED,
        revision_date=DATED,
        fuzzy=False,
    )


def stored(path: Path = CATALOG) -> Catalog:
    """The catalogue as it stands in the file; empty when there is none yet."""
    if not path.exists():
        return new_catalog()
    with path.open("rb") as file:
        return read_po(file, locale=config.LOCALE)


def extracted(folder: Path) -> Catalog:
    """The source words of a folder of code and templates."""
    found = new_catalog()
    for _, _, words, _, context in extract_from_dir(folder, METHODS, keywords=KEYWORDS):
        if words:
            found.add(words, context=context)
    return found


def of_commands(folder: Path) -> Iterator[str]:
    """What commands are for and what their options mean: docstrings and `help`, which stand in no call of ours."""
    for path in sorted(folder.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef) and any(map(_makes_command, node.decorator_list)):
                yield " ".join((ast.get_docstring(node) or "").split())
            elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "option":
                yield from (word.value.value for word in node.keywords if word.arg == "help")  # type: ignore[attr-defined]  # always a text


def _makes_command(decorator: ast.expr) -> bool:
    is_call = isinstance(decorator, ast.Call) and isinstance(decorator.func, ast.Attribute)
    return is_call and decorator.func.attr == "command"  # type: ignore[attr-defined]  # as was just asked


def wanted() -> Catalog:
    """Our words, all of WTForms, and those of the framework that it has no Chinese for."""
    words = extracted(SOURCE)
    for text in of_commands(SOURCE):
        words.add(text)
    for message in messages(extracted(FORMS)):
        words.add(message.id, context=message.context)
    known = stored(FRAMEWORK_CATALOG)
    for message in messages(extracted(FRAMEWORK)):
        theirs = known.get(message.id, message.context)
        if theirs is None or not translated(theirs) or theirs.fuzzy:
            words.add(message.id, context=message.context)
    return words


def messages(catalog: Catalog) -> Iterator[Message]:
    """The entries of a catalogue without its header."""
    return (message for message in catalog if message.id)


def translated(message: Message) -> bool:
    """Whether every form of the message has a text."""
    forms = message.string if isinstance(message.string, tuple | list) else (message.string,)
    return bool(forms) and all(forms)


def faults(ours: Catalog, words: Catalog) -> list[str]:
    """One line per entry that is missing, empty, uncertain, no longer used, or has other placeholders."""
    missing = [f"missing: {m.id}" for m in messages(words) if ours.get(m.id, m.context) is None]
    return missing + [f"{fault}: {m.id}" for m in messages(ours) if (fault := fault_of(m, words))]


def fault_of(message: Message, words: Catalog) -> str | None:
    """What is wrong with one entry, or None."""
    if words.get(message.id, message.context) is None:
        return "no longer used"
    if not translated(message):
        return "empty"
    if message.fuzzy:
        return "uncertain"
    return None if placeholders(message.id) == placeholders(message.string) else "other placeholders"


def placeholders(text: Forms) -> set[str]:
    """The placeholders of a text, or of all its forms together."""
    return set(PLACEHOLDER.findall(text if isinstance(text, str) else "\n".join(text or ())))


def updated(ours: Catalog, words: Catalog, pairs: dict[str, str]) -> Catalog:
    """The words in order, each with the Chinese it had; `pairs` fill what is empty."""
    fresh = new_catalog()
    for word in sorted(messages(words), key=lambda message: str(message.id)):
        before = ours.get(word.id, word.context)
        key = str(_fitting("", word.id))
        text = before.string if before and translated(before) else pairs.get(key, "")
        fresh.add(word.id, _fitting(word.id, text), context=word.context)
    return fresh


def _fitting(word: Forms, text: Forms) -> str | tuple[str, ...]:
    """Chinese has one plural form: a list of one where the source word has two."""
    one = text if isinstance(text, str) else next(iter(text or ()), "")
    return one if isinstance(word, str) else (one,)


def write(catalog: Catalog, path: Path = CATALOG) -> None:
    """Write the catalogue, one line per text."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as file:
        write_po(file, catalog, width=0, no_location=True, sort_output=False)


def compiled(instance: Path) -> Path:
    """Return the folder with the compiled catalogue, compiling it first where it is older than its source.

    It stands beside its source; where the program's folder cannot be written, it stands in the instance.
    """
    for folder in (TRANSLATIONS, instance / "translations"):
        if _current(folder) or _compile_into(folder):
            return folder
    return TRANSLATIONS


def _current(folder: Path) -> bool:
    target = folder / INSIDE / "messages.mo"
    return target.exists() and target.stat().st_mtime >= CATALOG.stat().st_mtime


def _compile_into(folder: Path) -> bool:
    """Write the compiled catalogue whole or not at all; False where the folder cannot be written."""
    target = folder / INSIDE / "messages.mo"
    part = target.with_suffix(f".{os.getpid()}")
    content = BytesIO()
    write_mo(content, stored())
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        part.write_bytes(content.getvalue())
        part.replace(target)
    except OSError:
        return False
    return True


def main(arguments: Sequence[str]) -> int:
    """Check or update the catalogue; 1 when something is wrong with it."""
    match arguments:
        case ["update", *files]:
            pairs = {word: text for file in files for word, text in json.loads(Path(file).read_text("utf-8")).items()}
            write(updated(stored(), wanted(), pairs))
        case ["check"]:
            pass
        case _:
            sys.stderr.write("python -m app.catalog check | update [PAIRS.json ...]\n")
            return 2
    found = faults(stored(), wanted())
    sys.stdout.write("".join(f"{line}\n" for line in found))
    sys.stdout.write(f"{len(list(messages(stored())))} texts, {len(found)} faults\n")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
