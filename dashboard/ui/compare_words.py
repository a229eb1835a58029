"""Compare in words: the question, the verdicts in a sentence each, what carries the result."""

from __future__ import annotations

import math
from typing import Final

from dashboard.domain.comparison import Comparison
from dashboard.domain.series import SeriesCard
from dashboard.domain.spans import duration_words
from dashboard.domain.study import CORRECTIONS, Headline, StudyRequest, Window, window_text
from dashboard.services.compare_groups import (
    FEWEST_CLUSTERS,
    questions_asked,
    title_of_declared,
)
from dashboard.services.read_tests import is_unusual
from dashboard.ui.compare_scale import Scale
from dashboard.ui.compare_scene import CompareScene, ShownGroup
from dashboard.ui.group_words import counted, group_words, period_words, sentence, years_words
from dashboard.ui.move_words import noun, window_words
from dashboard.ui.wording import MINUS, NOTHING, THIN, count, number, percent

CORRECTION_NAMES: Final = dict(
    zip(CORRECTIONS, ("Holm", "Hochberg", "Bonferroni", "Benjamini-Hochberg",
                      "Benjamini-Yekutieli"), strict=True)
)  # fmt: skip

OTHER_TESTS: Final = (
    "The other tests are no further questions: their p is not corrected and changes no verdict."
    " Beside each stands where it misleads."
)
SHIFTS_NOTE: Final = (
    "Orientation, no verdict: shifts of the dates assume that volatility is the same at all times."
    " The bar is the 95 % interval by the declared test."
)


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


def verdict_lines(scene: CompareScene, answer: Comparison) -> tuple[tuple[str, str], ...]:
    """A sentence to read and what it rests on, of each group and of their difference."""
    lines = [group_verdict(group, scene, answer) for group in scene.groups]
    if len(scene.groups) > 1:
        lines.append(difference_verdict(scene, answer))
    return tuple(lines)


def group_verdict(group: ShownGroup, scene: CompareScene, answer: Comparison) -> tuple[str, str]:
    """`Not unusual: rouble 0.59 log pts stronger on average …`, and what that rests on."""
    found, name = group.found.headline, group_words(group.asked.filter)
    if not group.found.n:
        return f"No move to show for {name}", ""
    moved = _moved_words(group, scene, answer)
    if found is None:
        return f"Not judged: {moved}", ""
    if found.reason:
        named = f"{sentence(name)}: t" if len(scene.groups) > 1 else "T"
        return _no_verdict(found, named), f"{sentence(moved)}. {_size_words(found)}. " + (
            _spread_words(found, scene.scale)
        )
    n = group.found.n
    unseen = f"Moves under about {least_words(found, scene.scale)} on average would not be seen"
    head = f"{verdict(found)}: {moved}{_lean_words(found, scene.scale)} ({_p_words(found, answer)})"
    if not is_unusual(found):
        head += f". {unseen} with {count(n, 'event')}"
    below = (
        f"95 % interval of the mean {scene.scale.directed_span(found.low, found.high)};"
        f" {_lower(title_of_declared())}, the test declared in advance:"
        f" {corrected(found, answer)}. {_size_words(found)}. {_spread_words(found, scene.scale)}"
    )
    return head, below


def difference_verdict(scene: CompareScene, answer: Comparison) -> tuple[str, str]:
    """`Difference not unusual: rouble 0.47 log pts stronger after … than after …`."""
    one, other = scene.groups
    found = answer.difference
    if found is None or math.isnan(found.mean):
        return "Difference: one of the groups has no event with a move", ""
    moved = (
        f"{_subject(scene.card)} {scene.scale.directed(found.mean)} after"
        f" {group_words(one.asked.filter)} than after {group_words(other.asked.filter)}"
    )
    size = _size_words(found, f"{one.found.n:,} and {other.found.n:,} events", "joint clusters")
    if found.reason or not (one.is_judged and other.is_judged):
        said = "Difference: too few separate episodes for a verdict"
        return said, f"{sentence(moved)}. {size}."
    head = f"Difference {_lower(verdict(found))}: {moved} ({_p_words(found, answer)})"
    if not is_unusual(found):
        head += f". Differences under about {least_words(found, scene.scale)} would not be seen"
    caution = answer.differences[0].caution
    below = (
        f"95 % interval of the difference {scene.scale.directed_span(found.low, found.high)};"
        f" {_lower(title_of_declared(difference=True))}: {corrected(found, answer)}. {size}."
    )
    return head, f"{below} This test {caution}: doubt a p close to 0.05." if caution else below


