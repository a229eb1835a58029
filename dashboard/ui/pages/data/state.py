"""State of the Data page: datasets of the current view and in full, with code to fetch them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any, Final
from urllib.parse import urlencode, urlsplit

from dashboard.models.event import Event, Origin
from dashboard.models.messages import deferred, plural, translate_deferred
from dashboard.models.messages import translate as _
from dashboard.models.moves import SourceMove
from dashboard.models.series import RateSeries
from dashboard.models.study import StudyAnswer, StudyRequest
from dashboard.services.exports import (
    TABLES,
    FileFormat,
    StudyTableName,
    study_objects,
    study_table_titles,
    table_file,
)
from dashboard.services.rates import DEFAULT_SERIES
from dashboard.services.serializers import table_json
from dashboard.services.source_moves import compare_sources_of_events, dollar_series
from dashboard.ui import session
from dashboard.ui.components.event_filters import ANY_OPTION, FILTER_PARAMS, build_facets
from dashboard.ui.session import KnownEvents, get_study
from dashboard.ui.url_state import UrlParam, UrlState, choice_param, name_param

API_PATH: Final = "/api"
DATE_KINDS: Final = ("date", "moment")
ApiQuery = Mapping[str, str | Sequence[str]]
STUDY_TABLES: Final = study_table_titles()
THIS_VIEW: Final = deferred("this view")
ALL_ROWS: Final = deferred("all")
PARAMS: Final[tuple[UrlParam, ...]] = (
    *(param for param in FILTER_PARAMS if param.key != "origin"),
    choice_param("table", tuple(STUDY_TABLES), "events"),
    name_param("series", DEFAULT_SERIES, "eur_rub_ecb", shared=True),
)
JsonRows = list[dict[str, Any]]


# ------------------------------------------------------------------ addresses for programs


@dataclass(frozen=True, slots=True)
class ApiEndpoint:
    """A list of the HTTP API: `name` without its extension, and its query."""

    name: str
    query: ApiQuery

    def below(self, page_url: str, extension: str) -> str:
        """The address on the server that shows the page."""
        given = [(k, v) for k, v in self.query.items() if v]
        query = f"?{urlencode(given, doseq=True)}" if given else ""
        return f"{_build_api_url(page_url)}/v1/{self.name}.{extension}{query}"


def build_docs_url(page_url: str) -> str:
    """The address of the API's OpenAPI description."""
    return f"{_build_api_url(page_url)}/openapi.json"


def build_code_examples(address: str, table: str) -> dict[str, str]:
    """Lines that read a CSV address, by language."""
    dated = [column.name for column in TABLES[table].columns if column.kind in DATE_KINDS]
    parsed = f", parse_dates=[{', '.join(map(_quote_name, dated))}]" if dated else ""
    return {
        "pandas": _(
            'import pandas as pd\n\n{table} = pd.read_csv(\n    "{address}"{parsed}\n)',
            table=table,
            address=address,
            parsed=parsed,
        ),
        "R": f'{table} <- read.csv("{address}", encoding = "UTF-8")',
        "curl": f'curl --fail --output {table}.csv "{address}"',
    }


def _build_api_url(page_url: str) -> str:
    """The address of the API on the server of the page, below the same base path."""
    parts = urlsplit(page_url)
    folder = parts.path.rpartition("/")[0]
    return f"{parts.scheme}://{parts.netloc}{folder}{API_PATH}"


def _quote_name(name: str) -> str:
    return f'"{name}"'


# ------------------------------------------------------------------ the datasets


