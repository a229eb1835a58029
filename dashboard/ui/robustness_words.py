"""The words of the Robustness page: the question, the choices, and what they say together."""

from __future__ import annotations

import math
from typing import Final

from dashboard.domain.robustness import (
    EVENT_FILTERS,
    RobustnessAnswer,
    Specification,
    SpecificationRow,
)
from dashboard.domain.series import SeriesCard
from dashboard.domain.study import FEWEST_CLUSTERS, window_text
from dashboard.ui.events_scene import ANY
from dashboard.ui.palette import category_title
from dashboard.ui.quoting import direction
from dashboard.ui.robustness_scene import Group, RobustnessScene
from dashboard.ui.wording import MINUS, NOTHING, THIN, count, day, log_points, number

OVERLAP_WORDS: Final = {
    "keep": "keep all",
    "first": "first of a bunch",
    "exclude": "leave overlapping out",
}
MODEL_WORDS: Final = {
    "none": "no change",
    "mean": "constant mean",
    "market-adjusted": "market-adjusted",
    "market": "market model",
    "scholes-williams": "Scholes-Williams",
    "garch": "GARCH(1,1)",
}
FILTER_WORDS: Final = {
    "all": "all events",
    "high-confidence": "high confidence",
    "hour-known": "hour known",
    "alone": "alone in [0,1]",
}
CHANCE: Final = 0.05


def window_shown(text: str) -> str:
    """A window with a true minus: `[−1,1]`."""
    return text.replace("-", MINUS)


def group_words(group: Group) -> str:
    """`NATO remarks or Peace talks, expected stronger, from 1 Jan 2022 on`; tags stay unnamed."""
    named = " or ".join(category_title(category) for category in group.categories)
    parts = [named or "events of every category"]
    if group.expected != ANY:
        parts.append(f"expected {group.expected}")
    if group.tag:
        parts.append("with the tag of the link")
    if group.since:
        parts.append(f"from {day(group.since)}")
    if group.until:
        parts.append(f"until {day(group.until)}")
    return ", ".join(parts)


def grid_words(scene: RobustnessScene) -> str:
    """`6 windows × 3 lengths × 2 gaps × 2 models × 2 overlap rules × 4 choices of events = 576`."""
    grid = scene.grid
    kinds = (
        (len(grid.series), "series", "series"),
        (len(grid.windows), "window", "windows"),
        (len(grid.estimations), "length", "lengths"),
        (len(grid.gaps), "gap", "gaps"),
        (len(grid.models), "model", "models"),
        (len(grid.overlaps), "overlap rule", "overlap rules"),
        (len(grid.event_filters), "choice of events", "choices of events"),
    )
    factors = " × ".join(count(n, one, many) for n, one, many in kinds if n > 1)
    return f"{factors or 'one choice of everything'} = {count(scene.total, 'specification')}"


def choices_of(specification: Specification) -> str:
    """`[0,1] · constant mean · 120 rows, gap 10 · keep all · all events`."""
    chosen = specification
    return " · ".join(
        (
            window_shown(window_text(chosen.window)),
            MODEL_WORDS.get(chosen.model, chosen.model),
            f"{chosen.estimation} rows, gap {chosen.gap}",
            OVERLAP_WORDS[chosen.overlap],
            FILTER_WORDS[chosen.event_filter],
        )
    )


def mean_words(row: SpecificationRow, card: SeriesCard) -> str:
    """`+0.81 log pts (stronger), 95 % interval −0.20 to +1.82, N = 17, p 0.23`."""
    if math.isnan(row.caar):
        return f"no mean: N = {row.n:,}"
    word = direction(card, 100 * row.caar)
    interval = ""
    if not math.isnan(row.low):
        ends = f"{log_points(100 * row.low, 2).removesuffix(' log pts')} to"
        interval = f", 95{THIN}% interval {ends} {log_points(100 * row.high, 2)}"
    return (
        f"{log_points(100 * row.caar, 2)} ({word}){interval}, N = {row.n:,},"
        f" p {p_text(row.p_value)}"
    )


def p_text(p: float) -> str:
    """A p-value as tables print it; a dash where there is none."""
    if math.isnan(p):
        return NOTHING
    return f"<{THIN}0.001" if p < 0.001 else number(p, 3 if p < 0.1 else 2)


def headline(answer: RobustnessAnswer, card: SeriesCard) -> str:
    """The median in words, with how many choices agree."""
    if not answer.distinct:
        return "No specification has an event with a move"
    word = direction(card, 100 * answer.median)
    who = "rouble" if card.is_rouble else card.title
    size = f"{number(abs(100 * answer.median), 2)} log pts {word}"
    share = share_text(answer.same_sign)
    those = f"{count(answer.distinct, 'distinct specification')}"
    return f"Median of {those}: {who} {size}; {share} have its sign"


def share_text(share: float) -> str:
    """`100 %`, `79 %`; a share that is not quite everything is not rounded to it."""
    if math.isnan(share):
        return NOTHING
    percent = 100 * share
    whole = percent in {0.0, 100.0} or 0.5 <= percent < 99.5
    return f"{number(percent, 0 if whole else 1)}{THIN}%"


def joint_sentence(answer: RobustnessAnswer) -> str:
    """The joint p, what it rests on, and what is left of it after the categories."""
    if not answer.draws:
        return (
            f"Taken together: no joint p, for the events form {count(answer.clusters, 'cluster')};"
            f" below {FEWEST_CLUSTERS} there is no verdict."
        )
    every = "all" if answer.draws == 2**answer.clusters else "drawn"
    left = ""
    if answer.categories > 1:
        left = (
            f" Times the {answer.categories} categories that could be asked (Bonferroni):"
            f" p {p_text(answer.joint_p_adjusted)}."
        )
    return (
        f"Taken together: joint p {p_text(answer.joint_p)}. With the signs of whole clusters of"
        f" events ({answer.clusters:,} of them) thrown by a coin, the same throw for every"
        f" specification, the median rank score is at least as large in"
        f" {share_text(answer.joint_p)} of {answer.draws:,} throws ({every}).{left}"
    )


COMPARE_ASKS: Final = (
    "Compare asks one specification, declared beforehand: read its p for the verdict. This page"
    " asks all of them at once: where its joint p is large and that of Compare small, the verdict"
    " hangs on the choices."
)


def single_sentence(answer: RobustnessAnswer) -> str:
    """How many single p are small, and what chance would give."""
    if not answer.tested:
        return "None of the specifications has a p."
    return (
        f"Taken one by one: {share_text(answer.share_below)} of {answer.tested:,} have a p"
        f" below 0.05, uncorrected; about {share_text(CHANCE)} would by chance alone. They are"
        " answers to one question on the same days, so that no single one of them is evidence."
    )


def same_sentence(answer: RobustnessAnswer) -> str:
    """How many specifications repeat another one; empty where none does."""
    repeated = sum(not math.isnan(row.caar) for row in answer.rows) - answer.distinct
    if not repeated:
        return ""
    return (
        f"{count(repeated, 'specification')} gave the events and moves of another one and"
        f" {'counts' if repeated == 1 else 'count'} with it."
    )


def missing_sentence(answer: RobustnessAnswer) -> str:
    """How many specifications have no event; empty where all have."""
    missing = sum(math.isnan(row.caar) for row in answer.rows)
    if not missing:
        return ""
    return f"{count(missing, 'specification')} had no event with a move and stand in the file only."


def filter_meaning(name: str) -> str:
    """What a choice of events takes."""
    return EVENT_FILTERS[name]
