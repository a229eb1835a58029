"""Terminal output: tables and lines for studies, facts, events and reproduced bundles."""

from __future__ import annotations

import json
import sys
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date
from operator import attrgetter, itemgetter
from pathlib import Path
from typing import Any, Final, Literal

from dashboard.models.analyses import CrossCell, RobustnessAnswer
from dashboard.models.baskets import BasketMoves
from dashboard.models.currencies import name_unit
from dashboard.models.drivers import DriverAnswer
from dashboard.models.event import Event
from dashboard.models.messages import (
    at_place,
    deferred,
    deferred_in_context,
    plural,
    translate_deferred,
)
from dashboard.models.messages import translate as _
from dashboard.models.moves import DayFacts, Observation, SourceMove
from dashboard.models.records import NoteRevision
from dashboard.models.series import RateSeries, SeriesCard
from dashboard.models.study import MIN_CLUSTERS, StudyAnswer, window_text
from dashboard.models.tables import Table
from dashboard.presentation import moves as move_texts
from dashboard.presentation.baskets import (
    BASKET_VIEW,
    describe_basket,
    describe_basket_method,
)
from dashboard.presentation.escaping import clean_text, truncate
from dashboard.presentation.formatting import (
    NO_VALUE,
    RECORD_KINDS,
    THIN_SPACE,
    format_day,
    format_day_range,
    format_event_time,
    format_number,
    format_signed,
    format_timestamp,
)
from dashboard.presentation.quoting import QuotedSeries, QuoteMode, name_direction
from dashboard.presentation.studies import event_count_lines, headline_lines
from dashboard.presentation.tables import View, build_text_columns
from dashboard.services.exports import TABLES, skipped_reasons
from dashboard.services.reproduction import Reproduction
from dashboard.services.serializers import import_report_json, rate_import_report_chunks

# ------------------------------------------------------------------ tables

PIPE_WIDTH: Final = 400
"""Columns of a table that goes into a file or a pipe, where nothing is cut."""

UNDECLARED: Final = Table("", "", ())
"""The table of what is only printed: every cell of its view is a function of the object."""

BASE_LABELS: Final = {
    "previous": deferred("previous rate"),
    "week": deferred("a week before"),
    "month": deferred("a month before"),
    "quarter": deferred("three months before"),
    "year": deferred("a year before"),
    "year_end": deferred("end of the year before"),
    "year_start": deferred("start of the year"),
    "since": "--since",
}


def show_table(
    view: View, objects: Iterable[Any], table: Table = UNDECLARED, numbers: Collection[str] = ()
) -> None:
    """Print a view of a table; numbers of declared columns and of `numbers` stand to the right."""
    from rich import box
    from rich.console import Console
    from rich.table import Table as TerminalTable
    from rich.text import Text

    columns = build_text_columns(table, objects, view)
    printed = TerminalTable(box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False)
    for name, (key, cell) in zip(columns, view.items(), strict=True):
        right = key in numbers or (isinstance(cell, str) and _is_number(table, cell))
        printed.add_column(Text(name), justify="right" if right else "left", no_wrap=right)
    for row in zip(*columns.values(), strict=True):
        printed.add_row(*(Text(clean_text(str(cell))) for cell in row))
    width = None if sys.stdout.isatty() else PIPE_WIDTH
    console = Console(width=width, highlight=False, markup=False, emoji=False)
    with console.capture() as capture:
        console.print(printed)
    for line in capture.get().splitlines():
        print_line(line.rstrip())


def _is_number(table: Table, cell: str) -> bool:
    name = cell.partition(":")[0]
    return any(column.name == name and column.kind == "number" for column in table.columns)


