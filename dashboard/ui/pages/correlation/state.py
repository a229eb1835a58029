"""State and controls of the Correlation page, and the data of its figures."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import partial
from typing import Final

import streamlit as st

from dashboard.models.analyses import (
    DOSES,
    SCORE_TARGETS,
    SCORES,
    CrossCell,
    Dose,
    DosePoint,
    DoseResponse,
    DoseRow,
    Projection,
    Score,
    ScoredEvents,
    ScoreRow,
    SecondStageRow,
)
from dashboard.models.currencies import NEWS_CURRENCY
from dashboard.models.event import Event
from dashboard.models.messages import deferred, translate_deferred
from dashboard.models.messages import translate as _
from dashboard.models.series import RateSeries, SeriesCard
from dashboard.models.study import (
    DEFAULT_CAR_WINDOWS,
    DirectionRow,
    StudyRequest,
    Window,
    read_window,
)
from dashboard.presentation.charts.correlation import (
    CrossCellMark,
    HitRateRow,
    LeadLagPanel,
    ScorePoint,
)
from dashboard.presentation.correlation import (
    CELL_UNIT_TITLES,
    DOSE_TITLES,
    OUTCOME_TITLES,
    SCORE_TITLES,
    build_cell_mark,
    ends_before_most,
    format_group_label,
    format_group_title,
    format_hits,
    turn_row,
)
from dashboard.presentation.escaping import escape_label, escape_plot, truncate
from dashboard.presentation.formatting import (
    format_day,
    format_month,
    format_number,
    format_p,
    format_signed,
    format_window,
)
from dashboard.presentation.palette import CATEGORY_STYLES
from dashboard.presentation.quoting import QuotedSeries, QuoteMode, name_direction
from dashboard.services.compare import (
    EventRelations,
    project_group,
    relate_across_series,
    relate_dosed_events,
    relate_event_columns,
    relate_events,
)
from dashboard.services.events import EventFilter, find_events
from dashboard.services.rates import DEFAULT_SERIES
from dashboard.services.study_inputs import available_factors
from dashboard.ui import session
from dashboard.ui.components.elements import term_help
from dashboard.ui.components.event_filters import CATEGORY_IDS
from dashboard.ui.components.view_controls import draw_period_fields, draw_series_choice
from dashboard.ui.session import KnownEvents
from dashboard.ui.url_state import (
    UrlParam,
    UrlState,
    choice_param,
    choices_param,
    day_param,
    name_param,
    names_param,
)

WINDOW_OPTIONS: Final = ("0:0", "0:1", "-1:1", "0:2", "0:5", "0:10", "-5:-1")
CELL_UNITS: Final = ("scar", "spread", "percentile", "mean")
FIRST_SCORE: Final = "first"
ALL_GROUPS: Final = "all"
COMMONEST_GROUP: Final = "commonest"
REGRESSORS: Final = (
    "expected", "category", "surprise", "value_change", "intensity", "confidence", "hour_kind",
    "story", "actor",
)  # fmt: skip
CROSS_SERIES_IDS: Final = ("usd_rub_cbr", "cny_rub_cbr", "eur_rub_ecb", "eur_usd_ecb", "brent_eia")
"""The columns of the heat map: rouble by dollar, yuan and euro, the dollar itself, oil."""
MAX_OBSERVATIONS: Final = 100_000
PART_TITLES: Final[dict[str, str]] = {
    "lags": deferred("Before and after"),
    "hits": deferred("As expected?"),
    "series": deferred("Other series"),
    "path": deferred("Day by day"),
    "regression": deferred("All at once"),
    "scores": deferred("Tone and crowding"),
    "dose": deferred("Was it priced?"),
    "columns": deferred("By columns"),
}
PARAMS: Final[tuple[UrlParam, ...]] = (
    choice_param("part", tuple(PART_TITLES), "lags"),
    choices_param("cat", CATEGORY_IDS),
    day_param("from", "2022-01-01"),
    day_param("to", "2022-06-30"),
    choice_param("car", WINDOW_OPTIONS, "0:1"),
    names_param("ctrl", ("eur_usd_ecb",), ("brent_eia",), "none"),
    choice_param("projection", (ALL_GROUPS, *CATEGORY_IDS), ALL_GROUPS),
    choice_param("score", (FIRST_SCORE, *SCORES), FIRST_SCORE),
    choice_param("against", SCORE_TARGETS, "move"),
    choice_param("cells", CELL_UNITS, "scar"),
    choice_param("dose", DOSES, DOSES[0]),
    choice_param("of", (COMMONEST_GROUP, ALL_GROUPS, *CATEGORY_IDS), COMMONEST_GROUP),
    choices_param("by", REGRESSORS),
    choice_param(
        "up", tuple(quote.value for quote in QuoteMode), QuoteMode.WEAKER.value, shared=True
    ),
    name_param("series", DEFAULT_SERIES, "cny_rub_cbr", shared=True),
)
EventPair = tuple[tuple[Event, ...], tuple[Event, ...]]
SHORT_TITLES: Final = {
    "usd_rub_cbr": deferred("Rouble / dollar"),
    "cny_rub_cbr": deferred("Rouble / yuan"),
    "eur_rub_ecb": deferred("Rouble / euro"),
    "eur_usd_ecb": deferred("Euro in dollars"),
    "brent_eia": deferred("Brent"),
}
PHONE_SHORT_TITLES: Final = {
    "usd_rub_cbr": "USD", "cny_rub_cbr": "CNY", "eur_rub_ecb": "EUR", "eur_usd_ecb": "EUR/<br>USD",
    "brent_eia": deferred("Brent"),
}  # fmt: skip
DOSE_LABEL_LIMIT: Final = 26
REGRESSOR_TITLES: Final = {
    "expected": deferred("Expected rouble"),
    "category": deferred("Category"),
    "surprise": deferred("Surprise"),
    "value_change": deferred("Change of the value"),
    "intensity": deferred("Intensity"),
    "confidence": deferred("Confidence in the source"),
    "hour_kind": deferred("Kind of hour"),
    "story": deferred("Story"),
    "actor": deferred("Actor"),
}
FULL_COLOUR_VALUES: Final = {"scar": 2.0, "spread": 4.0, "percentile": 100.0}


# ------------------------------------------------------------------ the state


@dataclass(frozen=True, slots=True)
class CorrelationState:
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
    related: EventRelations | None
    projected_group: str
    chosen_score: str
    against: str
    cells: str
    dose: Dose
    dose_group: str
    regressors: tuple[str, ...]
    dark: bool
    phone: bool
    refused: str = ""
    mode: QuoteMode = QuoteMode.WEAKER

    @property
    def quoting(self) -> QuotedSeries:
        """The series in the quote that was chosen."""
        return QuotedSeries(self.series.card, self.mode)

    @property
    def shown(self) -> EventRelations | None:
        """`related` with the sign of the number shown; files have that of the subject."""
        if self.related is None:
            return None
        turn = partial(turn_row, quoting=self.quoting)
        return replace(
            self.related,
            correlations=tuple(map(turn, self.related.correlations)),
            regression=tuple(map(turn, self.related.regression)),
            scores=tuple(map(turn, self.related.scores)),
        )

    @property
    def groups(self) -> tuple[str, ...]:
        """The groups that are drawn: all events first, then the chosen categories that occur."""
        result = (
            dict.fromkeys(row.group for row in self.related.correlations) if self.related else ()
        )
        wanted = self.categories or tuple(result)
        return tuple(name for name in result if name == "all" or name in wanted)

    @property
    def directions(self) -> tuple[DirectionRow, ...]:
        """The hit rates; none where the subject of the series has no expected direction."""
        is_expected = self.series.card.subject.code == NEWS_CURRENCY
        return self.related.directions if self.related and is_expected else ()

    @property
    def score(self) -> Score | None:
        """The score that the scatter shows: the chosen one, else the first that events have."""
        scores = [row.score for row in self.related.scores] if self.related else []
        wanted = [score for score in scores if score == self.chosen_score]
        return next(iter([*wanted, *(scores if self.chosen_score == FIRST_SCORE else [])]), None)

    @property
    def points(self) -> ScoredEvents | None:
        """The points of the scatter."""
        per_score = self.related.points if self.related else ()
        return next((item for item in per_score if item.score == self.score), None)

    @property
    def score_row(self) -> ScoreRow | None:
        """The correlation of the scatter."""
        rows = self.shown.scores if self.shown else ()
        return next((r for r in rows if (r.score, r.against) == (self.score, self.against)), None)


def read_correlation_state(view: UrlState) -> CorrelationState:
    """The state for a link; settings that do not fit one another are ignored."""
    if view["series"] not in {card.id for card in session.get_price_cards()}:
        view.ignore("series")
    if view["from"] and view["to"] and view["to"] < view["from"]:
        view.ignore("from", "to")
    series, known = session.load_series(view["series"]), session.get_known_events()
    possible = available_factors(series.card, session.get_cards())
    events = find_events(known.events, EventFilter(since=view["from"], until=view["to"]))
    state = CorrelationState(
        series=series,
        controls=_read_controls(view, possible),
        possible=possible,
        events=events,
        known=known,
        since=view["from"],
        until=view["to"],
        categories=tuple(kind for kind in CATEGORY_IDS if kind in view["cat"]),
        request=replace(StudyRequest(), cars=(read_window("car", view["car"]),)),
        related=None,
        projected_group=view["projection"],
        chosen_score=view["score"],
        against=view["against"],
        cells=view["cells"],
        dose=view["dose"],
        dose_group=view["of"],
        regressors=view["by"] or ("expected",),
        dark=session.is_dark(),
        phone=session.is_phone(),
        mode=QuoteMode(view["up"]),
    )
    return _add_answer(state)


def get_cross_series(
    state: CorrelationState,
) -> tuple[tuple[SeriesCard, ...], tuple[CrossCell, ...]]:
    """The columns of the heat map and its cells, cached by the versions of their data."""
    cards_by_id = {card.id: card for card in session.get_cards()}
    ids: list[str] = [name for name in CROSS_SERIES_IDS if name in cards_by_id]
    if state.series.card.id not in ids and not state.series.card.bar_minutes:
        ids.insert(0, state.series.card.id)
    ids.sort(key=lambda name: ends_before_most(cards_by_id[name], state.events))
    series = tuple(session.load_series(name) for name in ids)
    version = "/".join((*map(session.build_series_version, series), _build_version(state)))
    cards = tuple(item.card for item in series)
    return cards, _cached_cross_series(
        series, (state.events, state.known.events), state.request, version
    )


def get_projection(state: CorrelationState) -> Projection | None:
    """The local projections of the chosen group, cached by the versions of their data."""
    if state.related is None:
        return None
    versions = map(session.build_series_version, (state.series, *state.controls))
    version = "/".join((*versions, _build_version(state), state.projected_group))
    return _cached_projection(state.related, state.projected_group, state.controls, version)


def get_dose_response(state: CorrelationState) -> DoseResponse:
    """The moves of the events that have the chosen dose, cached by the versions of their data."""
    version = f"{session.build_series_version(state.series)}/{_build_version(state)}/{state.dose}"
    cars = tuple(dict.fromkeys((*state.request.cars, *DEFAULT_CAR_WINDOWS)))
    request = replace(state.request, cars=cars, window=_cover(state.request.window, cars))
    pair = (state.events, state.known.events)
    return _cached_dose_response(state.series, pair, request, state.dose, version)


def _cover(window: Window, cars: tuple[Window, ...]) -> Window:
    return min(window[0], *(c[0] for c in cars)), max(window[1], *(c[1] for c in cars))


def choose_dose_row(state: CorrelationState, response: DoseResponse) -> DoseRow | None:
    """The row of the chosen group in the chosen window; else the category with most events."""
    rows = [row for row in response.rows if row.window == state.request.cars[0]]
    if state.dose_group == COMMONEST_GROUP:
        kinds = [row for row in rows if row.group != ALL_GROUPS]
        return max(kinds, key=lambda row: row.n, default=None)
    return next((row for row in rows if row.group == state.dose_group), None)


def list_dose_points(
    state: CorrelationState, response: DoseResponse, row: DoseRow
) -> list[DosePoint]:
    """The events that a row is made from, by day."""
    points = [
        point
        for point in response.points
        if point.window == row.window
        and row.group in (ALL_GROUPS, point.event.category)
        and (state.dose == "intensity" or point.event.value_unit == row.unit)
    ]
    return sorted(points, key=lambda point: point.event.day)


def get_second_stage(state: CorrelationState) -> tuple[SecondStageRow, ...]:
    """The CARs of the chosen categories on the chosen columns, cached.

    Raises:
        InputError: a column has no values, or too many levels.
    """
    chosen = state.categories
    events = tuple(e for e in state.events if not chosen or e.category in chosen)
    version = "/".join(
        (session.build_series_version(state.series), _build_version(state), *chosen, "by",
         *state.regressors)
    )  # fmt: skip
    pair = (events, state.known.events)
    return _cached_second_stage(state.series, pair, state.request, state.regressors, version)


def _read_controls(view: UrlState, possible: tuple[SeriesCard, ...]) -> tuple[RateSeries, ...]:
    """The controls of the link that fit this series; others are listed in the notice."""
    offered = {card.id for card in possible}
    default = next(param.default for param in view.params if param.key == "ctrl")
    chosen = [name for name in view["ctrl"] if name in offered]
    if len(chosen) < len(view["ctrl"]) and view["ctrl"] != default:
        view.ignore("ctrl")
        chosen = [name for name in view["ctrl"] if name in offered]
    return tuple(session.load_series(name) for name in chosen)


def _add_answer(state: CorrelationState) -> CorrelationState:
    if len(state.series) > MAX_OBSERVATIONS:
        refused = _(
            "A series of {count:,} rows is too long for this page; `study --out` writes the same"
            " tables.",
            count=len(state.series),
        )
        return replace(state, refused=refused)
    if not state.events:
        return replace(state, refused=_("No event lies in this period. Take another one."))
    versions = map(session.build_series_version, (state.series, *state.controls))
    version = "/".join((*versions, _build_version(state)))
    pair = (state.events, state.known.events)
    related = _cached_relations(state.series, pair, state.request, state.controls, version)
    if not related.used:
        skipped = related.skipped
        refused = _(
            "None of {count:,} events is measured: {reason}.",
            count=len(state.events),
            reason=translate_deferred(skipped[0].reason)
            if skipped
            else _("no event belongs to the series"),
        )
        return replace(state, refused=refused)
    return replace(state, related=related)


def _build_version(state: CorrelationState) -> str:
    return f"{state.known.version}/{state.since}/{state.until}/{state.request}"


@st.cache_resource(show_spinner=False, max_entries=16)
def _cached_relations(
    _series: RateSeries,
    _events: EventPair,
    _request: StudyRequest,
    _controls: tuple[RateSeries, ...],
    version: str,  # noqa: ARG001 - the key of the cache
) -> EventRelations:
    return relate_events(_series, *_events, _request, _controls)


@st.cache_resource(show_spinner=False, max_entries=32)
def _cached_projection(
    _related: EventRelations,
    _group: str,
    _controls: tuple[RateSeries, ...],
    version: str,  # noqa: ARG001 - the key of the cache
) -> Projection | None:
    return project_group(_related, _group, _controls)


@st.cache_resource(show_spinner=False, max_entries=16)
def _cached_dose_response(
    _series: RateSeries,
    _events: EventPair,
    _request: StudyRequest,
    _dose: Dose,
    version: str,  # noqa: ARG001 - the key of the cache
) -> DoseResponse:
    return relate_dosed_events(_series, *_events, _request, _dose)


@st.cache_resource(show_spinner=False, max_entries=16)
def _cached_second_stage(
    _series: RateSeries,
    _events: EventPair,
    _request: StudyRequest,
    _columns: tuple[str, ...],
    version: str,  # noqa: ARG001 - the key of the cache
) -> tuple[SecondStageRow, ...]:
    return relate_event_columns(_series, *_events, _request, _columns)


@st.cache_resource(show_spinner=False, max_entries=16)
def _cached_cross_series(
    _series: tuple[RateSeries, ...],
    _events: EventPair,
    _request: StudyRequest,
    version: str,  # noqa: ARG001 - the key of the cache
) -> tuple[CrossCell, ...]:
    return relate_across_series(_series, *_events, _request)


# ------------------------------------------------------------------ data of the charts


def build_lead_lag_panels(state: CorrelationState) -> tuple[LeadLagPanel, ...]:
    """One panel a drawn group."""
    related = state.shown
    rows = [r for r in related.correlations if r.method == "point_biserial"] if related else []
    return tuple(
        LeadLagPanel(
            escape_plot(format_group_label(name), 40, 1), tuple(r for r in rows if r.group == name)
        )
        for name in state.groups
        if any(r.group == name for r in rows)
    )


def build_hit_rows(state: CorrelationState) -> tuple[HitRateRow, ...]:
    """One row a drawn group that has an expectation, all events first, then by share."""
    shown = [row for row in state.directions if row.group in state.groups and row.n]
    shown.sort(key=lambda row: (row.group != "all", -row.share))
    return tuple(
        HitRateRow(
            escape_plot(format_group_title(row.group), 24, 1),
            f"{format_hits(row)}, p {format_p(row.p_value)} → {format_p(row.p_adjusted)}",
            row,
        )
        for row in shown
    )


def build_score_points(state: CorrelationState, scored: ScoredEvents) -> tuple[ScorePoint, ...]:
    """One point an event of the scatter."""
    by_id = {event.id: event for event in state.events}
    points = []
    for name, value, car in zip(scored.event_ids, scored.value, scored.car, strict=True):
        event, move = by_id[name], 100 * float(car)
        quoted = state.quoting.quoted_log_points(move)
        shown = abs(move) if state.against == "size" else quoted
        word = name_direction(state.series.card, move)
        hover = _(
            "{day}<br>{event}<br>score {score}<br>{move} log pts {direction}",
            day=format_day(event.day),
            event=escape_plot(event.title, 56, 2),
            score=format_number(value, 2),
            move=format_signed(quoted),
            direction=word,
        )
        points.append(ScorePoint(float(value), shown, hover))
    return tuple(points)


def build_dose_points(
    state: CorrelationState, points: list[DosePoint]
) -> tuple[tuple[str, ScorePoint], ...]:
    """The points of the dose chart, each with its label: its title, or its day."""
    titles = {truncate(point.event.title, DOSE_LABEL_LIMIT) for point in points}
    is_named = len(titles) == len(points) and not state.phone
    labelled = []
    for point in points:
        quoted = state.quoting.quoted_log_points(100 * point.car)
        hover = _(
            "{day}<br>{event}<br>dose {dose}<br>{move} log pts {direction}",
            day=format_day(point.event.day),
            event=escape_plot(point.event.title, 56, 2),
            dose=format_signed(point.value),
            move=format_signed(quoted),
            direction=name_direction(state.series.card, 100 * point.car),
        )
        day = format_day(point.event.day)
        label = escape_plot(point.event.title, DOSE_LABEL_LIMIT, 1) if is_named else day
        labelled.append((label, ScorePoint(point.value, quoted, hover)))
    return tuple(labelled)


def format_dose_titles(state: CorrelationState, row: DoseRow) -> tuple[str, str]:
    """The titles of the axes of the dose chart."""
    unit = escape_plot(row.unit, 20, 1)
    if row.unit == "%":
        unit = _("percentage points")
    title = translate_deferred(DOSE_TITLES[state.dose])
    title = f"{title}, {unit}" if unit and state.dose != "intensity" else title
    window = format_window(row.window)
    return title, _("move in {window}, log points", window=window)


def format_scatter_titles(state: CorrelationState, scored: ScoredEvents) -> tuple[str, str]:
    """The titles of the axes of the scatter."""
    return translate_deferred(SCORE_TITLES[scored.score]), _(
        "{outcome_titles}, log points",
        outcome_titles=translate_deferred(OUTCOME_TITLES[state.against]),
    )


def build_map_rows(
    state: CorrelationState, cards: tuple[SeriesCard, ...], cells: tuple[CrossCell, ...]
) -> tuple[tuple[str, tuple[CrossCellMark, ...]], ...]:
    """The rows of the heat map: drawn groups on every series."""
    cells_by_place = {(cell.group, cell.series): cell for cell in cells}
    groups = [g for g in dict.fromkeys(cell.group for cell in cells) if g in state.groups]
    return tuple(
        (
            escape_plot(format_group_title(group), 24, 1),
            tuple(
                build_cell_mark(
                    card,
                    cells_by_place.get((group, card.id)),
                    (state.mode, state.cells),
                    is_ended=ends_before_most(card, state.events),
                )
                for card in cards
            ),
        )
        for group in groups
    )


def build_map_columns(state: CorrelationState, cards: tuple[SeriesCard, ...]) -> tuple[str, ...]:
    """Short titles of the columns."""
    named = PHONE_SHORT_TITLES if state.phone else SHORT_TITLES
    titles = []
    for card in cards:
        title = translate_deferred(named.get(card.id, "")) or escape_plot(card.label, 16, 2)
        if ends_before_most(card, state.events) and card.history_until:
            ended = _("to {month}", month=format_month(card.history_until))
            title = f"{title}<br>{ended}"
        titles.append(title)
    return tuple(titles)


def compute_map_limit(state: CorrelationState, cells: tuple[CrossCell, ...]) -> float:
    """The value at which a cell has its full colour."""
    if state.cells in FULL_COLOUR_VALUES:
        return FULL_COLOUR_VALUES[state.cells]
    return max([1.0, *(abs(100 * cell.caar) for cell in cells if cell.has_verdict)])


# ------------------------------------------------------------------ controls


SCORE_OPTIONS: Final[Mapping[str, str]] = {
    FIRST_SCORE: deferred("The first there is"),
    **SCORE_TITLES,
}


def draw_sample_controls(view: UrlState) -> None:
    """Draw the choice of series, categories and window in one row, the period behind a button.

    The categories choose what is drawn; the corrections count all of them.
    """
    with st.container(horizontal=True, vertical_alignment="center"):
        draw_series_choice(view, session.get_price_cards(), label="collapsed")
        st.multiselect(
            _("Categories"),
            [style.id for style in CATEGORY_STYLES],
            format_func=format_group_label,
            placeholder=_("All categories"),
            label_visibility="collapsed",
            width=240,
            **view.widget("cat"),
        )
        has_period = bool(view["from"] or view["to"] or view["car"] != "0:1")
        label = _("Period and window · set") if has_period else _("Period and window")
        with st.popover(label, icon=":material/tune:"):
            with st.container(horizontal=True):
                draw_period_fields(view)
            st.selectbox(
                _("Window of the move"),
                list(WINDOW_OPTIONS),
                format_func=lambda text: format_window(read_window("car", text)),
                help=term_help("window"),
                **view.widget("car"),
            )


def draw_part_choice(view: UrlState) -> None:
    """Draw the choice of the part that is shown."""
    st.segmented_control(
        _("Part"),
        list(PART_TITLES),
        required=True,
        format_func=lambda part: translate_deferred(PART_TITLES[part]),
        label_visibility="collapsed",
        **view.widget("part"),
    )


def draw_score_choice(view: UrlState) -> None:
    """Draw the choice of the score and of what it is correlated with."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        st.selectbox(
            _("Score"),
            [FIRST_SCORE, *SCORES],
            format_func=lambda value: translate_deferred(SCORE_OPTIONS[value]),
            width=250,
            **view.widget("score"),
        )
        st.segmented_control(
            _("Against"),
            list(SCORE_TARGETS),
            required=True,
            format_func=lambda value: translate_deferred(OUTCOME_TITLES[value]),
            **view.widget("against"),
        )


