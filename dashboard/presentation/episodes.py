"""Episodes in words and as a table, for pages and terminal."""

from __future__ import annotations

from dashboard.models.analyses import Episode, EpisodeStudy
from dashboard.models.messages import deferred, plural, translate_deferred
from dashboard.models.messages import translate as _
from dashboard.models.study import MIN_CLUSTERS
from dashboard.presentation.formatting import (
    NO_VALUE,
    format_day,
    format_number,
    format_p,
    format_p_equal,
    format_range,
    format_signed,
)
from dashboard.presentation.quoting import QuotedSeries
from dashboard.presentation.tables import View


def build_episodes_view(quoting: QuotedSeries) -> View:
    """Story, events, first and last day, move over the span, ordinary range, percentile, p."""
    return {
        deferred("Story"): lambda one: one.story,
        deferred("Events"): lambda one: str(len(one.events)),
        deferred("First"): lambda one: format_day(one.events[0].day),
        deferred("Last"): lambda one: format_day(one.events[-1].day),
        deferred("Rates"): lambda one: str(one.length) if one.length else NO_VALUE,
        deferred("Move over the span"): lambda one: format_span_move(one, quoting),
        deferred("Ordinary range"): lambda one: _format_ordinary(one, quoting),
        deferred("Percentile"): lambda one: _number(one.percentile),
        deferred("p, adjusted"): lambda one: (
            NO_VALUE if one.p_adjusted is None else format_p(one.p_adjusted)
        ),
        deferred("Separate spans"): lambda one: str(one.n_separate) if one.n_spans else NO_VALUE,
        deferred("Remark"): lambda one: translate_deferred(one.reason),
    }


def format_span_move(one: Episode, quoting: QuotedSeries) -> str:
    """The move over the span in per cent of the number shown."""
    return NO_VALUE if one.move is None else quoting.percent(one.move)


def _format_ordinary(one: Episode, quoting: QuotedSeries) -> str:
    if one.low is None or one.high is None:
        return NO_VALUE
    ends = sorted((one.low, one.high), key=quoting.quoted_log_points)
    return format_range(*(quoting.percent(end, 0) for end in ends))


def _number(value: float | None) -> str:
    return NO_VALUE if value is None else format_number(value, 0)


def describe_episodes(answer: EpisodeStudy, quoting: QuotedSeries) -> tuple[str, ...]:
    """What all episodes say together, in sentences of plain text."""
    if answer.mean is None or answer.median is None:
        return (_("No episode has a move on this series."),)
    counted = plural(
        "{n} episode with a move, in {clusters} groups of spans that overlap",
        "{n} episodes with a move, in {clusters} groups of spans that overlap",
        answer.n,
        clusters=answer.n_clusters,
    )
    if answer.p is None or answer.visible is None:
        return (
            _(
                "{counted}: fewer than {least} groups give no verdict, read them one by one.",
                counted=counted,
                least=MIN_CLUSTERS,
            ),
        )
    return (
        _(
            "{counted}: median move {median}, mean {mean} in units of the volatility before, {p} by"
            " signs of whole groups. A mean of {visible} would have been found in four studies of"
            " five.",
            counted=counted,
            median=quoting.percent(answer.median),
            mean=format_signed(answer.mean),
            p=format_p_equal(answer.p),
            visible=format_number(answer.visible),
        ),
        plural(
            "A span runs from the base of the first event to {n} observation after the first rate"
            " of the last; the p of each is adjusted for all of them (Holm).",
            "A span runs from the base of the first event to {n} observations after the first rate"
            " of the last; the p of each is adjusted for all of them (Holm).",
            answer.after,
        ),
    )
