"""What the Event page says as plain tables, for a report: moves, certainty, crowd and window."""

from __future__ import annotations

from dashboard.domain.event_view import EventView, Move
from dashboard.domain.report import ReportTable
from dashboard.domain.study import Pool, window_text
from dashboard.ui.bar_words import MOSCOW_TIME, mark_words, offset_in_time, point_words
from dashboard.ui.charts.event_window_layout import has_band, offset_text
from dashboard.ui.move_words import (
    POOL_TITLES,
    abnormal_words,
    compared_with,
    dates_words,
    judgement,
    not_available,
    p_words,
    percents,
    rates_words,
    share_words,
    units,
    window_words,
)
from dashboard.ui.palette import category_title
from dashboard.ui.quoting import Quoting
from dashboard.ui.report_parts import TITLE_LIMIT, table_of
from dashboard.ui.text import plain
from dashboard.ui.wording import FEWEST_TO_JUDGE, MINUS, NOTHING, signed, weekday_day


def tables_of_view(view: EventView, quoting: Quoting, pool: Pool) -> tuple[ReportTable, ...]:
    """Every table of an event, those without rows left out."""
    tables = (
        moves_table(view, quoting, pool),
        certainty_table(view, pool),
        crowd_table(view),
        table_of("The window, offset by offset", window_columns(view, quoting)),
    )
    return tuple(table for table in tables if table.rows)


def moves_table(view: EventView, quoting: Quoting, pool: Pool) -> ReportTable:
    """Window, days, rates, direction, both percentages, log points, how unusual, other events."""
    unit, other_unit = units(quoting)
    return ReportTable(
        "Moves around the event",
        (
            "Window", "Base → end", unit, "Direction", f"{unit}, %", f"{other_unit}, %",
            "Log pts", "How unusual", "Other events",
        ),
        tuple(_move_row(move, view, quoting, pool) for move in view.moves),
    )  # fmt: skip


def certainty_table(view: EventView, pool: Pool) -> ReportTable:
    """CAR with its error, t, p with N, placebo p with the size of its pool, percentiles."""
    return ReportTable(
        "How certain is that?",
        (
            "Window", "CAR ± s.e., log pts", "t", "p of t", f"Placebo p, {POOL_TITLES[pool]}",
            *percentile_titles(),
        ),
        tuple(_certainty_row(move, view, pool) for move in view.moves),
    )  # fmt: skip


def crowd_table(view: EventView) -> ReportTable:
    """The other events in the event window, in the order of their offsets."""
    return ReportTable(
        "Other events in the window",
        ("Offset", "Day", "Category", "Event"),
        tuple(
            (
                offset_text(offset),
                weekday_day(event.day),
                plain(category_title(event.category)),
                plain(event.title, TITLE_LIMIT),
            )
            for offset, event in sorted(view.crowd, key=lambda pair: (pair[0], pair[1].id))
        ),
    )


def _move_row(move: Move, view: EventView, quoting: Quoting, pool: Pool) -> tuple[str, ...]:
    where = f"{_offsets(move)} {window_words(move.window, view.card)}"
    if move.log_points is None:
        return (where, not_available(move, view.card), *([NOTHING] * 7))
    chosen, other = percents(move, quoting)
    arrow, word = quoting.arrow(move.log_points), quoting.direction(move.log_points)
    return (
        where,
        dates_words(move),
        rates_words(move, quoting),
        f"{arrow} {word}",
        chosen,
        other,
        signed(move.log_points),
        f"{compared_with(move, pool)}: {judgement(move, pool)}",
        str(len(move.crowd)),
    )


def _certainty_row(move: Move, view: EventView, pool: Pool) -> tuple[str, ...]:
    rank = move.rank(pool)
    abnormal = abnormal_words(move)
    if move.car is None and move.log_points is not None:
        abnormal = move.reason or "a rate inside the window is missing"
    return (
        _offsets(move),
        abnormal,
        NOTHING if move.car_t is None else signed(move.car_t),
        p_words(move.p_value, view.n_estimation),
        p_words(rank.p, rank.size),
        *percentile_cells(move),
    )


def percentile_titles() -> tuple[str, ...]:
    """Those of the columns of percentiles: the nearest dates both ways, then the other pools."""
    first, *others = POOL_TITLES.values()
    return (f"Percentile: {first}", "the same by size alone", *others)


def percentile_cells(move: Move) -> tuple[str, ...]:
    """The percentiles of a move, in the order of their titles."""
    near, *others = (move.rank(pool) for pool in POOL_TITLES)
    return (
        _share(near.percentile, near.size),
        _share(near.by_move, near.size),
        *(_share(rank.percentile, rank.size) for rank in others),
    )


def _share(share: float | None, among: int) -> str:
    if share is None:
        return NOTHING
    return share_words(share) if among >= FEWEST_TO_JUDGE else f"too few ({among})"


def _offsets(move: Move) -> str:
    return window_text(move.window).replace("-", MINUS)


def _when_columns(view: EventView) -> dict[str, list[str]]:
    """The market day; on bars their hours in Moscow, how far from the event, what is special."""
    path, minutes = view.path, view.card.bar_minutes
    if not minutes:
        return {"Market day": [weekday_day(point.day) for point in path]}
    return {
        f"Bar ({MOSCOW_TIME})": [point_words(point, minutes) for point in path],
        "From the event": [offset_in_time(point.offset, minutes) for point in path],
        "Mark": [mark_words(point) or NOTHING for point in path],
    }


def window_columns(view: EventView, quoting: Quoting) -> dict[str, list[str]]:
    """The figure as a table: offset, day, rate, move, ordinary range, whether inside it."""
    path = view.path
    banded = has_band(view)
    ranges = [
        sorted(quoting.quoted_log_points(value) for value in (point.low, point.high))
        for point in path
    ]
    return {
        "Offset": [offset_text(point.offset) for point in path],
        **_when_columns(view),
        quoting.unit: [quoting.rate(point.rate) for point in path],
        f"Log pts of {quoting.unit} against the base": [
            signed(quoting.quoted_log_points(point.move)) for point in path
        ],
        "Rouble" if quoting.card.is_rouble else "Direction": [
            quoting.direction(point.move) or NOTHING for point in path
        ],
        "Ordinary range": [
            f"{signed(low)} to {signed(high)}" if banded and point.offset != -1 else NOTHING
            for point, (low, high) in zip(path, ranges, strict=True)
        ],
        "Inside it": [
            NOTHING
            if not banded or point.offset == -1
            else "yes"
            if point.low <= point.move <= point.high
            else "no"
            for point in path
        ],
    }
