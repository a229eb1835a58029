"""Messages about one move: size, dates, rates, how unusual it was; on days and intraday bars."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from dashboard.models.messages import (
    PluralMessage,
    deferred,
    deferred_in_context,
    deferred_plural,
    plural,
    translate_deferred,
    translate_deferred_plural,
    translate_in_context,
)
from dashboard.models.messages import translate as _
from dashboard.models.moves import (
    MIN_POOL_SIZE,
    DayMove,
    EventView,
    Fixing,
    Move,
    PathPoint,
    PlaceboRank,
    SourceMove,
    Timing,
)
from dashboard.models.series import SeriesCard
from dashboard.models.study import Pool, Window, duration_text, window_text
from dashboard.presentation.formatting import (
    MINUS,
    NO_VALUE,
    ORDINARY_PERCENTILE,
    THIN_SPACE,
    capitalize_first,
    format_bar,
    format_clock,
    format_day,
    format_month,
    format_number,
    format_p,
    format_percent,
    format_range,
    format_short_day,
    format_weekday,
)
from dashboard.presentation.quoting import QuotedSeries, QuoteMode, name_direction


@dataclass(frozen=True, slots=True)
class ObservationNoun:
    """What an observation of a series is called, with the cases that other languages have.

    Attributes:
        one, many: the noun, as in `the first fixing` and `fixings`.
        at: after `at the first`.
        of: after `of the`.
        of_two: after `two`.
        of_five: after `five` and larger numbers that are written as words.
        counted: after a number in digits.
    """

    one: str
    many: str
    at: str
    of: str
    of_two: str
    of_five: str
    counted: PluralMessage


BAR: Final = ObservationNoun(
    deferred("bar"),
    deferred("bars"),
    deferred_in_context("at the", "bar"),
    deferred_in_context("of the", "bar"),
    deferred_in_context("two", "bars"),
    deferred_in_context("five", "bars"),
    deferred_plural("{n} bar", "{n} bars"),
)
RATE: Final = ObservationNoun(
    deferred("rate"),
    deferred("rates"),
    deferred_in_context("at the", "rate"),
    deferred_in_context("of the", "rate"),
    deferred_in_context("two", "rates"),
    deferred_in_context("five", "rates"),
    deferred_plural("{n} rate", "{n} rates"),
)
OBSERVATION_NOUNS: Final = {
    "bank-of-russia": ObservationNoun(
        deferred("fixing"),
        deferred("fixings"),
        deferred_in_context("at the", "fixing"),
        deferred_in_context("of the", "fixing"),
        deferred_in_context("two", "fixings"),
        deferred_in_context("five", "fixings"),
        deferred_plural("{n} fixing", "{n} fixings"),
    ),
    "ecb": ObservationNoun(
        deferred("reference rate"),
        deferred("reference rates"),
        deferred_in_context("at the", "reference rate"),
        deferred_in_context("of the", "reference rate"),
        deferred_in_context("two", "reference rates"),
        deferred_in_context("five", "reference rates"),
        deferred_plural("{n} reference rate", "{n} reference rates"),
    ),
}
POOL_TITLES: Final[dict[Pool, str]] = {
    "near": deferred("nearest dates"),
    "quiet": deferred("quiet dates"),
    "all": deferred("all dates"),
    "similar": deferred("similar volatility"),
}
MIN_NEARBY_DATES: Final = 50
"""A pool with fewer dates within two years of the event says so."""
MONTH_FORMAT_SPAN: Final = timedelta(days=92)
"""A longer span is written with its months."""
INSIDE_RANGE: Final = deferred("an ordinary move")
OUTSIDE_RANGE: Final = deferred("outside the ordinary range")
NO_BREAK_SPACE: Final = "\u00a0"
MOSCOW_TIME: Final = deferred("Moscow time")
FIRST_BAR_LABEL: Final = deferred("the first bar that can contain it")
PARTLY_INCLUDED: Final = deferred("partly in it already")


def observation_name(card: SeriesCard, *, many: bool = False) -> str:
    """The noun for an observation of a series, or for several: fixing, reference rate, bar."""
    noun = get_observation_noun(card)
    return translate_deferred(noun.many if many else noun.one)


def count_observations(count: int, card: SeriesCard) -> str:
    """`120 fixings`."""
    return translate_deferred_plural(get_observation_noun(card).counted, count)


def get_observation_noun(card: SeriesCard) -> ObservationNoun:
    """The noun for an observation of a series with its cases."""
    return BAR if card.bar_minutes else OBSERVATION_NOUNS.get(card.date_rule, RATE)


def describe_model(model: str, factors: tuple[SeriesCard, ...]) -> str:
    """`market, factor EUR/USD, ECB`."""
    names = (_("factor {series}", series=card.label) for card in factors)
    return ", ".join((model, *names))


def name_subject(quoting: QuotedSeries) -> str:
    """The subject of a move, at the beginning of a sentence."""
    return quoting.card.subject.title


def describe_window(window: Window, card: SeriesCard) -> str:
    """Where a window lies: `at the first fixing`, `over the first two fixings`."""
    if card.bar_minutes:
        return _describe_bars(window, card.bar_minutes)
    noun = get_observation_noun(card)
    at, of, two, five = map(translate_deferred, (noun.at, noun.of, noun.of_two, noun.of_five))
    phrases = {
        (0, 0): _("at the first {observation}", observation=at),
        (0, 1): _("over the first two {observations}", observations=two),
        (-1, 1): _("from the {observation} before to the one after", observation=of),
        (0, 5): _("over the first six {observations}", observations=five),
        (-5, -1): _("over the five {observations} before", observations=five),
    }
    return phrases.get(window) or _("in the window {window}", window=window_text(window))


def name_window(window: Window, card: SeriesCard) -> str:
    """A window as the label of a choice: `first fixing`, `1 before to 5 after`."""
    first, last = window
    if window == (0, 0):
        return _("first {observation}", observation=observation_name(card))
    if first == 0:
        return _("first {observations}", observations=count_observations(last + 1, card))
    if last == -1:
        return _("{observations} before", observations=count_observations(-first, card))
    return _("{before} before to {after} after", before=-first, after=last)


def title_window(window: Window, card: SeriesCard) -> str:
    """The heading of a column of moves: `First fixing`, `Two fixings`, `Bars [0,5]`."""
    noun = get_observation_noun(card)
    titles = {
        (0, 0): _("First {observation}", observation=translate_deferred(noun.one)),
        (0, 1): _("Two {observations}", observations=translate_deferred(noun.of_two)),
    }
    many = capitalize_first(translate_deferred(noun.many))
    return titles.get(window) or f"{many} {window_text(window)}"


def _describe_bars(window: Window, bar_minutes: int) -> str:
    """`over the first 6 bars (6 hours)`: bars, and how long that many last."""
    first, last = window
    count = last - first + 1
    duration = duration_text(count, bar_minutes)
    if window == (0, 0):
        return _("at the first bar ({duration})", duration=duration)
    if first == 0:
        return _("over the first {count} bars ({duration})", count=count, duration=duration)
    if last == -1:
        return _("over the {count} bars before ({duration})", count=count, duration=duration)
    span = window_text(window)
    return _("in the window {window} ({duration})", window=span, duration=duration)


def judged_percentile(rank: PlaceboRank) -> float | None:
    """The percentile in units of volatility; None where there is none or too few to judge."""
    return rank.percentile if rank.size >= MIN_POOL_SIZE else None


def classify_percentile(percentile: float | None) -> str:
    """Inside or outside the ordinary range."""
    if percentile is None or math.isnan(percentile):
        return _("too few dates to judge")
    return translate_deferred(INSIDE_RANGE if percentile < ORDINARY_PERCENTILE else OUTSIDE_RANGE)


def describe_verdict(move: Move, pool: Pool) -> str:
    """The verdict on a move; `not judged` without an abnormal move."""
    if move.car is None and move.reason:
        return _("not judged")
    return classify_percentile(judged_percentile(move.rank(pool)))


def format_percentile(percentile: float) -> str:
    """`44 %`; with a decimal, cut, where a whole number would round over a border."""
    near_border = ORDINARY_PERCENTILE - 0.5 <= percentile < ORDINARY_PERCENTILE
    whole = (0.5 <= percentile < 99.5 and not near_border) or percentile in {0.0, 100.0}
    shown = percentile if whole else math.floor(percentile * 10) / 10
    return f"{format_number(shown, 0 if whole else 1)}{THIN_SPACE}%"


def describe_comparison(move: Move, pool: Pool) -> str:
    """`bigger than 44 % of 500 days, April 2024 to April 2026, in units of volatility (…)`."""
    if move.car is None and move.reason:
        return _("no abnormal move: {reason}", reason=translate_deferred(move.reason))
    noun = name_dates(move)
    text = describe_rank(move.rank(pool), noun)
    near = move.rank("near")
    if (
        pool == "near"
        or judged_percentile(move.rank(pool)) is not None
        or judged_percentile(near) is None
    ):
        return text
    return f"{text}; {describe_rank(near, noun)}"


def describe_rank(rank: PlaceboRank, noun: str) -> str:
    """How many of the dates moved less, which those are, and the same for the plain move.

    Args:
        rank: the move among the dates.
        noun: for the dates: days, bars, or windows where a move takes several.
    """
    among = {
        "quiet": _("quiet {dates}", dates=noun),
        "similar": _("{dates} of similar volatility", dates=noun),
    }.get(rank.pool, noun)
    period = "" if rank.first is None or rank.last is None else format_period(rank.first, rank.last)
    percentile = judged_percentile(rank)
    if percentile is None or rank.by_move is None:
        if rank.size >= MIN_POOL_SIZE:
            return _("no volatility before it to compare by")
        few = _("only {count:,} {dates} to compare with", count=rank.size, dates=among)
        return ", ".join(filter(None, (few, period)))
    return _(
        "bigger than {share} {dates}, {period}, in units of volatility ({percentile} by size"
        " alone)",
        share=_describe_share(percentile, rank.size),
        dates=among,
        period=period,
        percentile=format_percentile(rank.by_move),
    )


def describe_rank_briefly(rank: PlaceboRank, noun: str) -> str:
    """`Bigger than 44 % of the 500 nearest days`, `Bigger than 44 % of quiet days (504)`."""
    percentile = judged_percentile(rank)
    if percentile is None:
        return _("Too few dates to compare with")
    values = {"percentile": format_percentile(percentile), "count": f"{rank.size:,}"}
    return {
        "near": _("Bigger than {percentile} of the {count} nearest {dates}", dates=noun, **values),
        "quiet": _("Bigger than {percentile} of quiet {dates} ({count})", dates=noun, **values),
        "similar": _(
            "Bigger than {percentile} of {dates} of similar volatility ({count})",
            dates=noun,
            **values,
        ),
        "all": _("Bigger than {percentile} of all {dates} ({count})", dates=noun, **values),
    }[rank.pool]


def name_dates(move: Move) -> str:
    """What a move is compared with: days, bars, or windows where it takes several."""
    if move.window[0] != move.window[1]:
        return translate_in_context("of the", "windows")
    return _name_single_dates(of_bars=move.base is not None and move.base.bar_minutes > 0)


def _name_single_dates(*, of_bars: bool) -> str:
    if of_bars:
        return translate_in_context("of the", "bars")
    return translate_in_context("of the", "days")


def describe_both_ranks(ranks: tuple[PlaceboRank, PlaceboRank], card: SeriesCard) -> str:
    """The ranks of the moves in [0,0] and [0,1] in sentences; empty where neither is ranked."""
    noun = _name_single_dates(of_bars=card.bar_minutes > 0)
    first, both = ranks
    sentences = []
    if judged_percentile(first) is not None:
        sentences.append(_("[0,0] is {rank}.", rank=describe_rank(first, noun)))
    share = judged_percentile(both)
    if share is not None:
        sentences.append(
            _("[0,1] is bigger than {share} windows.", share=_describe_share(share, both.size))
        )
    return " ".join((*sentences, describe_few_dates(first)) if sentences else sentences).strip()


def summarize_rank(rank: PlaceboRank, card: SeriesCard) -> str:
    """`Bigger than 44 % of 500 days`; empty where the move is not ranked."""
    share = judged_percentile(rank)
    if share is None:
        return ""
    noun = _name_single_dates(of_bars=card.bar_minutes > 0)
    return _("Bigger than {share} {dates}", share=_describe_share(share, rank.size), dates=noun)


def format_percentile_cell(rank: PlaceboRank) -> str:
    """The percentile alone, for a cell of a table."""
    share = judged_percentile(rank)
    return NO_VALUE if share is None else format_percentile(share)


def _describe_share(percentile: float, size: int) -> str:
    if percentile in {0.0, 100.0}:
        return _("all {size:,}", size=size) if percentile else _("none of the {size:,}", size=size)
    return _("{percentile} of {size:,}", percentile=format_percentile(percentile), size=size)


def format_period(first: date, last: date) -> str:
    """`April 2024 to April 2026`; of a short time its days, `7 to 28 Apr 2025`."""
    if first == last:
        return format_day(first)
    if last - first > MONTH_FORMAT_SPAN:
        begin, end = format_month(first), format_month(last)
    else:
        is_same_month = (first.year, first.month) == (last.year, last.month)
        begin = f"{first.day}" if is_same_month else format_short_day(first, last)
        end = format_day(last)
    return translate_in_context("period", "{low} to {high}", low=begin, high=end)


def describe_few_dates(rank: PlaceboRank) -> str:
    """That few of the dates are of the event's own time; empty where there are enough."""
    if rank.size == 0 or rank.close >= MIN_NEARBY_DATES:
        return ""
    return _(
        "Only {close:,} of these {count:,} dates lie within two years of the event.",
        close=rank.close,
        count=rank.size,
    )


