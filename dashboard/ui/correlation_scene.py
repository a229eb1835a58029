"""What the Correlation page shows for one link: the study behind it, kept by versions."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from typing import Final

import streamlit as st

from dashboard.domain.event import Event
from dashboard.domain.relation import (
    AGAINST,
    SCORES,
    CrossCell,
    Projection,
    Score,
    ScoredEvents,
    ScoreRow,
)
from dashboard.domain.series import RateSeries, SeriesCard
from dashboard.domain.spans import read_window
from dashboard.domain.study import StudyRequest
from dashboard.services.choose_factors import factors_for
from dashboard.services.find_events import EventFilter, find_events
from dashboard.services.get_rates import DEFAULT_SERIES
from dashboard.services.relate_events import (
    Related,
    project_group,
    relate_across,
    relate_events,
)
from dashboard.ui import session
from dashboard.ui.address import View
from dashboard.ui.events_scene import CATEGORIES
from dashboard.ui.session import KnownEvents
from dashboard.ui.view import Param, a_day, a_name, many_names, many_of, one_of

WINDOWS: Final = ("0:0", "0:1", "-1:1", "0:2", "0:5", "0:10", "-5:-1")
CELLS: Final = ("spread", "percentile", "mean")
FIRST: Final = "first"
ALL: Final = "all"
ACROSS: Final = ("usd_rub_cbr", "cny_rub_cbr", "eur_rub_ecb", "eur_usd_ecb", "brent_eia")
"""The columns of the heat map: rouble by dollar, yuan and euro, the dollar itself, oil."""
LONGEST: Final = 100_000

PARAMS: Final[tuple[Param, ...]] = (
    many_of("cat", CATEGORIES),
    a_day("from", "2022-01-01"),
    a_day("to", "2022-06-30"),
    one_of("car", WINDOWS, "0:1"),
    many_names("ctrl", ("eur_usd_ecb",), ("brent_eia",), "none"),
    one_of("projection", (ALL, *CATEGORIES), ALL),
    one_of("score", (FIRST, *SCORES), FIRST),
    one_of("against", AGAINST, "move"),
    one_of("cells", CELLS, "spread"),
    a_name("series", DEFAULT_SERIES, "cny_rub_cbr", shared=True),
)


@dataclass(frozen=True, slots=True)
class CorrelationScene:
    """Everything the page is drawn from.

    `related` is None where `refused` says why. `categories` are the chosen ones, none = all.
    """

    series: RateSeries
    controls: tuple[RateSeries, ...]
    possible: tuple[SeriesCard, ...]
    events: tuple[Event, ...]
    known: KnownEvents
    since: date | None
    until: date | None
    categories: tuple[str, ...]
    request: StudyRequest
    related: Related | None
    projected_group: str
    chosen_score: str
    against: str
    cells: str
    dark: bool
    phone: bool
    refused: str = ""

    @property
    def groups(self) -> tuple[str, ...]:
        """The groups that are drawn: all events first, then the chosen categories that occur."""
        found = (
            dict.fromkeys(row.group for row in self.related.correlations) if self.related else ()
        )
        wanted = self.categories or tuple(found)
        return tuple(name for name in found if name == "all" or name in wanted)

    @property
    def score(self) -> Score | None:
        """The score that the scatter shows: the chosen one, else the first that events have."""
        there = [row.score for row in self.related.scores] if self.related else []
        wanted = [score for score in there if score == self.chosen_score]
        return next(iter([*wanted, *(there if self.chosen_score == FIRST else [])]), None)

    @property
    def points(self) -> ScoredEvents | None:
        """The points of the scatter."""
        found = self.related.points if self.related else ()
        return next((each for each in found if each.score == self.score), None)

    @property
    def score_row(self) -> ScoreRow | None:
        """The correlation of the scatter."""
        rows = self.related.scores if self.related else ()
        return next((r for r in rows if (r.score, r.against) == (self.score, self.against)), None)


def read_correlation_scene(view: View) -> CorrelationScene:
    """The scene of a link; settings that cannot be together are ignored and told."""
    if view["series"] not in {card.id for card in session.prices()}:
        view.ignore("series")
    if view["from"] and view["to"] and view["to"] < view["from"]:
        view.ignore("from", "to")
    series, known = session.series(view["series"]), session.known_events()
    possible = factors_for(series.card, session.cards())
    events = find_events(known.events, EventFilter(since=view["from"], until=view["to"]))
    scene = CorrelationScene(
        series=series,
        controls=_controls(view, possible),
        possible=possible,
        events=events,
        known=known,
        since=view["from"],
        until=view["to"],
        categories=tuple(kind for kind in CATEGORIES if kind in view["cat"]),
        request=replace(StudyRequest(), cars=(read_window("car", view["car"]),)),
        related=None,
        projected_group=view["projection"],
        chosen_score=view["score"],
        against=view["against"],
        cells=view["cells"],
        dark=session.is_dark(),
        phone=session.is_phone(),
    )
    return _with_answer(scene)


def across_series(scene: CorrelationScene) -> tuple[tuple[SeriesCard, ...], tuple[CrossCell, ...]]:
    """The columns of the heat map and its cells, kept until anything in them changes."""
    there = {card.id: card for card in session.cards()}
    ids: list[str] = [name for name in ACROSS if name in there]
    if scene.series.card.id not in ids and not scene.series.card.bar_minutes:
        ids.insert(0, scene.series.card.id)
    series = tuple(session.series(name) for name in ids)
    version = "/".join((*map(session.series_version, series), _asked_version(scene)))
    cards = tuple(each.card for each in series)
    return cards, _across(series, (scene.events, scene.known.events), scene.request, version)


def projected(scene: CorrelationScene) -> Projection | None:
    """The local projections of the chosen group, kept until anything in them changes."""
    if scene.related is None:
        return None
    versions = map(session.series_version, (scene.series, *scene.controls))
    version = "/".join((*versions, _asked_version(scene), scene.projected_group))
    return _projected(scene.related, scene.projected_group, scene.controls, version)


def _controls(view: View, possible: tuple[SeriesCard, ...]) -> tuple[RateSeries, ...]:
    """The controls of the link that can stand beside this series; others are told."""
    offered = {card.id for card in possible}
    default = next(param.default for param in view.params if param.key == "ctrl")
    chosen = [name for name in view["ctrl"] if name in offered]
    if len(chosen) < len(view["ctrl"]) and view["ctrl"] != default:
        view.ignore("ctrl")
        chosen = [name for name in view["ctrl"] if name in offered]
    return tuple(session.series(name) for name in chosen)


def _with_answer(scene: CorrelationScene) -> CorrelationScene:
    if len(scene.series) > LONGEST:
        told = "is too long for this page; `study --out` writes the same tables"
        return replace(scene, refused=f"A series of {len(scene.series):,} rows {told}.")
    if not scene.events:
        return replace(scene, refused="No event lies in this period. Take another one.")
    versions = map(session.series_version, (scene.series, *scene.controls))
    version = "/".join((*versions, _asked_version(scene)))
    asked = (scene.events, scene.known.events)
    related = _related(scene.series, asked, scene.request, scene.controls, version)
    if not related.used:
        reason = related.skipped[0].reason if related.skipped else "no event belongs to the series"
        return replace(
            scene, refused=f"None of {len(scene.events):,} events is measured: {reason}."
        )
    return replace(scene, related=related)


def _asked_version(scene: CorrelationScene) -> str:
    return f"{scene.known.version}/{scene.since}/{scene.until}/{scene.request}"


Events = tuple[tuple[Event, ...], tuple[Event, ...]]


@st.cache_resource(show_spinner=False, max_entries=16)
def _related(
    _series: RateSeries,
    _asked: Events,
    _request: StudyRequest,
    _controls: tuple[RateSeries, ...],
    version: str,  # noqa: ARG001 - the key of the cache
) -> Related:
    return relate_events(_series, *_asked, _request, _controls)


@st.cache_resource(show_spinner=False, max_entries=32)
def _projected(
    _related: Related,
    _group: str,
    _controls: tuple[RateSeries, ...],
    version: str,  # noqa: ARG001 - the key of the cache
) -> Projection | None:
    return project_group(_related, _group, _controls)


@st.cache_resource(show_spinner=False, max_entries=16)
def _across(
    _series: tuple[RateSeries, ...],
    _asked: Events,
    _request: StudyRequest,
    version: str,  # noqa: ARG001 - the key of the cache
) -> tuple[CrossCell, ...]:
    return relate_across(_series, *_asked, _request)
