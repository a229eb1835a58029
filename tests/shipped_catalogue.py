"""The shipped catalogue as its file has it, read without the program under test."""

import csv
from pathlib import Path

DATA = Path(__file__).parents[1] / "data"


def rows_of(path):
    with (DATA / path).open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines, strict=True))


CATALOGUE = rows_of("events/catalogue.csv")
SCHEDULE = rows_of("events/calendar.csv")
COUNT = len(CATALOGUE)
# The last record of USD/RUB, of 2 September 2026, describes the market day before.
AFTER_THE_RATES = sum(row["date"] > "2026-09-01" for row in CATALOGUE)
RATES = sorted(path.stem for path in (DATA / "rates").glob("*.csv"))


def hour_kinds():
    """The ids of events by what is known of their hour: a statement, a schedule, a report only."""
    hours = rows_of("events/hours.csv")
    stated = {row["id"] for row in CATALOGUE if row["time_utc"]}
    stated |= {row["id"] for row in hours if row["kind"] == "statement"}
    reported = {row["id"]: row["time_utc"] for row in hours if row["kind"] == "published"}
    scheduled = {
        row["id"]
        for row in hours
        if row["kind"] == "scheduled" and row["time_utc"] <= reported.get(row["id"], "9")
    } - stated
    return stated, scheduled, reported.keys() - stated - scheduled


def timed_ids():
    """The events whose moment is known: said then, or scheduled and not reported before."""
    stated, scheduled, _ = hour_kinds()
    return stated | scheduled
