"""Write the catalogue of messages from the code, and compile its translations.

`python -m tools.update_messages` renews the template `dashboard/locale/dashboard.pot`, brings
every translation `dashboard/locale/<language>/LC_MESSAGES/dashboard.po` up to date with it and
compiles it into `dashboard.mo`; with `--check` nothing is written and the exit code is 1 where a
file differs from the code or a translation has other placeholders than its message.

A new language: `python -m tools.update_messages --add ru`, translate the .po file, run it again.
"""

from __future__ import annotations

import string
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from io import BytesIO
from itertools import chain
from pathlib import Path
from typing import Any, Final

import typer
from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

from dashboard.cli import app
from dashboard.export.schemas import TABLES
from dashboard.models.messages import DOMAIN
from dashboard.models.series import SeriesCard
from dashboard.models.tables import Table
from dashboard.services.method import describe_method
from dashboard.sources.datapackage import read_shipped_baskets
from dashboard.sources.feeds.registry import FeedRegistry
from dashboard.sources.rates.bundled import BundledRates

ROOT: Final = Path(__file__).resolve().parents[1]
FOLDER: Final = ROOT / "dashboard" / "locale"
TEMPLATE_NAME: Final = f"{DOMAIN}.pot"
# How a message is marked in the code, and which arguments are its context and its text.
KEYWORDS: Final[Mapping[str, tuple[int | tuple[int, str], ...] | None]] = {
    "_": None,
    "translate": None,
    "translate_in_context": ((1, "c"), 2),
    "deferred": None,
    "deferred_in_context": ((1, "c"), 2),
    "plural": (1, 2),
    "deferred_plural": (1, 2),
    "deferred_plural_in_context": ((1, "c"), 2, 3),
}
WIDTH: Final = 100
EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
COMMENT: Final = """\
# Messages of Rouble Reaction.
# Written by `python -m tools.update_messages`; edit the translations only.
#"""
# What changes with the day or with the version of Babel is left out of the files.
VOLATILE_HEADERS: Final = (
    b'"POT-Creation-Date', b'"PO-Revision-Date', b'"Generated-By', b'"Project-Id-Version',
    b'"Report-Msgid-Bugs-To', b'"Last-Translator', b'"Language-Team',
)  # fmt: skip


def update(folder: Path, languages: Iterable[str] = ()) -> dict[Path, bytes]:
    """The content of every file of the catalogue.

    Args:
        folder: the folder of the catalogue; what is translated in it stays translated.
        languages: languages to begin.

    Raises:
        ValueError: a translation has other placeholders than its message.
    """
    template = extract_template()
    files = {folder / TEMPLATE_NAME: format_catalogue(template)}
    known = {path.parent.parent.name for path in folder.glob(f"*/LC_MESSAGES/{DOMAIN}.po")}
    for language in sorted(known | set(languages)):
        path = folder / language / "LC_MESSAGES" / f"{DOMAIN}.po"
        catalogue = update_translation(path, language, template)
        if problems := list(placeholder_problems(catalogue)):
            raise ValueError("\n".join(f"{path.name} ({language}): {line}" for line in problems))
        files[path] = format_catalogue(catalogue)
        files[path.with_suffix(".mo")] = compile_catalogue(catalogue)
    return files


def extract_template() -> Catalog:
    """Every message of the package, with the modules that show it."""
    template = Catalog(header_comment=COMMENT, fuzzy=False)
    for name, _, message, comments, context in extract_from_dir(
        ROOT / "dashboard", keywords=KEYWORDS, comment_tags=("Translators:",)
    ):
        entry = template.add(
            message,
            locations=[(f"dashboard/{name}", 0)],
            auto_comments=comments,
            context=context,
        )
        # Placeholders are those of str.format; a percent sign is a percent sign.
        entry.flags.discard("python-format")
    for module, text in registered_texts():
        template.add(text, locations=[(module, 0)]).flags.discard("python-format")
    return template