def verdict(found: Headline) -> str:
    """`Unusual` or `Not unusual`, by the corrected p of the declared test alone."""
    return "Unusual" if is_unusual(found) else "Not unusual"


def least_words(found: Headline, scale: Scale) -> str:
    """`1.3 log pts`: the smallest mean that the test would find in four studies of five."""
    return scale.size(found.smallest_visible, 1 if found.smallest_visible >= 0.01 else 2)


def corrected(found: Headline, answer: Comparison) -> str:
    """`p = 0.63 (Holm over 3 questions: …; uncorrected 0.21)`."""
    family = questions_asked(answer)
    if family <= 1:
        return f"p = {p_text(found.p_value)} (one question here, nothing to correct)"
    return (
        f"p = {p_text(found.p_adjusted)} ({CORRECTION_NAMES[answer.request.correction]} over"
        f" {family} questions: the groups and their difference; uncorrected"
        f" {p_text(found.p_value)})"
    )


def _p_words(found: Headline, answer: Comparison) -> str:
    family = questions_asked(answer)
    return f"p = {p_text(found.p_adjusted)}, corrected for {count(family, 'question')}"


def p_text(p: float) -> str:
    """`0.18`, `0.031`, `< 0.001`."""
    if math.isnan(p):
        return NOTHING
    return f"<{THIN}0.001" if p < 0.001 else number(p, 3 if p < 0.1 else 2)


def _moved_words(group: ShownGroup, scene: CompareScene, answer: Comparison) -> str:
    """`rouble 0.59 log pts stronger on average over the first two fixings after 17 …`."""
    how = " on average" if group.found.n > 1 else ""
    found = group.found.headline
    mean = found.mean if found else group.found.mean
    return (
        f"{_subject(scene.card)} {scene.scale.directed(mean)}{how}"
        f" {window_words(answer.window, scene.card)} after"
        f" {counted(group.found.n, group.asked.filter)}"
    )


def _no_verdict(found: Headline, start: str) -> str:
    if found.clusters >= FEWEST_CLUSTERS:
        return f"{start[:-1]}{'n' if start[-1] == 't' else 'N'}o verdict: {found.reason}"
    return (
        f"{start}oo few separate episodes for a verdict ({count(found.clusters, 'cluster')};"
        f" {FEWEST_CLUSTERS} are needed): read the events one by one"
    )


def _size_words(found: Headline, events: str = "", clusters: str = "clusters") -> str:
    """`N = 17 events on 16 rates, 13 clusters`."""
    many = count(found.clusters, clusters.removesuffix("s"), clusters)
    return f"N = {events or count(found.n, 'event')} on {count(found.rates, 'rate')}, {many}"


def _spread_words(found: Headline, scale: Scale) -> str:
    """The median, and the mean without the three moves that are largest in size."""
    words = f"Median {scale.directed(found.median)}"
    if not math.isnan(found.mean_without_largest):
        rest = scale.directed(found.mean_without_largest)
        words += f"; mean without the three largest moves {rest}"
    if found.hangs_on_one:
        share = number(100 * found.largest_share, 0)
        words += f". One rate carries {share}{THIN}% of all moves: read the median, not the mean"
    return f"{words}."


def _lean_words(found: Headline, scale: Scale) -> str:
    """That the ranks lean against the mean, or that the interval leaves it out; else empty."""
    if found.statistic * found.mean < 0:
        lean = scale.direction(found.statistic)
        return f", while by ranks it leans {lean}"
    if not found.low <= found.mean <= found.high:
        return ", a mean that few large moves carry: by ranks it lies outside the interval"
    return ""


def _subject(card: SeriesCard) -> str:
    return "rouble" if card.is_rouble else subject_words(card)


def _lower(words: str) -> str:
    return words[:1].lower() + words[1:]


def in_both_words(answer: Comparison) -> str:
    """That some events belong to both groups; empty where none does."""
    if not answer.in_both:
        return ""
    many = len(answer.in_both)
    said = "1 event belongs" if many == 1 else f"{many} events belong"
    return f"{said} to both groups, and counts in both averages."


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


def counted_words(group: ShownGroup) -> str:
    """That averages of events differ from the mean of the verdict; empty where they do not."""
    found = group.found.headline
    if found is None or found.rates == found.n:
        return ""
    return (
        f"These averages count each of the {found.n:,} events; the verdict counts each of the"
        f" {found.rates:,} first rates once."
    )


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