def show_facts(facts: DayFacts, card: SeriesCard) -> None:
    """Print what one series says about a day."""
    print_line(f"{card.label} ({facts.series}), {name_unit(facts.quote)}")
    rate = rate_text(facts.rate, card)
    if facts.day != facts.requested:
        rate = _("{rate}, the last rate on or before {day}", rate=rate, day=facts.requested)
    print_line(at_place(format_day(facts.day), rate) + "\n")
    view: View = {
        deferred("against"): lambda part: translate_deferred(
            BASE_LABELS.get(part.item.base, part.item.base)
        ),
        deferred("day"): "base_day",
        deferred("rate"): f"base_rate:{card.decimals}",
        card.unit_label: "rub_per_usd_pct:3",
        card.inverse_unit_label: "usd_per_rub_pct:3",
        deferred("log pts"): "log_points:3",
        deferred("move"): lambda part: name_direction(card, part.item.log_points),
    }
    show_table(view, [facts] if facts.changes else [], TABLES["facts"])
    print_line("")
    for kind, record in zip(
        RECORD_KINDS, (facts.strongest_since, facts.weakest_since), strict=True
    ):
        print_line(_record_line(kind, record, facts, card))
    low, high = facts.year_low, facts.year_high
    print_line(
        _(
            "52 weeks: {low} ({low_day}) to {high} ({high_day})",
            low=rate_text(low.rate, card),
            low_day=format_day(low.day),
            high=rate_text(high.rate, card),
            high_day=format_day(high.day),
        )
        + "\n"
    )


EVENTS_VIEW: Final[View] = {
    deferred("day"): lambda event: format_day_range(event.day, event.end_day),
    "UTC": lambda event: f"{event.moment:%H:%M}" if event.moment else "",
    deferred("category"): "category",
    deferred("expected"): "expected",
    deferred("title"): attrgetter("title"),
    deferred("id"): "id",
}


def show_events(events: Iterable[Event]) -> None:
    """Print a list of events."""
    show_table(EVENTS_VIEW, events, TABLES["event_list"])


HISTORY_VIEW: Final[View] = {
    deferred("revision"): attrgetter("revision"),
    deferred("when"): lambda change: format_timestamp(change.at),
    deferred("what"): attrgetter("action"),
    deferred("who"): lambda change: change.author or NO_VALUE,
    deferred("title"): lambda change: change.after.title if change.after else NO_VALUE,
}


def show_note_history(changes: Iterable[NoteRevision]) -> None:
    """Print what was done to a note."""
    show_table(HISTORY_VIEW, changes, numbers=("revision",))


def show_study(answer: StudyAnswer, folder: Path | None) -> None:
    """Print what the declared test says, or where the files are; always the sum of events."""
    if folder is None:
        for line in headline_lines(answer):
            print_line(line)
        if answer.headlines:
            print_line(
                _("The other tests, as orientation: tests.csv (--out DIR), or `tests` of --json.")
            )
        for reason in skipped_reasons(answer):
            print_line(_("skipped: {reason}", reason=reason))
    for line in event_count_lines(answer, in_files=folder is not None):
        print_line(line)
    if folder is not None:
        print_line(_("written to {folder}", folder=folder))


def show_relations(tables: Mapping[str, Sequence[Any]], cards: Mapping[str, SeriesCard]) -> None:
    """Print a dose response and a second stage, where they were asked for."""
    from dashboard.presentation.correlation import describe_dose, describe_second_stage

    for row in tables.get("dose_response", ()):
        where = f"{row.group} {row.series} {window_text(row.window)}"
        print_line(f"{where}: {describe_dose(row, cards[row.series])}")
    points = tables.get("dose_events", ())
    if points:
        view: View = {
            deferred("day"): "event_day", deferred("event"): "title", deferred("series"): "series",
            deferred("window"): "window", deferred("dose"): "value", "CAR": "car",
            deferred("source"): "value_source",
        }  # fmt: skip
        show_table(view, points, TABLES["dose_events"])
    rows = tables.get("second_stage", ())
    if rows:
        print_line(describe_second_stage(rows))
        terms: View = {
            deferred("series"): "series", deferred("window"): "window", deferred("term"): "term",
            deferred("estimate"): "estimate", deferred("s.e."): "se", "t/F": "statistic",
            "p": "p_value", deferred("corrected p"): "p_adjusted", "VIF": "vif", "N": "n",
            deferred("reason"): "reason",
        }  # fmt: skip
        show_table(terms, rows, TABLES["second_stage"])


