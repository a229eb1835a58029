"""What studies and specification curves say in lines of plain text."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import Final

from dashboard.models.analyses import RobustnessAnswer
from dashboard.models.messages import at_place, deferred, join_clauses, plural, translate_deferred
from dashboard.models.messages import translate as _
from dashboard.models.study import MIN_CLUSTERS, Headline, StudyAnswer, window_text
from dashboard.presentation.escaping import clean_text
from dashboard.presentation.events import format_categories_after
from dashboard.presentation.formatting import (
    format_number,
    format_p,
    format_p_equal,
    format_signed,
    format_whole_share,
)
from dashboard.presentation.quoting import MoveScale, name_direction
from dashboard.services.compare import HEADLINE_TEST, is_significant

INDENT: Final = "    "


def headline_lines(answer: StudyAnswer) -> Iterator[str]:
    """Verdict, estimate, interval, p, N and power of every group and window.

    Moves are in log points, of simple returns in per cent.
    """
    if not answer.headlines:
        yield _("no test applies: no event is left to study")
        return
    units = {"log": _("log pts"), "simple": "%", "difference": _("points")}
    unit = units[answer.request.returns]
    subjects = {result.series.card.subject for result in answer.results}
    subject = subjects.pop() if len(subjects) == 1 else None
    for row in answer.headlines:
        direction = name_direction(answer.results[0].series.card, row.mean) if subject else ""
        measured = f"{unit} {direction}".rstrip()
        yield from _lines_of_headline(row, (unit, measured), answer.request.correction)
    if subject and subject.is_currency:
        yield _(
            "By {test}, the test declared in advance; moves in {unit}; positive = {name} stronger.",
            test=HEADLINE_TEST,
            unit=unit,
            name=subject.name,
        )
    else:
        yield _(
            "By {test}, the test declared in advance; moves in {unit}.",
            test=HEADLINE_TEST,
            unit=unit,
        )


def _lines_of_headline(row: Headline, units: tuple[str, str], correction: str) -> Iterator[str]:
    """The lines of one group and window; the units are the plain one, and that with direction."""
    unit, measured = units
    head = at_place(f"{clean_text(row.group)} {window_text(row.window)}", _verdict_text(row))
    mean = _move_text(row.mean)
    size = _(
        "N = {events} on {rates}, {clusters}",
        events=plural("{n:,} event", "{n:,} events", row.n),
        rates=plural("{n:,} rate", "{n:,} rates", row.rates),
        clusters=plural("{n:,} cluster", "{n:,} clusters", row.clusters),
    )
    if row.reason:
        yield join_clauses(head, _("mean {mean} {unit}", mean=mean, unit=measured), size)
    else:
        interval = _(
            "mean {mean} {unit} (95 % {low} to {high})",
            mean=mean,
            unit=measured,
            low=_move_text(row.low),
            high=_move_text(row.high),
        )
        p = f"p {_p_text(row.p_value)}, {correction} {_p_text(row.p_adjusted)}"
        yield join_clauses(head, interval, p)
        visible = format_number(
            100 * row.smallest_visible, 1 if row.smallest_visible >= 0.01 else 2
        )
        unseen = _("means under about {mean} {unit} would not be seen", mean=visible, unit=unit)
        yield INDENT + join_clauses(size, unseen)
    yield INDENT + join_clauses(_median_text(row, unit), _concentration_text(row))


def _median_text(row: Headline, unit: str) -> str:
    median = _move_text(row.median)
    if not math.isfinite(row.mean_without_largest):
        return _("median {median} {unit}", median=median, unit=unit)
    return _(
        "median {median}, without the three largest moves {mean} {unit}",
        median=median,
        mean=_move_text(row.mean_without_largest),
        unit=unit,
    )


def _concentration_text(row: Headline) -> str:
    if not row.depends_on_one_rate:
        return ""
    share = format_number(100 * row.largest_share, 0)
    return _("one rate carries {share} % of all moves", share=share)


def _verdict_text(row: Headline) -> str:
    if not row.reason:
        return _("unusual") if is_significant(row) else _("not unusual")
    if row.clusters < MIN_CLUSTERS:
        return _(
            "too few separate episodes for a verdict ({least} clusters are needed)",
            least=MIN_CLUSTERS,
        )
    return _("no verdict, {reason}", reason=translate_deferred(row.reason))


def _move_text(move: float) -> str:
    return format_signed(100 * move)


def _p_text(p: float) -> str:
    return format_number(p, 4)


def event_count_lines(answer: StudyAnswer, *, in_files: bool) -> Iterator[str]:
    """`365 events: 355 in events.csv + 10 in skipped.csv = 365`, and which are in both."""
    used, total = answer.used, answer.n_events
    both = len(answer.used_ids & {row.event_id for row in answer.skipped})
    sums, also = _COUNTS_OF_EVENTS[in_files]
    values = {"used": used, "skipped": total - used, "total": total}
    yield at_place(plural("{n:,} event", "{n:,} events", total), translate_deferred(sums, **values))
    if both:
        yield translate_deferred(also, count=both, used=used)


_COUNTS_OF_EVENTS: Final = {
    True: (
        deferred("{used} in events.csv + {skipped} in skipped.csv = {total}"),
        deferred("{count} of the {used} also in skipped.csv, for a window or a series they miss"),
    ),
    False: (
        deferred("{used} studied + {skipped} skipped = {total}"),
        deferred("{count} of the {used} also skipped, for a window or a series they miss"),
    ),
}
"""By whether tables are written: the counts, and how many events are in both."""


# ------------------------------------------------------------------ specification curves


def format_curve_headline(
    answer: RobustnessAnswer, scale: MoveScale, categories: Sequence[str]
) -> str:
    """`98 % of 322 choices agree: rouble 0.6 % stronger at the median after … (joint p = 0.01)`."""
    if not answer.distinct:
        return _("No specification has an event with a move")
    card = scale.quoting.card
    joint = (
        _("joint {p}", p=format_p_equal(answer.joint_p))
        if answer.draws
        else plural("no joint p: {n:,} cluster", "no joint p: {n:,} clusters", answer.clusters)
    )
    return plural(
        "{share} of {n:,} distinct choice agrees: {subject} {move} at the median after {group}"
        " ({joint})",
        "{share} of {n:,} distinct choices agree: {subject} {move} at the median after {group}"
        " ({joint})",
        answer.distinct,
        share=format_whole_share(answer.same_sign),
        subject=card.subject.noun if card.subject.is_currency else card.label,
        move=scale.directed_percent(answer.median),
        group=format_categories_after(categories),
        joint=joint,
    )


def describe_joint_test(answer: RobustnessAnswer) -> str:
    """The joint p, its basis, and what remains of it after the categories."""
    if not answer.draws:
        return plural(
            "Taken together: no joint p, for the events form {n:,} cluster; below {min_clusters}"
            " there is no verdict.",
            "Taken together: no joint p, for the events form {n:,} clusters; below"
            " {min_clusters} there is no verdict.",
            answer.clusters,
            min_clusters=MIN_CLUSTERS,
        )
    every = _("all") if answer.draws == 2**answer.clusters else _("drawn")
    joint = _(
        "Taken together: joint p {joint_p}. With the signs of whole clusters of events"
        " ({clusters:,} of them) thrown by a coin, the same throw for every specification, the"
        " median rank score is at least as large in {share} of {draws:,} throws ({every}).",
        joint_p=format_p(answer.joint_p),
        clusters=answer.clusters,
        share=format_whole_share(answer.joint_p),
        draws=answer.draws,
        every=every,
    )
    joint = _("{joint} Not corrected for other groups you tried.", joint=joint)
    if answer.categories <= 1:
        return joint
    corrected = _(
        "Times the {count} categories that could be asked (Bonferroni): p {p}.",
        count=answer.categories,
        p=format_p(answer.joint_p_adjusted),
    )
    return f"{joint} {corrected}"
