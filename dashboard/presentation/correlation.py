"""Messages about correlations, hit rates, regressions and local projections."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import fields, replace
from typing import Final, TypeVar

from dashboard.models.analyses import (
    CrossCell,
    DosePoint,
    DoseRow,
    Projection,
    ProjectionRow,
    ScoreRow,
    SecondStageRow,
)
from dashboard.models.event import Event
from dashboard.models.messages import (
    DeferredMessage,
    deferred,
    join_and,
    plural,
    translate_deferred,
)
from dashboard.models.messages import translate as _
from dashboard.models.series import SeriesCard
from dashboard.models.study import (
    MAX_SHARE_OF_ONE_RATE,
    MIN_RATES,
    SIGNIFICANCE_LEVEL,
    CorrelationRow,
    DirectionRow,
    RegressionRow,
)
from dashboard.presentation.charts.correlation import CrossCellMark
from dashboard.presentation.escaping import escape_plot
from dashboard.presentation.formatting import (
    format_day,
    format_number,
    format_offset,
    format_p,
    format_range,
    format_share,
    format_signed,
)
from dashboard.presentation.palette import STYLE_BY_ID, category_title
from dashboard.presentation.quoting import (
    MoveScale,
    QuotedSeries,
    QuoteMode,
    name_direction,
)

Row = TypeVar(
    "Row", CorrelationRow, RegressionRow, ScoreRow, ProjectionRow, CrossCell, DoseRow, DosePoint,
    SecondStageRow,
)  # fmt: skip
SIGNED_FIELDS: Final = (
    "r", "estimate", "t", "caar", "in_spreads", "mean_scar", "slope", "spearman", "intercept",
    "slope_up", "slope_down", "slope_without", "car",
)  # fmt: skip
INTERVAL_FIELDS: Final = (("low", "high"), ("supt_low", "supt_high"))
SPEARMAN: Final = "spearman"
"""The method that holds moves against the direction expected of the subject."""
ALL_EVENTS: Final = deferred("All events")
MAX_LISTED: Final = 6
"""One sentence names at most so many means."""
REPORTED_HORIZONS: Final = (1, 5)
"""The horizons in the sentence: the rate after the first, and a week of rates."""
PRE_TREND_HORIZONS: Final = (-5, -2)
LEAD_LAG_HELP: Final = deferred(
    "**Lag 0** is the first rate that can contain the event, **+1** the one after it. A mark at"
    " **−1 to −5** is a move *before* the event: no effect of it can be there, so it is"
    " anticipation, a leak, other news, or coincidence. The grey band holds 95 % of the"
    " correlations that the same dates give when they are moved round the calendar together; one"
    " mark in twenty lies outside it by chance."
)
SCORE_TITLES: Final = {
    "tone": deferred("Tone"),
    "intensity": deferred("Intensity"),
    "crowd": deferred("Events at the same first rate"),
}
OUTCOME_TITLES: Final = {"move": deferred("the move"), "size": deferred("the size of the move")}
SCORE_HELP: Final = deferred(
    "No event has a tone or an intensity yet: the catalogue carries none. To bring your own,"
    " give your notes a tag such as **tone:−3.2** or **intensity:2**, by hand or in the column"
    " *tags* of an imported file; the number is written with a point. Here it is then set"
    " against the moves."
)
CELL_UNIT_TITLES: Final = {
    "scar": deferred("Standard deviations"),
    "spread": deferred("Deviations of shifted dates"),
    "percentile": deferred("Percentile of shifted dates"),
    "mean": deferred("Mean, log points"),
}


def format_group_title(group: str) -> str:
    """`NATO remarks`; the group of all events by its own name."""
    return translate_deferred(ALL_EVENTS) if group == "all" else category_title(group)


def format_group_label(group: str) -> str:
    """The title with the glyph of the category before it."""
    style = STYLE_BY_ID.get(group)
    return f"{style.glyph} {style.title}" if style else format_group_title(group)


def turn_row(row: Row, quoting: QuotedSeries) -> Row:
    """A row about moves of the subject as one about moves of the number shown.

    What has no sign of its own stays: the size of moves, and whether they went as expected.
    """
    is_signed = getattr(row, "against", "move") == "move" and getattr(row, "method", "") != SPEARMAN
    if quoting.quoted_log_points(1.0) > 0 or not is_signed:
        return row
    names = {field.name for field in fields(row)}
    turned = {name: -getattr(row, name) for name in SIGNED_FIELDS if name in names}
    if isinstance(row, SecondStageRow) and not row.levels:
        turned["statistic"] = -row.statistic
    for low, high in INTERVAL_FIELDS:
        if low in names:
            turned |= {low: -getattr(row, high), high: -getattr(row, low)}
    return replace(row, **turned)


def describe_answer(
    correlations: tuple[CorrelationRow, ...],
    directions: tuple[DirectionRow, ...],
    n_events: int,
) -> str:
    """What stands out of all correlations and hit rates after their corrections, in a sentence."""
    lags = [row for row in correlations if row.method == "point_biserial"]
    hits = [row for row in directions if row.n]
    tested = plural("{n:,} correlation", "{n:,} correlations", len(lags))
    if hits:
        rates = plural("{n:,} hit rate", "{n:,} hit rates", len(hits))
        tested = _("{correlations} and {hit_rates}", correlations=tested, hit_rates=rates)
    found = [
        *(
            _("{group} at lag {lag}", group=format_group_title(row.group),
              lag=format_signed(row.lag, 0))
            for row in lags if row.p_adjusted < SIGNIFICANCE_LEVEL
        ),
        *(
            _("{group} by its hit rate", group=format_group_title(row.group))
            for row in hits if row.p_adjusted < SIGNIFICANCE_LEVEL
        ),
    ]  # fmt: skip
    events = plural("{n:,} event", "{n:,} events", n_events)
    if not found:
        return _(
            "Nothing beyond chance: none of {tested} has a Holm-corrected p below 0.05 ({events})",
            tested=tested,
            events=events,
        )
    return _(
        "Beyond chance: {found}. Of {tested} only these have a Holm-corrected p below 0.05"
        " ({events})",
        found=join_and(found),
        tested=tested,
        events=events,
    )


def describe_lead_lag(rows: tuple[CorrelationRow, ...]) -> str:
    """How many correlations stay below 0.05 after the correction, of how many."""
    tested = [row for row in rows if row.method == "point_biserial"]
    outside = sum(not row.low <= row.r <= row.high for row in tested)
    small = [row for row in tested if row.p_adjusted < SIGNIFICANCE_LEVEL]
    if not tested:
        return _(
            "No correlation can be computed: the rate never moves, or there is too little of it."
        )
    band = _(
        "{outside} of {tested} marks lie outside their band, {expected} would by chance.",
        outside=outside,
        tested=len(tested),
        expected=round(len(tested) * SIGNIFICANCE_LEVEL),
    )
    if not small:
        none = _(
            "After the Holm correction over all {tested} groups and lags none has a p below 0.05"
            " (N = {count:,} rates).",
            tested=len(tested),
            count=tested[0].n,
        )
        return f"{band} {none}"
    listed = "; ".join(
        _(
            "{group} at lag {lag} (r {r}, corrected p {p})",
            group=format_group_title(r.group),
            lag=format_signed(r.lag, 0),
            r=format_signed(r.r),
            p=format_p(r.p_adjusted),
        )
        for r in small
    )
    left = _(
        "After the Holm correction over all {tested} a p below 0.05 is left for {groups}; N ="
        " {count:,} rates.",
        tested=len(tested),
        groups=listed,
        count=tested[0].n,
    )
    leads = any(r.lag < 0 for r in small)
    lead = [_("A lag below 0 is a move before the event.")] if leads else []
    return " ".join([band, left, *lead])


def format_hits(row: DirectionRow) -> str:
    """`26 of 41 (63 %)`."""
    if not row.n:
        return _("none with an expectation")
    return _(
        "{hits} of {count} ({share})", hits=row.hits, count=row.n, share=format_share(row.share)
    )


def describe_hits(rows: tuple[DirectionRow, ...]) -> str:
    """How many hit rates differ from a coin after the correction, and what is left out."""
    tested = [row for row in rows if row.n]
    total = next((row for row in rows if row.group == "all"), None)
    if not tested or total is None:
        return _("No event has an expected direction on this series and a move.")
    small = [row for row in tested if row.p_adjusted < SIGNIFICANCE_LEVEL]
    listed = "; ".join(
        _(
            "{group} ({hits}, corrected p {p})",
            group=format_group_title(r.group),
            hits=format_hits(r),
            p=format_p(r.p_adjusted),
        )
        for r in small
    )
    share = _(
        "{hits} of the events moved as expected; {unclear} without a clear expectation and"
        " {unmoved} unmoved are left out.",
        hits=format_hits(total),
        unclear=total.unclear,
        unmoved=total.unmoved,
    )
    corrected = (
        _(
            "After the Holm correction over {tested} groups a p below 0.05 is left for {groups}.",
            tested=len(tested),
            groups=listed,
        )
        if small
        else _(
            "After the Holm correction over {tested} groups none differs from a coin with a p"
            " below 0.05.",
            tested=len(tested),
        )
    )
    return f"{share} {corrected}"


def format_estimate(row: RegressionRow) -> tuple[str, str]:
    """Estimate and standard error: log points for categories, a slope for another series."""
    if row.term in STYLE_BY_ID or row.term == "constant":
        return format_signed(100 * row.estimate, 3), format_number(100 * row.se, 3)
    return format_signed(row.estimate, 3), format_number(row.se, 3)


def format_term(term: str, titles: dict[str, str]) -> str:
    """The name of a term: a category, the constant, or the title of a control."""
    if term == "constant":
        return _("Constant: an ordinary day")
    return titles.get(term, format_group_title(term))


def describe_score(row: ScoreRow) -> str:
    """One correlation of a score, with N, method, band and correction."""
    subject = _(
        "{score} against {outcome}",
        score=translate_deferred(SCORE_TITLES[row.score]),
        outcome=translate_deferred(OUTCOME_TITLES[row.against]),
    )
    if math.isnan(row.r):
        return plural(
            "{subject}: {n:,} event with a score and a move; fewer than 5, or all alike.",
            "{subject}: {n:,} events with a score and a move; fewer than 5, or all alike.",
            row.n,
            subject=subject,
        )
    return _(
        "{subject}: Spearman's rho {r}, band of shifted dates {low} to {high}, N = {count:,},"
        " calendar-shift p {p_value}, Holm-corrected {p_adjusted}.",
        subject=subject,
        r=format_signed(row.r),
        low=format_signed(row.low),
        high=format_signed(row.high),
        count=row.n,
        p_value=format_p(row.p_value),
        p_adjusted=format_p(row.p_adjusted),
    )


def get_cell_number(cell: CrossCell, unit: str) -> float:
    """The number of a cell in the chosen unit, with the sign of the mean."""
    if unit == "mean":
        return 100 * cell.caar
    if unit == "percentile":
        return math.copysign(cell.percentile, cell.caar)
    return cell.mean_scar if unit == "scar" else cell.in_spreads


def shorten_reason(cell: CrossCell) -> str:
    """Why a cell has no verdict, short enough for the cell; empty where it has one."""
    if not cell.reason:
        return ""
    if cell.n < MIN_RATES:
        return plural("{n:,} event", "{n:,} events", cell.n)
    if cell.n_rates < MIN_RATES:
        return plural("{n:,} rate", "{n:,} rates", cell.n_rates)
    if cell.largest_share > MAX_SHARE_OF_ONE_RATE:
        return _("one: {share}", share=format_share(cell.largest_share))
    return plural("{n:,} cluster", "{n:,} clusters", cell.clusters)


def ends_before_most(card: SeriesCard, events: tuple[Event, ...]) -> bool:
    """Whether a series ended before most of the events: its means are those of its last days."""
    until = card.history_until
    return until is not None and 2 * sum(event.day > until for event in events) > len(events)


def build_cell_mark(
    card: SeriesCard, cell: CrossCell | None, look: tuple[QuoteMode, str], *, is_ended: bool = False
) -> CrossCellMark:
    """A cell of the heat map of categories on series.

    Args:
        card: the series.
        cell: the category on it; None where it has no event.
        look: the quote, and the unit of the cells.
        is_ended: whether the series ended before most events, which leaves the cell grey.
    """
    if cell is None:
        return CrossCellMark(math.nan, "", _("no event on this series"))
    mode, unit = look
    head = _(
        "{group} on {series}",
        group=escape_plot(format_group_title(cell.group), 30, 1),
        series=escape_plot(card.label, 40, 1),
    )
    moved = _list_cell_means(card, cell, mode)
    turned = turn_row(cell, QuotedSeries(card, mode))
    if not cell.has_verdict:
        reason = translate_deferred(cell.reason) or _("the test does not apply")
        no_verdict = escape_plot(_("no verdict: {reason}", reason=reason), 50, 2)
        return CrossCellMark(
            math.nan, shorten_reason(cell), "<br>".join([head, no_verdict, *moved])
        )
    if is_ended:
        ended = escape_plot(_describe_end(card), 50, 2)
        number = f"({_format_second(card, turned)})"
        return CrossCellMark(math.nan, number, "<br>".join([head, ended, *moved]))
    value = get_cell_number(cell, unit)
    quoted = get_cell_number(turned, unit)
    shown = format_signed(quoted, 0 if unit == "percentile" else 1)
    mark = f"<b>{shown} •</b>" if cell.p_adjusted < SIGNIFICANCE_LEVEL else shown
    second = "" if unit == "mean" else f"<br>({_format_second(card, turned)})"
    p, p_adjusted = format_p(cell.p_value), format_p(cell.p_adjusted)
    spreads = _(
        "{count} spreads of shifted dates, larger than {percentile} %",
        count=format_signed(turned.in_spreads),
        percentile=format_number(cell.percentile, 1),
    )
    corrected = _("p {p}, corrected {p_adjusted}", p=p, p_adjusted=p_adjusted)
    return CrossCellMark(value, mark + second, "<br>".join([head, *moved, corrected, spreads]))


def _describe_end(card: SeriesCard) -> str:
    day = format_day(card.history_until) if card.history_until else ""
    return _("not coloured: the series ended on {day}, before most events", day=day)


def _list_cell_means(card: SeriesCard, cell: CrossCell, mode: QuoteMode) -> list[str]:
    """The mean of a cell, and its N and clusters; empty without one."""
    if math.isnan(cell.caar):
        return []
    quoting = QuotedSeries(card, mode)
    values = {
        "mean": quoting.signed(100 * cell.caar),
        "direction": quoting.direction(100 * cell.caar),
        "standardised": quoting.signed(cell.mean_scar),
    }
    mean = _("mean {mean} points {direction}, standardised {standardised}", **values)
    if card.is_price:
        mean = _("mean {mean} log pts {direction}, standardised {standardised}", **values)
    counts = _(
        "{events} on {rates}, {clusters}; the largest move is {share} % of all",
        events=plural("{n:,} event", "{n:,} events", cell.n),
        rates=plural("{n:,} rate", "{n:,} rates", cell.n_rates),
        clusters=plural("{n:,} cluster", "{n:,} clusters", cell.clusters),
        share=format_number(100 * cell.largest_share, 0),
    )
    return [mean, counts]


def describe_cross_series(
    cells: tuple[CrossCell, ...], cards: tuple[SeriesCard, ...], mode: QuoteMode
) -> str:
    """Which cells keep a p below 0.05 after the correction, of how many with a verdict.

    A series that has ended comes last: its cells end with the days it ended in.
    """
    tested = [cell for cell in cells if cell.has_verdict]
    sentences = [_describe_tested_cells(tested, cards, mode)]
    if len(tested) < len(cells):
        sentences.append(
            plural(
                "Without a verdict: {n:,} grey cell, the reason in each.",
                "Without a verdict: {n:,} grey cells, the reason in each.",
                len(cells) - len(tested),
            )
        )
    return " ".join(sentences)


def _describe_tested_cells(
    tested: list[CrossCell], cards: tuple[SeriesCard, ...], mode: QuoteMode
) -> str:
    if not tested:
        return _("No cell has a verdict.")
    card_of = {card.id: card for card in cards}
    small = sorted(
        (cell for cell in tested if cell.p_adjusted < SIGNIFICANCE_LEVEL),
        key=lambda cell: (card_of[cell.series].history_until is not None, cell.p_adjusted),
    )
    if not small:
        return plural(
            "None of {n:,} mean with a verdict has a p below 0.05 after the Holm correction.",
            "None of {n:,} means with a verdict has a p below 0.05 after the Holm correction.",
            len(tested),
        )
    shown = [
        _format_cell(cell, QuotedSeries(card_of[cell.series], mode)) for cell in small[:MAX_LISTED]
    ]
    if len(small) > MAX_LISTED:
        shown.append(_("and {count} more", count=len(small) - MAX_LISTED))
    return plural(
        "{cells}: after the Holm correction a p below 0.05 is left for {small} of {n:,} mean"
        " with a verdict.",
        "{cells}: after the Holm correction a p below 0.05 is left for {small} of {n:,} means"
        " with a verdict.",
        len(tested),
        cells="; ".join(shown),
        small=len(small),
    )


def _format_mean(cell: CrossCell, quoting: QuotedSeries) -> str:
    """`1.1 % weaker`; of a number that is no price `0.25 points down`."""
    mean = 100 * cell.caar
    if quoting.card.is_price:
        return quoting.directed(mean)
    size, direction = format_number(abs(mean)), name_direction(quoting.card, mean)
    return _("{size} points {direction}", size=size, direction=direction)


def _format_second(card: SeriesCard, cell: CrossCell) -> str:
    """The mean in log points, or in points, which are fewer."""
    return format_signed(100 * cell.caar, 1 if card.is_price else 2)


def _format_cell(cell: CrossCell, quoting: QuotedSeries) -> str:
    """`Escalation on USD/RUB: 1.1 % weaker on average (…, corrected p 0.029)`."""
    card = quoting.card
    series = card.label
    if card.history_until:
        series = _(
            "{series}, which ended on {day}", series=series, day=format_day(card.history_until)
        )
    return _(
        "{group} on {series}: {move} on average ({mean} standard deviations, {events} on {rates},"
        " {clusters}, corrected p {p})",
        group=format_group_title(cell.group),
        series=series,
        move=_format_mean(cell, quoting),
        mean=quoting.signed(cell.mean_scar),
        events=plural("{n:,} event", "{n:,} events", cell.n),
        rates=plural("{n:,} rate", "{n:,} rates", cell.n_rates),
        clusters=plural("{n:,} cluster", "{n:,} clusters", cell.clusters),
        p=format_p(cell.p_adjusted),
    )


# ------------------------------------------------------------------ local projections


def describe_projection(projection: Projection, quoting: QuotedSeries) -> str:
    """The move at two horizons with the band, the whole path, and N.

    Args:
        projection: with rows that have the sign of the number shown, see `turn_row`.
        quoting: the series and the quote.
    """
    rows = [row for row in map(projection.at, REPORTED_HORIZONS) if math.isfinite(row.estimate)]
    first, title = projection.at(0), format_group_title(projection.group)
    if not rows:
        return _(
            "{title}: no number, {reason}.",
            title=title,
            reason=translate_deferred(first.reason) or _("no row is used"),
        )
    moves = _(
        "{group}: {moves}; {axis}.",
        group=title,
        moves=join_and([_format_horizon(row, quoting) for row in rows]),
        axis=MoveScale(quoting).axis,
    )
    counts = {
        "events": plural("{n:,} event", "{n:,} events", first.events),
        "rates": plural("{n:,} first rate", "{n:,} first rates", first.rates),
    }
    if math.isnan(first.supt_low):
        no_band = _(
            "No band: {reason}; N = {events} on {rates}.",
            reason=translate_deferred(first.reason),
            **counts,
        )
        return f"{moves} {no_band}"
    count = _("N = {events} on {rates}.", **counts)
    return f"{moves} {_describe_path(projection)} {count}"


def _format_horizon(row: ProjectionRow, quoting: QuotedSeries) -> str:
    """`0.8 % weaker 1 rate after the first (95 % band −0.08 to +1.77 log pts)`."""
    subject_move = quoting.quoted_log_points(100 * row.estimate)  # turned back
    move = quoting.directed(subject_move)
    if math.isnan(row.supt_low):
        return plural(
            "{move} {n:,} rate after the first",
            "{move} {n:,} rates after the first",
            row.horizon,
            move=move,
        )
    return plural(
        "{move} {n:,} rate after the first (95 % band {low} to {high} log pts)",
        "{move} {n:,} rates after the first (95 % band {low} to {high} log pts)",
        row.horizon,
        move=move,
        low=format_signed(100 * row.supt_low),
        high=format_signed(100 * row.supt_high),
    )


def _describe_path(projection: Projection) -> str:
    """At which horizons the band of the whole path leaves 0 out."""
    outside = [row for row in projection.rows if row.supt_low > 0 or row.supt_high < 0]
    if not outside:
        return _("The band of the whole path holds 0 at every horizon from 0 to 20.")
    at = join_and([f"+{row.horizon}" if row.horizon else "0" for row in outside])
    p = min(row.p_adjusted for row in outside)
    return _(
        "The band of the whole path leaves 0 out at {horizons} (smallest p, corrected for 21"
        " horizons, {p}).",
        horizons=at,
        p=format_p(p),
    )


def describe_pre_trend(projection: Projection) -> str:
    """The result of the test of the horizons before the base."""
    test = projection.pre_trend
    span = format_range(*map(format_offset, PRE_TREND_HORIZONS))
    if math.isnan(test.p_value):
        return _(
            "Before the event ({span}): no test, {reason}.",
            span=span,
            reason=translate_deferred(test.reason),
        )
    numbers = _(
        "Wald {statistic}, {df} horizons, p {p}",
        statistic=format_signed(test.statistic, 1).lstrip("+"),
        df=test.df,
        p=format_p(test.p_value),
    )
    if test.p_value < SIGNIFICANCE_LEVEL:
        return _(
            "Before the event ({span}) the rate moved already ({numbers}): read what follows"
            " with that in mind.",
            span=span,
            numbers=numbers,
        )
    return _(
        "Before the event ({span}) no movement is seen ({numbers}); a small one could be missed.",
        span=span,
        numbers=numbers,
    )


def describe_dropped(projection: Projection, titles: Mapping[str, str]) -> str:
    """What is left out at horizon +1 and why; `titles` are those of the controls."""
    row = projection.at(REPORTED_HORIZONS[0])
    reasons = [f"{rows:,} {_name_controls(reason, titles)}" for reason, rows in row.dropped]
    rates = plural(
        "{n:,} first rate with an event left out",
        "{n:,} first rates with an event left out",
        row.rates_dropped,
    )
    return _(
        "{count:,} rates are used at +{horizon}; {rates}. Not used: {reasons}.",
        count=row.n,
        horizon=row.horizon,
        rates=rates,
        reasons="; ".join(reasons),
    )


def _name_controls(reason: str, titles: Mapping[str, str]) -> str:
    """A reason with the title of the control it names in place of its id."""
    values = reason.values if isinstance(reason, DeferredMessage) else {}
    return translate_deferred(reason, **{k: titles.get(str(v), v) for k, v in values.items()})


# ------------------------------------------------------------------ dose response


DOSE_TITLES: Final = {
    "surprise": deferred("Surprise: released less expected"),
    "change": deferred("Change: released less previous"),
    "intensity": deferred("Intensity"),
}
DOSE_NOUNS: Final = {
    "surprise": deferred("the surprise"),
    "change": deferred("the change"),
    "intensity": deferred("the intensity"),
}


def dose_unit(row: DoseRow) -> str:
    """One unit of the dose, as it stands after "per"; a difference of per cent is in points."""
    if row.dose == "intensity" or not row.unit:
        return _("unit")
    return _("percentage point") if row.unit == "%" else row.unit


def _describe_slope(row: DoseRow, slope: float, card: SeriesCard) -> str:
    return _(
        "{slope} log pts {direction} per {unit}",
        slope=format_number(100 * abs(slope)),
        direction=name_direction(card, slope),
        unit=dose_unit(row),
    )


def _name_end(card: SeriesCard, slope: float) -> str:
    """An end of an interval by size and direction: its sign would depend on the quote shown."""
    size = format_number(100 * abs(slope))
    return _("{size} {direction}", size=size, direction=name_direction(card, slope))


def describe_dose(row: DoseRow, card: SeriesCard) -> str:
    """Whether the moves went with the dose, with the slope, its interval, p, N and power.

    Args:
        row: with the sign of the subject.
        card: of its series.
    """
    noun = translate_deferred(DOSE_NOUNS[row.dose])
    counts = _(
        "{events} on {rates}, {clusters}",
        events=plural("{n:,} event", "{n:,} events", row.n),
        rates=plural("{n:,} rate", "{n:,} rates", row.rates),
        clusters=plural("{n:,} cluster", "{n:,} clusters", row.clusters),
    )
    if math.isnan(row.slope):
        return _("No slope: {reason}.", reason=translate_deferred(row.reason))
    values = {
        "slope": _describe_slope(row, row.slope, card),
        "low": _name_end(card, row.low),
        "high": _name_end(card, row.high),
        "counts": counts,
        "dose": noun,
    }
    if row.reason or math.isnan(row.p_value):
        return _(
            "No verdict ({reason}). The least-squares slope is {slope} of {dose}, 95 % {low} to"
            " {high}; {counts}.",
            reason=translate_deferred(row.reason),
            **values,
        )
    values |= {"p": format_p(row.p_value), "p_adjusted": format_p(row.p_adjusted)}
    if row.p_adjusted < SIGNIFICANCE_LEVEL:
        return _(
            "The move went with {dose}: {slope}, 95 % {low} to {high}; p {p}, Holm-corrected"
            " {p_adjusted}; {counts}.",
            **values,
        )
    return _(
        "No relation of the move with {dose} can be told from chance: {slope}, 95 % {low} to"
        " {high}; p {p}, Holm-corrected {p_adjusted}; {counts}. {power}",
        power=_describe_smallest_slope(row),
        **values,
    )


def _describe_smallest_slope(row: DoseRow) -> str:
    if not math.isfinite(row.smallest_visible):
        return _("So few arrangements would find no slope of any size.")
    return _(
        "A slope of {slope} log pts per {unit} or more would be found in four studies of five.",
        slope=format_number(100 * row.smallest_visible),
        unit=dose_unit(row),
    )


def describe_dose_details(row: DoseRow, card: SeriesCard, titles: Mapping[str, str]) -> list[str]:
    """The move without a dose, up against down, ranks, and an event that weighs too much.

    Args:
        row: with the sign of the subject.
        card: of its series.
        titles: of events, by id.
    """
    if math.isnan(row.slope):
        return []
    sentences = []
    if row.largest_weight > MAX_SHARE_OF_ONE_RATE:
        sentences.append(
            _(
                "One event carries {share} of the weight: {event}. Without it the slope is"
                " {slope}.",
                share=format_share(row.largest_weight),
                event=titles.get(row.largest_event, row.largest_event),
                slope=_describe_slope(row, row.slope_without, card)
                if math.isfinite(row.slope_without)
                else _("not defined"),
            )
        )
    sentences.append(
        _(
            "At a dose of 0 the move is {move} log pts {direction} ({se} standard error).",
            move=format_number(100 * abs(row.intercept)),
            direction=name_direction(card, row.intercept),
            se=format_number(100 * row.intercept_se),
        )
    )
    if math.isfinite(row.slope_up):
        sentences.append(
            _(
                "Doses above 0: {up} ({n_up} events); below 0: {down} ({n_down}); equal slopes: p"
                " {p}, not corrected.",
                up=_describe_slope(row, row.slope_up, card),
                down=_describe_slope(row, row.slope_down, card),
                n_up=row.n_up,
                n_down=row.n_down,
                p=format_p(row.asymmetry_p),
            )
        )
    else:
        sentences.append(
            _(
                "Doses above 0: {n_up}, below 0: {n_down}; too few on a side for two slopes.",
                n_up=row.n_up,
                n_down=row.n_down,
            )
        )
    sentences.append(
        _(
            "Spearman's rho {rho} (positive: {direction} the higher the dose), p {p}.",
            rho=format_signed(row.spearman),
            direction=name_direction(card, 1),
            p=format_p(row.spearman_p),
        )
    )
    return sentences


def describe_second_stage(rows: Sequence[SecondStageRow]) -> str:
    """Which columns keep a p below 0.05 after the correction, and what cannot be told apart."""
    tested = [row for row in rows if math.isfinite(row.p_value) and row.column]
    small = [row for row in tested if row.p_adjusted < SIGNIFICANCE_LEVEL]
    if not tested:
        reasons = dict.fromkeys(translate_deferred(row.reason) for row in rows if row.reason)
        return _("No verdict: {reasons}.", reasons="; ".join(reasons) or _("no column"))
    if small:
        found = [
            _("{term} (corrected p {p})", term=row.term, p=format_p(row.p_adjusted))
            for row in small[:MAX_LISTED]
        ]
        text = _("Of {count} terms a corrected p below 0.05 is left for {found}.",
                 count=len(tested), found=join_and(found))  # fmt: skip
    else:
        text = _("None of {count} terms has a corrected p below 0.05.", count=len(tested))
    collinear = [row.term for row in tested if row.vif > LARGE_INFLATION]
    if not collinear:
        return text
    told = _(
        "Hard to tell apart from the other columns (variance inflated more than tenfold): {terms}.",
        terms=join_and(collinear),
    )
    return f"{text} {told}"


LARGE_INFLATION: Final = 10.0
