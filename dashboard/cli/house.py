"""What the commands ask of the house, and how a file is given back."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from dashboard.cli.options import Many, Quote
from dashboard.domain.errors import InputError

if TYPE_CHECKING:
    from dashboard.assembly import Parts
    from dashboard.domain.event import Event
    from dashboard.services.choose_input import ChosenSeries, RateFile
    from dashboard.services.find_events import EventFilter

DEFAULT_SERIES = "usd_rub_cbr"


def parts_of_house() -> Parts:
    """The real parts of this process.

    Raises:
        InputError: a variable of the environment holds what it cannot.
    """
    from pydantic import ValidationError

    from dashboard.assembly import assemble

    try:
        return assemble()
    except ValidationError as error:
        wrong = [f"{str(each['loc'][0]).upper()}: {each['msg']}" for each in error.errors()]
        msg = f"the environment variable {'; '.join(wrong)}"
        raise InputError(msg) from None


def all_known(parts: Parts, wanted: EventFilter | None = None) -> tuple[Event, ...]:
    """The catalogue and the notes, or those of them that are wanted.

    Raises:
        InputError: a category is wanted that no event has.
    """
    from dashboard.services.choose_input import refuse_unknown_category
    from dashboard.services.find_events import find_events
    from dashboard.services.keep_events import all_events

    known = all_events(parts.catalogue, parts.notes)
    if wanted is None:
        return known
    refuse_unknown_category(known, wanted.categories)
    return find_events(known, wanted)


def chosen_series(
    parts: Parts, names: Many, quote: Quote | None = None, columns: Many = None
) -> ChosenSeries:
    """The series of ids and files; what the reading of a file found is mentioned.

    Raises:
        InputError: a name is neither, or the file cannot be read as it is.
    """
    from dashboard.assembly import rates_from_file
    from dashboard.services.choose_input import choose_series
    from dashboard.ui import terminal

    named = names or [DEFAULT_SERIES]
    opened: list[Path] = []

    def open_file(path: Path) -> RateFile:
        opened.append(path)
        # A column may be in one of several files, so that only one alone is read in part.
        return rates_from_file(path, quote or "as-quoted", columns if len(named) == 1 else None)

    chosen = choose_series(parts.rates, named, open_file, columns or ())
    if quote not in (None, "as-quoted") and not opened:
        msg = f"--quote {quote}: is for a FILE of rates; our own series say what they count"
        raise InputError(msg)
    terminal.mention(chosen.messages)
    return chosen


@contextmanager
def rejected_as_json(*, as_json: bool) -> Iterator[None]:
    """Print the report of a file that is refused before the error goes its way."""
    from dashboard.ui import terminal

    try:
        yield
    except InputError as error:
        if as_json:
            terminal.show_report("reject", [], [str(error)])
        raise


def give_file(file: Path, content: bytes) -> None:
    """Write a file, or standard output for `-`."""
    from dashboard.services.export_tables import write_file

    if file == Path("-"):
        sys.stdout.flush()
        sys.stdout.buffer.write(content)
        sys.stdout.buffer.flush()
    else:
        write_file(file, [content])
