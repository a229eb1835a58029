"""The simulated sizes of the tests in words and cells, and which test to read."""

from __future__ import annotations

from typing import Final

from dashboard.services.describe_size import Cell, ProjectionCoverage, SizeRow, SizeTable
from dashboard.ui.text import escape_markdown
from dashboard.ui.wording import NOTHING, THIN, count

MARKS: Final = {"too often": "↑", "too rarely": "↓", "": ""}
SERIES: Final = {
    "iid normal": "normal",
    "GARCH": "GARCH",
    "real rouble": "real rouble",
}

NO_BREAK: Final = "\u00a0"

Columns = dict[str, list[str]]


def size_intro(table: SizeTable) -> str:
    """What was simulated and how to read a cell; safe Markdown."""
    low, high = (f"{100 * each:.0f}" for each in table.trusted)
    events = ", ".join(f"{count(n, 'event')} {dates}" for dates, n in table.events.items())
    real = dict.fromkeys(each.series for each in table.rows[0].ranges)
    designs = "; ".join(f"{name}: {table.designs[name]}" for name in real)
    return (
        f"Each cell: of {table.studies:,} simulated studies in which **nothing happened**, the"
        f" per cent that the test rejects at the 5{THIN}% level. A sound test rejects about 5."
        f" **Bold with {MARKS['too often']}**: too often, above {high}{THIN}%; **bold with"
        f" {MARKS['too rarely']}**: too rarely, below {low}{THIN}%. Three kinds of returns"
        " (independent normal; GARCH; those of the real rouble, the dates drawn at random) meet"
        f" three patterns of dates ({events}). Four more kinds meet the **real dates** of every"
        f" category, of which the lowest and the highest rate are given: {designs}."
    )


def error_words(table: SizeTable) -> str:
    """How sure the cells are, and what was not simulated."""
    least = min(table.events.values())
    fewest, most = (f"{each:,}" for each in table.real_studies)
    return (
        f"The Monte Carlo standard error is {100 * table.error:.1f} percentage points for a rate of"
        f" 5{THIN}% on made dates. Power: the per cent of"
        " studies with scattered dates that reject where"
        f" {table.effect:g} standard deviations were added to offset 0, mean of the three kinds of"
        " returns; direction met random expectations, so it has none, and volatility looks for"
        f" larger moves, not for a mean. Groups of fewer than {least} events were not simulated."
        f" Real dates: {fewest} to {most} studies a cell, the tests that are read first with the"
        " most. The same table cell by cell, with seeds: docs/size.md."
    )


def projection_words(found: ProjectionCoverage) -> str:
    """How far the bands of local projections can be trusted."""
    interval, band, rejected = (
        f"{100 * low:.0f}-{100 * high:.0f}{THIN}%"
        for low, high in (found.interval, found.band, found.rejected)
    )
    return (
        f"Local projections, {found.runs:,} simulated series for each of three groups of real"
        f" dates and three kinds of returns, with and without an effect: the 95{THIN}% interval of"
        f" one horizon holds the true move in {interval}, the 95{THIN}% band the whole path in"
        f" {band}; the test of what came before rejects in {rejected} at the 5{THIN}% level where"
        " nothing came before. The cells: docs/projections.md."
    )


def size_columns(table: SizeTable) -> Columns:
    """A column a cell, each number with its error."""
    columns: Columns = {"Test": _names(table)}
    for k, cell in enumerate(table.rows[0].cells):
        name = f"{SERIES[cell.series]}, {cell.dates}"
        columns[name] = [_marked(row.cells[k], with_error=True) for row in table.rows]
    return columns | _ranges(table) | _power(table)


def brief_size_columns(table: SizeTable) -> Columns:
    """A column a pattern of dates, the kinds of returns beside one another in their order."""
    columns: Columns = {"Test": _names(table)}
    for dates in table.events:
        columns[dates] = [
            " · ".join(_marked(cell) for cell in row.cells if cell.dates == dates)
            for row in table.rows
        ]
    return columns | _ranges(table) | _power(table)


def reading_columns(table: SizeTable) -> Columns:
    """For each pattern of dates the sound tests and those that mislead."""
    readings = table.readings
    return {
        "Dates of the group": [f"**{reading.dates}**: {words}" for reading, words in readings],
        "Answers": [f"**{_listed(reading.first)}**" for reading, _ in readings],
        "Sound here too": [_listed(reading.also) for reading, _ in readings],
        "Rejects too often": [_listed(reading.too_often) for reading, _ in readings],
        "Rejects too rarely": [_listed(reading.too_rarely) for reading, _ in readings],
    }


def reading_notes(table: SizeTable) -> tuple[str, ...]:
    """What the table of tests to read does not say; safe Markdown."""
    asked = "; ".join(f"{test} ({question})" for test, question in table.others)
    return (
        f"**{table.declared}** answers for a group: chosen by simulation before any real group was"
        " looked at, of the tests that keep their size where volatility drifts and where event"
        " days are merely volatile the most powerful. The others are orientation.",
        "The tests of a list go from the most powerful to the least.",
        f"**Other questions** than whether the average move is 0, sound in every cell: {asked}.",
        "**One event**: read its percentile and its placebo p on its page; a test of a group"
        " says nothing about one.",
        "**Too rarely** is no false alarm: a small p stands, but an effect may be missed.",
        "Every study says to which dates its groups come nearest, and puts beside each test"
        " how it misleads there.",
    )


def _names(table: SizeTable) -> list[str]:
    return [f"**{escape_markdown(row.title)}** ({row.test})" for row in table.rows]


def _marked(cell: Cell, *, with_error: bool = False) -> str:
    error = f" ± {100 * cell.error:.1f}" if with_error else ""
    text = f"{100 * cell.rate:.1f}{error}"
    return f"**{text}{NO_BREAK}{MARKS[cell.verdict]}**" if cell.verdict else text


def _ranges(table: SizeTable) -> Columns:
    """A column a design on the real dates: the lowest and the highest of all categories."""
    names = [each.series for each in table.rows[0].ranges]
    return {f"{name}, real dates": [_spanned(row, name) for row in table.rows] for name in names}


def _spanned(row: SizeRow, series: str) -> str:
    span = next((each for each in row.ranges if each.series == series), None)
    if span is None:
        return NOTHING
    text = f"{100 * span.low:.1f} to {100 * span.high:.1f}"
    return f"**{text}{NO_BREAK}{MARKS[span.verdict]}**" if span.verdict else text


def _power(table: SizeTable) -> Columns:
    return {"power": [f"{100 * row.power:.0f}" for row in table.rows]}


def _listed(tests: tuple[str, ...]) -> str:
    return ", ".join(tests) or NOTHING
