"""Precedents in words: the answer, why each was taken, and the tables of pages and terminal."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Final

from dashboard.models.analyses import (
    PRECEDENT_HORIZONS,
    LikenessPart,
    Precedent,
    Precedents,
    PrecedentSummary,
)
from dashboard.models.messages import (
    deferred,
    deferred_in_context,
    plural,
    translate_deferred,
)
from dashboard.models.messages import translate as _
from dashboard.presentation.formatting import (
    NO_VALUE,
    format_day,
    format_number,
    format_p,
    format_p_equal,
    format_range,
    format_share,
)
from dashboard.presentation.quoting import QuotedSeries, name_direction
from dashboard.presentation.tables import View
from dashboard.services.likeness import MIN_LIKENESS, WEIGHTS
from dashboard.services.precedents import LAST_HORIZON

PART_TITLES: Final = {
    "category": deferred("Category"),
    "kind": deferred("Kind of step"),
    "actor": deferred("Actor"),
    "words": deferred("Words of the title"),
    "direction": deferred("Expected direction"),
    "step": deferred("Announced step"),
    "volatility": deferred("Volatility on the eve"),
}
PART_RULES: Final = {
    "category": deferred("1 for the same category, else 0"),
    "kind": deferred("share of the kinds of step that both titles name, such as a ceasefire"),
    "actor": deferred("half for the same names, half for the same sides"),
    "words": deferred("cosine of the words of the two titles, rare words counting more"),
    "direction": deferred("1 for the same expected direction, 0.5 where one is unclear"),
    "step": deferred("the smaller of two announced steps over the larger, 0 the other way"),
    "volatility": deferred("1 for the same third of past volatility, 0.5 for the next one"),
}
THIRDS: Final = (
    deferred_in_context("volatility", "low"),
    deferred_in_context("volatility", "middle"),
    deferred_in_context("volatility", "high"),
)


# ---- the answer


def describe_precedents(answer: Precedents, quoting: QuotedSeries) -> tuple[str, ...]:
    """The answer in sentences of plain text, the most important first."""
    if not answer.taken:
        return (
            _(
                "No precedent: none of {n:,} known events that count has a likeness of {least} or"
                " more.",
                n=answer.n_compared,
                least=format_number(MIN_LIKENESS),
            ),
        )
    first, last = answer.summary[0], answer.summary[-1]
    sentences = (
        _describe_base_rate(first, quoting),
        _describe_visible(first) if answer.has_verdict else "",
        _describe_rank(first, quoting) if answer.has_verdict else "",
        _describe_return(last),
    )
    return tuple(sentence for sentence in sentences if sentence)


def describe_choice(answer: Precedents) -> str:
    """From which events the precedents were taken."""
    if answer.request.earlier_only:
        return _(
            "Known at the time: only events that were over, {n} observations and all, before this"
            " one; ordinary days of before it too. Likeness uses nothing that followed an event.",
            n=LAST_HORIZON,
        )
    return _(
        "Earlier and later events. Likeness uses nothing that followed an event, but the later ones"
        " could not be known when this one happened."
    )


def _describe_base_rate(row: PrecedentSummary, quoting: QuotedSeries) -> str:
    way = {
        "moved": _("moved the same way as this event"),
        "expected": _("moved as expected of this event"),
    }.get(row.basis, _("moved {direction}", direction=_direction(row, quoting)))
    counted = _(
        "{same} of {n} precedents {way} up to offset {horizon}",
        same=row.same_way,
        n=row.n,
        way=way,
        horizon=row.horizon,
    )
    if row.p_same_way is None or row.ordinary_share is None or row.share_low is None:
        few = _("too few for a verdict, read them one by one")
        return _("{counted}: {few}.", counted=counted, few=few)
    return _(
        "{counted} ({share}, 95 % interval {interval}), and {ordinary} of {days:,} ordinary"
        " days: exact {p}, adjusted for all questions of the table {adjusted}.",
        counted=counted,
        share=format_share(row.same_way / row.n),
        interval=format_range(format_share(row.share_low), format_share(row.share_high or 0.0)),
        ordinary=format_share(row.ordinary_share),
        days=row.n_ordinary,
        p=format_p_equal(row.p_same_way),
        adjusted=format_p_equal(row.p_same_way_adjusted or row.p_same_way),
    )


def _describe_visible(row: PrecedentSummary) -> str:
    if row.visible is None:
        return _("So few precedents can show no difference from ordinary days, however they moved.")
    return _(
        "Fewer than {visible} of {n} could not have been distinguished from ordinary days.",
        visible=row.visible,
        n=row.n,
    )


def _describe_rank(row: PrecedentSummary, quoting: QuotedSeries) -> str:
    if row.rank is None or row.p_rank is None or row.move is None:
        return ""
    return _(
        "By size in units of the volatility before, this event’s move of {move} is number {rank} of"
        " {total}, itself included: exact {p}, adjusted {adjusted}; the smallest p that {n}"
        " precedents allow is {least}.",
        move=quoting.percent(row.move),
        rank=row.rank,
        total=row.n + 1,
        p=format_p_equal(row.p_rank),
        adjusted=format_p_equal(row.p_rank_adjusted or row.p_rank),
        n=row.n,
        least=format_number(1 / (row.n + 1), 3),
    )


def _describe_return(row: PrecedentSummary) -> str:
    if row.came_back is None:
        return ""
    if row.came_back < 0:
        return plural(
            "By offset {horizon} nothing had come back: the move had gone on by {share} of the"
            " first move (1 precedent with a first move large enough).",
            "By offset {horizon} nothing had come back: the move had gone on by a median of {share}"
            " of the first move ({n} precedents with a first move large enough).",
            row.n_came_back,
            horizon=row.horizon,
            share=format_share(-row.came_back / 100),
        )
    return plural(
        "By offset {horizon} {share} of the first move had come back (1 precedent with a first move"
        " large enough).",
        "By offset {horizon} a median of {share} of the first move had come back ({n} precedents"
        " with a first move large enough).",
        row.n_came_back,
        horizon=row.horizon,
        share=format_share(row.came_back / 100),
    )


def _direction(row: PrecedentSummary, quoting: QuotedSeries) -> str:
    card = quoting.card
    sign = 1.0 if row.direction == card.subject.direction(1.0) else -1.0
    return name_direction(card, sign)


# ---- why


def explain_likeness(one: Precedent) -> str:
    """Why an event is alike: what it shares with the other, part by part."""
    clauses = (_explain_part(part) for part in one.parts if part.value)
    return "; ".join(clause for clause in clauses if clause)


def _explain_part(part: LikenessPart) -> str:
    value = format_number(part.value or 0.0)
    shared = ", ".join(map(translate_deferred, part.shared))
    texts: dict[str, Callable[[], str]] = {
        "category": lambda: _("same category"),
        "kind": lambda: _("kind: {shared}", shared=shared),
        "actor": lambda: _("actor: {shared}", shared=shared),
        "words": lambda: _("words: {shared} ({value})", shared=shared, value=value),
        "direction": lambda: _("same expected direction") if part.value == 1 else "",
        "step": lambda: _("step: {value}", value=value),
        "volatility": lambda: _("same third of volatility") if part.value == 1 else "",
    }
    return texts[part.name]()


# ---- tables


def build_taken_view(quoting: QuotedSeries) -> View:
    """The precedents with what followed each, for pages and terminal."""
    moves = {
        deferred("To offset {horizon}", horizon=horizon): _format_move(horizon, quoting)
        for horizon in PRECEDENT_HORIZONS
    }
    return {
        deferred("Event"): lambda one: one.event.title,
        deferred("Day"): lambda one: format_day(one.event.day),
        deferred("Likeness"): lambda one: format_number(one.likeness),
        deferred("Why taken"): explain_likeness,
        **moves,
        deferred("Came back"): _format_came_back,
        deferred("Others near"): lambda one: str(one.others),
    }


def build_left_out_view() -> View:
    """The events that were left out although they are as alike, with the reason."""
    return {
        deferred("Event"): lambda one: one.event.title,
        deferred("Day"): lambda one: format_day(one.event.day),
        deferred("Likeness"): lambda one: format_number(one.likeness),
        deferred("Why left out"): lambda one: translate_deferred(one.reason),
    }


def _format_move(horizon: int, quoting: QuotedSeries) -> Callable[[Precedent], str]:
    def read(one: Precedent) -> str:
        moves = (move.move for move in one.moves if move.horizon == horizon)
        move = next(moves, None)
        return NO_VALUE if move is None else quoting.percent(move)

    return read


def _format_came_back(one: Precedent) -> str:
    share = one.moves[-1].came_back if one.moves else None
    return NO_VALUE if share is None else format_share(share / 100)


def build_summary_view(quoting: QuotedSeries) -> View:
    """What followed up to each horizon, with interval, ordinary days, rank and p."""
    return {
        deferred("To offset"): lambda row: str(row.horizon),
        deferred("Median"): lambda row: _percent(row.median, quoting),
        deferred("Range"): lambda row: _format_moves(row, quoting),
        deferred("Came back"): lambda row: _share(row.came_back and row.came_back / 100),
        deferred("Counted way"): lambda row: _direction(row, quoting),
        deferred("That way"): lambda row: _("{same} of {n}", same=row.same_way, n=row.n),
        deferred("95 % interval"): _format_interval,
        deferred("Ordinary days"): lambda row: _share(row.ordinary_share),
        deferred("As far"): _format_further,
        deferred("p, adjusted"): lambda row: _p(row.p_same_way_adjusted),
        deferred("This event"): lambda row: _percent(row.move, quoting),
        deferred("Rank"): _format_rank,
        deferred("p of rank, adjusted"): lambda row: _p(row.p_rank_adjusted),
    }


def list_weights() -> Sequence[tuple[str, float, str]]:
    """Title, weight and rule of each part of the likeness."""
    return [
        (translate_deferred(PART_TITLES[name]), weight, translate_deferred(PART_RULES[name]))
        for name, weight in WEIGHTS.items()
    ]


WEIGHTS_VIEW: Final[View] = {
    deferred("Part"): lambda row: row[0],
    deferred("Weight"): lambda row: format_number(row[1], 0),
    deferred("From 0 to 1"): lambda row: row[2],
}


def _percent(move: float | None, quoting: QuotedSeries) -> str:
    return NO_VALUE if move is None else quoting.percent(move)


def _share(value: float | None) -> str:
    return NO_VALUE if value is None else format_share(value)


def _p(value: float | None) -> str:
    return NO_VALUE if value is None else format_p(value)


def _format_moves(row: PrecedentSummary, quoting: QuotedSeries) -> str:
    if row.low is None or row.high is None:
        return NO_VALUE
    ends = sorted((row.low, row.high), key=quoting.quoted_log_points)
    return format_range(*(quoting.percent(end) for end in ends))


def _format_interval(row: PrecedentSummary) -> str:
    if row.share_low is None or row.share_high is None:
        return NO_VALUE
    return format_range(format_share(row.share_low), format_share(row.share_high))


def _format_further(row: PrecedentSummary) -> str:
    if row.further is None or row.ordinary_further is None:
        return NO_VALUE
    return _(
        "{further} of {n}; {ordinary} of days",
        further=row.further,
        n=row.n,
        ordinary=format_share(row.ordinary_further, 1),
    )


def _format_rank(row: PrecedentSummary) -> str:
    return NO_VALUE if row.rank is None else _("{rank} of {n}", rank=row.rank, n=row.n + 1)


def list_lines(answer: Precedents) -> Iterator[str]:
    """What does not fit into a table: the words under it."""
    yield describe_choice(answer)
    yield plural(
        "{n:,} known event was compared; {unlike:,} of them are less alike than {least}.",
        "{n:,} known events were compared; {unlike:,} of them are less alike than {least}.",
        answer.n_compared,
        unlike=answer.n_unlike,
        least=format_number(MIN_LIKENESS),
    )
    thirds = answer.target.tercile
    if thirds is not None:
        yield _(
            "Volatility on the eve of this event: {third} third of what was known before it.",
            third=translate_deferred(THIRDS[thirds]),
        )
