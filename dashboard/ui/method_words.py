"""The method in words: a worked example from live numbers, the terms, what cannot be known."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

from dashboard.domain.date_rules import DateRule
from dashboard.domain.event import Event
from dashboard.domain.event_hour import HourKind
from dashboard.domain.event_view import EventView, Fixing, Move, Timing
from dashboard.services.describe_method import Constants, Funnel
from dashboard.ui.event_words import event_clock
from dashboard.ui.move_words import (
    compared_with,
    noun,
    p_words,
    percents,
    subject,
    units,
    window_words,
)
from dashboard.ui.quoting import Quoting
from dashboard.ui.wording import MINUS, NOTHING, THIN, count, day, number, signed, weekday_day, when

TERMS: Final[tuple[tuple[str, str], ...]] = (
    ("RUB per USD", "the number the publisher prints: how many roubles one dollar costs"),
    ("stronger, weaker", "always the rouble: stronger = fewer roubles per dollar"),
    ("move", "of the rouble: minus the log change of RUB per USD; positive = stronger"),
    ("log point", "100 × a log change; the same size in both quotes, and additive over days"),
    ("record date", "the date the publisher prints beside a rate"),
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

LIMITS: Final[tuple[str, ...]] = (
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


@dataclass(frozen=True, slots=True)
class Step:
    """One step of the worked example: what is done, by which rule, and what it gives here."""

    title: str
    rule: str
    here: str


def example_steps(view: EventView, quoting: Quoting) -> tuple[Step, ...]:
    """The worked example; every number is taken from the view."""
    move = next((m for m in view.moves if m.window == (0, 0) and m.log_points is not None), None)
    timing = view.timing
    if timing is None or move is None or move.base is None or move.end is None:
        return ()
    return (
        *_timing_steps(view, quoting),
        _log_step(move, quoting),
        *_abnormal_steps(view, move),
        _rank_step(move),
        _crowd_step(move),
    )


def _timing_steps(view: EventView, quoting: Quoting) -> tuple[Step, ...]:
    event, timing, each = view.event, view.timing, noun(view.card)
    if timing is None:
        return ()
    first, base = timing.first, timing.base
    found = "00:00 MSK of the day" if event.moment is None else event_clock(event.moment)
    rule = (
        f"the first {each} known at or after the start of the event's day"
        f" ({_unknown_hour(event, timing, each)})"
        if event.moment is None
        else f"the first {each} known after the moment of the event"
    )
    return (
        Step("Date the event", "day, and hour only where a document gives it", when(event)),
        Step(
            f"Date the {each}",
            "the record carries the date it is in force from; the market day is when it was made",
            f"record of {day(first.record)}, made on {weekday_day(first.day)}",
        ),
        Step("Known at", f"when the last deal can enter the {each}", event_clock(first.known_at)),
        Step("Offset 0", rule, f"after {found}: {_rate_on(first, quoting)}"),
        Step("Base, offset −1", "the observation before it", _rate_on(base, quoting)),
    )


def _unknown_hour(event: Event, timing: Timing, each: str) -> str:
    """What is known of an hour that is not, and whether it could change the first rate."""
    if event.reported is None:
        return "the hour is not known"
    could = f"is the same {each}" if timing.settled else f"can be another {each}"
    return f"the hour is that of the first report; at any hour up to then it {could}"


def _rate_on(fixing: Fixing, quoting: Quoting) -> str:
    return f"{weekday_day(fixing.day)}, {quoting.rate(fixing.rate)} {quoting.unit}"


def _log_step(move: Move, quoting: Quoting) -> Step:
    if move.base is None or move.end is None or move.log_points is None:
        return Step("Move", "", NOTHING)
    card = quoting.card
    sign = MINUS if card.is_rouble else ""
    ratio = f"{number(move.end.rate, card.decimals)} / {number(move.base.rate, card.decimals)}"
    (unit, other_unit), (chosen, other) = units(quoting), percents(move, quoting)
    return Step(
        f"Move, {window_words(move.window, card)}",
        f"{sign}100 × ln(rate / base), so that positive = stronger"
        if card.is_rouble
        else "100 × ln(rate / base)",
        f"{sign}100 × ln({ratio}) = {signed(move.log_points, 3)} log pts"
        f" ({unit} {chosen}, {other_unit} {other}):"
        f" {subject(quoting)} {quoting.direction(move.log_points)}",
    )


def _abnormal_steps(view: EventView, move: Move) -> tuple[Step, ...]:
    if None in (move.car, move.car_se, move.log_points, view.sigma):
        return ()
    car, error, moved = float(move.car or 0), float(move.car_se or 0), float(move.log_points or 0)
    request, many, length = view.request, view.n_estimation, move.window[1] - move.window[0] + 1
    inflated = f"{length} + {length}²/{many}" if request.model == "mean" else str(length)
    return (
        Step(
            "Ordinary moves",
            f"mean and standard deviation of the {request.estimation} moves that end"
            f" {request.gap} before the event window",
            f"{many} moves: {signed((moved - car) / length, 3)} log pts a day,"
            f" standard deviation {number(view.sigma or math.nan, 3)}",
        ),
        Step(
            "CAR",
            "the move less what the model expects of it",
            f"{signed(moved, 3)} {MINUS} ({signed(moved - car, 3)}) = {signed(car, 3)} log pts",
        ),
        Step(
            "Its error",
            "standard deviation × √(1′V1), Campbell, Lo & MacKinlay 1997, eq. 4.4.11",
            f"{number(view.sigma or math.nan, 3)} × √({inflated}) = {number(error, 3)} log pts",
        ),
        Step(
            "t and its p",
            "CAR / error, against Student's t",
            f"{signed(car, 3)} / {number(error, 3)} = {signed(move.car_t or math.nan)}:"
            f" p {p_words(move.p_value, many)}",
        ),
    )


def _rank_step(move: Move) -> Step:
    near = move.rank("near")
    return Step(
        "Percentile and placebo p",
        "the CAR over its error on every admissible date within 250 observations whose window"
        " does not contain the event; the nearest 250 where those are fewer than 100",
        f"{compared_with(move, 'near')}; placebo p {p_words(near.p, near.size)};"
        f" all dates: {compared_with(move, 'all')}",
    )


def _crowd_step(move: Move) -> Step:
    names = "; ".join(event.title for event in move.crowd) or "none listed"
    return Step(
        "What else",
        "other events whose first rate is the same one",
        f"{len(move.crowd)}: {names}",
    )


# ------------------------------------------------------------------ tables


def rule_hours(rule: DateRule) -> str:
    """The hours of the day that a rate covers, each with its first day."""
    told = []
    for session in rule.sessions:
        hours = (
            session.opens
            if session.opens == session.closes
            else (f"{session.opens}–{session.closes}")
        )
        since = "" if session.since.year == 1 else f" from {day(session.since)}"
        told.append(f"{hours}{since}")
    return f"{'; '.join(told)} ({rule.zone})"


def rule_words(rule: DateRule) -> str:
    """How the date printed relates to the market day."""
    if rule.lag_days:
        return f"printed date {MINUS} {count(rule.lag_days, 'day')}"
    return "the printed date"


def funnel_rows(funnel: Funnel, minimum: int) -> tuple[tuple[str, int, str], ...]:
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
            f"{funnel.little_history} with fewer than {minimum} moves to learn from",
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


def constants_words(constants: Constants) -> tuple[str, ...]:
    """The fixed numbers of the method in sentences."""
    return (
        f"The ordinary range holds {constants.coverage * 100:.0f}{THIN}% of ordinary moves if"
        " they are like those of the estimation window.",
        f"A first rate more than {constants.far_days} days after the event is flagged.",
        "Similar volatility = the same third of the pool by the standard deviation of moves up to"
        f" the eve, with weights that fade by {constants.decay:g} a day (RiskMetrics 1996).",
        f"Adjusted p-values count as one family: {constants.family}.",
    )


def timing_gaps(events: tuple[Event, ...]) -> str:
    """How many events have no hour."""
    bounded = sum(event.hour_kind == HourKind.PUBLISHED for event in events)
    unknown = sum(not event.hour_kind for event in events)
    return (
        f"**Hours.** Of {count(len(events), 'event')} listed, {unknown:,} have no known hour and"
        f" {bounded:,} only that of a first report, which they precede. Where the hour could"
        " change the first rate, it may be a day too early, so the next one is shown too."
    )
