"""Messages about rate series: their age, what is being fetched, and imported rate files."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Final

from dashboard.models.currencies import AS_QUOTED_OPTION, currency_of, pair_of_option
from dashboard.models.errors import InputError
from dashboard.models.messages import deferred, join_and, plural, translate_deferred
from dashboard.models.messages import translate as _
from dashboard.models.moves import Fixing
from dashboard.models.series import RateSeries, SeriesCard
from dashboard.models.user_files import BarStamps, FileKind, RateDateOrder
from dashboard.presentation.formatting import (
    capitalize_first,
    format_age,
    format_day,
    format_day_range,
    format_number,
    format_timestamp,
)
from dashboard.services.jobs import RateRefreshState
from dashboard.services.live_rates import SeriesStatus
from dashboard.services.rates import is_imported

NEGLIGIBLE_DELAY: Final = timedelta(seconds=1.5)
"""A refresh without any request is over by then."""
BUNDLED_LABEL: Final = deferred("ships with the program")
NEVER_FETCHED_LABEL: Final = deferred("not fetched yet")
QUOTE_OPTIONS: Final = (AS_QUOTED_OPTION, "rub-per-usd", "usd-per-rub")
"""The quotes of a file that a page offers; any other two currencies can be typed."""
DATE_ORDER_LABELS: Final[dict[RateDateOrder, str]] = {
    "": deferred("As the file shows"),
    "dmy": deferred("Day first: 31/12/2025"),
    "mdy": deferred("Month first: 12/31/2025"),
}
TIMESTAMP_LABELS: Final[dict[BarStamps, str]] = {
    "": deferred("Unknown, taken as the start"),
    "begin": deferred("The start of the bar"),
    "end": deferred("The end of the bar"),
}
KIND_LABELS: Final[dict[FileKind, str]] = {
    "": deferred("A price, or as the file shows"),
    "odds": deferred("Odds: 0 to 1, or per cent"),
    "tone": deferred("Tone, which may be negative"),
    "volume": deferred("Volume: how much there is"),
    "index": deferred("An index"),
}
NO_ZONE_LABEL: Final = deferred("Each stamp has its own, or there are no times")
ZONES: Final = (
    "Europe/Moscow", "UTC", "Europe/London", "Europe/Berlin", "America/New_York", "Asia/Shanghai",
)  # fmt: skip


def format_last_day(status: SeriesStatus, today: date) -> str:
    """`last 1 Sep 2026 (83 days ago, overdue)`."""
    if status.last_day is None:
        return translate_deferred(NEVER_FETCHED_LABEL)
    age = format_age(status.last_day, today)
    day = format_day(status.last_day)
    if status.is_overdue:
        return _("last {day} ({age}, overdue)", day=day, age=age)
    return _("last {day} ({age})", day=day, age=age)


def describe_age(status: SeriesStatus) -> str:
    """`83 days old, overdue`, `today`, `ended on 1 Mar 2022`, `not fetched yet`."""
    until = status.card.history_until
    if status.last_day is None:
        return translate_deferred(NEVER_FETCHED_LABEL)
    return (
        _("ended on {until}", until=format_day(until))
        if until and status.has_ended
        else status.age_label
    )


def describe_fetch(status: SeriesStatus) -> str:
    """When it was last fetched, or that it never was."""
    if status.fetched_at is not None and is_imported(status.card):
        return _("imported {fetched_at}", fetched_at=format_timestamp(status.fetched_at))
    if status.fetched_at is not None:
        return _("fetched {fetched_at}", fetched_at=format_timestamp(status.fetched_at))
    return translate_deferred(BUNDLED_LABEL if status.rows else NEVER_FETCHED_LABEL)


def describe_known_until(status: SeriesStatus) -> str:
    """The moment up to which the last rate contains information."""
    return format_timestamp(status.last_known_at) if status.last_known_at is not None else ""


def describe_live_rate(live: Fixing, card: SeriesCard) -> str:
    """`provisional: 84.1234 on 23 Nov 2026, 20:55 MSK; it may still change`."""
    return _(
        "provisional: {rate} on {known_at}; it may still change and is in no study",
        rate=format_number(live.rate, card.decimals),
        known_at=format_timestamp(live.known_at),
    )


def describe_problem(status: SeriesStatus) -> str:
    """The problem of the last attempt and the last day of the data; empty without a problem."""
    if not status.problem:
        return ""
    if status.last_day is None:
        return _("{problem}; there are no earlier data", problem=status.problem)
    return _(
        "{problem}; the data of {last_day} stand",
        problem=status.problem,
        last_day=format_day(status.last_day),
    )


def name_status(status: SeriesStatus) -> str:
    """The state of a series in one or two words: `fetch failed`, `overdue`, `up to date`."""
    if status.problem:
        return _("fetch failed")
    if not status.rows:
        return translate_deferred(NEVER_FETCHED_LABEL)
    if status.has_ended:
        return _("ended")
    return _("overdue") if status.is_overdue else _("up to date")


def describe_state(status: SeriesStatus) -> str:
    """Problems, revisions and notes about the data of a series in one line."""
    messages = [describe_problem(status)]
    if status.revised:
        messages.append(plural("{n:,} revised value", "{n:,} revised values", status.revised))
    if status.withheld:
        messages.append(
            plural(
                "{n:,} implausible value left out",
                "{n:,} implausible values left out",
                status.withheld,
            )
        )
    if status.unchecked:
        messages.append(
            plural(
                "{n:,} value not checked against the official rate",
                "{n:,} values not checked against the official rate",
                status.unchecked,
            )
        )
    messages += map(translate_deferred, status.notes)
    return "; ".join(word for word in messages if word)


def describe_fetch_progress(
    state: RateRefreshState, now: datetime, titles: Mapping[str, str]
) -> str:
    """`fetching rates: 3 of 29, now CNY/RUB, Yahoo`; empty where nothing is being fetched."""
    if not (state.is_running and state.total and state.started_at):
        return ""
    if now - state.started_at < NEGLIGIBLE_DELAY:
        return ""
    counts = {"done": state.done, "total": state.total}
    if state.current not in titles:
        return _("fetching rates: {done} of {total}", **counts)
    series = titles[state.current]
    return _("fetching rates: {done} of {total}, now {series}", series=series, **counts)


def describe_failing_publishers(publishers: Sequence[str]) -> str:
    """The publishers whose last answer was not usable; empty where there is none."""
    return (
        _("no usable answer from {publishers}: see Data", publishers=join_and(publishers))
        if publishers
        else ""
    )


# ------------------------------------------------------------------ imported rate files


def describe_rate_file(n_messages: int, *, refused: bool) -> str:
    """Whether a file can be imported, in one sentence."""
    if refused:
        return _("We can't read this file yet. Correct it, or say below what is in it.")
    if n_messages:
        return plural(
            "This file can be saved. {n:,} thing to check first:",
            "This file can be saved. {n:,} things to check first:",
            n_messages,
        )
    return _("File looks good.")


def describe_imported_series(series: RateSeries) -> str:
    """How many rows a series has, of which days, how long its bars are, what is missing."""
    first, last = (day.astype(object) for day in series.day[[0, -1]])
    minutes = series.card.bar_minutes
    parts = [plural("{n:,} row", "{n:,} rows", len(series)), format_day_range(first, last)]
    if minutes:
        parts.append(plural("bars of {n:,} minute", "bars of {n:,} minutes", minutes))
    missing = int((series.rate != series.rate).sum())
    if missing:
        parts.append(_("{missing:,} missing", missing=missing))
    return " · ".join(parts)


def format_quote_option(quote: str) -> str:
    """`Hryvnias for one dollar`; what was typed where it is no quote."""
    try:
        pair = pair_of_option(quote)
    except InputError:
        return quote
    if pair is None:
        return _("Leave as quoted")
    counted, base = currency_of(pair.quote), currency_of(pair.base)
    label = _(
        "{currencies} for one {currency}",
        currencies=translate_deferred(counted.plural),
        currency=translate_deferred(base.noun),
    )
    return capitalize_first(label)


def build_preview_columns(series: RateSeries, max_rows: int = 5) -> dict[str, list[str]]:
    """The first and the last rows of a series, with the moment each was known (UTC)."""
    n = len(series)
    rows = list(range(n)) if n <= 2 * max_rows else [*range(max_rows), *range(n - max_rows, n)]
    known = [str(series.known_at[row]).replace("T", " ")[:16] for row in rows]
    return {
        _("Market day"): [str(series.day[row]) for row in rows],
        _("Known at (UTC)"): known,
        _("Rate"): [format_number(float(series.rate[row]), 6) for row in rows],
    }
