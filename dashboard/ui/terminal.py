"""The terminal: tables and sentences of the command line, in the words of the glossary."""

from __future__ import annotations

import json
import sys
from collections.abc import Collection, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, Final, Literal

from dashboard.domain.day_facts import DayFacts, Observation
from dashboard.domain.event import Event
from dashboard.domain.note import Change
from dashboard.domain.robustness import RobustnessAnswer
from dashboard.domain.series import RateSeries, SeriesCard
from dashboard.domain.study import FEWEST_CLUSTERS, StudyAnswer
from dashboard.services.explain_gaps import skipped_reasons
from dashboard.services.shell_json import rate_report_text, report_json
from dashboard.ui import wording
from dashboard.ui.quoting import direction
from dashboard.ui.terminal_headlines import headline_lines
from dashboard.ui.text import clean

WIDE: Final = 400
"""Columns of a table that goes into a file or a pipe, where nothing is cut."""

BASES: Final = {
    "previous": "previous rate",
    "week": "a week before",
    "month": "a month before",
    "quarter": "three months before",
    "year": "a year before",
    "year_end": "end of the year before",
    "year_start": "start of the year",
    "since": "--since",
}


def show_table(
    header: Sequence[str], rows: Iterable[Sequence[str]], numbers: Collection[str] = ()
) -> None:
    """Print a table; the columns named in `numbers` stand to the right."""
    from rich import box
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False)
    for name in header:
        right = name in numbers
        table.add_column(Text(name), justify="right" if right else "left", no_wrap=right)
    for row in rows:
        table.add_row(*(Text(clean(cell)) for cell in row))
    width = None if sys.stdout.isatty() else WIDE
    console = Console(width=width, highlight=False, markup=False, emoji=False)
    with console.capture() as capture:
        console.print(table)
    for line in capture.get().splitlines():
        say(line.rstrip())


def show_facts(facts: DayFacts, card: SeriesCard) -> None:
    """Print what one series says about a day."""
    say(f"{card.title} ({facts.series}), {facts.quote}")
    said = "" if facts.day == facts.asked else f", the last rate on or before {facts.asked}"
    say(f"{wording.day(facts.day)}: {_rate(facts.rate, card)}{said}\n")
    columns = ("against", "day", "rate", card.unit, card.inverse_unit, "log pts", "move")
    rows = [
        (
            BASES.get(change.base, change.base),
            wording.day(change.base_day),
            _rate(change.base_rate, card),
            wording.percent(change.rub_per_usd_pct, 3),
            wording.percent(change.usd_per_rub_pct, 3),
            wording.signed(change.log_points, 3),
            direction(card, change.log_points),
        )
        for change in facts.changes
    ]
    show_table(columns, rows, columns[2:6])
    say("")
    for word, seen in zip(
        wording.RECORDS, (facts.strongest_since, facts.weakest_since), strict=True
    ):
        say(_since(word, seen, facts, card))
    low, high = facts.year_low, facts.year_high
    say(
        f"52 weeks: {_rate(low.rate, card)} ({wording.day(low.day)})"
        f" to {_rate(high.rate, card)} ({wording.day(high.day)})\n"
    )


def show_events(events: Iterable[Event]) -> None:
    """Print a list of events."""
    rows = [
        (wording.days(e.day, e.end_day), _clock(e), e.category, e.expected, e.title, e.id)
        for e in events
    ]
    show_table(("day", "UTC", "category", "expected", "title", "id"), rows)


def show_history(changes: Iterable[Change]) -> None:
    """Print what was done to a note."""
    rows = [
        (str(change.revision), wording.stamp(change.at), change.action, change.who or "–",
         change.after.title if change.after else "–")
        for change in changes
    ]  # fmt: skip
    show_table(("revision", "when", "what", "who", "title"), rows, ("revision",))


def show_study(answer: StudyAnswer, folder: Path | None) -> None:
    """Print what the declared test says, or where the files are; always the sum of events."""
    if folder is None:
        for line in headline_lines(answer):
            say(line)
        for reason in skipped_reasons(answer):
            say(f"skipped: {reason}")
    for line in count_lines(answer, in_files=folder is not None):
        say(line)
    if folder is not None:
        say(f"written to {folder}")


