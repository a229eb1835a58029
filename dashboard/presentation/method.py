"""The method in plain language: worked example, terms, limits, the simulated size of tests."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

from dashboard.models.currencies import currency_of
from dashboard.models.event import Event, HourKind
from dashboard.models.moves import EventView, Fixing, Move, Timing
from dashboard.models.publication import PublicationRule
from dashboard.models.series import QUOTE_IS_SUBJECT, SeriesCard
from dashboard.presentation.escaping import escape_markdown
from dashboard.presentation.events import format_event_clock
from dashboard.presentation.formatting import (
    MINUS,
    NO_VALUE,
    THIN_SPACE,
    format_count,
    format_day,
    format_event_time,
    format_number,
    format_signed,
    format_weekday,
)
from dashboard.presentation.moves import (
    NO_BREAK_SPACE,
    describe_comparison,
    describe_window,
    format_p_value,
    format_percents,
    name_subject,
    observation_name,
    quote_units,
)
from dashboard.presentation.quoting import QuotedSeries
from dashboard.services.method import (
    AttritionCounts,
    MethodConstants,
    ProjectionCoverage,
    RejectionRate,
    SizeRow,
    SizeTable,
)

_METHOD_TERMS: Final[tuple[tuple[str, str], ...]] = (
    ("log point", "100 × a log change; the same size in both quotes, and additive over days"),
    ("record date", "the date the publisher prints next to a rate"),
    ("market day", "the day whose deals the rate describes"),
    ("known at", "the moment up to which information can be inside a rate"),
    ("offset", "counts observations of the series, not calendar days"),
    ("offset 0", "the first observation that can contain the event"),
    ("base", "the observation before it, offset −1"),
    ("event window", "the offsets looked at around an event, such as −5 to 10"),
    ("estimation window", "the observations before it from which an ordinary move is learnt"),
    ("gap", "observations left out between the two, so that leaks do not count as ordinary"),
    ("AR", "abnormal move of one offset: the move less the one the model expects"),
    ("CAR", "cumulative abnormal move: the AR of a window added up"),
    ("AAR, CAAR", "the averages of AR and CAR over several events"),
    ("BHAR", "buy-and-hold abnormal return, for simple returns only"),
    ("ordinary range", "where 95 of 100 moves lie if the days before are a guide; no forecast"),
    ("pseudo-date", "an admissible date without an event, to compare with"),
    ("quiet date", "a pseudo-date whose event window touches no listed event"),
    ("nearest dates", "pseudo-dates within 250 observations whose window lacks the event"),
    ("percentile", "the share of them with a smaller CAR, in units of the volatility before it"),
    ("placebo p", "the share of them, the event included, at least as extreme"),
    ("cluster", "events whose event windows overlap, also by a chain of others: one episode"),
    ("declared test", "signed ranks of clusters; chosen before any data, the one that answers"),
    ("smallest visible move", "the mean that the declared test would see in four studies of five"),
    ("crowding", "other events in the same window: the move belongs to all of them"),
)

LIMITATIONS: Final[tuple[str, ...]] = (
    "**Cause.** A move near an event is no proof that the event moved the rate. Other news of"
    " the same hours, listed here or not, is in the same number.",
    "**Minutes.** An official rate is made once a day, from the deals of several hours. What"
    " happened in the first minutes after a statement cannot be seen in it.",
    "**Expectation.** News that the market saw coming moves the rate before it: look at"
    " [−5,−1] too.",
    "**Quiet is relative.** A date is quiet as far as the catalogue and the notes know. The"
    " catalogue was compiled with hindsight.",
    "**Many looks.** Five windows, several series and models: some of them will look unusual by"
    " chance. A p-value beside one of many is not a discovery.",
    "**Overlap.** The pseudo-dates of a series overlap one another, so a pool of 500 holds less"
    " information than 500 separate draws.",
    "**Dates.** An event's date can slip by a day across time zones; those that cite a"
    " chronicle of a day rather than a document most of all.",
    "**The first day of the longer averaging window** of March 2022 was not found in a"
    " document; 14 March is the day of the notice.",
)
REJECTION_MARKS: Final = {"too often": "↑", "too rarely": "↓", "": ""}
SERIES_TITLES: Final = {
    "iid normal": "normal",
    "GARCH": "GARCH",
    "real rouble": "real rouble",
}
TableColumns = dict[str, list[str]]


@dataclass(frozen=True, slots=True)
class ExampleStep:
    """One step of the worked example: title, rule and result."""

    title: str
    rule: str
    here: str


def build_example_steps(view: EventView, quoting: QuotedSeries) -> tuple[ExampleStep, ...]:
    """The worked example; every number is taken from the view."""
    move = next((m for m in view.moves if m.window == (0, 0) and m.log_points is not None), None)
    timing = view.timing
    if timing is None or move is None or move.base is None or move.end is None:
        return ()
    return (
        *_build_timing_steps(view, quoting),
        _build_log_step(move, quoting),
        *_build_abnormal_steps(view, move),
        _build_rank_step(move),
        _build_crowd_step(move),
    )


def _build_timing_steps(view: EventView, quoting: QuotedSeries) -> tuple[ExampleStep, ...]:
    event, timing, noun = view.event, view.timing, observation_name(view.card)
    if timing is None:
        return ()
    first, base = timing.first, timing.base
    known_from = (
        "00:00 MSK of the day" if event.moment is None else format_event_clock(event.moment)
    )
    rule = (
        f"the first {noun} known at or after the start of the event's day"
        f" ({_describe_unknown_hour(event, timing, noun)})"
        if event.moment is None
        else f"the first {noun} known after the moment of the event"
    )
    return (
        ExampleStep(
            "Date the event",
            "day, and hour only where a document gives it",
            format_event_time(event),
        ),
        ExampleStep(
            f"Date the {noun}",
            "the record carries the date it is in force from; the market day is when it was made",
            f"record of {format_day(first.record)}, made on {format_weekday(first.day)}",
        ),
        ExampleStep(
            "Known at",
            f"when the last deal can enter the {noun}",
            format_event_clock(first.known_at),
        ),
        ExampleStep("Offset 0", rule, f"after {known_from}: {_format_rate_on(first, quoting)}"),
        ExampleStep("Base, offset −1", "the observation before it", _format_rate_on(base, quoting)),
    )


def define_terms(card: SeriesCard) -> tuple[tuple[str, str], ...]:
    """The terms of the method with their meanings; the first three depend on the series."""
    return (*_define_move(card), *_METHOD_TERMS)


def _define_move(card: SeriesCard) -> tuple[tuple[str, str], ...]:
    pair, subject = card.pair, card.subject
    if pair is None:
        return (
            (card.unit, "what the published number counts"),
            ("up, down", "always the published number"),
            ("move", "the log change of the published number; positive = up"),
        )
    counted, base = currency_of(pair.quote).plural, currency_of(pair.base).noun
    is_quote = card.move_sign == QUOTE_IS_SUBJECT
    better, change = ("fewer", "minus the") if is_quote else ("more", "the")
    return (
        (card.unit, f"the number the publisher prints: how many {counted} one {base} costs"),
        ("stronger, weaker", f"always {subject.name}: stronger = {better} {counted} per {base}"),
        ("move", f"of {subject.name}: {change} log change of {card.unit}; positive = stronger"),
    )


def _describe_unknown_hour(event: Event, timing: Timing, noun: str) -> str:
    """What is known of an unknown hour, and whether it could change the first rate."""
    if event.reported is None:
        return "the hour is not known"
    could = f"is the same {noun}" if timing.settled else f"can be another {noun}"
    return f"the hour is that of the first report; at any hour up to then it {could}"


def _format_rate_on(fixing: Fixing, quoting: QuotedSeries) -> str:
    return f"{format_weekday(fixing.day)}, {quoting.rate(fixing.rate)} {quoting.unit}"


def _build_log_step(move: Move, quoting: QuotedSeries) -> ExampleStep:
    if move.base is None or move.end is None or move.log_points is None:
        return ExampleStep("Move", "", NO_VALUE)
    card = quoting.card
    sign = MINUS if card.move_sign == QUOTE_IS_SUBJECT else ""
    formula = f"{sign}100 × ln(rate / base)"
    ratio = (
        f"{format_number(move.end.rate, card.decimals)} /"
        f" {format_number(move.base.rate, card.decimals)}"
    )
    (unit, other_unit), (chosen, other) = quote_units(quoting), format_percents(move, quoting)
    return ExampleStep(
        f"Move, {describe_window(move.window, card)}",
        f"{formula}, so that positive = stronger" if card.subject.is_currency else formula,
        f"{sign}100 × ln({ratio}) = {format_signed(move.log_points, 3)} log pts"
        f" ({unit} {chosen}, {other_unit} {other}):"
        f" {name_subject(quoting)} {quoting.direction(move.log_points)}",
    )


def _build_abnormal_steps(view: EventView, move: Move) -> tuple[ExampleStep, ...]:
    if None in (move.car, move.car_se, move.log_points, view.sigma):
        return ()
    car, error, moved = float(move.car or 0), float(move.car_se or 0), float(move.log_points or 0)
    request, many, length = view.request, view.n_estimation, move.window[1] - move.window[0] + 1
    inflated = f"{length} + {length}²/{many}" if request.model == "mean" else str(length)
    return (
        ExampleStep(
            "Ordinary moves",
            f"mean and standard deviation of the {request.estimation} moves that end"
            f" {request.gap} before the event window",
            f"{many} moves: {format_signed((moved - car) / length, 3)} log pts a day,"
            f" standard deviation {format_number(view.sigma or math.nan, 3)}",
        ),
        ExampleStep(
            "CAR",
            "the move less what the model expects of it",
            f"{format_signed(moved, 3)} {MINUS} ({format_signed(moved - car, 3)}) ="
            f" {format_signed(car, 3)} log pts",
        ),
        ExampleStep(
            "Its error",
            "standard deviation × √(1′V1), Campbell, Lo & MacKinlay 1997, eq. 4.4.11",
            f"{format_number(view.sigma or math.nan, 3)} × √({inflated}) ="
            f" {format_number(error, 3)} log pts",
        ),
        ExampleStep(
            "t and its p",
            "CAR / error, against Student's t",
            f"{format_signed(car, 3)} / {format_number(error, 3)} ="
            f" {format_signed(move.car_t or math.nan)}:"
            f" p {format_p_value(move.p_value, many)}",
        ),
    )


def _build_rank_step(move: Move) -> ExampleStep:
    near = move.rank("near")
    return ExampleStep(
        "Percentile and placebo p",
        "the CAR over its error on every admissible date within 250 observations whose window"
        " does not contain the event; the nearest 250 where those are fewer than 100",
        f"{describe_comparison(move, 'near')}; placebo p {format_p_value(near.p, near.size)};"
        f" all dates: {describe_comparison(move, 'all')}",
    )


def _build_crowd_step(move: Move) -> ExampleStep:
    names = "; ".join(event.title for event in move.crowd) or "none listed"
    return ExampleStep(
        "What else",
        "other events whose first rate is the same one",
        f"{len(move.crowd)}: {names}",
    )


# ------------------------------------------------------------------ tables


def format_rule_hours(rule: PublicationRule) -> str:
    """The hours of the day that a rate covers, each with its first day."""
    parts = []
    for session in rule.sessions:
        hours = (
            session.opens
            if session.opens == session.closes
            else (f"{session.opens}–{session.closes}")
        )
        since = "" if session.since.year == 1 else f" from {format_day(session.since)}"
        parts.append(f"{hours}{since}")
    return f"{'; '.join(parts)} ({rule.zone})"


def describe_rule(rule: PublicationRule) -> str:
    """How the date printed relates to the market day."""
    if rule.lag_days:
        return f"printed date {MINUS} {format_count(rule.lag_days, 'day')}"
    return "the printed date"


def build_funnel_rows(funnel: AttritionCounts, minimum: int) -> tuple[tuple[str, int, str], ...]:
    """What is left after each step, and why the others are not."""
    inside = funnel.listed - funnel.before_data - funnel.after_data
    first = funnel.windows[0] if funnel.windows else ((0, 0), funnel.used)
    return (
        ("Events listed", funnel.listed, "catalogue and notes"),
        (
            "With a first rate and a base",
            inside,
            f"{funnel.before_data} before the data, {funnel.after_data} after",
        ),
        (
            "With enough history",
            funnel.used,
            f"{funnel.short_history} with fewer than {minimum} moves to learn from",
        ),
        (
            f"With a CAR in [{first[0][0]},{first[0][1]}]",
            first[1],
            f"{funnel.used - first[1]} with a missing rate, or past the last one",
        ),
        (
            "Alone at their fixing",
            funnel.alone,
            f"{funnel.used - funnel.alone} share it with another event",
        ),
    )


def describe_constants(constants: MethodConstants) -> tuple[str, ...]:
    """The fixed numbers of the method in sentences."""
    return (
        f"The ordinary range holds {constants.coverage * 100:.0f}{THIN_SPACE}% of ordinary moves if"
        " they are like those of the estimation window.",
        f"A first rate more than {constants.far_days} days after the event is flagged.",
        "Similar volatility = the same third of the pool by the standard deviation of moves up to"
        f" the eve, with weights that fade by {constants.decay:g} a day (RiskMetrics 1996).",
        f"Adjusted p-values count as one family: {constants.family}.",
    )


def describe_timing_gaps(events: tuple[Event, ...]) -> str:
    """How many events have no hour."""
    bounded = sum(event.hour_kind == HourKind.PUBLISHED for event in events)
    unknown = sum(not event.hour_kind for event in events)
    return (
        f"**Hours.** Of {format_count(len(events), 'event')} listed, {unknown:,} have no known"
        " hour and"
        f" {bounded:,} only that of a first report, which they precede. Where the hour could"
        " change the first rate, it may be a day too early, so the next one is shown too."
    )


# ------------------------------------------------------------------ simulated size of the tests


def describe_simulation(table: SizeTable) -> str:
    """What was simulated and how to read a cell; safe Markdown."""
    low, high = (f"{100 * item:.0f}" for item in table.trusted)
    events = ", ".join(f"{format_count(n, 'event')} {dates}" for dates, n in table.events.items())
    real = dict.fromkeys(item.series for item in table.rows[0].ranges)
    designs = "; ".join(f"{name}: {table.designs[name]}" for name in real)
    return (
        f"Each cell: of {table.studies:,} simulated studies in which **nothing happened**, the"
        f" per cent that the test rejects at the 5{THIN_SPACE}% level. A sound test rejects about"
        " 5."
        f" **Bold with {REJECTION_MARKS['too often']}**: too often, above {high}{THIN_SPACE}%;"
        " **bold with"
        f" {REJECTION_MARKS['too rarely']}**: too rarely, below {low}{THIN_SPACE}%. Three kinds"
        " of returns"
        " (independent normal; GARCH; those of the real rouble, the dates drawn at random) meet"
        f" three patterns of dates ({events}). Four more kinds meet the **real dates** of every"
        f" category, of which the lowest and the highest rate are given: {designs}."
    )


def describe_simulation_error(table: SizeTable) -> str:
    """How sure the cells are, and what was not simulated."""
    least = min(table.events.values())
    fewest, most = (f"{count:,}" for count in table.real_studies)
    return (
        f"The Monte Carlo standard error is {100 * table.error:.1f} percentage points for a rate of"
        f" 5{THIN_SPACE}% on made dates. Power: the per cent of"
        " studies with scattered dates that reject where"
        f" {table.effect:g} standard deviations were added to offset 0, mean of the three kinds of"
        " returns; direction met random expectations, so it has none, and volatility looks for"
        f" larger moves, not for a mean. Groups of fewer than {least} events were not simulated."
        f" Real dates: {fewest} to {most} studies a cell, the tests that are read first with the"
        " most. The same table cell by cell, with seeds: docs/size.md."
    )


def describe_projection_coverage(coverage: ProjectionCoverage) -> str:
    """How far the bands of local projections can be trusted."""
    interval, band, rejected = (
        f"{100 * low:.0f}-{100 * high:.0f}{THIN_SPACE}%"
        for low, high in (coverage.interval, coverage.band, coverage.rejected)
    )
    return (
        f"Local projections, {coverage.runs:,} simulated series for each of three groups of real"
        f" dates and three kinds of returns, with and without an effect: the 95{THIN_SPACE}%"
        " interval of"
        f" one horizon holds the true move in {interval}, the 95{THIN_SPACE}% band the whole path"
        " in"
        f" {band}; the test of what came before rejects in {rejected} at the 5{THIN_SPACE}% level"
        " where"
        " nothing came before. The cells: docs/projections.md."
    )


def build_size_columns(table: SizeTable) -> TableColumns:
    """A column a cell, each number with its error."""
    columns: TableColumns = {"Test": _test_names(table)}
    for k, cell in enumerate(table.rows[0].cells):
        name = f"{SERIES_TITLES[cell.series]}, {cell.dates}"
        columns[name] = [_format_marked_cell(row.cells[k], with_error=True) for row in table.rows]
    return columns | _build_range_columns(table) | _build_power_columns(table)


def build_brief_size_columns(table: SizeTable) -> TableColumns:
    """A column a pattern of dates, the kinds of returns in their order."""
    columns: TableColumns = {"Test": _test_names(table)}
    for dates in table.events:
        columns[dates] = [
            " · ".join(_format_marked_cell(cell) for cell in row.cells if cell.dates == dates)
            for row in table.rows
        ]
    return columns | _build_range_columns(table) | _build_power_columns(table)


def build_recommendation_columns(table: SizeTable) -> TableColumns:
    """For each pattern of dates the sound tests and those that mislead."""
    readings = table.readings
    return {
        "Dates of the group": [
            f"**{reading.dates}**: {description}" for reading, description in readings
        ],
        "Answers": [f"**{_join_tests(reading.first)}**" for reading, _ in readings],
        "Sound here too": [_join_tests(reading.also) for reading, _ in readings],
        "Rejects too often": [_join_tests(reading.too_often) for reading, _ in readings],
        "Rejects too rarely": [_join_tests(reading.too_rarely) for reading, _ in readings],
    }


def build_recommendation_notes(table: SizeTable) -> tuple[str, ...]:
    """Notes on the table of recommended tests; safe Markdown."""
    questions = "; ".join(f"{test} ({question})" for test, question in table.others)
    return (
        f"**{table.declared}** answers for a group: chosen by simulation before any real group was"
        " looked at, of the tests that keep their size where volatility drifts and where event"
        " days are merely volatile the most powerful. The others are orientation.",
        "The tests of a list go from the most powerful to the least.",
        "**Other questions** than whether the average move is 0, sound in every cell:"
        f" {questions}.",
        "**One event**: read its percentile and its placebo p on its page; a test of a group"
        " says nothing about one.",
        "**Too rarely** is no false alarm: a small p stands, but an effect may be missed.",
        "Every study says to which dates its groups come nearest, and puts beside each test"
        " how it misleads there.",
    )


def _test_names(table: SizeTable) -> list[str]:
    return [f"**{escape_markdown(row.title)}** ({row.test})" for row in table.rows]


def _format_marked_cell(cell: RejectionRate, *, with_error: bool = False) -> str:
    error = f" ± {100 * cell.error:.1f}" if with_error else ""
    text = f"{100 * cell.rate:.1f}{error}"
    return f"**{text}{NO_BREAK_SPACE}{REJECTION_MARKS[cell.verdict]}**" if cell.verdict else text


def _build_range_columns(table: SizeTable) -> TableColumns:
    """A column a design on the real dates: the lowest and the highest of all categories."""
    names = [item.series for item in table.rows[0].ranges]
    return {
        f"{name}, real dates": [_format_range(row, name) for row in table.rows] for name in names
    }


def _format_range(row: SizeRow, series: str) -> str:
    span = next((item for item in row.ranges if item.series == series), None)
    if span is None:
        return NO_VALUE
    text = f"{100 * span.low:.1f} to {100 * span.high:.1f}"
    return f"**{text}{NO_BREAK_SPACE}{REJECTION_MARKS[span.verdict]}**" if span.verdict else text


def _build_power_columns(table: SizeTable) -> TableColumns:
    return {"power": [f"{100 * row.power:.0f}" for row in table.rows]}


def _join_tests(tests: tuple[str, ...]) -> str:
    return ", ".join(tests) or NO_VALUE