def describe_move(move: Move, quoting: QuotedSeries) -> str:
    """`Rouble 0.5 % stronger`."""
    if move.log_points is None:
        return f"{name_subject(quoting)}: {describe_missing_move(move, quoting.card)}"
    return _(
        "{subject} {move}",
        subject=name_subject(quoting),
        move=quoting.directed(move.log_points),
    )


def describe_pool_caveat(move: Move, pool: Pool) -> str:
    """A caveat on the pool: few dates near the event, or another verdict at similar volatility."""
    caveat = "" if pool == "near" else describe_few_dates(move.rank(pool))
    matched, percentile = (judged_percentile(move.rank(name)) for name in ("similar", pool))
    if (
        matched is None
        or percentile is None
        or classify_percentile(matched) == classify_percentile(percentile)
    ):
        return caveat
    other = _(
        "Among {count:,} dates of similar volatility it is bigger than {percentile}: {verdict}.",
        count=move.rank("similar").size,
        percentile=format_percentile(matched),
        verdict=classify_percentile(matched),
    )
    return f"{caveat} {other}".strip()


def describe_crowd(move: Move, card: SeriesCard) -> str:
    """How many other events share the window of a move: `3 other events at the same fixing`."""
    count, noun = len(move.crowd), translate_deferred(get_observation_noun(card).at)
    is_first = move.window == (0, 0)
    if not count:
        return (
            _("no other event at the same {observation}", observation=noun)
            if is_first
            else _("no other event in the same window")
        )
    if not is_first:
        return plural(
            "{n:,} other event in the same window", "{n:,} other events in the same window", count
        )
    return plural(
        "{n:,} other event at the same {observation}",
        "{n:,} other events at the same {observation}",
        count,
        observation=noun,
    )