def show_robustness(answer: RobustnessAnswer, folder: Path | None) -> None:
    """Print the summary of a specification curve, and where its file is."""
    lines = {
        "specifications": f"{len(answer.rows):,}",
        "distinct specifications": f"{answer.distinct:,}",
        "median of the mean CAR": f"{wording.signed(100 * answer.median, 3)} log pts",
        "with the sign of the median": _share(answer.same_sign),
        "with a p below 0.05": _share(answer.share_below),
        "joint p": _joint(answer),
        f"joint p for {answer.categories} categories": wording.number(answer.joint_p_adjusted, 4),
    }
    show_table(("what", "value"), lines.items(), ("value",))
    if folder is not None:
        say(f"written to {folder}")


def _joint(answer: RobustnessAnswer) -> str:
    if not answer.draws:
        return f"none: {answer.clusters} clusters of events, fewer than {FEWEST_CLUSTERS}"
    joint, clusters = wording.number(answer.joint_p, 4), f"{answer.clusters:,} clusters"
    return f"{joint} ({clusters}, {answer.draws:,} sign vectors)"


def show_note(note: Event, done: str) -> None:
    """Say what was done to a note."""
    say(f"{note.id} {done}: {wording.when(note)}, {clean(note.title)}")


def show_report(
    status: Literal["accept", "warn", "reject"],
    rows: Sequence[dict[str, Any]],
    messages: Sequence[str],
) -> None:
    """Print the report of an import as JSON."""
    show_json(report_json(status, rows, messages))


def show_rate_report(
    status: Literal["accept", "warn"],
    series: Sequence[RateSeries],
    messages: Sequence[str],
    kept: Sequence[SeriesCard] = (),
) -> None:
    """Print the report of an import of rates as JSON, as it is made."""
    for piece in rate_report_text(status, series, messages, kept):
        sys.stdout.write(piece)


def count_lines(answer: StudyAnswer, *, in_files: bool) -> Iterator[str]:
    """`365 events: 355 in events.csv + 10 in skipped.csv = 365`, and which are in both."""
    used, total = answer.used, answer.asked
    here, there = ("in events.csv", "in skipped.csv") if in_files else ("studied", "skipped")
    yield f"{wording.count(total, 'event')}: {used} {here} + {total - used} {there} = {total}"
    both = answer.used_ids & {row.event_id for row in answer.skipped}
    if both:
        yield f"{len(both)} of the {used} also {there}, for a window or a series they miss"


def say(text: str) -> None:
    """One line on standard output."""
    sys.stdout.write(f"{text}\n")


def mention(messages: Iterable[str]) -> None:
    """What a person should know, one line each on standard error."""
    for message in messages:
        sys.stderr.write(f"note: {clean(message)}\n")


def show_json(value: Any) -> None:
    """Print a value as JSON."""
    say(json.dumps(value, ensure_ascii=False, allow_nan=False, indent=2))


def show_series(rows: Iterable[RateSeries]) -> None:
    """Print which series there are and how far each goes."""
    header = ("id", "title", "unit", "first day", "last day", "rows", "publisher")
    show_table(
        header,
        (
            (r.card.id, r.card.title, r.card.unit, str(r.day[0]), str(r.day[-1]), f"{len(r):,}",
             r.card.publisher)
            for r in rows
        ),
        ("rows",),
    )  # fmt: skip


def _rate(rate: float, card: SeriesCard) -> str:
    return wording.number(rate, card.decimals)


def _since(word: str, found: Observation | None, facts: DayFacts, card: SeriesCard) -> str:
    if found is None:
        return f"{word} in the data, which start on {wording.day(facts.first_day)}"
    return f"{word} since {wording.day(found.day)} ({_rate(found.rate, card)})"


def _share(value: float) -> str:
    return f"{wording.number(100 * value, 0)}{wording.THIN}%"


def _clock(event: Event) -> str:
    return f"{event.moment:%H:%M}" if event.moment else ""
