"""The terminal on live rates: what a refresh brought, how old each series is, what works."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from typing import TYPE_CHECKING, Final

from dashboard.domain.series import SeriesCard
from dashboard.services.refresh_rates import Outcome, Refreshed
from dashboard.ui.terminal import say, show_table
from dashboard.ui.wording import NOTHING, count, number, stamp

if TYPE_CHECKING:
    from dashboard.services.diagnose import Finding
    from dashboard.services.report_rates import RateReport

OUTCOMES: Final = {
    Outcome.UNCHANGED: "nothing new",
    Outcome.FAILED: "failed",
    Outcome.SKIPPED: "not asked",
}


@contextmanager
def progress_bar() -> Iterator[Callable[[int, int, str], None]]:
    """A bar on standard error while a refresh runs; nothing where that is no terminal."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

    bar = Progress(
        TextColumn("Asking"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.description}", markup=False),
        console=Console(stderr=True),
        transient=True,
        disable=not sys.stderr.isatty(),
    )
    with bar:
        task = bar.add_task("", total=None)
        yield lambda done, total, series_id: bar.update(
            task, completed=done, total=total, description=series_id
        )


def show_refreshed(results: Sequence[Refreshed]) -> None:
    """Print what became of each series, and the sum."""
    rows = [
        (one.series, one.source, outcome_words(one), _iso(one.last_day), one.told)
        for one in results
    ]
    show_table(("series", "source", "what came", "last day", "remark"), rows)
    new = sum(one.kept.new for one in results)
    failed = sum(one.answered is False for one in results)
    say(f"{count(len(results), 'series', 'series')}: {count(new, 'new number')}, {failed} failed")


def outcome_words(one: Refreshed) -> str:
    """What became of one series: `3 new, 1 revised`, `nothing new`, `failed`."""
    if one.outcome != Outcome.NEW:
        return OUTCOMES[one.outcome]
    kept = one.kept
    named = {"new": kept.new, "revised": kept.revised, "now final": kept.settled}
    return ", ".join(f"{many:,} {what}" for what, many in named.items() if many)


def show_reports(reports: Sequence[RateReport], more: int) -> None:
    """Print what each series is, how far it goes, how old it is and what went wrong.

    Args:
        reports: the series to print.
        more: how many are left out, because nothing of them was fetched yet.
    """
    header = (
        "id", "title", "first day", "last day", "rows", "known at", "age", "live", "publisher",
        "licence", "remark",
    )  # fmt: skip
    show_table(header, (_report_row(each) for each in reports), ("rows",))
    if more:
        say(f"{more} more can be fetched: rates refresh (rates list --all names them)")


def show_findings(findings: Iterable[Finding]) -> None:
    """Print what each part did when it was tried."""
    rows = [
        (one.part, "works" if one.works else "FAILS", f"{number(one.seconds, 1)} s", one.told)
        for one in findings
    ]
    show_table(("part", "state", "took", "what it said"), rows, ("took",))


def _report_row(each: RateReport) -> tuple[str, ...]:
    return (
        each.card.id,
        each.card.title,
        _iso(each.first_day),
        _iso(each.last_day),
        f"{each.rows:,}",
        stamp(each.last_known_at) if each.last_known_at else NOTHING,
        each.age_label,
        _live(each),
        each.card.publisher,
        each.card.licence,
        each.remark,
    )


def _live(each: RateReport) -> str:
    """The number of today that may still change."""
    if each.live is None:
        return NOTHING
    return f"{_rate(each.live.rate, each.card)} on {each.live.day}"


def _rate(rate: float, card: SeriesCard) -> str:
    return number(rate, card.decimals)


def _iso(value: date | None) -> str:
    return NOTHING if value is None else value.isoformat()
