"""The answer of a robustness run as the figure and the table want it, sorted by size."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Final

import pandas as pd

from dashboard.domain.robustness import RobustnessAnswer, Specification, SpecificationRow
from dashboard.domain.series import SeriesCard
from dashboard.domain.study import window_text
from dashboard.ui import session
from dashboard.ui.charts.spec_curve import CurveChoice, SpecCurve
from dashboard.ui.event_words import sentence_case
from dashboard.ui.quoting import Quote, Quoting
from dashboard.ui.robustness_scene import RobustnessScene, is_plain
from dashboard.ui.robustness_words import (
    FILTER_WORDS,
    MODEL_WORDS,
    OVERLAP_WORDS,
    choices_of,
    group_words,
    p_text,
    window_shown,
)
from dashboard.ui.text import plain, plot_text
from dashboard.ui.wording import count, log_points, number, signed


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of choice: its name, the value a specification has, and the words for it."""

    name: str
    value_of: Callable[[Specification], object]
    words: Callable[[Specification], str]


KINDS: Final = (
    Kind("window", lambda s: s.window, lambda s: window_shown(window_text(s.window))),
    Kind("estimation", lambda s: s.estimation, lambda s: f"{s.estimation} rows"),
    Kind("gap", lambda s: s.gap, lambda s: f"{s.gap} rows"),
    Kind("model", lambda s: s.model, lambda s: MODEL_WORDS.get(s.model, s.model)),
    Kind("overlap", lambda s: s.overlap, lambda s: OVERLAP_WORDS[s.overlap]),
    Kind("events", lambda s: s.event_filter, lambda s: FILTER_WORDS[s.event_filter]),
)


def sorted_rows(answer: RobustnessAnswer) -> tuple[SpecificationRow, ...]:
    """The rows with a mean, the smallest first; equal ones keep the order of the grid."""
    known = [row for row in answer.rows if not math.isnan(row.caar)]
    return tuple(sorted(known, key=lambda row: row.caar))


def curve_of(scene: RobustnessScene, answer: RobustnessAnswer) -> SpecCurve:
    """The answer as the figure wants it; words are made harmless here."""
    rows, card = sorted_rows(answer), scene.series[0].card
    at = next(
        (k for k, row in enumerate(rows) if is_plain(row.specification)
         and row.specification.series == card.id), None,
    )  # fmt: skip
    quoting = Quoting(card, Quote.WEAKER)
    up, down = (quoting.direction(value) for value in (1.0, -1.0))
    who = " rouble" if card.is_rouble else ""
    return SpecCurve(
        rows=rows,
        words=tuple(plot_text(_line(scene, row), 64, 3) for row in rows),
        choices=choice_rows(scene, rows),
        plain=at,
        median=answer.median,
        headline="" if scene.phone else plot_text(curve_title(scene, answer), 110, 1),
        definition=plot_text(_subtitle(scene), 44 if scene.phone else 130, 1),
        up_word=f"{up}{who}",
        down_word=f"{down}{who}",
        dark=scene.dark,
        phone=scene.phone,
    )


def curve_title(scene: RobustnessScene, answer: RobustnessAnswer) -> str:
    """`NATO remarks: median of 154 specifications +0.86 log pts`, which a picture takes along."""
    median = log_points(100 * answer.median, 2)
    of = count(answer.distinct, "specification")
    return f"{sentence_case(group_words(scene.group))}: median of {of} {median}"


def choice_rows(
    scene: RobustnessScene, rows: tuple[SpecificationRow, ...]
) -> tuple[CurveChoice, ...]:
    """The lower pane: a row an option of every kind of which more than one is tried."""
    series = Kind("series", lambda s: s.series, lambda s: _title(s.series))
    found: list[CurveChoice] = []
    for kind in (*KINDS, series):
        values = dict.fromkeys(kind.value_of(row.specification) for row in rows)
        if len(values) < 2:
            continue
        for k, value in enumerate(_ordered(scene, kind, values)):
            places = tuple(
                place for place, row in enumerate(rows)
                if kind.value_of(row.specification) == value
            )  # fmt: skip
            words = kind.words(rows[places[0]].specification)
            if scene.phone and kind.name == "gap":  # no room for the name of the kind there
                words = f"gap {value}"
            found.append(CurveChoice(plot_text(words, 30, 1), "" if k else kind.name, places))
    return tuple(found)


def table_of(scene: RobustnessScene, rows: tuple[SpecificationRow, ...]) -> pd.DataFrame:
    """One row a specification in the order of the curve, words already chosen."""
    listed = [row.specification for row in rows]
    frame = {
        "Place": list(range(1, len(rows) + 1)),
        "Mean, log pts": [signed(100 * row.caar) for row in rows],
        "95 % low": [signed(100 * row.low) for row in rows],
        "95 % high": [signed(100 * row.high) for row in rows],
        "N": [row.n for row in rows],
        "p": [p_text(row.p_value) for row in rows],
        "overlap_t p": [p_text(row.p_overlap) for row in rows],
        "Window": [window_shown(window_text(each.window)) for each in listed],
        "Estimation": [each.estimation for each in listed],
        "Gap": [each.gap for each in listed],
        "Model": [MODEL_WORDS.get(each.model, each.model) for each in listed],
        "Overlap": [OVERLAP_WORDS[each.overlap] for each in listed],
        "Events": [FILTER_WORDS[each.event_filter] for each in listed],
    }
    if len(scene.series) > 1:
        frame["Series"] = [plain(_title(each.series)) for each in listed]
    return pd.DataFrame(frame)


def _line(scene: RobustnessScene, row: SpecificationRow) -> str:
    line = choices_of(row.specification)
    several = f" · {_title(row.specification.series)}" if len(scene.series) > 1 else ""
    return line + several


def _title(series_id: str) -> str:
    return next((card.title for card in session.cards() if card.id == series_id), series_id)


def _subtitle(scene: RobustnessScene) -> str:
    names = "; ".join(each.card.title for each in scene.series)
    return f"{group_words(scene.group)} · {names} · mean CAR in log points"


def _ordered(scene: RobustnessScene, kind: Kind, values: Iterable[object]) -> list[object]:
    """The values in the order in which they are offered."""
    order = dict.fromkeys(kind.value_of(each) for each in scene.grid.specifications())
    return [value for value in order if value in set(values)]


def card_of(scene: RobustnessScene, specification: Specification) -> SeriesCard:
    """The card of the series of a specification."""
    return next(e.card for e in scene.series if e.card.id == specification.series)


def pick_words(row: SpecificationRow, place: int, total: int) -> str:
    """`Specification 12 of 576`."""
    return f"Specification {number(place + 1, 0)} of {number(total, 0)}, N = {row.n:,}"
