"""Schemas of every exported table: its columns and the kind of each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal, TypeAlias, get_args

from dashboard.models.event import EVENT_FIELDS, EventField

ColumnKind: TypeAlias = Literal["text", "number", "int", "date", "moment", "window"]
StudyTableName: TypeAlias = Literal[
    "events", "paths", "averages", "headline", "tests", "skipped", "correlation", "regression",
    "direction", "intervals", "projections",
]  # fmt: skip
"""The tables of a study, in files, pages and the API."""


@dataclass(frozen=True, slots=True)
class Column:
    """A named column; `window` is `[a,b]`, other strings are `text`."""

    name: str
    kind: ColumnKind


@dataclass(frozen=True, slots=True)
class Table:
    """A table: its name, which is the stem of its file, its title and its columns."""

    name: str
    title: str
    columns: tuple[Column, ...]

    @property
    def file_name(self) -> str:
        """The name of its file in a folder of tables."""
        return f"{self.name}.csv"

    @property
    def header(self) -> tuple[str, ...]:
        """The column names."""
        return tuple(column.name for column in self.columns)


def _parse_columns(kinds: str) -> tuple[Column, ...]:
    """Parse `name:kind name:kind`; a name without a kind is a number."""
    pairs = (word.partition(":") for word in kinds.split())
    return tuple(Column(name, kind or "number") for name, _, kind in pairs)  # type: ignore[arg-type]


def _column_kind(field: EventField) -> ColumnKind:
    return field.kind if field.kind in {"date", "moment", "int"} else "text"


PATHS: Final = Table(
    "paths",
    "Every offset of every event window",
    _parse_columns(
        "event_id:text series:text offset:int day:date rate return normal abnormal abnormal_se"
        " car ordinary_low ordinary_high"
    ),
)
STUDY_EVENTS: Final = Table(
    "events",
    "One row an event and window",
    _parse_columns(
        "event_id:text series:text event_day:date anchor_day:date shift_days:int window:window"
        " car car_se car_t df p_value bhar placebo_p percentile n_estimation:int crowd:int"
        " crowd_ids:text flags:text percentile_by_move pool_size:int pool_first_day:date"
        " pool_last_day:date"
    ),
)
AVERAGES: Final = Table(
    "averages",
    "Average paths of groups",
    _parse_columns(
        "group:text offset:int n:int aar aar_se caar caar_low caar_high supt_low supt_high"
    ),
)
HEADLINE: Final = Table(
    "headline",
    "The declared test of each group and window, with the mean and its interval",
    _parse_columns(
        "group:text window:window n:int rates:int clusters:int mean median mean_without_largest"
        " low high p_value p_adjusted smallest_visible reason:text statistic largest_share"
    ),
)
TESTS: Final = Table(
    "tests",
    "Tests of groups and windows",
    _parse_columns(
        "group:text window:window test:text statistic df p_value p_adjusted n:int"
        " null_hypothesis:text reference:text role:text"
    ),
)
SKIPPED: Final = Table(
    "skipped",
    "Events that are not in the answer, with the reason",
    _parse_columns("event_id:text series:text reason:text"),
)
CORRELATION: Final = Table(
    "correlation",
    "Lead-lag correlation of events with returns; the band is that of shifted dates",
    _parse_columns("group:text lag:int method:text r low high n:int p_value p_adjusted"),
)
REGRESSION: Final = Table(
    "regression",
    "Returns on categories and factors, HAC standard errors",
    _parse_columns("term:text estimate se t p_value n:int lags:int p_adjusted"),
)
DIRECTION: Final = Table(
    "direction",
    "How often the rouble moved as expected",
    _parse_columns(
        "group:text window:window n:int hits:int share low high p_value unclear:int unmoved:int"
        " p_adjusted"
    ),
)
INTERVALS: Final = Table(
    "intervals",
    "Cluster-bootstrap intervals of the CAAR",
    _parse_columns("group:text window:window method:text low high clusters:int draws:int"),
)
PROJECTIONS: Final = Table(
    "projections",
    "Local projections: the move from before the events of a group, horizon by horizon",
    _parse_columns(
        "group:text series:text horizon:int n:int events:int rates:int rates_dropped:int estimate"
        " se_hc1 se_hac lags:int low high supt_low supt_high p_value p_adjusted dropped:int"
        " dropped_by:text pretrend_wald pretrend_df:int pretrend_df_error:int pretrend_p"
        " reason:text"
    ),
)
SPECIFICATIONS: Final = Table(
    "specifications",
    "One question under every combination of choices",
    _parse_columns(
        "series:text model:text window:window estimation:int gap:int overlap:text"
        " event_filter:text returns:text n:int caar ci_low ci_high p_value p_overlap"
    ),
)
SCORES: Final = Table(
    "scores",
    "Spearman's rho of scores of events with their moves; the band is that of shifted dates",
    _parse_columns(
        "score:text against:text window:window r low high n:int without:int p_value p_adjusted"
    ),
)
ACROSS_SERIES: Final = Table(
    "across_series",
    "Mean move of every category on every series, each first rate once",
    _parse_columns(
        "group:text series:text window:window n:int caar spread in_spreads percentile p_value"
        " p_adjusted reason:text n_rates:int mean_scar largest_share clusters:int"
    ),
)
RATES: Final = Table(
    "rates",
    "Published rates with the market day and the moment each was known",
    _parse_columns("date:date day:date known_at:moment rate series:text"),
)
REVISIONS: Final = Table(
    "revisions",
    "Numbers that their publishers replaced",
    _parse_columns(
        "series:text date:date opens:moment was became was_fetched_at:moment seen_at:moment"
    ),
)
EVENT_LIST: Final = Table(
    "event_list",
    "Events and notes",
    tuple(Column(field.column, _column_kind(field)) for field in EVENT_FIELDS),
)
LARGEST_MOVES: Final = Table(
    "largest_moves",
    "The largest moves of a period",
    _parse_columns(
        "series:text day:date base_day:date rate base_rate move_log_pts move_pct_rub_per_usd"
        " move_pct_usd_per_rub percentile event_ids:text percentile_by_move pool_size:int"
        " pool_first_day:date pool_last_day:date"
    ),
)
EVENT_MOVES: Final = Table(
    "event_moves",
    "The moves around one event",
    _parse_columns(
        "event_id:text series:text window:window base_day:date base_rate end_day:date end_rate"
        " move_log_pts move_pct_rub_per_usd move_pct_usd_per_rub car car_se car_t p_value"
        " placebo_p placebo_p_all percentile percentile_all percentile_matched n_quiet:int"
        " n_all:int crowd:int crowd_ids:text reason:text percentile_by_move pool_size:int"
        " pool_first_day:date pool_last_day:date placebo_p_quiet percentile_quiet"
    ),
)
EVENT_WINDOW: Final = Table(
    "event_window",
    "The path around one event against its base",
    _parse_columns(
        "event_id:text series:text offset:int day:date rate move_log_pts ordinary_low ordinary_high"
    ),
)
SOURCE_MOVES: Final = Table(
    "source_moves",
    "The same move measured on every source",
    _parse_columns(
        "event_id:text window:window series:text publisher:text quantity:text date_rule:text"
        " base_day:date base_known_at:moment base_rate end_day:date end_known_at:moment end_rate"
        " move_log_pts move_pct_rub_per_usd move_pct_usd_per_rub partly_in_rate:int reason:text"
    ),
)
FACTS: Final = Table(
    "facts",
    "Changes of a rate against named bases, and since when it was last there",
    _parse_columns(
        "series:text quote:text asked:date day:date rate base:text base_day:date base_rate"
        " rub_per_usd_pct usd_per_rub_pct log_points strongest_since_day:date"
        " strongest_since_rate weakest_since_day:date weakest_since_rate"
        " low_52_weeks_day:date low_52_weeks_rate high_52_weeks_day:date high_52_weeks_rate"
    ),
)
CLAIMS: Final = Table(
    "claims",
    "Claims about a rate, held against every source, base and quote",
    _parse_columns(
        "claim:int kind:text currency:text asked:date value exactness:text since_day:date"
        " since_end:date series:text verdict:text is_claimed:int base:text quote:text day:date rate"
        " base_day:date base_rate change_pct reason:text"
    ),
)
NEEDED_BASES: Final = Table(
    "needed_bases",
    "What a base would have to be for a claimed change, and when the rate last was there",
    _parse_columns(
        "claim:int series:text quote:text rate reached_day:date reached_rate data_from:date"
    ),
)

WRONG_ROWS: Final = Table(
    "wrong_rows",
    "Rows of a file of events that cannot be taken",
    _parse_columns("row:text column:text reason:text"),
)

TABLES: Final = {
    table.name: table
    for table in (
        PATHS, STUDY_EVENTS, AVERAGES, HEADLINE, TESTS, SKIPPED, CORRELATION, REGRESSION, DIRECTION,
        INTERVALS, PROJECTIONS, SPECIFICATIONS, SCORES, ACROSS_SERIES, RATES, REVISIONS, EVENT_LIST,
        LARGEST_MOVES, EVENT_MOVES, EVENT_WINDOW, SOURCE_MOVES, FACTS, CLAIMS, NEEDED_BASES,
        WRONG_ROWS,
    )
}  # fmt: skip
STUDY_TABLES: Final = tuple(TABLES[name] for name in get_args(StudyTableName))
BAR_COLUMNS: Final = {
    "paths": _parse_columns("known_at:moment"),
    "largest_moves": _parse_columns("known_at:moment"),
    "event_moves": _parse_columns("base_known_at:moment end_known_at:moment"),
    "event_window": _parse_columns("known_at:moment"),
}
"""Additional last columns for series of bars, of which a day has many."""


def table_schema(name: str, *, bars: bool = False) -> Table:
    """A table of `TABLES`, for series of bars or for daily ones."""
    table = TABLES[name]
    more = BAR_COLUMNS.get(name, ()) if bars else ()
    return Table(table.name, table.title, (*table.columns, *more)) if more else table
