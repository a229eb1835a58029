"""The scene of Compare as its figures want it: headings are sentences, user text is harmless."""

from __future__ import annotations

from typing import Final

import numpy as np

from dashboard.domain.comparison import Comparison
from dashboard.domain.study import Headline
from dashboard.ui.charts.compare_placebo import Pane
from dashboard.ui.charts.compare_view import ChartGroup, CompareChart
from dashboard.ui.compare_scene import FEWEST, CompareScene
from dashboard.ui.compare_words import model_note, subject_words, window_label_text
from dashboard.ui.group_words import counted, group_words, sentence
from dashboard.ui.text import plot_text
from dashboard.ui.wording import day

COLUMNS: Final = 110
WIDE_COLUMNS: Final = 170
LABEL: Final = 48


def chart_of(scene: CompareScene, heading: str, below: str) -> CompareChart:
    """The groups on their scale, under a heading; text of users is made harmless here."""
    answer = scene.answer
    groups = tuple(
        ChartGroup(plot_text(sentence(group_words(each.asked.filter)), LABEL, 1), each.found,
                   each.look)
        for each in scene.groups
    )  # fmt: skip
    return CompareChart(
        groups=groups,
        scale=scene.scale,
        heading=plot_text(heading, COLUMNS, 1),
        subheading=plot_text(below, WIDE_COLUMNS, 1),
        window=answer.window if answer else (0, 0),
        dark=scene.dark,
        phone=scene.phone,
    )


def after_words(scene: CompareScene) -> str:
    """`after 17 NATO remarks and 58 peace talks`."""
    return "after " + " and ".join(
        counted(each.found.n, each.asked.filter) for each in scene.groups
    )


def source_words(scene: CompareScene) -> str:
    """`USD/RUB, Bank of Russia, to 1 Sep 2026`: the series and its last day."""
    series = scene.answer.series if scene.answer else None
    last = series.day[-1].astype(object) if series is not None and len(series) else None
    return f"{scene.card.title}{f', to {day(last)}' if last else ''}"


def paths_words(scene: CompareScene, answer: Comparison) -> tuple[str, str]:
    """The heading of the paths and what stands below it."""
    few = "" if all(each.found.n >= FEWEST for each in scene.groups) else (
        f" (fewer than {FEWEST}: each alone, no mean)"
    )  # fmt: skip
    first = answer.request.window[0]
    return (
        f"{subject_words(scene.card)} {after_words(scene)}{few}",
        f"abnormal moves added up from offset {first}; {model_note(answer.request, scene.card)};"
        f" {source_words(scene)}".replace("-", "−"),
    )


def paths_chart(scene: CompareScene, answer: Comparison) -> CompareChart:
    """Every path with mean, bands and median."""
    return chart_of(scene, *paths_words(scene, answer))


def moves_words(scene: CompareScene, answer: Comparison) -> tuple[str, str]:
    """The heading of the moves and what stands below it."""
    return (
        f"Moves over {window_label_text(answer.window)} {after_words(scene)}",
        f"whiskers: 95 % interval of each; dashed: the mean; {source_words(scene)}",
    )


def moves_chart(scene: CompareScene, answer: Comparison) -> CompareChart:
    """The moves of the window, one dot an event."""
    return chart_of(scene, *moves_words(scene, answer))


def heat_chart(scene: CompareScene, answer: Comparison) -> CompareChart:
    """The abnormal move of every event at every offset."""
    return chart_of(
        scene,
        f"Abnormal move at each offset {after_words(scene)}",
        f"sorted by the move over {window_label_text(answer.window)}; {source_words(scene)}",
    )


def left_out_chart(scene: CompareScene, answer: Comparison) -> CompareChart:
    """The average without each event."""
    return chart_of(
        scene,
        "The average without each event",
        f"over {window_label_text(answer.window)}; dashed: with all of them",
    )


def placebo_chart(scene: CompareScene, answer: Comparison) -> CompareChart:
    """The distributions that the averages and the single moves are held against."""
    return chart_of(
        scene,
        f"{subject_words(scene.card)} {after_words(scene)}, beside other dates",
        f"over {window_label_text(answer.window)}, {scene.scale.axis_towards('right')};"
        f" {source_words(scene)}",
    )


def placebo_panes(chart: CompareChart, answer: Comparison) -> tuple[Pane, ...]:
    """The average of each group, their difference, and the single moves."""
    panes = []
    for group in chart.groups:
        means = group.found.placebo.means
        if len(means) and np.isfinite(means[0]):
            name = (
                "average of the same dates moved round the calendar, each event counted,"
                f" {len(means):,} shifts"
            )
            named = (
                f"{group.look.glyph} {group.called}: {name}" if chart.is_pair else sentence(name)
            )
            panes.append(Pane(named, means, (float(means[0]),), chart.colour(group),
                              group.look.symbol, _interval(group.found.headline)))  # fmt: skip
    if len(answer.shifted) and np.isfinite(answer.shifted[0]):
        name = "Difference, both groups' dates moved together"
        panes.append(Pane(name, answer.shifted, (float(answer.shifted[0]),), chart.text_colour,
                          "square", _interval(answer.difference)))  # fmt: skip
    pools = {"near": "dates near the events", "quiet": "quiet dates", "similar": "dates alike"}
    pool = pools.get(answer.request.pool, "all dates")
    for group in chart.groups:
        values, cars = group.found.placebo.cars, group.found.car
        if len(values) and np.isfinite(cars).any():
            name = f"single moves on {len(values):,} {pool}; marks: the events"
            named = (
                f"{group.look.glyph} {group.called}: {name}" if chart.is_pair else sentence(name)
            )
            panes.append(Pane(named, values, tuple(cars.tolist()), chart.colour(group),
                              group.look.symbol))  # fmt: skip
    return tuple(panes)


def _interval(found: Headline | None) -> tuple[float, float] | None:
    """The interval of the declared test; None where it gives no verdict."""
    return (found.low, found.high) if found is not None and not found.reason else None
