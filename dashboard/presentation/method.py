"""The method in plain language: worked example, terms, limits, the simulated size of tests."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from dashboard.models.event import Event, HourKind
from dashboard.models.messages import deferred, plural, translate_deferred
from dashboard.models.messages import translate as _
from dashboard.models.moves import EventView, Fixing, Move, Timing
from dashboard.models.publication import PublicationRule
from dashboard.models.series import QUOTE_IS_SUBJECT
from dashboard.models.study import window_text
from dashboard.presentation.escaping import escape_markdown
from dashboard.presentation.events import format_event_clock
from dashboard.presentation.formatting import (
    MINUS,
    NO_VALUE,
    THIN_SPACE,
    capitalize_first,
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
from dashboard.presentation.terms import Term
from dashboard.services.method import (
    AttritionCounts,
    MethodConstants,
    MethodDescription,
    ProjectionCoverage,
    RejectionRate,
    SizeRow,
    SizeTable,
)

LIMITATIONS: Final[tuple[str, ...]] = (
    deferred(
        "**Cause.** A move near an event is no proof that the event moved the rate. Other news"
        " of the same hours, listed here or not, is in the same number."
    ),
    deferred(
        "**Minutes.** An official rate is made once a day, from the deals of several hours. What"
        " happened in the first minutes after a statement cannot be seen in it."
    ),
    deferred(
        "**Expectation.** News that the market saw coming moves the rate before it: look at"
        " [−5,−1] too."
    ),
    deferred(
        "**Quiet is relative.** A date is quiet as far as the catalogue and the notes know. The"
        " catalogue was compiled with hindsight."
    ),
    deferred(
        "**Many looks.** Five windows, several series and models: some of them will look unusual"
        " by chance. A p-value beside one of many is not a discovery."
    ),
    deferred(
        "**Overlap.** The pseudo-dates of a series overlap one another, so a pool of 500 holds"
        " less information than 500 separate draws."
    ),
    deferred(
        "**Dates.** An event's date can slip by a day across time zones; those that cite a"
        " chronicle of a day rather than a document most of all."
    ),
    deferred(
        "**The first day of the longer averaging window** of March 2022 was not found in a"
        " document; 14 March is the day of the notice."
    ),
)
REJECTION_MARKS: Final = {"too often": "↑", "too rarely": "↓", "": ""}
SERIES_TITLES: Final = {
    "iid normal": deferred("normal"),
    "GARCH": "GARCH",
    "real rouble": deferred("real rouble"),
}
PATTERN_TITLES: Final = {
    "scattered": deferred("scattered"),
    "clustered": deferred("clustered"),
    "dense": deferred("dense"),
}
ENTRY_LIMIT: Final = 500
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
        _("00:00 MSK of the day") if event.moment is None else format_event_clock(event.moment)
    )
    rule = (
        _(
            "the first {noun} known at or after the start of the event's day ({unknown_hour})",
            noun=noun,
            unknown_hour=_describe_unknown_hour(event, timing, noun),
        )
        if event.moment is None
        else _("the first {noun} known after the moment of the event", noun=noun)
    )
    return (
        ExampleStep(
            _("Date the event"),
            _("day, and hour only where a document gives it"),
            format_event_time(event),
        ),
        ExampleStep(
            _("Date the {noun}", noun=noun),
            _(
                "the record carries the date it is in force from; the market day is when it was"
                " made"
            ),
            _(
                "record of {record}, made on {day}",
                record=format_day(first.record),
                day=format_weekday(first.day),
            ),
        ),
        ExampleStep(
            _("Known at"),
            _("when the last deal can enter the {noun}", noun=noun),
            format_event_clock(first.known_at),
        ),
        ExampleStep(
            _("Offset 0"),
            rule,
            _(
                "after {known_from}: {rate_on}",
                known_from=known_from,
                rate_on=_format_rate_on(first, quoting),
            ),
        ),
        ExampleStep(
            _("Base, offset −1"), _("the observation before it"), _format_rate_on(base, quoting)
        ),
    )


def _describe_unknown_hour(event: Event, timing: Timing, noun: str) -> str:
    """What is known of an unknown hour, and whether it could change the first rate."""
    if event.reported is None:
        return _("the hour is not known")
    if timing.settled:
        return _(
            "the hour is that of the first report; at any hour up to then it is the same {noun}",
            noun=noun,
        )
    return _(
        "the hour is that of the first report; at any hour up to then it can be another {noun}",
        noun=noun,
    )


def _format_rate_on(fixing: Fixing, quoting: QuotedSeries) -> str:
    return f"{format_weekday(fixing.day)}, {quoting.rate(fixing.rate)} {quoting.unit}"


def _build_log_step(move: Move, quoting: QuotedSeries) -> ExampleStep:
    if move.base is None or move.end is None or move.log_points is None:
        return ExampleStep(_("Move"), "", NO_VALUE)
    card = quoting.card
    sign = MINUS if card.move_sign == QUOTE_IS_SUBJECT else ""
    formula = f"{sign}100 × ln(rate / base)"
    ratio = (
        f"{format_number(move.end.rate, card.decimals)} /"
        f" {format_number(move.base.rate, card.decimals)}"
    )
    (unit, other_unit), (chosen, other) = quote_units(quoting), format_percents(move, quoting)
    return ExampleStep(
        _("Move, {window}", window=describe_window(move.window, card)),
        _("{formula}, so that positive = stronger", formula=formula)
        if card.subject.is_currency
        else formula,
        _(
            "{formula} = {log_points} log pts ({unit} {chosen}, {other_unit} {other}): {subject}"
            " {direction}",
            formula=f"{sign}100 × ln({ratio})",
            log_points=format_signed(move.log_points, 3),
            unit=unit,
            chosen=chosen,
            other_unit=other_unit,
            other=other,
            subject=name_subject(quoting),
            direction=quoting.direction(move.log_points),
        ),
    )


def _build_abnormal_steps(view: EventView, move: Move) -> tuple[ExampleStep, ...]:
    if None in (move.car, move.car_se, move.log_points, view.sigma):
        return ()
    car, error, moved = float(move.car or 0), float(move.car_se or 0), float(move.log_points or 0)
    request, many, length = view.request, view.n_estimation, move.window[1] - move.window[0] + 1
    inflated = f"{length} + {length}²/{many}" if request.model == "mean" else str(length)
    return (
        ExampleStep(
            _("Ordinary moves"),
            _(
                "mean and standard deviation of the {estimation} moves that end {gap} before the"
                " event window",
                estimation=request.estimation,
                gap=request.gap,
            ),
            _(
                "{moves} moves: {moved} log pts a day, standard deviation {sigma}",
                moves=many,
                moved=format_signed((moved - car) / length, 3),
                sigma=format_number(view.sigma or math.nan, 3),
            ),
        ),
        ExampleStep(
            "CAR",
            _("the move less what the model expects of it"),
            _(
                "{moved} − ({expected}) = {car} log pts",
                moved=format_signed(moved, 3),
                expected=format_signed(moved - car, 3),
                car=format_signed(car, 3),
            ),
        ),
        ExampleStep(
            _("Its error"),
            _("standard deviation × √(1′V1), Campbell, Lo & MacKinlay 1997, eq. 4.4.11"),
            _(
                "{sigma} × √({inflated}) = {error} log pts",
                sigma=format_number(view.sigma or math.nan, 3),
                inflated=inflated,
                error=format_number(error, 3),
            ),
        ),
        ExampleStep(
            _("t and its p"),
            _("CAR / error, against Student's t"),
            f"{format_signed(car, 3)} / {format_number(error, 3)} ="
            f" {format_signed(move.car_t or math.nan)}:"
            f" p {format_p_value(move.p_value, many)}",
        ),
    )


def _build_rank_step(move: Move) -> ExampleStep:
    near = move.rank("near")
    return ExampleStep(
        _("Percentile and placebo p"),
        _(
            "the CAR over its error on every admissible date within 250 observations whose"
            " window does not contain the event; the nearest 250 where those are fewer than 100"
        ),
        _(
            "{near}; placebo p {p}; all dates: {all}",
            near=describe_comparison(move, "near"),
            p=format_p_value(near.p, near.size),
            all=describe_comparison(move, "all"),
        ),
    )


def _build_crowd_step(move: Move) -> ExampleStep:
    names = "; ".join(event.title for event in move.crowd) or _("none listed")
    return ExampleStep(
        _("What else"),
        _("other events whose first rate is the same one"),
        f"{len(move.crowd)}: {names}",
    )


# ------------------------------------------------------------------ search


@dataclass(frozen=True, slots=True)
class SearchEntry:
    """One text of a part of the Method page that a search can find.

    `text` is safe Markdown, `plain` what a query is compared with, in lower case.
    """

    part: str
    text: str
    plain: str


def search_entries(entries: Iterable[SearchEntry], query: str) -> list[SearchEntry]:
    """The entries that contain every word of a query, whatever its case."""
    words = query.casefold().split()
    return [entry for entry in entries if all(word in entry.plain for word in words)]


def build_term_entries(terms: Iterable[Term]) -> list[SearchEntry]:
    """The terms of the glossary."""
    return [_build_entry("glossary", term.name, term.meaning) for term in terms]


def build_rule_entries(rules: Iterable[tuple[str, PublicationRule]]) -> list[SearchEntry]:
    """The date rule of every series, given with its title."""
    return [
        _build_entry("dates", title, translate_deferred(rule.description)) for title, rule in rules
    ]


def build_method_entries(method: MethodDescription) -> list[SearchEntry]:
    """The models and the tests, with what each is for."""
    entries = [
        *(("models", m.title, m.id, m.says, m.reference) for m in method.models),
        *(("tests", t.title, t.id, t.null_hypothesis, t.reference) for t in method.tests),
    ]
    return [
        _build_entry(
            part,
            f"{translate_deferred(title)} ({name})",
            f"{translate_deferred(text)} · {reference}",
        )
        for part, title, name, text, reference in entries
    ]


def build_limit_entries(events: tuple[Event, ...]) -> list[SearchEntry]:
    """What cannot be known."""
    texts = (*map(translate_deferred, LIMITATIONS), describe_timing_gaps(events))
    return [SearchEntry("limits", text, text.casefold()) for text in texts]


def _build_entry(part: str, title: str, text: str) -> SearchEntry:
    shown = f"**{escape_markdown(capitalize_first(title))}**: {escape_markdown(text, ENTRY_LIMIT)}"
    return SearchEntry(part, shown, f"{title} {text}".casefold())


# ------------------------------------------------------------------ tables


def format_rule_hours(rule: PublicationRule) -> str:
    """The hours of the day that a rate covers, each with its first day."""
    parts = []
    for session in rule.sessions:
        hours = f"{session.opens}–{session.closes}"
        if session.opens == session.closes:
            hours = f"{session.opens}"
        if session.since.year != 1:
            hours = _("{hours} from {day}", hours=hours, day=format_day(session.since))
        parts.append(hours)
    return f"{'; '.join(parts)} ({rule.zone})"


def describe_rule(rule: PublicationRule) -> str:
    """How the date printed relates to the market day."""
    if rule.lag_days:
        return plural("printed date − {n:,} day", "printed date − {n:,} days", rule.lag_days)
    return _("the printed date")


def build_funnel_rows(funnel: AttritionCounts, minimum: int) -> tuple[tuple[str, int, str], ...]:
    """What is left after each step, and why the others are not."""
    inside = funnel.listed - funnel.before_data - funnel.after_data
    first = funnel.windows[0] if funnel.windows else ((0, 0), funnel.used)
    return (
        (_("Events listed"), funnel.listed, _("catalogue and notes")),
        (
            _("With a first rate and a base"),
            inside,
            _(
                "{before_data} before the data, {after_data} after",
                before_data=funnel.before_data,
                after_data=funnel.after_data,
            ),
        ),
        (
            _("With enough history"),
            funnel.used,
            _(
                "{short_history} with fewer than {minimum} moves to learn from",
                short_history=funnel.short_history,
                minimum=minimum,
            ),
        ),
        (
            _("With a CAR in {window}", window=window_text(first[0])),
            first[1],
            _("{used} with a missing rate, or past the last one", used=funnel.used - first[1]),
        ),
        (
            _("Alone at their fixing"),
            funnel.alone,
            _("{used} share it with another event", used=funnel.used - funnel.alone),
        ),
    )


def describe_constants(constants: MethodConstants) -> tuple[str, ...]:
    """The fixed numbers of the method in sentences."""
    return (
        _(
            "The ordinary range holds {coverage:.0f}{thin_space}% of ordinary moves if they are"
            " like those of the estimation window.",
            coverage=constants.coverage * 100,
            thin_space=THIN_SPACE,
        ),
        _(
            "A first rate more than {far_days} days after the event is flagged.",
            far_days=constants.far_days,
        ),
        _(
            "Similar volatility = the same third of the pool by the standard deviation of moves"
            " up to the eve, with weights that fade by {decay:g} a day (RiskMetrics 1996).",
            decay=constants.decay,
        ),
        _(
            "Adjusted p-values count as one family: {family}.",
            family=translate_deferred(constants.family),
        ),
    )


def describe_timing_gaps(events: tuple[Event, ...]) -> str:
    """How many events have no hour."""
    bounded = sum(event.hour_kind == HourKind.PUBLISHED for event in events)
    unknown = sum(not event.hour_kind for event in events)
    return plural(
        "**Hours.** Of {n:,} event listed, {unknown:,} have no known hour and {bounded:,} only"
        " that of a first report, which they precede. Where the hour could change the first"
        " rate, it may be a day too early, so the next one is shown too.",
        "**Hours.** Of {n:,} events listed, {unknown:,} have no known hour and {bounded:,} only"
        " that of a first report, which they precede. Where the hour could change the first"
        " rate, it may be a day too early, so the next one is shown too.",
        len(events),
        unknown=unknown,
        bounded=bounded,
    )


# ------------------------------------------------------------------ simulated size of the tests


def describe_simulation(table: SizeTable) -> str:
    """What was simulated and how to read a cell; safe Markdown."""
    low, high = (f"{100 * item:.0f}" for item in table.trusted)
    events = ", ".join(
        plural("{n:,} event {dates}", "{n:,} events {dates}", n, dates=_name_pattern(dates))
        for dates, n in table.events.items()
    )
    real = dict.fromkeys(item.series for item in table.rows[0].ranges)
    designs = "; ".join(f"{name}: {translate_deferred(table.designs[name])}" for name in real)
    return _(
        "Each cell: of {studies:,} simulated studies in which **nothing happened**, the per cent"
        " that the test rejects at the 5{thin_space}% level. A sound test rejects about 5."
        " **Bold with {too_often}**: too often, above {high}{thin_space}%; **bold with"
        " {too_rarely}**: too rarely, below {low}{thin_space}%. Three kinds of returns"
        " (independent normal; GARCH; those of the real rouble, the dates drawn at random) meet"
        " three patterns of dates ({events}). Four more kinds meet the **real dates** of every"
        " category, of which the lowest and the highest rate are given: {designs}.",
        studies=table.studies,
        thin_space=THIN_SPACE,
        too_often=REJECTION_MARKS["too often"],
        high=high,
        too_rarely=REJECTION_MARKS["too rarely"],
        low=low,
        events=events,
        designs=designs,
    )


def describe_simulation_error(table: SizeTable) -> str:
    """How sure the cells are, and what was not simulated."""
    least = min(table.events.values())
    fewest, most = (f"{count:,}" for count in table.real_studies)
    return _(
        "The Monte Carlo standard error is {error:.1f} percentage points for a rate of"
        " 5{thin_space}% on made dates. Power: the per cent of studies with scattered dates that"
        " reject where {effect:g} standard deviations were added to offset 0, mean of the three"
        " kinds of returns; direction met random expectations, so it has none, and volatility"
        " looks for larger moves, not for a mean. Groups of fewer than {least} events were not"
        " simulated. Real dates: {fewest} to {most} studies a cell, the tests that are read"
        " first with the most. The same table cell by cell, with seeds: docs/size.md.",
        error=100 * table.error,
        thin_space=THIN_SPACE,
        effect=table.effect,
        least=least,
        fewest=fewest,
        most=most,
    )


def describe_projection_coverage(coverage: ProjectionCoverage) -> str:
    """How far the bands of local projections can be trusted."""
    interval, band, rejected = (
        f"{100 * low:.0f}-{100 * high:.0f}{THIN_SPACE}%"
        for low, high in (coverage.interval, coverage.band, coverage.rejected)
    )
    return _(
        "Local projections, {runs:,} simulated series for each of three groups of real dates and"
        " three kinds of returns, with and without an effect: the 95{thin_space}% interval of"
        " one horizon holds the true move in {interval}, the 95{thin_space}% band the whole path"
        " in {band}; the test of what came before rejects in {rejected} at the 5{thin_space}%"
        " level where nothing came before. The cells: docs/projections.md.",
        runs=coverage.runs,
        thin_space=THIN_SPACE,
        interval=interval,
        band=band,
        rejected=rejected,
    )


def build_size_columns(table: SizeTable) -> TableColumns:
    """A column a cell, each number with its error."""
    cells = {
        f"{translate_deferred(SERIES_TITLES[cell.series])}, {_name_pattern(cell.dates)}": [
            _format_marked_cell(row.cells[k], with_error=True) for row in table.rows
        ]
        for k, cell in enumerate(table.rows[0].cells)
    }
    return _build_test_columns(table, cells)


def build_brief_size_columns(table: SizeTable) -> TableColumns:
    """A column a pattern of dates, the kinds of returns in their order."""
    cells = {
        _name_pattern(dates): [
            " · ".join(_format_marked_cell(cell) for cell in row.cells if cell.dates == dates)
            for row in table.rows
        ]
        for dates in table.events
    }
    return _build_test_columns(table, cells)


def build_recommendation_columns(table: SizeTable) -> TableColumns:
    """For each pattern of dates the sound tests and those that mislead."""
    readings = table.readings
    return {
        _("Dates of the group"): [
            f"**{_name_pattern(reading.dates)}**: {translate_deferred(description)}"
            for reading, description in readings
        ],
        _("Answers"): [f"**{_join_tests(reading.first)}**" for reading, _ in readings],
        _("Sound here too"): [_join_tests(reading.also) for reading, _ in readings],
        _("Rejects too often"): [_join_tests(reading.too_often) for reading, _ in readings],
        _("Rejects too rarely"): [_join_tests(reading.too_rarely) for reading, _ in readings],
    }


def build_recommendation_notes(table: SizeTable) -> tuple[str, ...]:
    """Notes on the table of recommended tests; safe Markdown."""
    questions = "; ".join(
        f"{test} ({translate_deferred(question)})" for test, question in table.others
    )
    return (
        _(
            "**{declared}** answers for a group: chosen by simulation before any real group was"
            " looked at, of the tests that keep their size where volatility drifts and where"
            " event days are merely volatile the most powerful. The others are orientation.",
            declared=table.declared,
        ),
        _("The tests of a list go from the most powerful to the least."),
        _(
            "**Other questions** than whether the average move is 0, sound in every cell:"
            " {questions}.",
            questions=questions,
        ),
        _(
            "**One event**: read its percentile and its placebo p on its page; a test of a group"
            " says nothing about one."
        ),
        _("**Too rarely** is no false alarm: a small p stands, but an effect may be missed."),
        _(
            "Every study says to which dates its groups come nearest, and puts beside each test"
            " how it misleads there."
        ),
    )


def _name_pattern(dates: str) -> str:
    return translate_deferred(PATTERN_TITLES[dates])


def _format_marked_cell(cell: RejectionRate, *, with_error: bool = False) -> str:
    error = f" ± {format_number(100 * cell.error, 1)}" if with_error else ""
    text = f"{100 * cell.rate:.1f}{error}"
    return f"**{text}{NO_BREAK_SPACE}{REJECTION_MARKS[cell.verdict]}**" if cell.verdict else text


def _build_test_columns(table: SizeTable, cells: TableColumns) -> TableColumns:
    """Name and cells of each test, lowest and highest rate on the real dates, power."""
    rows = table.rows
    ranges = {
        _("{name}, real dates", name=item.series): [_format_range(row, item.series) for row in rows]
        for item in rows[0].ranges
    }
    names = [f"**{escape_markdown(translate_deferred(row.title))}** ({row.test})" for row in rows]
    power = {_("power"): [f"{100 * row.power:.0f}" for row in rows]}
    return {_("Test"): names} | cells | ranges | power


def _format_range(row: SizeRow, series: str) -> str:
    span = next((item for item in row.ranges if item.series == series), None)
    if span is None:
        return NO_VALUE
    text = _("{low:.1f} to {high:.1f}", low=100 * span.low, high=100 * span.high)
    return f"**{text}{NO_BREAK_SPACE}{REJECTION_MARKS[span.verdict]}**" if span.verdict else text


def _join_tests(tests: tuple[str, ...]) -> str:
    return ", ".join(tests) or NO_VALUE
