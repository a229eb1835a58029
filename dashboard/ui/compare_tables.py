"""What Compare says as plain tables: groups, tests, moves, and from events listed to used."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Final

from dashboard.domain.comparison import Comparison, StepName
from dashboard.domain.event import Event
from dashboard.domain.rank import Rank
from dashboard.services.compare_groups import DIFFERENCE, FEWEST_CLUSTERS, TestLine
from dashboard.ui.charts.compare_view import offset_text
from dashboard.ui.compare_scene import CompareScene, ShownGroup
from dashboard.ui.compare_words import least_words, p_text, share_text, window_label_text
from dashboard.ui.group_words import group_words, sentence
from dashboard.ui.move_words import share_or_nothing
from dashboard.ui.wording import NOTHING, day

STEPS: Final[dict[StepName, str]] = {
    "listed": "Listed",
    "dated": "Dated for the series",
    "inside": "Inside the data",
    "history": "Enough history",
    "apart": "Not overlapping",
    "used": "Used",
}


def group_name(group: ShownGroup) -> str:
    """`NATO remarks`, as the first words of a cell or a heading."""
    return sentence(group_words(group.asked.filter))


def summary_columns(scene: CompareScene) -> dict[str, list[str]]:
    """The numbers of each group in the window: mean with interval, median, directions."""
    groups, scale = scene.groups, scene.scale
    rows = [group.found.headline for group in groups]
    return {
        "Events after": [group_name(group) for group in groups],
        "N": [f"{group.found.n:,}" for group in groups],
        "Rates, clusters": [f"{row.rates:,}, {row.clusters:,}" if row else NOTHING for row in rows],
        "Mean": [scale.move(row.mean) if row else NOTHING for row in rows],
        "95 % interval": [scale.span(row.low, row.high) if row else NOTHING for row in rows],
        "Seen from": [least_words(row, scale) if row else NOTHING for row in rows],
        "Median": [scale.move(row.median) if row else NOTHING for row in rows],
        "Without its 3 largest": [
            scale.move(row.mean_without_largest) if row else NOTHING for row in rows
        ],
        "As expected": [_expected(group) for group in groups],
    }


def summary_words(scene: CompareScene, answer: Comparison) -> str:
    """What the numbers of the groups are."""
    return (
        f"Over {window_label_text(answer.window)}, {scene.scale.axis}. Rates: how many first rates"
        " the events have; clusters: events whose windows overlap count together. Interval: the"
        f" means that the declared test does not reject; none below {FEWEST_CLUSTERS} clusters."
        " Seen from: the smallest mean that it would find in four studies of five. As expected: of"
        " the events whose nature says a direction."
    )


def tests_columns(scene: CompareScene, lines: Sequence[TestLine]) -> dict[str, list[str]]:
    """The declared test with both its p, its N, its null hypothesis, and what to know beside it."""
    columns = others_columns(scene, lines)
    shown = [
        f"{p_text(line.row.p_adjusted)}{'' if line.family < 2 else f' (of {line.family})'}"
        for line in lines
    ]
    before = {name: columns.pop(name) for name in ("Test", "Events after")}
    return before | {"p, corrected": shown} | columns


def others_columns(scene: CompareScene, lines: Sequence[TestLine]) -> dict[str, list[str]]:
    """Each test with its uncorrected p, its N, its null hypothesis, and what to know beside it."""
    names = {each.found.name: group_name(each) for each in scene.groups}
    names[DIFFERENCE] = "Difference of the two"
    rows = [line.row for line in lines]
    return {
        "Test": [f"{line.title} ({line.row.test})" for line in lines],
        "Events after": [names[row.group] for row in rows],
        "p": [p_text(row.p_value) for row in rows],
        "N": [_n(scene, line) for line in lines],
        "Null hypothesis": [row.null_hypothesis for row in rows],
        "What to know": [beside(line) or NOTHING for line in lines],
    }


def beside(line: TestLine) -> str:
    """Why a test does not apply or what it rests on, and how it misleads with such dates."""
    return "; ".join(text for text in (line.row.note, line.row.caution) if text)


def moves_columns(
    scene: CompareScene, group: ShownGroup, answer: Comparison
) -> tuple[list[Event], dict[str, list[str]]]:
    """The events that moved, the strongest move first, and what is known of each."""
    found, scale = group.found, scene.scale
    cars = found.result.cars[0]
    order = [k for k in (-found.car).argsort(kind="stable").tolist() if math.isfinite(found.car[k])]
    events = [found.result.events[k] for k in order]
    move, half = found.car.tolist(), found.half_width.tolist()
    return events, {
        "Day": [day(event.day) for event in events],
        f"Move over {window_label_text(answer.window)}": [scale.move(move[k]) for k in order],
        "95 % interval": [scale.span(move[k] - half[k], move[k] + half[k]) for k in order],
        "Larger than": [share_or_nothing(Rank.of_car(cars, k, answer.request.pool)) for k in order],
        "Others in it": [f"{len(cars.crowd[k]):,}" for k in order],
    }


def averages_columns(scene: CompareScene, group: ShownGroup) -> dict[str, list[str]]:
    """The mean, its bands and the median of a group by offset."""
    rows, span = group.found.answer.averages, scene.scale.span
    return {
        "Offset": [offset_text(row.offset) for row in rows],
        "N": [f"{row.n:,}" for row in rows],
        "Mean move of the day": [scene.scale.signed(row.aar) for row in rows],
        "Mean, added up": [scene.scale.signed(row.caar) for row in rows],
        "95 % at the offset": [span(row.caar_low, row.caar_high) for row in rows],
        "95 % of the whole path": [span(row.supt_low, row.supt_high) for row in rows],
        "Median, added up": [scene.scale.signed(each) for each in group.found.medians.tolist()],
    }


def steps_columns(scene: CompareScene) -> dict[str, list[str]]:
    """How many events of each group are left after each step."""
    steps = scene.groups[0].found.steps
    return {
        "Step": [STEPS[step.name] for step in steps],
        **{
            group_name(group): [f"{step.left:,}" for step in group.found.steps]
            for group in scene.groups
        },
    }


def _n(scene: CompareScene, line: TestLine) -> str:
    if line.row.group != DIFFERENCE:
        return f"{line.row.n:,}"
    return " and ".join(f"{each.found.n:,}" for each in scene.groups)


def _expected(group: ShownGroup) -> str:
    window = group.found.answer.request.cars[0]
    rows = [row for row in group.found.answer.directions if row.window == window]
    return share_text(rows[0].hits, rows[0].n) if rows else NOTHING
