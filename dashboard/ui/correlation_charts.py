"""The answer of Correlation as its figures want it; users' titles are made harmless here."""

from __future__ import annotations

import math
from typing import Final

from dashboard.domain.relation import CrossCell, ScoredEvents
from dashboard.domain.series import SeriesCard
from dashboard.ui.charts.cross_map import MapCell
from dashboard.ui.charts.hit_rates import HitLine
from dashboard.ui.charts.lead_lag import Panel
from dashboard.ui.charts.score_scatter import ScorePoint
from dashboard.ui.correlation_scene import CorrelationScene
from dashboard.ui.correlation_words import (
    AGAINST_WORDS,
    SCORE_TITLES,
    cell_number,
    group_mark,
    group_title,
    hit_words,
    p_text,
    short_reason,
)
from dashboard.ui.quoting import direction
from dashboard.ui.text import plot_text
from dashboard.ui.wording import count, day, number, signed

SHORT: Final = {
    "usd_rub_cbr": "Rouble / dollar", "cny_rub_cbr": "Rouble / yuan",
    "eur_rub_ecb": "Rouble / euro", "eur_usd_ecb": "Euro in dollars", "brent_eia": "Brent",
}  # fmt: skip
PHONE_SHORT: Final = {
    "usd_rub_cbr": "USD", "cny_rub_cbr": "CNY", "eur_rub_ecb": "EUR", "eur_usd_ecb": "EUR/<br>USD",
    "brent_eia": "Brent",
}  # fmt: skip
FULL: Final = {"scar": 2.0, "spread": 4.0, "percentile": 100.0}
SMALL: Final = 0.05


def panels_of(scene: CorrelationScene) -> tuple[Panel, ...]:
    """A panel a drawn group."""
    related = scene.related
    rows = [r for r in related.correlations if r.method == "point_biserial"] if related else []
    return tuple(
        Panel(plot_text(group_mark(name), 40, 1), tuple(r for r in rows if r.group == name))
        for name in scene.groups
        if any(r.group == name for r in rows)
    )


def hit_lines(scene: CorrelationScene) -> tuple[HitLine, ...]:
    """A line a drawn group that has an expectation, all events first, then by share."""
    rows = scene.related.directions if scene.related else ()
    shown = [row for row in rows if row.group in scene.groups and row.n]
    shown.sort(key=lambda row: (row.group != "all", -row.share))
    return tuple(
        HitLine(
            plot_text(group_title(row.group), 24, 1),
            f"{hit_words(row)}, p {p_text(row.p_value)} → {p_text(row.p_adjusted)}",
            row,
        )
        for row in shown
    )


def score_points(scene: CorrelationScene, found: ScoredEvents) -> tuple[ScorePoint, ...]:
    """A point an event of the scatter."""
    by_id = {event.id: event for event in scene.events}
    points = []
    for name, value, car in zip(found.event_ids, found.value, found.car, strict=True):
        event, move = by_id[name], 100 * float(car)
        shown = abs(move) if scene.against == "size" else move
        word = direction(scene.series.card, move)
        hover = (
            f"{day(event.day)}<br>{plot_text(event.title, 56, 2)}<br>score {number(value, 2)}"
            f"<br>{signed(move)} log pts {word}"
        )
        points.append(ScorePoint(float(value), shown, hover))
    return tuple(points)


def scatter_titles(scene: CorrelationScene, found: ScoredEvents) -> tuple[str, str]:
    """The titles of the axes of the scatter."""
    return SCORE_TITLES[found.score], f"{AGAINST_WORDS[scene.against]}, log points"


def map_rows(
    scene: CorrelationScene, cards: tuple[SeriesCard, ...], cells: tuple[CrossCell, ...]
) -> tuple[tuple[str, tuple[MapCell, ...]], ...]:
    """The rows of the heat map: drawn groups on every series."""
    found = {(cell.group, cell.series): cell for cell in cells}
    groups = [g for g in dict.fromkeys(cell.group for cell in cells) if g in scene.groups]
    return tuple(
        (
            plot_text(group_title(group), 24, 1),
            tuple(_cell(scene, card, found.get((group, card.id))) for card in cards),
        )
        for group in groups
    )


def map_columns(scene: CorrelationScene, cards: tuple[SeriesCard, ...]) -> tuple[str, ...]:
    """Short titles of the columns."""
    named = PHONE_SHORT if scene.phone else SHORT
    return tuple(named.get(card.id) or plot_text(card.title, 16, 2) for card in cards)


def map_edge(scene: CorrelationScene, cells: tuple[CrossCell, ...]) -> float:
    """The number at which a cell has its full colour."""
    if scene.cells in FULL:
        return FULL[scene.cells]
    return max([1.0, *(abs(100 * cell.caar) for cell in cells if cell.has_verdict)])


def _cell(scene: CorrelationScene, card: SeriesCard, cell: CrossCell | None) -> MapCell:
    if cell is None:
        return MapCell(math.nan, "", "no event on this series")
    head = f"{plot_text(group_title(cell.group), 30, 1)} on {plot_text(card.title, 40, 1)}"
    moved = _moved(card, cell)
    if not cell.has_verdict:
        reason = f"no verdict: {cell.reason or 'the test does not apply'}"
        return MapCell(math.nan, short_reason(cell), f"{head}<br>{plot_text(reason, 50, 2)}{moved}")
    value = cell_number(cell, scene.cells)
    shown = signed(value, 0 if scene.cells == "percentile" else 1)
    mark = f"<b>{shown} •</b>" if cell.p_adjusted < SMALL else shown
    beside = "" if scene.cells == "mean" else f"<br>({signed(100 * cell.caar, 1)})"
    hover = (
        f"{head}{moved}<br>p {p_text(cell.p_value)}, corrected {p_text(cell.p_adjusted)}"
        f"<br>{signed(cell.in_spreads)} spreads of shifted dates, larger than"
        f" {number(cell.percentile, 1)} %"
    )
    return MapCell(value, mark + beside, hover)


def _moved(card: SeriesCard, cell: CrossCell) -> str:
    """The mean of a cell with what it rests on; empty where there is none."""
    if math.isnan(cell.caar):
        return ""
    return (
        f"<br>mean {signed(100 * cell.caar)} log pts {direction(card, 100 * cell.caar)},"
        f" standardised {signed(cell.mean_scar)}<br>{count(cell.n, 'event')} on"
        f" {count(cell.n_rates, 'rate')}, {count(cell.clusters, 'cluster')}; the largest move is"
        f" {number(100 * cell.largest_share, 0)} % of all"
    )
