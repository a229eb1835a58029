"""Compare in words: the question, the verdicts in a sentence each, what carries the result."""

from __future__ import annotations

import math
from typing import Final

from dashboard.domain.comparison import Comparison
from dashboard.domain.series import SeriesCard
from dashboard.domain.spans import duration_words
from dashboard.domain.study import CORRECTIONS, StudyRequest, Window, window_text
from dashboard.services.compare_groups import TestLine, headline_test
from dashboard.ui.compare_scale import Scale
from dashboard.ui.compare_scene import FEWEST, CompareScene, ShownGroup
from dashboard.ui.group_words import counted, group_words, period_words, years_words
from dashboard.ui.move_words import INSIDE, OUTSIDE, noun, window_words
from dashboard.ui.wording import MINUS, NOTHING, THIN, number, percent

USUAL_LEVEL: Final = 0.05
CORRECTION_NAMES: Final = dict(
    zip(CORRECTIONS, ("Holm", "Hochberg", "Bonferroni", "Benjamini-Hochberg",
                      "Benjamini-Yekutieli"), strict=True)
)  # fmt: skip


# ------------------------------------------------------------------ the question


def question(scene: CompareScene) -> str:
    """`What happened to the rouble in the 10 fixings after NATO remarks, 2022–2026?`."""
    groups = [group_words(asked.filter) for asked in scene.asked]
    periods = [period_words(each.filter.since, each.filter.until) for each in scene.asked]
    when = ""
    if any(periods) and len(set(periods)) > 1:
        groups = [
            f"{name} ({period or years_words(listed)})" if period or listed else name
            for name, period, listed in zip(groups, periods, scene.listed, strict=True)
        ]
    else:
        together = [event for listed in scene.listed for event in listed]
        when = periods[0] or years_words(together)
    span = _span_words(scene.request, scene.card) if scene.request else "around"
    compared = f", compared with {groups[1]}" if len(groups) > 1 else ""
    ended = f", {when}?" if when else "?"
    return f"What happened to {_whom(scene.card)} {span} {groups[0]}{compared}{ended}"


def _whom(card: SeriesCard) -> str:
    name = card.title.partition(",")[0]
    if not card.is_rouble:
        return name
    return "the rouble" if card.unit == "RUB per USD" else f"the rouble ({name})"


def _span_words(request: StudyRequest, card: SeriesCard) -> str:
    last = request.window[1]
    if last <= 0:
        return "around"
    if card.bar_minutes:
        return f"in the {duration_words(last, card.bar_minutes)} after"
    each = noun(card)
    return f"in the {last} {each}s after" if last > 1 else f"at the {each} after"


# ------------------------------------------------------------------ verdicts


def subject_words(card: SeriesCard) -> str:
    """Who moves: `Rouble`, `Brent crude`."""
    return "Rouble" if card.is_rouble else card.title.partition(",")[0]


def verdict_head(group: ShownGroup, scene: CompareScene, answer: Comparison) -> str:
    """`Rouble 0.59 log pts stronger on average … after 17 NATO remarks: inside …`."""
    n, mean = group.found.n, group.found.mean
    after = f"after {counted(n, group.asked.filter)}"
    if not n:
        return f"No move to show for {group_words(group.asked.filter)}"
    where = window_words(answer.window, scene.card)
    moved = f"{scene.scale.size(mean)} {scene.scale.direction(mean)}"
    line = headline_test(answer, group.found)
    how = "on average " if n > 1 else ""
    return f"{subject_words(scene.card)} {moved} {how}{where} {after}: {place(line, n)}"


def place(line: TestLine | None, n: int) -> str:
    """Inside or outside the ordinary range, or why neither is said."""
    if n < FEWEST:
        return f"too few events to judge ({n})"
    if line is None or math.isnan(line.row.p_adjusted):
        return "not judged"
    return INSIDE if line.row.p_adjusted >= USUAL_LEVEL else OUTSIDE


def verdict_sentence(line: TestLine | None, what: str, correction: str, n: str) -> str:
    """`A move this large on average would be nothing unusual: calendar shift p = 0.51, …`."""
    if line is None:
        return f"There is no {what} to test."
    if math.isnan(line.row.p_value):
        return f"Not tested: calendar shift {line.row.note}; N = {n}."
    usual = "nothing unusual" if line.row.p_adjusted >= USUAL_LEVEL else "unusual"
    return (
        f"A {what} this large on average would be {usual}: calendar shift"
        f" {corrected(line, correction)}, N = {n}."
    )


