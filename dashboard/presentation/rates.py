"""Messages about rate series: their age, what is being fetched, and imported rate files."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Final

from dashboard.models.moves import Fixing
from dashboard.models.series import RateSeries, SeriesCard
from dashboard.models.user_files import BarStamps, FileQuote, RateDateOrder
from dashboard.presentation.formatting import (
    format_age,
    format_count,
    format_day,
    format_day_range,
    format_number,
    format_timestamp,
)
from dashboard.services.jobs import RateRefreshState
from dashboard.services.live_rates import SeriesStatus
from dashboard.services.rates import is_imported

# ------------------------------------------------------------
# How old rates are, what is being fetched and what went wrong, in words for the screen.


NEGLIGIBLE_DELAY: Final = timedelta(seconds=1.5)
"""A refresh that finds nothing to ask for is over by then."""
BUNDLED_LABEL: Final = "ships with the program"
NEVER_FETCHED_LABEL: Final = "not fetched yet"


def format_last_day(report: SeriesStatus, today: date) -> str:
    """`last 1 Sep 2026 (83 days ago, overdue)`."""
    if report.last_day is None:
        return NEVER_FETCHED_LABEL
    age = format_age(report.last_day, today)
    return f"last {format_day(report.last_day)} ({age}{', overdue' if report.is_overdue else ''})"


def describe_age(report: SeriesStatus) -> str:
    """`83 days old, overdue`, `today`, `ended on 1 Mar 2022`, `not fetched yet`."""
    until = report.card.history_until
    if report.last_day is None:
        return NEVER_FETCHED_LABEL
    return f"ended on {format_day(until)}" if until and report.has_ended else report.age_label


def describe_fetch(report: SeriesStatus) -> str:
    """When it was last fetched, or that it never was."""
    if report.fetched_at is not None and is_imported(report.card):
        return f"imported {format_timestamp(report.fetched_at)}"
    if report.fetched_at is not None:
        return f"fetched {format_timestamp(report.fetched_at)}"
    return BUNDLED_LABEL if report.rows else NEVER_FETCHED_LABEL


def describe_known_until(report: SeriesStatus) -> str:
    """Up to when information is in the last rate."""
    return format_timestamp(report.last_known_at) if report.last_known_at is not None else ""


def describe_live_rate(live: Fixing, card: SeriesCard) -> str:
    """`provisional: 84.1234 on 23 Nov 2026, 20:55 MSK; it may still change`."""
    told = f"{format_number(live.rate, card.decimals)} on {format_timestamp(live.known_at)}"
    return f"provisional: {told}; it may still change and is in no study"


def describe_problem(report: SeriesStatus) -> str:
    """What went wrong in the last attempt and which data stand; empty where all is well."""
    if not report.problem:
        return ""
    if report.last_day is None:
        return f"{report.problem}; there are no earlier data"
    return f"{report.problem}; the data of {format_day(report.last_day)} stand"


def describe_state(report: SeriesStatus) -> str:
    """Everything a person should know of the numbers that are there, in one line."""
    told = [describe_problem(report)]
    if report.revised:
        told.append(format_count(report.revised, "revised value"))
    if report.withheld:
        told.append(f"{format_count(report.withheld, 'implausible value')} left out")
    if report.unchecked:
        told.append(
            f"{format_count(report.unchecked, 'value')} not checked against the official rate"
        )
    told += report.notes
    return "; ".join(word for word in told if word)


def describe_fetch_progress(
    state: RateRefreshState, now: datetime, titles: Mapping[str, str]
) -> str:
    """`fetching rates: 3 of 29, now CNY/RUB, Yahoo`; empty where nothing is being fetched."""
    if not (state.is_running and state.total and state.started_at):
        return ""
    if now - state.started_at < NEGLIGIBLE_DELAY:
        return ""
    current = f", now {titles[state.current]}" if state.current in titles else ""
    return f"fetching rates: {state.done} of {state.total}{current}"


def describe_failing_publishers(publishers: Sequence[str]) -> str:
    """Which publishers did not answer as they should; empty where all did."""
    if not publishers:
        return ""
    *others, last = publishers
    named = f"{', '.join(others)} and {last}" if others else last
    return f"no usable answer from {named}: see Data"


# ------------------------------------------------------------
# What a page says about a person's own file of rates: the verdict, the rows, what to choose.


QUOTE_LABELS: Final[dict[FileQuote, str]] = {
    "as-quoted": "As it is: moves of the number",
    "rub-per-usd": "Roubles for one dollar",
    "usd-per-rub": "Dollars for one rouble",
}
DATE_ORDER_LABELS: Final[dict[RateDateOrder, str]] = {
    "": "As the file shows",
    "dmy": "The day",
    "mdy": "The month",
}
TIMESTAMP_LABELS: Final[dict[BarStamps, str]] = {
    "": "Not known: taken as begin",
    "begin": "When it begins",
    "end": "When it ends",
}
NO_ZONE_LABEL: Final = "Each stamp has its own, or there are no times"
ZONES: Final = (
    "Europe/Moscow", "UTC", "Europe/London", "Europe/Berlin", "America/New_York", "Asia/Shanghai",
)  # fmt: skip


def describe_rate_file(n_messages: int, *, refused: bool) -> str:
    """What becomes of a file, in a sentence."""
    if refused:
        return "This file is not taken as it is. Nothing was kept; correct it or choose below."
    if n_messages:
        return f"This file can be kept, with {format_count(n_messages, 'thing')} to know first."
    return "This file was read without a doubt."


def describe_imported_series(series: RateSeries) -> str:
    """How many rows a series has, of which days, how long its bars are, what is missing."""
    first, last = (day.astype(object) for day in series.day[[0, -1]])
    minutes = series.card.bar_minutes
    told = [format_count(len(series), "row"), format_day_range(first, last)]
    if minutes:
        told.append(f"bars of {format_count(minutes, 'minute')}")
    missing = int((series.rate != series.rate).sum())
    if missing:
        told.append(f"{missing:,} missing")
    return " · ".join(told)


def build_preview_columns(series: RateSeries, most: int = 5) -> dict[str, list[str]]:
    """The first and the last rows of a series, with the moment each was known (UTC)."""
    n = len(series)
    rows = list(range(n)) if n <= 2 * most else [*range(most), *range(n - most, n)]
    known = [str(series.known_at[row]).replace("T", " ")[:16] for row in rows]
    return {
        "Market day": [str(series.day[row]) for row in rows],
        "Known at (UTC)": known,
        "Rate": [format_number(float(series.rate[row]), 6) for row in rows],
    }