def describe_missing_move(move: Move, card: SeriesCard) -> str:
    """Why a move has no number, never a blank or a zero."""
    reason = translate_deferred(move.reason).replace("observation", observation_name(card))
    is_early = move.reason.startswith("needs")
    return _("not available yet: {reason}", reason=reason) if is_early else reason


def format_move_dates(move: Move | SourceMove) -> str:
    """`18 Apr → 21 Apr 2025`; of bars their ends, `18 Apr 2025, 11:00 → 13:00 MSK`."""
    if move.base is None or move.end is None:
        return NO_VALUE
    if move.end.bar_minutes:
        return format_bar_ends(move.base, move.end)
    return f"{format_short_day(move.base.day, move.end.day)} → {format_day(move.end.day)}"


def format_bar_ends(base: Fixing, end: Fixing) -> str:
    """The ends of two bars, with the day of the first where it is another one."""
    last = _("{clock} MSK", clock=format_clock(end.known_at))
    if base.day == end.day:
        return f"{format_day(end.day)}, {format_clock(base.known_at)} → {last}"
    first = f"{format_short_day(base.day, end.day)} {format_clock(base.known_at)}"
    return f"{first} → {format_day(end.day)} {last}"


def format_move_rates(move: Move, quoting: QuotedSeries) -> str:
    """`81.1371 → 80.7597`."""
    if move.base is None or move.end is None:
        return NO_VALUE
    return f"{quoting.rate(move.base.rate)} → {quoting.rate(move.end.rate)}"