def registered_texts() -> Iterator[tuple[str, str]]:
    """The module and the text of what stands in a list and is translated where it is shown.

    These are the help of commands and options, the titles and columns of the tables, what models
    and tests say of themselves, the cards of the series, the baskets, and the terms of the feeds
    that ship.
    """
    method = describe_method()
    texts = {
        "dashboard/cli": _help_texts(typer.main.get_command(app)),
        "dashboard/export/schemas.py": chain.from_iterable(map(_table_texts, TABLES.values())),
        "dashboard/eventstudy": chain(
            (model.says for model in method.models),
            *((each.title, each.needs) for each in (*method.models, *method.tests)),
        ),
        "data/datapackage.json": chain.from_iterable(map(_card_texts, BundledRates().cards())),
        "data/baskets.csv": (basket.title for basket in read_shipped_baskets()),
        "dashboard/sources/feeds/shipped.toml": chain.from_iterable(
            (feed.title, feed.terms) for feed in FeedRegistry(ROOT).bundled
        ),
    }
    return ((module, text) for module, found in texts.items() for text in found if text)


def _card_texts(card: SeriesCard) -> Iterator[str]:
    yield from (card.title, card.description, card.quantity, card.limits, card.licence)
    yield card.publisher
    if card.pair is None:  # the unit of a pair is written from its codes
        yield from (card.unit, card.inverse_unit)


def _table_texts(table: Table) -> Iterator[str]:
    yield table.title
    for column in (*table.columns, *table.bar_columns, *table.json_columns):
        yield column.description


def _help_texts(command: Any) -> Iterator[str]:
    yield command.help
    yield from filter(None, (getattr(param, "help", None) for param in command.params))
    for subcommand in getattr(command, "commands", {}).values():
        yield from _help_texts(subcommand)


def update_translation(path: Path, language: str, template: Catalog) -> Catalog:
    """A translation with exactly the messages of the template; new ones are empty."""
    if path.is_file():
        with path.open("rb") as file:
            catalogue = read_po(file, locale=language)
    else:
        catalogue = Catalog(locale=language, header_comment=COMMENT, fuzzy=False)
    catalogue.update(template, no_fuzzy_matching=True, update_creation_date=False)
    for message in catalogue:
        message.flags.discard("python-format")
    return catalogue


def placeholder_problems(catalogue: Catalog) -> Iterator[str]:
    """One line for every translation whose placeholders are not those of its message."""
    for message in catalogue:
        if not message.id:
            continue
        expected = set().union(*map(placeholders, _texts(message.id)))
        for text in filter(None, _texts(message.string)):
            if unknown := placeholders(text) - expected:
                yield f"{text!r} has {', '.join(sorted(unknown))}, which its message has not"


def placeholders(text: str) -> set[str]:
    """The names of the placeholders of a message; without the date format of a figure's `x|…`."""
    parsed = string.Formatter().parse(text)
    return {name.partition("|")[0] for _, name, _, _ in parsed if name is not None}


def format_catalogue(catalogue: Catalog) -> bytes:
    """A catalogue as text; without dates, so that the same code gives the same bytes."""
    stream = BytesIO()
    write_po(stream, catalogue, width=WIDTH, sort_by_file=True, include_lineno=False)
    lines = stream.getvalue().splitlines(keepends=True)
    return b"".join(line for line in lines if not line.startswith(VOLATILE_HEADERS))


def compile_catalogue(catalogue: Catalog) -> bytes:
    """A catalogue as the program reads it, with dates that do not change."""
    catalogue.creation_date = catalogue.revision_date = EPOCH
    stream = BytesIO()
    write_mo(stream, catalogue)
    return stream.getvalue()


def _texts(text: str | Sequence[str] | None) -> Sequence[str]:
    return [text] if isinstance(text, str) else text or ()


def main(arguments: Sequence[str]) -> int:
    """Write the files, or name those that differ; the exit code."""
    added = arguments[1:] if arguments[:1] == ["--add"] else []
    try:
        files = update(FOLDER, added)
    except ValueError as error:
        print(error, file=sys.stderr)
        return 1
    stale = [
        path
        for path, content in files.items()
        if not path.is_file() or path.read_bytes() != content
    ]
    for path in stale:
        print(path.relative_to(ROOT))
        if "--check" not in arguments:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(files[path])
    return int("--check" in arguments and bool(stale))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