def show_robustness(answer: RobustnessAnswer, card: SeriesCard, folder: Path | None) -> None:
    """Print the summary of a specification curve on a series, and where its file is."""
    direction = name_direction(card, answer.median)
    lines = {
        _("specifications"): format_number(len(answer.rows), 0),
        _("distinct specifications"): format_number(answer.distinct, 0),
        _("median of the mean CAR"): _(
            "{move} log pts {direction}",
            move=format_signed(100 * answer.median, 3),
            direction=direction,
        ).rstrip(),
        _("with the sign of the median"): _share_text(answer.same_sign),
        _("with a p below 0.05"): _share_text(answer.share_below),
        _("joint p"): _joint_p(answer),
        _("joint p for {count} categories", count=answer.categories): format_number(
            answer.joint_p_adjusted, 4
        ),
    }
    view: View = {
        deferred("what"): itemgetter(0),
        deferred("value"): itemgetter(1),
    }
    show_table(view, lines.items(), numbers=("value",))
    if folder is not None:
        print_line(_("written to {folder}", folder=folder))


def _joint_p(answer: RobustnessAnswer) -> str:
    if not answer.draws:
        return _(
            "none: {clusters} clusters of events, fewer than {least}",
            clusters=answer.clusters,
            least=MIN_CLUSTERS,
        )
    return _(
        "{p} ({clusters:,} clusters, {draws:,} sign vectors)",
        p=format_number(answer.joint_p, 4),
        clusters=answer.clusters,
        draws=answer.draws,
    )


def show_driver(answer: DriverAnswer) -> None:
    """Print what a rate did after changes of a driver: the answer and every part with its table."""
    from dashboard.presentation import drivers as texts

    quoting = QuotedSeries(answer.matched.series.card, QuoteMode.WEAKER)
    parts = (
        (texts.describe_lags(answer), "driver_lags", texts.LAGS_VIEW),
        (texts.describe_pre_trend(answer), "driver_response", texts.RESPONSE_VIEW),
        (texts.describe_samples(answer), "driver_samples", texts.SAMPLES_VIEW),
        (texts.describe_stability(answer), "driver_tests", texts.TESTS_VIEW),
    )
    print_line(texts.describe_driver_answer(answer, quoting))
    print_line(texts.describe_matching(answer.matched))
    for sentence, name, view in parts:
        print_line("")
        print_line(sentence)
        show_table(view, [answer], TABLES[name])


def show_note_change(note: Event, action: str) -> None:
    """Print what was done to a note."""
    print_line(f"{note.id} {action}: {format_event_time(note)}, {clean_text(note.title)}")


def print_import_report(
    status: Literal["accept", "warn", "reject"],
    rows: Sequence[dict[str, Any]],
    messages: Sequence[str],
) -> None:
    """Print the report of an import as JSON."""
    print_json(import_report_json(status, rows, messages))


def print_rate_import_report(
    status: Literal["accept", "warn"],
    series: Sequence[RateSeries],
    messages: Sequence[str],
    cards: Sequence[SeriesCard] = (),
) -> None:
    """Print the report of an import of rates as JSON, as it is made."""
    for chunk in rate_import_report_chunks(status, series, messages, cards):
        sys.stdout.write(chunk)


def print_line(text: str) -> None:
    """One line on standard output."""
    sys.stdout.write(f"{text}\n")


def print_notices(messages: Iterable[str]) -> None:
    """Messages for the user, one line each on standard error."""
    for message in messages:
        sys.stderr.write(_("note: {message}", message=clean_text(message)) + "\n")


def print_json(value: Any) -> None:
    """Print a value as JSON."""
    print_line(json.dumps(value, ensure_ascii=False, allow_nan=False, indent=2))


SERIES_VIEW: Final[View] = {
    deferred("id"): attrgetter("card.id"),
    deferred("title"): attrgetter("card.label"),
    deferred("unit"): attrgetter("card.unit_label"),
    deferred("first day"): lambda series: series.day[0],
    deferred_in_context("column", "last day"): lambda series: series.day[-1],
    deferred("rows"): lambda series: format_number(len(series), 0),
    deferred("publisher"): attrgetter("card.publisher_label"),
}


def show_series(series: Iterable[RateSeries]) -> None:
    """Print which series there are and how far each goes."""
    show_table(SERIES_VIEW, series, numbers=("rows",))


def rate_text(rate: float, card: SeriesCard) -> str:
    """A rate with the decimals of its series."""
    return format_number(rate, card.decimals)