def format_percents(move: Move, quoting: QuotedSeries) -> tuple[str, str]:
    """The % change in the chosen quote and in the other one."""
    if move.pct_quoted is None or move.pct_inverse is None:
        return NO_VALUE, NO_VALUE
    both = format_percent(move.pct_quoted, 2), format_percent(move.pct_inverse, 2)
    return (both[1], both[0]) if quoting.is_inverse else both


def quote_units(quoting: QuotedSeries) -> tuple[str, str]:
    """The unit of the chosen quote and of the other one."""
    both = quoting.card.unit_label, quoting.card.inverse_unit_label
    return (both[1], both[0]) if quoting.is_inverse else both


def format_p_value(p: float | None, among: int) -> str:
    """`0.75 (N = 120)`: a p-value never stands without its N."""
    return NO_VALUE if p is None else f"{format_p(p)} (N = {among:,})"


def format_car(move: Move, quoting: QuotedSeries) -> str:
    """`−0.36 ± 1.12`: CAR of the number shown and its standard error, in log points."""
    if move.car is None:
        return NO_VALUE
    error = NO_VALUE if move.car_se is None else format_number(move.car_se)
    return f"{quoting.signed(move.car)} ± {error}"


# ------------------------------------------------------------------ intraday bars


def format_offset_time(offset: int, bar_minutes: int) -> str:
    """`2 hours before`, `6 hours after`: how much trading lies between a bar and offset 0."""
    if offset == 0:
        return translate_deferred(FIRST_BAR_LABEL)
    duration = duration_text(offset, bar_minutes)
    if offset < 0:
        return _("{duration} before", duration=duration)
    return _("{duration} after", duration=duration)