@dataclass(frozen=True)
class DataFile:
    """One file: its title, its number of rows, and the objects of its table.

    Attributes:
        label: what it holds, this view or all: a message, English in keys.
        count: the number of rows.
        name: the parts of its name.
        address: where the API has it.
        table: a table of `TABLES`.
        objects: makes its objects, see `Table.rows`.
    """

    label: str
    count: int
    name: tuple[object, ...]
    address: ApiEndpoint
    table: str
    objects: Callable[[], Sequence[Any]]

    @property
    def title(self) -> str:
        """The label in the language in use."""
        return translate_deferred(self.label)

    def content(self, dialect: FileFormat) -> bytes:
        """The bytes of the file in a format."""
        return table_file(self.table, self.objects(), dialect)

    def rows(self) -> JsonRows:
        """The rows as JSON."""
        return table_json(self.table, self.objects())

    def last_rows(self, most: int) -> JsonRows:
        """The last rows, of rates without making the rows before."""
        if self.table == "rates":
            *_earlier, last = self.objects()
            return table_json(self.table, [last.part(slice(-most, None))])
        return self.rows()[-most:]


@dataclass(frozen=True)
class Dataset:
    """What a card offers: `table` names the columns, `since` and `until` are the ends of all.

    `files` go from the narrowest to everything; the first is what the card previews.
    """

    table: str
    files: tuple[DataFile, ...]
    since: date | None = None
    until: date | None = None


@dataclass(frozen=True)
class DataState:
    """Everything the page is drawn from."""

    series: RateSeries
    known: KnownEvents
    found: tuple[Event, ...]
    is_part: bool
    since: date | None
    until: date | None
    asof: str
    query: dict[str, Any]
    table: StudyTableName


def read_data_state(view: UrlState) -> DataState:
    """The state for a link; settings that do not fit one another are ignored."""
    if view["series"] not in {card.id for card in session.get_cards()}:
        view.ignore("series")
    if view["from"] and view["to"] and view["to"] < view["from"]:
        view.ignore("from", "to")
    known = session.get_known_events()
    return DataState(
        series=session.load_series(view["series"]),
        known=known,
        found=build_facets(view, known.events).found,
        is_part=any(view[p.key] != p.default for p in FILTER_PARAMS if p.key != "origin"),
        since=view["from"],
        until=view["to"],
        asof=f"asof-{session.get_view_day()}",
        query=_build_api_query(view),
        table=view["table"],
    )


def _build_api_query(view: UrlState) -> dict[str, Any]:
    """The filters of a link as query parameters of the API."""
    query = {
        "from": view["from"].isoformat() if view["from"] else "",
        "to": view["to"].isoformat() if view["to"] else "",
        "category": list(view["cat"]),
        "q": view["q"],
        "expected": "" if view["exp"] == ANY_OPTION else view["exp"],
        "hour": "" if view["hour"] == ANY_OPTION else view["hour"],
    }
    return {key: value for key, value in query.items() if value}


# ------------------------------------------------------------------ the four sets


def build_rates_dataset(state: DataState) -> Dataset:
    """The observations of the chosen series and of every series."""
    one, since, until = state.series, state.since, state.until
    every = [session.load_series(card.id) for card in session.get_cards()]
    files = [
        _build_rates_file(
            deferred("all of this series"), [one], (one.card.id, "rates", "all"), state.asof
        ),
        _build_rates_file(deferred("every series"), every, ("all", "rates"), state.asof),
    ]
    if since or until:
        files.insert(0, _build_view_rates_file(state))
    return Dataset("rates", tuple(files), *_get_series_ends(one))


def _build_view_rates_file(state: DataState) -> DataFile:
    one, since, until = state.series, state.since, state.until
    shown = one.between(since, until)
    period: dict[str, Any] = {k: v for k, v in state.query.items() if k in {"from", "to"}}
    return DataFile(
        THIS_VIEW,
        len(shown),
        (one.card.id, "rates", since, until, state.asof),
        ApiEndpoint("rates", {"series": one.card.id, **period}),
        "rates",
        lambda: [shown],
    )


def _build_rates_file(
    label: str, series: list[RateSeries], name: tuple[object, ...], asof: str
) -> DataFile:
    return DataFile(
        label,
        sum(len(item) for item in series),
        (*name, asof),
        ApiEndpoint("rates", {"series": [item.card.id for item in series]}),
        "rates",
        lambda: series,
    )


