"""What the Data page offers for one link: four sets of data, each as this view and as all."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

import numpy as np

from dashboard.domain.event import Event, Origin
from dashboard.domain.series import RateSeries
from dashboard.domain.study import StudyAnswer, StudyRequest
from dashboard.services.answer_json import (
    event_list_rows_json,
    rate_rows_json,
    study_row_count,
    study_rows_json,
)
from dashboard.services.export_tables import (
    Flavour,
    event_list_csv,
    rates_csv,
    study_csv,
    study_table_titles,
)
from dashboard.services.get_rates import DEFAULT_SERIES
from dashboard.ui import session
from dashboard.ui.address import View
from dashboard.ui.code_lines import Address
from dashboard.ui.events_scene import ANY, FILTERS, read_facets
from dashboard.ui.session import KnownEvents
from dashboard.ui.studied import study_of
from dashboard.ui.view import Param, a_name, one_of

STUDY_TABLES: Final = study_table_titles()
PARAMS: Final[tuple[Param, ...]] = (
    *(param for param in FILTERS if param.key != "origin"),
    one_of("table", tuple(STUDY_TABLES), "events"),
    a_name("series", DEFAULT_SERIES, "eur_rub_ecb", shared=True),
)

Rows = list[dict[str, Any]]


@dataclass(frozen=True)
class DataFile:
    """One file: what is in it, how many rows, and how its bytes and rows are made."""

    label: str
    count: int
    name: tuple[object, ...]
    address: Address
    csv: Callable[[Flavour], bytes]
    rows: Callable[[], Rows]
    last: Callable[[int], Rows] | None = None

    def last_rows(self, most: int) -> Rows:
        """The last rows, made alone where the whole file may be long."""
        return self.last(most) if self.last is not None else self.rows()[-most:]


@dataclass(frozen=True)
class Dataset:
    """A card of the page. `table` names the columns; `since`, `until` are the ends of all of it.

    `files` go from the narrowest to everything; the first is what the card previews.
    """

    id: str
    heading: str
    table: str
    files: tuple[DataFile, ...]
    since: date | None = None
    until: date | None = None


@dataclass(frozen=True)
class DataScene:
    """Everything the page is drawn from."""

    series: RateSeries
    known: KnownEvents
    found: tuple[Event, ...]
    is_part: bool
    since: date | None
    until: date | None
    asof: str
    query: dict[str, Any]
    table: str


def read_data_scene(view: View) -> DataScene:
    """The scene of a link; settings that cannot be together are ignored and told."""
    if view["series"] not in {card.id for card in session.cards()}:
        view.ignore("series")
    if view["from"] and view["to"] and view["to"] < view["from"]:
        view.ignore("from", "to")
    known = session.known_events()
    return DataScene(
        series=session.series(view["series"]),
        known=known,
        found=read_facets(view, known.events).found,
        is_part=any(view[p.key] != p.default for p in FILTERS if p.key != "origin"),
        since=view["from"],
        until=view["to"],
        asof=f"asof-{session.today()}",
        query=_query(view),
        table=view["table"],
    )


def _query(view: View) -> dict[str, Any]:
    """The filters of a link in the words of the network door."""
    asked = {
        "from": view["from"].isoformat() if view["from"] else "",
        "to": view["to"].isoformat() if view["to"] else "",
        "category": list(view["cat"]),
        "q": view["q"],
        "expected": "" if view["exp"] == ANY else view["exp"],
        "hour": "" if view["hour"] == ANY else view["hour"],
    }
    return {key: value for key, value in asked.items() if value}


# ------------------------------------------------------------------ the four sets


def rates_of(scene: DataScene) -> Dataset:
    """The observations of the chosen series and of every series."""
    one, since, until = scene.series, scene.since, scene.until
    every = [session.series(card.id) for card in session.cards()]
    files = [
        _rates_file("all of this series", [one], (one.card.id, "rates", "all"), scene.asof),
        _rates_file("every series", every, ("all", "rates"), scene.asof),
    ]
    if since or until:
        files.insert(0, _rates_in_view(scene))
    return Dataset("rates", "Rates", "rates", tuple(files), *_ends(one))


def _rates_in_view(scene: DataScene) -> DataFile:
    one, since, until = scene.series, scene.since, scene.until
    first = 0 if since is None else int(np.searchsorted(one.day, np.datetime64(since, "D")))
    last = len(one) if until is None else one.row_on_or_before(until) + 1
    period: dict[str, Any] = {k: v for k, v in scene.query.items() if k in {"from", "to"}}
    return DataFile(
        "this view",
        max(last - first, 0),
        (one.card.id, "rates", since, until, scene.asof),
        Address("rates", {"series": one.card.id, **period}),
        lambda flavour: rates_csv([one], since, until, flavour),
        lambda: rate_rows_json([one], since, until),
        lambda most: rate_rows_json([one.part(slice(max(first, last - most), max(first, last)))]),
    )


def _rates_file(
    label: str, series: list[RateSeries], name: tuple[object, ...], asof: str
) -> DataFile:
    return DataFile(
        label,
        sum(len(each) for each in series),
        (*name, asof),
        Address("rates", {"series": [each.card.id for each in series]}),
        lambda flavour: rates_csv(series, flavour=flavour),
        lambda: rate_rows_json(series),
        lambda most: rate_rows_json([series[-1].part(slice(max(len(series[-1]) - most, 0), None))]),
    )


def events_of(scene: DataScene, origin: Origin) -> Dataset:
    """The events of the catalogue, or the notes."""
    every = tuple(event for event in scene.known.events if event.origin == origin)
    found = tuple(event for event in scene.found if event.origin == origin)
    words = {Origin.CATALOGUE: "Events", Origin.NOTE: "Notes"}
    name = words[origin].lower()
    of_origin = {"origin": origin.value}
    files = [_events_file("all", every, ("usdrub", name, "all", scene.asof), of_origin)]
    if scene.is_part:
        words_of_file = ("usdrub", name, scene.since, scene.until, scene.asof)
        files.insert(
            0, _events_file("this view", found, words_of_file, {**of_origin, **scene.query})
        )
    first, last = (every[0].day, every[-1].day) if every else (None, None)
    return Dataset(name, words[origin], "event_list", tuple(files), first, last)


def _events_file(
    label: str, events: tuple[Event, ...], name: tuple[object, ...], query: dict[str, Any]
) -> DataFile:
    return DataFile(
        label,
        len(events),
        name,
        Address("events", query),
        lambda flavour: event_list_csv(events, flavour),
        lambda: event_list_rows_json(events),
    )


def moves_of(scene: DataScene) -> Dataset:
    """A table of the study of the events on the chosen series."""
    files = [_study_file("all", scene, scene.known.events, {})]
    if scene.is_part:
        files.insert(0, _study_file("this view", scene, scene.found, scene.query))
    return Dataset("moves", "Moves", scene.table, tuple(files), *_ends(scene.series))


def study_in_view(scene: DataScene) -> StudyAnswer:
    """The study of the events of this view."""
    return study_of(scene.series, scene.known, scene.found, StudyRequest())


def _study_file(
    label: str, scene: DataScene, events: tuple[Event, ...], query: dict[str, Any]
) -> DataFile:
    table, series = scene.table, scene.series.card.id
    answer = study_of(scene.series, scene.known, events, StudyRequest())
    period = (scene.since, scene.until) if label == "this view" else ("all",)
    chosen = {} if table == "events" else {"table": table}
    return DataFile(
        label,
        study_row_count(answer, table),
        (series, "study", table, *period, scene.asof),
        Address("study", {"rates": series, **chosen, **query}),
        lambda flavour: study_csv(answer, table, flavour),
        lambda: study_rows_json(answer, table),
    )


def _ends(series: RateSeries) -> tuple[date, date]:
    first, last = (date.fromisoformat(str(day)) for day in series.day[[0, -1]])
    return first, last
