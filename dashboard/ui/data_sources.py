"""What the Data page offers of the comparison of sources: this view, and all events."""

from __future__ import annotations

from functools import cache
from typing import Any

from dashboard.domain.event import Event
from dashboard.domain.series import RateSeries
from dashboard.domain.source_move import SourceMove
from dashboard.services.answer_json import source_move_rows_json
from dashboard.services.compare_sources import compare_events, dollar_series
from dashboard.services.export_tables import source_moves_csv
from dashboard.ui import session
from dashboard.ui.code_lines import Address
from dashboard.ui.data_scene import DataFile, DataScene, Dataset
from dashboard.ui.wording import count

TITLE = "Sources"


def sources_of(scene: DataScene) -> Dataset:
    """The moves of the events on every source of the dollar."""
    files = [_file("all", scene, scene.known.events, {})]
    if scene.is_part:
        files.insert(0, _file("this view", scene, scene.found, scene.query))
    return Dataset("sources", TITLE, "source_moves", tuple(files))


def source_facts() -> list[str]:
    """What the card says."""
    return [
        "**The same move of the dollar on every source**, each by its own clock",
        count(len(dollar_series(_daily())), "source"),
        "window [0,1] of each source; where one cannot measure an event, the reason",
        "computed from the rates and events above",
    ]


def _file(
    label: str, scene: DataScene, events: tuple[Event, ...], query: dict[str, Any]
) -> DataFile:
    daily = _daily()

    @cache
    def moves() -> tuple[SourceMove, ...]:
        return compare_events(daily, events)

    period = (scene.since, scene.until) if label == "this view" else ("all",)
    return DataFile(
        label,
        len(events) * len(dollar_series(daily)),
        ("usdrub", "sources", *period, scene.asof),
        Address("sources", query),
        lambda flavour: source_moves_csv(moves(), flavour),
        lambda: source_move_rows_json(moves()),
    )


def _daily() -> list[RateSeries]:
    """Every series with one number a day."""
    return [session.series(card.id) for card in session.cards() if not card.bar_minutes]