def build_events_dataset(state: DataState, origin: Origin) -> Dataset:
    """The events of the catalogue, or the notes."""
    every = tuple(event for event in state.known.events if event.origin == origin)
    events = tuple(event for event in state.found if event.origin == origin)
    name = "notes" if origin == Origin.NOTE else "events"
    of_origin = {"origin": origin.value}
    files = [_build_events_file(ALL_ROWS, every, ("usdrub", name, "all", state.asof), of_origin)]
    if state.is_part:
        file_parts = ("usdrub", name, state.since, state.until, state.asof)
        files.insert(
            0, _build_events_file(THIS_VIEW, events, file_parts, {**of_origin, **state.query})
        )
    first, last = (every[0].day, every[-1].day) if every else (None, None)
    return Dataset("event_list", tuple(files), first, last)


def _build_events_file(
    label: str, events: tuple[Event, ...], name: tuple[object, ...], query: dict[str, Any]
) -> DataFile:
    return DataFile(
        label, len(events), name, ApiEndpoint("events", query), "event_list", lambda: events
    )


def build_moves_dataset(state: DataState) -> Dataset:
    """A table of the study of the events on the chosen series."""
    files = [_build_study_file(ALL_ROWS, state, state.known.events, {})]
    if state.is_part:
        files.insert(0, _build_study_file(THIS_VIEW, state, state.found, state.query))
    return Dataset(state.table, tuple(files), *_get_series_ends(state.series))


def get_view_study(state: DataState) -> StudyAnswer:
    """The study of the events of this view."""
    return get_study(state.series, state.known, state.found, StudyRequest())


def _build_study_file(
    label: str, state: DataState, events: tuple[Event, ...], query: dict[str, Any]
) -> DataFile:
    table, series = state.table, state.series.card.id
    answer = get_study(state.series, state.known, events, StudyRequest())
    objects = study_objects(answer, table)
    period = (state.since, state.until) if label == THIS_VIEW else ("all",)
    chosen = {} if table == "events" else {"table": table}
    return DataFile(
        label,
        TABLES[table].count(objects),
        (series, "study", table, *period, state.asof),
        ApiEndpoint("study", {"rates": series, **chosen, **query}),
        table,
        lambda: objects,
    )


def _get_series_ends(series: RateSeries) -> tuple[date, date]:
    first, last = (date.fromisoformat(str(day)) for day in series.day[[0, -1]])
    return first, last


# ------------------------------------------------------------------ comparison of sources


def build_sources_dataset(state: DataState) -> Dataset:
    """The moves of the events on every source of the dollar."""
    files = [_build_sources_file(ALL_ROWS, state, state.known.events, {})]
    if state.is_part:
        files.insert(0, _build_sources_file(THIS_VIEW, state, state.found, state.query))
    return Dataset("source_moves", tuple(files))


def build_source_facts() -> list[str]:
    """The facts of the card."""
    return [
        _("**The same move of the dollar on every source**, each by its own clock"),
        plural("{n:,} source", "{n:,} sources", len(dollar_series(_load_daily_series()))),
        _("window [0,1] of each source; where one cannot measure an event, the reason"),
        _("computed from the rates and events above"),
    ]


def _build_sources_file(
    label: str, state: DataState, events: tuple[Event, ...], query: dict[str, Any]
) -> DataFile:
    daily = _load_daily_series()

    @cache
    def moves() -> tuple[SourceMove, ...]:
        return compare_sources_of_events(daily, events)

    period = (state.since, state.until) if label == THIS_VIEW else ("all",)
    return DataFile(
        label,
        len(events) * len(dollar_series(daily)),
        ("usdrub", "sources", *period, state.asof),
        ApiEndpoint("sources", query),
        "source_moves",
        moves,
    )


def _load_daily_series() -> list[RateSeries]:
    """Every series with one number a day."""
    return [session.load_series(card.id) for card in session.get_cards() if not card.bar_minutes]