def draw_dose_choice(view: UrlState) -> None:
    """Draw the choice of the dose and of the group of events."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        st.selectbox(
            _("Dose"),
            list(DOSES),
            format_func=lambda value: translate_deferred(DOSE_TITLES[value]),
            width=330,
            **view.widget("dose"),
        )
        st.selectbox(
            _("Of"),
            [COMMONEST_GROUP, ALL_GROUPS, *(style.id for style in CATEGORY_STYLES)],
            format_func=_format_dose_group,
            width=300,
            **view.widget("of"),
        )


def _format_dose_group(group: str) -> str:
    if group == COMMONEST_GROUP:
        return _("The category with most of them")
    return format_group_label(group)


def draw_regressor_choice(view: UrlState) -> None:
    """Draw the choice of the columns of the events."""
    st.multiselect(
        _("Columns of the events"),
        list(REGRESSORS),
        format_func=lambda name: translate_deferred(REGRESSOR_TITLES[name]),
        placeholder=_("Expected rouble"),
        width=520,
        **view.widget("by"),
    )


def draw_cell_unit(view: UrlState) -> None:
    """Draw the choice of the unit in the heat map."""
    st.segmented_control(
        _("Cells show"),
        list(CELL_UNITS),
        required=True,
        format_func=lambda value: translate_deferred(CELL_UNIT_TITLES[value]),
        **view.widget("cells"),
    )


def draw_projection_choice(view: UrlState) -> None:
    """Draw the choice of the group whose projection is shown."""
    st.selectbox(
        _("Moves around"),
        [ALL_GROUPS, *(style.id for style in CATEGORY_STYLES)],
        format_func=format_group_label,
        width=260,
        **view.widget("projection"),
    )


def draw_controls_choice(view: UrlState, state: CorrelationState) -> None:
    """Draw the choice of control series of the regression and the projections."""
    titles = {card.id: card.label for card in state.possible}
    st.multiselect(
        _("Controls beside the categories"),
        list(titles),
        format_func=lambda name: escape_label(titles[name]),
        placeholder=_("none"),
        width=420,
        **view.widget("ctrl", tuple(control.card.id for control in state.controls)),
    )
