"""The table of the handbook page about boxes, from the same columns as everything else."""

from collections.abc import Iterator

from flask_babel import gettext

from app.box.sections import ABOVE, COMMUNITY, SECTIONS, Column, Section


def table() -> str:
    """Return the sections of a box as the handbook shows them: for each column its heading, its key and its help."""
    return "\n".join(line for section in SECTIONS for line in _section(section))


def _section(section: Section) -> Iterator[str]:
    key = "" if section is COMMUNITY else f" `{section.key}`"
    yield f"### {section.title}{key}\n"
    heading, filled_in = gettext("Column"), gettext("How it is filled in")
    yield f"| {heading} | YAML | {filled_in} |"
    yield "|---|---|---|"
    for column in section.in_sheet:
        yield f"| {_heading(section, column)} | {_key(column)} | {_help(section, column)} |"
    yield ""


def _heading(section: Section, column: Column) -> str:
    return section.label(column) + (" *" if column.needed else "")


def _key(column: Column) -> str:
    return "`children`" if column is ABOVE else f"`{column.key}`"


def _help(section: Section, column: Column) -> str:
    """Return the help, and what may be chosen with its codes."""
    choices = section.choices(column)
    offered = gettext(", ").join(f"{word} `{code}`" if code else word for word, code in choices)
    private = gettext("Handed out with the people only.") if section.is_personal(column) else ""
    words = (section.help(column).replace("|", "\\|").replace("\n", " "), offered, private)
    return " ".join(word for word in words if word)
