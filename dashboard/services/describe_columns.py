"""Describe columns: what each column of each table holds, in one line with its unit."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from dashboard.export.columns import TABLES, Kind

KIND_WORDS: Final[dict[Kind, str]] = {
    "text": "text",
    "number": "number",
    "int": "whole number",
    "date": "date, 2024-03-13",
    "moment": "UTC moment, 2024-03-13T12:30:00Z",
    "window": "window, [a,b] in offsets",
}

BOOTSTRAP: Final = (
    "nominal 95 %, in simulations with clustered dates it holds the mean in 86-92 %; the interval"
    " of the verdict is in headline.csv"
)
STRONGER: Final = "positive = the rouble stronger"
"""Moves of a series that quotes no rouble are those of the quoted number."""

MEANINGS: Final[dict[str, str]] = {
    "claim": "Which claim of the check, from 1",
    "kind": "level, strongest, weakest, up or down",
    "currency": "The currency that the claim holds the rouble against",
    "value": "The number claimed: a level, or a change in per cent",
    "exactness": "How the number is meant: exact, about, more or less",
    "since_day": "The first day of the period that a record or a change is claimed since",
    "since_end": "The last day of that period",
    "verdict": "true, about, false or cannot be known; of a record about = it goes back further",
    "is_claimed": "1 where the claim itself names the base, else 0",
    "change_pct": "The change in per cent, positive = in the direction of the claim",
    "reached_day": "The last day before the claim at which the rate was at the needed base",
    "reached_rate": "The rate of that day",
    "data_from": "The first day of the series",
    "event_id": "The id of the event",
    "series": "The id of the rate series; in a list of events empty = every series",
    "offset": "Observations from the first that can contain the event (0)",
    "day": "The market day the rate describes",
    "rate": "The quoted number as published",
    "return": f"The move from the observation before, 0.01 = 1 log point; {STRONGER}",
    "normal": "The move that the model expects",
    "abnormal": "return less normal",
    "abnormal_se": "Standard error of abnormal",
    "car": f"Abnormal moves of the window added up, 0.01 = 1 log point; {STRONGER}",
    "ordinary_low": "Lower end of the range in which 95 of 100 ordinary moves lie",
    "ordinary_high": "Upper end of the range in which 95 of 100 ordinary moves lie",
    "event_day": "The day of the event where it happened",
    "anchor_day": "The market day of offset 0",
    "shift_days": "Calendar days from the event to the market day of offset 0",
    "window": "First and last offset",
    "car_se": "Standard error of car",
    "car_t": "car divided by its standard error",
    "df": "Degrees of freedom",
    "p_value": "Two-sided p-value",
    "bhar": "Buy-and-hold abnormal return; empty for log returns",
    "placebo_p": (
        "Share of the dates compared with, the event included, with a move at least as large in"
        " units of the volatility before it; by default the dates within 250 rows of the event"
    ),
    "percentile": (
        "Per cent of the same dates with a smaller move in those units; of a group, of shifted"
        " dates with a smaller mean, in size"
    ),
    "percentile_by_move": "Per cent of the same dates with a smaller plain move, in size",
    "pool_size": "How many dates the move is compared with",
    "pool_first_day": "The first of them",
    "pool_last_day": "The last of them",
    "n_estimation": "Returns in the estimation window",
    "crowd": "How many other events lie in the window",
    "crowd_ids": "Their ids, blanks between",
    "flags": "What to know before use: date_only, hour_upper_bound, partly_in_fixing …",
    "group": "all, or a category",
    "row": "Where the row stands in the file",
    "column": "The column of the file that is wrong; empty where it is the row as a whole",
    "n": "How many events",
    "aar": "Average abnormal return",
    "aar_se": "Standard error of aar across events",
    "caar": "Cumulative average abnormal return",
    "caar_low": "Lower end of the 95 % interval of caar",
    "caar_high": "Upper end of the 95 % interval of caar",
    "supt_low": "Lower end of the 95 % band of the whole path",
    "supt_high": "Upper end of the 95 % band of the whole path",
    "test": "The id of the test",
    "statistic": "The value of the test statistic",
    "p_adjusted": "p_value adjusted for the number of tests",
    "null_hypothesis": "What the test supposes",
    "reference": "Where the test is described",
    "role": "headline = the test declared before any data; empty = another test",
    "rates": "Distinct first rates of the events",
    "mean": f"Mean CAR, 0.01 = 1 log point; {STRONGER}",
    "median": f"Median CAR, 0.01 = 1 log point; {STRONGER}",
    "mean_without_largest": "Mean CAR without the three largest moves in size, 0.01 = 1 log point",
    "smallest_visible": (
        "The mean CAR that the test would see in four studies of five, 0.01 = 1 log point"
    ),
    "lag": "Observations from the event to the return",
    "method": "How the number is computed",
    "r": "Correlation",
    "low": "Lower end of the 95 % interval, or of the band of shifted dates",
    "high": "Upper end of the 95 % interval, or of the band of shifted dates",
    "term": "constant, a category, a factor or another series",
    "estimate": "Return units for each unit of the term",
    "se": "Standard error, Newey-West",
    "t": "estimate divided by its standard error",
    "lags": "Lags of the Newey-West error",
    "horizon": "Rates from the event on: 0 = the first that can contain it, -1 = the base",
    "events": "How many events lie on these rows",
    "rates_dropped": "First rates on rows that are not used",
    "se_hc1": "Standard error that allows for unequal variance, HC1",
    "se_hac": "Standard error that allows for correlation over time too, Newey-West",
    "dropped": "Rows that are not used",
    "dropped_by": "How many of them for which reason, ; between",
    "pretrend_wald": "Wald statistic: all moves before the base are 0",
    "pretrend_df": "Degrees of freedom: the horizons tested",
    "pretrend_df_error": "Degrees of freedom of the error in its F distribution",
    "pretrend_p": "p-value of the Wald statistic",
    "hits": "Events that moved as expected",
    "share": "hits divided by n",
    "unclear": "Events without a clear expectation, left out",
    "unmoved": "Events that did not move at all, left out",
    "clusters": "Clusters of events with overlapping windows",
    "draws": "Bootstrap draws",
    "model": "The id of the normal-return model",
    "estimation": "Returns in the estimation window, at most",
    "gap": "Rows between estimation and event window",
    "overlap": "What happens where event windows overlap",
    "event_filter": "Which events are taken",
    "returns": "log or simple",
    "ci_low": "Lower end of the 95 % interval of caar across events",
    "ci_high": "Upper end of the 95 % interval of caar across events",
    "p_overlap": "p-value of overlap_t",
    "score": "tone or intensity from tags, crowd = events at the same first rate",
    "against": "move, or size = the move without its sign",
    "without": "Events without a score or a CAR, left out",
    "spread": "Standard deviation of the means of all calendar shifts",
    "in_spreads": "caar less the mean of the shifts, divided by spread",
    "reason": "Why a number or an event is missing",
    "date": "The date the publisher prints; of an event the day where it happened",
    "known_at": "The moment up to which information can be inside the rate",
    "opens": "The beginning of the bar, or of the hours that make the rate",
    "was": "The number as it was first fetched",
    "became": "The number that replaced it",
    "was_fetched_at": "When the first number was fetched",
    "seen_at": "When the replacement was fetched",
    "id": "Unique and stable",
    "time_utc": "The moment, where the hour is known; else empty",
    "zone": "The time zone of the date",
    "end_date": "The last day of a range, included",
    "title": "Who did what",
    "actor": "Who said or did it",
    "category": "One of the closed list of categories",
    "expected": "Direction expected from the nature of the event, fixed before looking",
    "text": "The text of a note",
    "source_name": "Who published it",
    "source_url": "Where it was published",
    "tags": "Tags with ; between",
    "author": "The label the writer of a note gave",
    "origin": "catalogue, note or file",
    "confidence": "high = a document states date and content; medium = general knowledge",
    "created": "When the note was written",
    "updated": "When the note was last changed",
    "revision": "How often the note was saved",
    "visibility": "shared, or private: seen by its owner alone",
    "hour_kind": "statement, scheduled or published (only reported_utc); empty = hour not known",
    "reported_utc": "The first report found: the event is not later",
    "publisher": "Who publishes the rate",
    "quantity": "What the rate measures",
    "date_rule": "When the rate of a date is known",
    "base_known_at": "The moment up to which information can be inside the base",
    "end_known_at": "The moment up to which information can be inside the last rate",
    "partly_in_rate": "1 = the event lies inside the hours that make its first rate",
    "base_day": "The market day of the base",
    "base_rate": "The rate at the base",
    "move_log_pts": f"100 x the log move from the base; {STRONGER}",
    "move_pct_rub_per_usd": "Change of the quoted number from the base, in per cent",
    "move_pct_usd_per_rub": "Change of its inverse from the base, in per cent",
    "event_ids": "Ids of the events it can contain, blanks between",
    "end_day": "The market day of the last offset",
    "end_rate": "The rate at the last offset",
    "placebo_p_all": "placebo_p among all admissible dates",
    "percentile_all": "percentile among all admissible dates",
    "percentile_matched": "percentile among all dates of similar volatility on their eve",
    "placebo_p_quiet": "placebo_p among quiet dates, those near no listed event",
    "percentile_quiet": "percentile among quiet dates",
    "n_quiet": "Quiet pseudo-dates compared with",
    "n_all": "All pseudo-dates compared with",
    "quote": "The unit of the quoted number",
    "asked": "The day asked about",
    "base": "What the change is counted from",
    "rub_per_usd_pct": "Change of the quoted number, in per cent",
    "usd_per_rub_pct": "Change of its inverse, in per cent",
    "log_points": f"100 x the log move; {STRONGER}",
    "strongest_since_day": "The last earlier day at least as strong; empty = never in the data",
    "strongest_since_rate": "The rate of that day",
    "weakest_since_day": "The last earlier day at least as weak; empty = never in the data",
    "weakest_since_rate": "The rate of that day",
    "low_52_weeks_day": "The day of the lowest rate of the 52 weeks before",
    "low_52_weeks_rate": "The lowest rate of the 52 weeks before",
    "high_52_weeks_day": "The day of the highest rate of the 52 weeks before",
    "high_52_weeks_rate": "The highest rate of the 52 weeks before",
}

OF_ONE_TABLE: Final[dict[tuple[str, str], str]] = {
    ("projections", "n"): "Rows of the series that are used",
    ("projections", "estimate"): f"Log move from the base, 0.01 = 1 log point; {STRONGER}",
    ("projections", "lags"): "Lags of se_hac: as many as the move has returns",
    ("projections", "low"): "Lower end of the 95 % interval at this horizon",
    ("projections", "high"): "Upper end of the 95 % interval at this horizon",
    ("projections", "p_adjusted"): "p_value corrected for all horizons from 0 on (sup-t)",
    ("event_moves", "car"): f"Abnormal moves of the window added up, in log points; {STRONGER}",
    ("event_moves", "car_se"): "Standard error of car, in log points",
    ("event_window", "ordinary_low"): "Lower end of the ordinary range, in log points",
    ("event_window", "ordinary_high"): "Upper end of the ordinary range, in log points",
    ("headline", "p_value"): "Two-sided p-value of the declared test",
    ("headline", "p_adjusted"): "p_value adjusted over the groups and windows of the study",
    ("headline", "low"): "The lowest mean that the test does not reject at 5 %, 0.01 = 1 log point",
    ("headline", "high"): (
        "The highest mean that the test does not reject at 5 %, 0.01 = 1 log point"
    ),
    ("headline", "statistic"): "Standardised sum of signed ranks; its sign is that of the verdict",
    ("headline", "reason"): "Why there is no verdict; then p_value and the interval are empty",
    ("intervals", "low"): f"Lower end of the bootstrap interval; {BOOTSTRAP}",
    ("intervals", "high"): f"Upper end of the bootstrap interval; {BOOTSTRAP}",
}
"""What a column holds in one table where that is not what it holds elsewhere.

Tables of one event count in log points what the study tables count in returns.
"""


@dataclass(frozen=True, slots=True)
class ColumnText:
    """A column in words."""

    name: str
    kind: str
    meaning: str


def describe_columns(table: str) -> tuple[ColumnText, ...]:
    """The columns of a table of `TABLES` in words."""
    return tuple(
        ColumnText(
            column.name,
            KIND_WORDS[column.kind],
            OF_ONE_TABLE.get((table, column.name), MEANINGS[column.name]),
        )
        for column in TABLES[table].columns
    )