def format_window_time(window: tuple[int, int], bar_minutes: int) -> str:
    """`2 hours before to 6 hours after`."""
    return format_range(*(format_offset_time(offset, bar_minutes) for offset in window))


def format_window_label(window: str) -> str:
    """`−5 to 10`, `−2 h to 6 h`, `−30 min to 90 min`."""
    hours, minutes = translate_in_context("unit", "h"), translate_in_context("unit", "min")
    units = {"h": NO_BREAK_SPACE + hours, "m": NO_BREAK_SPACE + minutes, "-": MINUS}
    return format_range(*("".join(units.get(c, c) for c in end) for end in window.split(":")))


def format_step(bar_minutes: int) -> str:
    """From one number to the next: `one-day`, `one-hour`, `10-minute`."""
    if not bar_minutes:
        return _("one-day")
    if bar_minutes == 60:
        return _("one-hour")
    if bar_minutes % 60 == 0:
        return _("{count}-hour", count=bar_minutes // 60)
    return _("{count}-minute", count=bar_minutes) if bar_minutes > 1 else _("one-minute")


def spans_break(move: DayMove, bar_minutes: int) -> bool:
    """Whether the market was closed, or bars are missing, between the two ends of a move."""
    if move.known_at is None or move.base_known_at is None:
        return False
    return move.known_at - move.base_known_at > timedelta(minutes=bar_minutes)


def format_wait(timing: Timing) -> str:
    """How long an event waits for its first bar: `7 h 20 min`."""
    moment = timing.moment or timing.first.opens
    minutes = int((timing.first.opens - moment) / timedelta(minutes=1))
    days, rest = divmod(minutes, 24 * 60)
    hours, left = divmod(rest, 60)
    parts = [
        _("{count} d", count=days) if days else "",
        _("{count} h", count=hours) if hours else "",
        _("{count} min", count=left) if left or not minutes else "",
    ]
    return " ".join(filter(None, parts))


def format_point_time(point: PathPoint, bar_minutes: int) -> str:
    """`Sat 21 Jun 2025, 10:00–11:00 MSK` of a bar, else the day."""
    if not bar_minutes or point.opens is None or point.known_at is None:
        return format_weekday(point.day)
    return f"{format_weekday(point.day)}, {format_bar(point.opens, point.known_at)}"


def describe_bar_mark(point: PathPoint) -> str:
    """What marks a bar: a new session, bars missing before it, a weekend session."""
    gap = {"session": _("new session"), "missing": _("bars missing before"), "": ""}[point.gap]
    weekend = _("weekend session") if point.weekend else ""
    return ", ".join(mark for mark in (gap, weekend) if mark)


def build_bar_notices(view: EventView, timing: Timing) -> dict[str, str]:
    """Notices about bars, by flag; empty for daily series."""
    if not view.card.bar_minutes:
        return {}
    length = duration_text(1, view.card.bar_minutes)
    first = (
        f"{format_day(timing.first.day)}, {format_bar(timing.first.opens, timing.first.known_at)}"
    )
    return {
        "partly_in_fixing": _(
            "It came inside a bar, that of {first}, which holds it only in part: the window"
            " [0,1] has the rest.",
            first=first,
        ),
        "no_bar_then": _(
            "There was no bar then (market closed, or no trade): the first one, {first}, begins"
            " {wait} after the event and holds whatever else was known by then.",
            first=first,
            wait=format_wait(timing),
        ),
        "far_from_event": plural(
            "The first bar is {n:,} day after the event (holidays or a trading halt): the market"
            " had that long to move on other news.",
            "The first bar is {n:,} days after the event (holidays or a trading halt): the"
            " market had that long to move on other news.",
            timing.shift_days,
        ),
        "session_break": _describe_sessions(view, length),
        "missing_bars": _(
            "Bars are missing at {places} of the window, without a trade or in a halt: nothing"
            " is filled in, and the next return covers the gap.",
            places=plural(
                "{n:,} place", "{n:,} places", sum(point.gap == "missing" for point in view.path)
            ),
        ),
        "weekend_session": _(
            "Part of the window is a weekend session, with thin volume: its bars are kept and"
            " marked."
        ),
    }


def format_last_day(view: EventView) -> str:
    """The day on which the data end; of a bar its end too."""
    last = view.path[-1]
    if not view.card.bar_minutes or last.known_at is None:
        return format_day(last.day)
    return _("{day}, {clock} MSK", day=format_day(last.day), clock=format_clock(last.known_at))


def _describe_sessions(view: EventView, length: str) -> str:
    breaks = sum(point.gap == "session" for point in view.path)
    text = plural(
        "The window crosses {n:,} break between sessions: the return over a break is a real"
        " move, but not one of {length}.",
        "The window crosses {n:,} breaks between sessions: the return over a break is a real"
        " move, but not one of {length}.",
        breaks,
        length=length,
    )
    first, last = view.path[0].opens, view.path[-1].known_at
    if first is None or last is None or not any(point.gap for point in view.path[1:]):
        return text
    traded = duration_text(len(view.path), view.card.bar_minutes)
    hours = _(
        "Hours count bars: {traded} of trading took {hours:,.0f} hours by the clock.",
        traded=traded,
        hours=(last - first) / timedelta(hours=1),
    )
    return f"{text} {hours}"


# ------------------------------------------------------------------ one move by source


def format_source_name(move: SourceMove) -> str:
    """The title of the series and the quantity of its numbers."""
    quantity = translate_deferred(move.card.quantity).partition(",")[0]
    is_named = not quantity or "implied by" in move.card.title
    return move.card.label if is_named else f"{move.card.label}: {quantity}"


def format_source_rates(move: SourceMove) -> str:
    """`101.6797 → 80.7597`."""
    if move.base is None or move.end is None:
        return NO_VALUE
    both = (format_number(fixing.rate, move.card.decimals) for fixing in (move.base, move.end))
    return " → ".join(both)


def format_source_percents(move: SourceMove, decimals: int = 2) -> tuple[str, str]:
    """The change of RUB per USD and of USD per RUB."""
    if move.pct_quoted is None or move.pct_inverse is None:
        return NO_VALUE, NO_VALUE
    return format_percent(move.pct_quoted, decimals), format_percent(move.pct_inverse, decimals)


def format_source_size(move: SourceMove, mode: QuoteMode) -> str:
    """The move of the number shown in log points."""
    return QuotedSeries(move.card, mode).signed(move.log_points)


def name_source_direction(move: SourceMove) -> str:
    """`stronger`, `weaker`, or why there is no answer."""
    if move.log_points is None:
        return _("not measured: {reason}", reason=translate_deferred(move.reason))
    word = name_direction(move.card, move.log_points)
    return f"{word}; {translate_deferred(PARTLY_INCLUDED)}" if move.partial else word


def group_publication_rules(moves: Sequence[SourceMove]) -> dict[str, list[str]]:
    """When numbers are known, with the ids of the series that follow the rule."""
    groups: dict[str, list[str]] = {}
    for move in moves:
        groups.setdefault(move.rule, []).append(move.card.id)
    return groups