def _record_line(kind: str, record: Observation | None, facts: DayFacts, card: SeriesCard) -> str:
    kind = translate_deferred(kind)
    if record is None:
        return _(
            "{kind} in the data, which start on {first_day}",
            kind=kind,
            first_day=format_day(facts.first_day),
        )
    return _(
        "{kind} since {day} ({rate})",
        kind=kind,
        day=format_day(record.day),
        rate=rate_text(record.rate, card),
    )


def _share_text(value: float) -> str:
    return f"{format_number(100 * value, 0)}{THIN_SPACE}%"


# ------------------------------------------------------------------ reproduction

MAX_CELL_LENGTH = 60


def show_reproduction(result: Reproduction) -> None:
    """Print one line for the bundle, one for each difference, and notes."""
    files = plural("{n:,} file", "{n:,} files", result.files)
    if result.status == "equal" and result.added:
        print_line(_("equal: {files}, every cell that they hold", files=files))
    elif result.status == "equal":
        print_line(_("equal: {files}, byte for byte", files=files))
    elif result.status == "close":
        print_line(_("equal to 1e-12, not byte for byte: {files}; last digits differ", files=files))
    else:
        print_line(
            _(
                "different: {different} of {files}",
                different=plural("{n:,} file", "{n:,} files", len(result.differences)),
                files=result.files,
            )
        )
    for difference in result.differences:
        if not difference.column:
            print_line("  " + _("{file}: other bytes, the same cells", file=difference.file))
            continue
        stored, computed = (
            truncate(clean_text(text), MAX_CELL_LENGTH)
            for text in (difference.in_bundle, difference.computed)
        )
        print_line(
            "  "
            + _(
                "{file}, row {row:,}, {column}: {stored!r} in the bundle, {computed!r} computed",
                file=difference.file,
                row=difference.row,
                column=clean_text(difference.column),
                stored=stored,
                computed=computed,
            )
        )
    if result.added:
        print_line(
            "  "
            + _(
                "not in the bundle and not compared: {files}",
                files=clean_text("; ".join(result.added)),
            )
        )
    for note in result.notes:
        print_line(f"  {clean_text(note)}")


# ------------------------------------------------------------------ baskets


def show_basket_moves(answer: BasketMoves, out: Path | None = None) -> None:
    """Print what one event did on every series of a basket, the least ordinary first."""
    print_line(clean_text(answer.event.title))
    for sentence in (describe_basket(answer), *describe_basket_method(answer)):
        print_line(clean_text(sentence))
    print_line("")
    show_table(BASKET_VIEW, answer.moves, TABLES["basket"])
    if out is not None:
        print_line(_("written to {out}", out=out))


CATEGORY_CELLS_VIEW: Final[View] = {
    deferred("group"): "group",
    deferred("series"): "series",
    deferred("mean SCAR"): "mean_scar",
    deferred("mean, log pts or points"): "caar",
    deferred("events"): "n",
    deferred("distinct rates"): "n_rates",
    "p": "p_value",
    deferred("corrected p"): "p_adjusted",
    deferred("why no verdict"): "reason",
}


def show_category_cells(cells: Sequence[CrossCell], out: Path | None = None) -> None:
    """Print the mean move of every category on every series, p corrected over all of them."""
    show_table(CATEGORY_CELLS_VIEW, cells, TABLES["across_series"])
    if out is not None:
        print_line(_("written to {out}", out=out))


# ------------------------------------------------------------------ sources


SOURCES_VIEW: Final[View] = {
    deferred("source"): "series",
    deferred("days"): move_texts.format_move_dates,
    deferred("rates"): move_texts.format_source_rates,
    deferred("RUB per USD"): "move_pct_rub_per_usd:3",
    deferred("USD per RUB"): "move_pct_usd_per_rub:3",
    deferred("log pts"): "move_log_pts:3",
    deferred("move"): move_texts.name_source_direction,
}


def show_source_moves(moves: Sequence[SourceMove], since: date, until: date) -> None:
    """Print the move of the dollar between two days on every source, and its clock."""
    title = _(
        "The dollar from {since} to {until} on every source, each by its own clock:",
        since=format_day(since),
        until=format_day(until),
    )
    print_line(title + "\n")
    show_table(SOURCES_VIEW, moves, TABLES["source_moves"], numbers=("rates",))
    print_line("\n" + _("When the numbers are known:"))
    for rule, ids in move_texts.group_publication_rules(moves).items():
        print_line(f"  {', '.join(ids)}: {rule}")
