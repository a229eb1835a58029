"""How old rates are, what is being fetched and what went wrong, in words for the screen."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Final

from dashboard.domain.event_view import Fixing
from dashboard.domain.series import SeriesCard
from dashboard.services.import_rates import is_own
from dashboard.services.refresh_behind import RefreshState
from dashboard.services.report_rates import RateReport
from dashboard.ui.wording import ago, count, day, number, stamp

NOT_WORTH_A_WORD: Final = timedelta(seconds=1.5)
"""A refresh that finds nothing to ask for is over by then."""
SHIPS: Final = "ships with the program"
NEVER: Final = "not fetched yet"


def last_words(report: RateReport, today: date) -> str:
    """`last 1 Sep 2026 (83 days ago, overdue)`."""
    if report.last_day is None:
        return NEVER
    age = ago(report.last_day, today)
    return f"last {day(report.last_day)} ({age}{', overdue' if report.is_overdue else ''})"


def age_words(report: RateReport) -> str:
    """`83 days old, overdue`, `today`, `ended on 1 Mar 2022`, `not fetched yet`."""
    until = report.card.history_until
    if report.last_day is None:
        return NEVER
    return f"ended on {day(until)}" if until and report.has_ended else report.age_label


def fetched_words(report: RateReport) -> str:
    """When it was last fetched, or that it never was."""
    if report.fetched_at is not None and is_own(report.card):
        return f"imported {stamp(report.fetched_at)}"
    if report.fetched_at is not None:
        return f"fetched {stamp(report.fetched_at)}"
    return SHIPS if report.rows else NEVER


def known_words(report: RateReport) -> str:
    """Up to when information is in the last rate."""
    return stamp(report.last_known_at) if report.last_known_at is not None else ""


def live_words(live: Fixing, card: SeriesCard) -> str:
    """`provisional: 84.1234 on 23 Nov 2026, 20:55 MSK; it may still change`."""
    told = f"{number(live.rate, card.decimals)} on {stamp(live.known_at)}"
    return f"provisional: {told}; it may still change and is in no study"


def problem_words(report: RateReport) -> str:
    """What went wrong in the last attempt and which data stand; empty where all is well."""
    if not report.problem:
        return ""
    if report.last_day is None:
        return f"{report.problem}; there are no earlier data"
    return f"{report.problem}; the data of {day(report.last_day)} stand"


def state_words(report: RateReport) -> str:
    """Everything a person should know of the numbers that are there, in one line."""
    told = [problem_words(report)]
    if report.revised:
        told.append(count(report.revised, "revised value"))
    if report.withheld:
        told.append(f"{count(report.withheld, 'implausible value')} left out")
    if report.unchecked:
        told.append(f"{count(report.unchecked, 'value')} not checked against the official rate")
    told += report.notes
    return "; ".join(word for word in told if word)


def progress_words(state: RefreshState, now: datetime, titles: Mapping[str, str]) -> str:
    """`fetching rates: 3 of 29, now CNY/RUB, Yahoo`; empty where nothing is being fetched."""
    if not (state.is_running and state.total and state.started_at):
        return ""
    if now - state.started_at < NOT_WORTH_A_WORD:
        return ""
    current = f", now {titles[state.current]}" if state.current in titles else ""
    return f"fetching rates: {state.done} of {state.total}{current}"


def failing_words(publishers: Sequence[str]) -> str:
    """Which publishers did not answer as they should; empty where all did."""
    if not publishers:
        return ""
    *others, last = publishers
    named = f"{', '.join(others)} and {last}" if others else last
    return f"no usable answer from {named}: see Data"