def corrected(line: TestLine, correction: str) -> str:
    """`p = 0.55 (Holm over 3 tests; uncorrected 0.18)`."""
    if line.family <= 1:
        return f"p = {p_text(line.row.p_value)} (one test here, nothing to correct)"
    name = CORRECTION_NAMES[correction]
    return (
        f"p = {p_text(line.row.p_adjusted)} ({name} over {line.family} tests; uncorrected"
        f" {p_text(line.row.p_value)})"
    )


def p_text(p: float) -> str:
    """`0.18`, `0.031`, `< 0.001`."""
    if math.isnan(p):
        return NOTHING
    return f"<{THIN}0.001" if p < 0.001 else number(p, 3 if p < 0.1 else 2)


def difference_head(scene: CompareScene, answer: Comparison) -> str:
    """`Difference: rouble 0.47 log pts stronger after NATO remarks than after peace talks: …`."""
    one, other = scene.groups
    gap = one.found.mean - other.found.mean
    if math.isnan(gap):
        return "Difference: one of the groups has no event with a move"
    line = headline_test(answer)
    subject = subject_words(scene.card)
    least = min(one.found.n, other.found.n)
    said = f"{scene.scale.size(gap)} {scene.scale.direction(gap)}"
    return (
        f"Difference: {subject.lower() if scene.card.is_rouble else subject} {said} after"
        f" {group_words(one.asked.filter)} than after {group_words(other.asked.filter)}:"
        f" {place(line, least)}"
    )


def verdict_lines(scene: CompareScene, answer: Comparison) -> tuple[tuple[str, str], ...]:
    """A sentence to read and what it rests on, of each group and of their difference."""
    correction, lines = answer.request.correction, []
    for group in scene.groups:
        below = ""
        if group.is_judged:
            line = headline_test(answer, group.found)
            below = verdict_sentence(line, "move", correction, f"{group.found.n:,}")
        lines.append((verdict_head(group, scene, answer), below))
    if len(scene.groups) > 1:
        below = ""
        if all(group.is_judged for group in scene.groups):
            n = " and ".join(f"{group.found.n:,}" for group in scene.groups)
            below = verdict_sentence(headline_test(answer), "difference", correction, n)
        lines.append((difference_head(scene, answer), below))
    return tuple(lines)


def in_both_words(answer: Comparison) -> str:
    """That some events belong to both groups; empty where none does."""
    if not answer.in_both:
        return ""
    many = len(answer.in_both)
    said = "1 event belongs" if many == 1 else f"{many} events belong"
    return f"{said} to both groups, and counts in both averages."


def few_words(group: ShownGroup) -> str:
    """That a small group is shown event by event; empty where it is not small."""
    if not 0 < group.found.n < FEWEST:
        return ""
    return (
        f"Only {group.found.n} of {group_words(group.asked.filter)} can be measured; with fewer"
        f" than {FEWEST} each is shown by itself, and no average is judged."
    )


# ------------------------------------------------------------------ who carries it


def carried_sentences(group: ShownGroup, scale: Scale, titles: dict[str, str]) -> tuple[str, ...]:
    """Which event moves the average most, and whether any turns its direction."""
    rows, mean = group.found.left_out, group.found.mean
    if len(rows) < 2:
        return ("Leaving one event out needs at least two.",)
    most = rows[0]
    without = f"{scale.size(most.without)} {scale.direction(most.without)}"
    told = (
        f"“{titles[most.event_id]}” carries the most: without it the average of the other"
        f" {len(rows) - 1} is {without} instead of {scale.size(mean)} {scale.direction(mean)}."
    )
    turned = [row for row in rows if row.without * mean < 0]
    if not turned:
        return (told, "The direction of the average stays the same without any one of them.")
    names = ", ".join(f"“{titles[row.event_id]}”" for row in turned[:3])
    more = f" and {len(turned) - 3} more" if len(turned) > 3 else ""
    return (told, f"The direction of the average turns without {names}{more}.")


def model_note(request: StudyRequest, card: SeriesCard) -> str:
    """`abnormal moves, model mean over 120 fixings, gap 10`."""
    many = f"{request.estimation} {noun(card)}s that end {request.gap} before the event window"
    rule = "" if request.overlap == "keep" else f", overlap rule {request.overlap}"
    clean = ", without the days of known events" if request.clean_estimation else ""
    return f"model {request.model} over {many}{clean}{rule}"


def window_label_text(window: Window) -> str:
    """`[−1,1]`."""
    return window_text(window).replace("-", MINUS)


def share_text(hits: int, n: int) -> str:
    """`9 of 17 (53 %)`."""
    return f"{hits} of {n} ({percent(100 * hits / n, 0).lstrip('+')})" if n else NOTHING
