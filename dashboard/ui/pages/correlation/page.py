"""The Correlation page: one answer, then lags, hit rates, series, paths, regression or scores."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, Final

import pandas as pd
import streamlit as st

from dashboard.models.analyses import (
    DosePoint,
    DoseResponse,
    DoseRow,
    ScoredEvents,
    ScoreRow,
    SecondStageRow,
)
from dashboard.models.errors import InputError
from dashboard.models.messages import (
    deferred,
    deferred_in_context,
    plural,
    translate_deferred,
)
from dashboard.models.messages import translate as _
from dashboard.models.study import MAX_SHARE_OF_ONE_RATE, MIN_CLUSTERS, MIN_RATES
from dashboard.presentation.charts.correlation import (
    build_cross_series_figure,
    build_dose_figure,
    build_hit_figure,
    build_lead_lag_figure,
    build_projection_figure,
    build_scatter_figure,
    summarize_hits,
    summarize_lead_lag,
)
from dashboard.presentation.correlation import (
    CELL_UNIT_TITLES,
    DOSE_TITLES,
    LEAD_LAG_HELP,
    OUTCOME_TITLES,
    SCORE_HELP,
    SCORE_TITLES,
    describe_answer,
    describe_cross_series,
    describe_dose,
    describe_dose_details,
    describe_dropped,
    describe_hits,
    describe_lead_lag,
    describe_pre_trend,
    describe_projection,
    describe_score,
    describe_second_stage,
    format_estimate,
    format_group_title,
    format_term,
    turn_row,
)
from dashboard.presentation.escaping import escape_markdown, plain_text
from dashboard.presentation.formatting import (
    NO_VALUE,
    format_day,
    format_digits,
    format_number,
    format_offset,
    format_signed,
    format_window,
)
from dashboard.presentation.palette import LIGHT_PALETTE, Palette, get_palette
from dashboard.presentation.quoting import MoveScale, QuotedSeries
from dashboard.presentation.tables import View, build_text_columns
from dashboard.services.compare import EventRelations
from dashboard.services.exports import TABLES, table_file
from dashboard.ui import session
from dashboard.ui.components.elements import (
    Shortcut,
    draw_figure,
    draw_heading,
    draw_shortcuts,
    term_help,
    toggle_expander,
)
from dashboard.ui.components.exports import ChartPicture, Downloads, draw_download_menu
from dashboard.ui.pages.base import Page
from dashboard.ui.pages.correlation.state import (
    PARAMS,
    CorrelationState,
    build_dose_points,
    build_hit_rows,
    build_lead_lag_panels,
    build_map_columns,
    build_map_rows,
    build_score_points,
    choose_dose_row,
    compute_map_limit,
    draw_cell_unit,
    draw_controls_choice,
    draw_dose_choice,
    draw_part_choice,
    draw_projection_choice,
    draw_regressor_choice,
    draw_sample_controls,
    draw_score_choice,
    format_dose_titles,
    format_scatter_titles,
    get_cross_series,
    get_dose_response,
    get_projection,
    get_second_stage,
    list_dose_points,
    read_correlation_state,
)
from dashboard.ui.url_state import UrlState

TABLE_HEIGHT: Final = 300
METHOD_LABELS: Final = {
    "point_biserial": deferred("point-biserial: event or not"),
    "spearman": deferred("Spearman: expectation −1, 0, +1"),
}
CORRECTED_P_TITLE: Final = deferred("p (Holm)")
CORRELATION_VIEW: Final[View] = {
    deferred("Group"): lambda row: plain_text(format_group_title(row.group)),
    deferred("Lag"): lambda row: format_signed(row.lag, 0),
    "r": "r:3",
    deferred("Band"): "low..high:3",
    deferred("p (calendar shift)"): "p_value",
    CORRECTED_P_TITLE: "p_adjusted",
    "N": "n",
    deferred("Method"): lambda row: translate_deferred(METHOD_LABELS[row.method]),
}
DIRECTION_VIEW: Final[View] = {
    deferred("Group"): lambda row: plain_text(format_group_title(row.group)),
    deferred("As expected"): "hits",
    "N": "n",
    deferred_in_context("part of a whole", "Share"): lambda row: (
        f"{format_number(100 * row.share, 1)} %"
    ),
    deferred("95 % Wilson interval, for orientation"): lambda row: _(
        "{low} to {high} %",
        low=format_number(100 * row.low, 0),
        high=format_number(100 * row.high, 0),
    ),
    deferred("p (signs of clusters)"): "p_value",
    CORRECTED_P_TITLE: "p_adjusted",
    deferred("Unclear"): "unclear",
    deferred("Unmoved"): "unmoved",
}
SCORES_VIEW: Final[View] = {
    deferred("Score"): lambda row: translate_deferred(SCORE_TITLES[row.score]),
    deferred("Against"): lambda row: translate_deferred(OUTCOME_TITLES[row.against]),
    deferred("Spearman's rho"): "r:3",
    deferred("Band"): "low..high:3",
    deferred("p (calendar shift)"): "p_value",
    CORRECTED_P_TITLE: "p_adjusted",
    "N": "n",
    deferred_in_context("events without a score", "Without"): "without",
}
PROJECTIONS_VIEW: Final[View] = {
    deferred("Horizon"): lambda row: format_offset(row.item.horizon),
    deferred("Move, log pts"): "estimate",
    deferred("95 % at this horizon"): "low..high",
    deferred("95 % of the path"): "supt_low..supt_high",
    "p": "p_value",
    deferred("p (all horizons)"): "p_adjusted",
    deferred("Error, HC1"): "se_hc1:3",
    deferred("Error, Newey-West"): "se_hac:3",
    deferred("Events"): "events",
    deferred("First rates"): "rates",
    deferred("N (rates)"): "n",
    deferred("Note"): "reason",
}
DOSE_EVENTS_VIEW: Final[View] = {
    deferred("Day"): "event_day",
    deferred("Event"): "title",
    deferred("Dose"): lambda point: format_digits(point.value, signed=True),
    deferred("Released"): lambda point: _format_optional(point.event.value_actual),
    deferred("Expected"): lambda point: _format_optional(point.event.value_expected),
    deferred("Before"): lambda point: _format_optional(point.event.value_previous),
    deferred("Unit"): "value_unit",
    deferred("Move, log pts"): "car",
    deferred("Source of the expected value"): "value_source",
}
DOSE_VIEW: Final[View] = {
    deferred("Group"): lambda row: plain_text(format_group_title(row.group)),
    deferred("Window"): "window",
    deferred("Slope, log pts per unit"): "slope",
    deferred("95 %"): "low..high",
    deferred("p (arrangements)"): "p_value",
    CORRECTED_P_TITLE: "p_adjusted",
    deferred("Smallest slope found"): "smallest_visible",
    deferred("Error, HC3"): "se_hc3:3",
    deferred("Error, HC1"): "se_hc1:3",
    deferred("Error, clusters"): "se_cluster:3",
    deferred("Spearman's rho"): "spearman",
    deferred("At a dose of 0"): "intercept",
    deferred("Slope above 0"): "slope_up",
    deferred("Slope below 0"): "slope_down",
    deferred("p (equal slopes)"): "asymmetry_p",
    deferred("Events"): "n",
    deferred("First rates"): "rates",
    deferred("Clusters"): "clusters",
    deferred("Why no verdict"): "reason",
}
SECOND_STAGE_VIEW: Final[View] = {
    deferred("Term"): "term",
    deferred("Base"): "base",
    deferred("Estimate"): "estimate",
    deferred("Standard error"): "se",
    deferred("t, F of levels"): "statistic",
    "p": "p_value",
    CORRECTED_P_TITLE: "p_adjusted",
    deferred("Smallest effect found"): "smallest_visible",
    deferred("Variance inflated"): "vif:1",
    "N": "n",
    deferred("Note"): "reason",
}
DOSE_HELP: Final = deferred(
    "A decision that everybody expected tells the market nothing new. The surprise is the released"
    " value less the expected one; the slope says how much further the move went per unit of it,"
    " and the move at a dose of 0 what followed when nothing surprised. Events are notes, or those"
    " of the catalogue, with both values; N is small, and few events can carry the slope."
)
NO_DOSE_TEXT: Final = deferred(
    "No event of this choice has such a number. Give a note its released and expected value, or an"
    " intensity, in its form or in a file that is imported."
)
PART_TABLES: Final[dict[str, str]] = {
    "lags": "correlation",
    "hits": "direction",
    "series": "across_series",
    "path": "projections",
    "regression": "regression",
    "scores": "scores",
    "dose": "dose_events",
    "columns": "second_stage",
}
"""The table of each part, by which its files are named."""
PROJECTION_SENTENCE_LIMIT: Final = 900
SENTENCE_LIMIT: Final = 900
MAX_UNREAD_SCORES: Final = 5


def draw(view: UrlState) -> None:
    """Draw the answer, then one part: its message, chart and table."""
    state = read_correlation_state(view)
    subject = escape_markdown(state.series.card.subject.name)
    draw_heading(_("What moves with {subject}?", subject=subject))
    draw_sample_controls(view)
    if state.related is None:
        st.warning(escape_markdown(state.refused, SENTENCE_LIMIT), icon=":material/block:")
    else:
        _draw_answer(state, state.related)
        draw_part_choice(view)
        _draw_part(view, state, state.related)
    fold = f"correlation.fold.{PART_TABLES[view['part']]}"
    draw_shortcuts((Shortcut("L", _("Table of this part"), partial(toggle_expander, fold)),))


def _format_optional(value: float | None) -> str:
    return NO_VALUE if value is None else format_digits(value)


def _draw_answer(state: CorrelationState, related: EventRelations) -> None:
    card = state.series.card
    caution = _(
        "Moves near an event are no proof of cause, and with many comparisons some are large by"
        " chance: each part states N, the method and its band, and p-values after a correction"
        " for all comparisons of the part."
    )
    answer = escape_markdown(
        describe_answer(_show(state).correlations, state.directions, related.used), SENTENCE_LIMIT
    )
    st.markdown(f"**{answer}.**", help=term_help("p_value", "holm", "hit_rate", text=caution))
    st.caption(
        escape_markdown(
            _(
                "{used:,} of {requested:,} events measured on {title}, {axis}; moves in the"
                " window {window} against a constant mean of 120 rates.",
                used=related.used,
                requested=related.requested,
                title=card.label,
                axis=state.quoting.axis_title,
                window=format_window(related.window),
            ),
            SENTENCE_LIMIT,
        )
    )


def _show(state: CorrelationState) -> EventRelations:
    """What is drawn of a state that has an answer."""
    if state.shown is None:
        msg = "a state without an answer is not drawn"
        raise RuntimeError(msg)
    return state.shown


def _draw_part(view: UrlState, state: CorrelationState, related: EventRelations) -> None:
    draw_chosen: dict[str, Callable[[], None]] = {
        "lags": partial(_draw_lead_lag, view, state, related),
        "hits": partial(_draw_hits, view, state),
        "series": partial(_draw_cross_series, view, state),
        "path": partial(_draw_projection, view, state),
        "regression": partial(_draw_regression, view, state, related),
        "scores": partial(_draw_scores, view, state, related),
        "dose": partial(_draw_dose, view, state),
        "columns": partial(_draw_second_stage, view, state),
    }
    draw_chosen[view["part"]]()


@dataclass(frozen=True)
class PartFiles:
    """The table of a part, as shown and as a file, and its chart for print.

    Attributes:
        objects: of the table of this part, see `PART_TABLES` and `Table.rows`.
        view: the columns to show.
        alt: the table in words.
        shown: the objects with the sign of the number shown; files have that of the subject.
        picture: the chart; None where there is none.
    """

    objects: Sequence[Any]
    view: View
    alt: str
    shown: Sequence[Any]
    picture: ChartPicture | None = None


def _draw_head(
    view: UrlState, state: CorrelationState, title: str, explanation: str, files: PartFiles
) -> None:
    """Draw the heading of a part with its help and, at the right, the menu of its files."""
    name = PART_TABLES[view["part"]]
    size = TABLES[name].count(files.objects)
    label = plural("{file}.csv, {n:,} row", "{file}.csv, {n:,} rows", size, file=name)
    with st.container(horizontal=True, vertical_alignment="center"):
        st.header(title, anchor=False, help=explanation, width="stretch")
        with st.container(width="content"):
            draw_download_menu(
                Downloads(
                    (state.series.card.id,),
                    "correlation",
                    view,
                    picture=files.picture,
                    tables={name: (label, partial(table_file, name, files.objects))},
                ),
                "correlation.download",
            )


def _draw_lead_lag(view: UrlState, state: CorrelationState, related: EventRelations) -> None:
    panels, sentence = build_lead_lag_panels(state), describe_lead_lag(_show(state).correlations)
    alt = summarize_lead_lag(panels) if panels else ""
    figure = lambda: build_lead_lag_figure(panels, LIGHT_PALETTE, dark=False, phone=False)  # noqa: E731
    files = PartFiles(
        related.correlations,
        CORRELATION_VIEW,
        _("Correlations of every group and lag with band, p and corrected p"),
        _show(state).correlations,
        ChartPicture(
            figure,
            sentence,
            _("Correlation of event dates with moves by lag in rates; grey: 95 % of shifted dates"),
            alt,
            (state.series,),
        )
        if panels
        else None,
    )
    explanation = term_help("lead_lag", "calendar_shift", text=translate_deferred(LEAD_LAG_HELP))
    _draw_head(view, state, _("Before and after the event"), explanation, files)
    st.markdown(escape_markdown(sentence, SENTENCE_LIMIT))
    if panels:
        draw_figure(
            build_lead_lag_figure(
                panels, get_palette(dark=state.dark), dark=state.dark, phone=state.phone
            ),
            "correlation.lead-lag",
            alt,
            phone=state.phone,
        )
    _draw_table_fold(view, files)


def _draw_hits(view: UrlState, state: CorrelationState) -> None:
    lines, sentence = build_hit_rows(state), describe_hits(state.directions)
    alt = summarize_hits(lines) if lines else ""
    files = PartFiles(
        state.directions,
        DIRECTION_VIEW,
        _("Hit rates of every group with interval, p and corrected p"),
        state.directions,
        ChartPicture(
            lambda: build_hit_figure(lines, LIGHT_PALETTE, phone=False),
            sentence,
            _("Share of events that moved as expected, with its 95 % Wilson interval"),
            alt,
            (state.series,),
        )
        if lines
        else None,
    )
    explanation = term_help(
        "hit_rate",
        "wilson",
        text=_(
            "Directions were fixed from the nature of each event before looking at the rate."
            " Lines: 95 % Wilson intervals, for orientation only: they take events as"
            " independent, and events that share days are not. The p throws whole clusters of"
            " events to either side, so that a bunch counts once."
        ),
    )
    _draw_head(view, state, _("Did it move as expected?"), explanation, files)
    st.markdown(escape_markdown(sentence, SENTENCE_LIMIT))
    if lines:
        draw_figure(
            build_hit_figure(lines, get_palette(dark=state.dark), phone=state.phone),
            "correlation.hits",
            alt,
            phone=state.phone,
        )
    _draw_table_fold(view, files)


def _draw_scores(view: UrlState, state: CorrelationState, related: EventRelations) -> None:
    points, row = state.points, state.score_row
    files = PartFiles(
        related.scores,
        SCORES_VIEW,
        _("Spearman's rho of every score with band, p and corrected p"),
        _show(state).scores,
        None if points is None or row is None else _build_score_picture(state, points, row),
    )
    explanation = term_help("spearman", "calendar_shift")
    _draw_head(view, state, _("Tone, intensity, crowding"), explanation, files)
    if not any(score.score != "crowd" for score in related.scores):
        st.markdown(translate_deferred(SCORE_HELP))
    _draw_unread_scores(related)
    draw_score_choice(view)
    if points is None or row is None:
        st.markdown(_("No event has this score."))
        return
    st.markdown(escape_markdown(describe_score(row), SENTENCE_LIMIT))
    if points.score == "crowd":
        with st.expander(_("Chart of events at the same first rate"), key="correlation.crowd"):
            st.caption(
                _(
                    "Events at the same first rate: how many listed events share offset 0. It"
                    " says how crowded a day was, not how important; lists hold what was thought"
                    " to matter."
                )
            )
            _draw_scatter(state, points, row)
    else:
        _draw_scatter(state, points, row)
    _draw_table_fold(view, files)


def _draw_dose(view: UrlState, state: CorrelationState) -> None:
    """Draw the moves against the surprise, the change or the intensity of their events."""
    response = get_dose_response(state)
    row = choose_dose_row(state, response)
    points = [] if row is None else list_dose_points(state, response, row)
    card = state.series.card
    picture = None
    if row is not None and points:
        picture = _build_dose_picture(state, row, points)
    files = PartFiles(
        points,
        DOSE_EVENTS_VIEW,
        _("Events with what was released and expected, and the move after each"),
        [replace(point, car=turn_row(point, state.quoting).car) for point in points],
        picture,
    )
    explanation = term_help(
        "surprise",
        "dose_response",
        "randomisation",
        "robust_se",
        text=translate_deferred(DOSE_HELP),
    )
    _draw_head(view, state, _("Was it priced?"), explanation, files)
    draw_dose_choice(view)
    if row is None:
        st.markdown(translate_deferred(NO_DOSE_TEXT))
        return
    sentence = describe_dose(row, card)
    st.markdown(f"**{escape_markdown(sentence, SENTENCE_LIMIT)}**")
    titles = {p.event.id: f"{p.event.title} ({format_day(p.event.day)})" for p in points}
    details = " ".join(describe_dose_details(row, card, titles))
    st.caption(escape_markdown(details, SENTENCE_LIMIT))
    draw_figure(
        _build_dose_figure(state, row, points, get_palette(dark=state.dark)),
        "correlation.dose",
        sentence,
        phone=state.phone,
    )
    _draw_table_fold(view, files)
    _draw_dose_rows(state, response)


def _build_dose_figure(
    state: CorrelationState, row: DoseRow, points: list[DosePoint], palette: Palette
) -> Any:
    return build_dose_figure(
        turn_row(row, state.quoting),
        build_dose_points(state, points),
        format_dose_titles(state, row),
        palette,
        dark=state.dark,
        phone=state.phone,
    )


def _build_dose_picture(
    state: CorrelationState, row: DoseRow, points: list[DosePoint]
) -> ChartPicture:
    sentence = describe_dose(row, state.series.card)
    printed = replace(state, dark=False, phone=False)
    return ChartPicture(
        lambda: _build_dose_figure(printed, row, points, LIGHT_PALETTE),
        sentence,
        _(
            "{dose} and move of each event; line: least squares, grey: 95 %",
            dose=translate_deferred(DOSE_TITLES[row.dose]),
        ),
        sentence,
        (state.series,),
    )


def _draw_dose_rows(state: CorrelationState, response: DoseResponse) -> None:
    """Draw the folded table of the slopes of every group and window, with its file."""
    rows = [turn_row(row, state.quoting) for row in response.rows]
    label = plural("Slopes of every group and window ({n:,} row)",
                   "Slopes of every group and window ({n:,} rows)", len(rows))  # fmt: skip
    fold = st.expander(label, icon=":material/table:", key="correlation.slopes", on_change="rerun")
    if not fold.open:
        return
    with fold:
        st.dataframe(
            pd.DataFrame(build_text_columns(TABLES["dose_response"], rows, DOSE_VIEW)),
            hide_index=True,
            alt=_("Slopes of every group and window with interval, p and N"),
            height=TABLE_HEIGHT if len(rows) > 8 else "auto",
            key="correlation.slopes.table",
        )
        st.download_button(
            _("dose_response.csv"),
            partial(table_file, "dose_response", response.rows),
            "dose_response.csv",
            "text/csv",
            icon=":material/download:",
            key="correlation.slopes.csv",
        )


def _draw_second_stage(view: UrlState, state: CorrelationState) -> None:
    """Draw the regression of the moves on columns of their events."""
    problem = ""
    rows: tuple[SecondStageRow, ...] = ()
    try:
        rows = get_second_stage(state)
    except InputError as error:
        problem = str(error)
    turn = partial(turn_row, quoting=state.quoting)
    files = PartFiles(
        rows,
        SECOND_STAGE_VIEW,
        _("Terms of the second stage with estimate, standard error, statistic, p and N"),
        list(map(turn, rows)),
    )
    explanation = term_help("second_stage", "robust_se", "holm")
    _draw_head(view, state, _("Moves by columns of their events"), explanation, files)
    draw_regressor_choice(view)
    if problem or not rows:
        st.markdown(escape_markdown(problem or _("No event is measured."), SENTENCE_LIMIT))
        return
    st.markdown(f"**{escape_markdown(describe_second_stage(rows), SENTENCE_LIMIT)}**")
    st.dataframe(
        pd.DataFrame(build_text_columns(TABLES["second_stage"], files.shown, files.view)),
        hide_index=True,
        key="correlation.second_stage",
        alt=files.alt,
    )
    st.caption(
        _(
            "Moves in {window} in log points per unit of a number, or against the commonest level"
            " of a column (the base). N = {n:,} events in {clusters:,} clusters; {without:,}"
            " without a value are left out. Holm corrects over the terms.",
            window=format_window(rows[0].window),
            n=rows[0].n,
            clusters=rows[0].clusters,
            without=rows[0].without,
        )
    )


def _draw_unread_scores(related: EventRelations) -> None:
    if not related.unread:
        return
    tags = ", ".join(plain_text(tag, 40) for _, tag in related.unread[:MAX_UNREAD_SCORES])
    st.markdown(
        plural(
            ":material/info: {n:,} tag without a number that can be read: {tags}. Write it"
            " as tone:−3.2.",
            ":material/info: {n:,} tags without a number that can be read: {tags}. Write it"
            " as tone:−3.2.",
            len(related.unread),
            tags=escape_markdown(tags, 240),
        )
    )


def _build_score_picture(
    state: CorrelationState, points: ScoredEvents, row: ScoreRow
) -> ChartPicture:
    text, titles = describe_score(row), format_scatter_titles(state, points)
    return ChartPicture(
        lambda: build_scatter_figure(
            build_score_points(state, points), titles, LIGHT_PALETTE, dark=False, phone=False
        ),
        text,
        _("{score} and {outcome} of each event", score=titles[0], outcome=titles[1]),
        text,
        (state.series,),
    )


def _draw_scatter(state: CorrelationState, points: ScoredEvents, row: ScoreRow) -> None:
    draw_figure(
        build_scatter_figure(
            build_score_points(state, points), format_scatter_titles(state, points),
            get_palette(dark=state.dark), dark=state.dark, phone=state.phone,
        ),
        "correlation.scores",
        describe_score(row),
        phone=state.phone,
    )  # fmt: skip


def _draw_cross_series(view: UrlState, state: CorrelationState) -> None:
    cards, cells = get_cross_series(state)
    card_of = {card.id: card for card in cards}
    sentence = describe_cross_series(cells, cards, state.mode)
    build_figure = partial(
        build_cross_series_figure,
        build_map_rows(state, cards, cells),
        build_map_columns(state, cards),
        compute_map_limit(state, cells),
    )
    alt = _(
        "Mean move of every category on {cards} series. {sentence}",
        cards=len(cards),
        sentence=sentence,
    )
    unit = translate_deferred(CELL_UNIT_TITLES[state.cells])
    files = PartFiles(
        cells,
        _build_cross_series_view({card.id: card.label for card in cards}),
        _(
            "Every category on every series with mean, N, p, corrected p and why there is no"
            " verdict"
        ),
        [turn_row(cell, QuotedSeries(card_of[cell.series], state.mode)) for cell in cells],
        ChartPicture(
            lambda: build_figure(LIGHT_PALETTE, phone=False),
            sentence,
            _("Mean move of each kind of event on each series: {unit}", unit=unit),
            alt,
            tuple(session.load_series(card.id) for card in cards),
        ),
    )
    explanation = term_help("standard_deviations", "holm", text=_describe_map())
    _draw_head(view, state, _("The same events on other series"), explanation, files)
    st.markdown(escape_markdown(sentence, SENTENCE_LIMIT))
    draw_cell_unit(view)
    if cells:
        figure = build_figure(get_palette(dark=state.dark), phone=state.phone)
        draw_figure(figure, "correlation.across", alt, phone=state.phone)
    _draw_table_fold(view, files)


def _describe_map() -> str:
    return _(
        "Blue: the rouble stronger against dollar, yuan, euro; the euro stronger against the"
        " dollar; Brent up. The sign is that of the number, such as roubles per dollar. Each"
        " series by its own clock and within its own dates; a"
        " rate counts once. Standard deviations: each move divided by its forecast error, so that"
        " series can be compared; in brackets log points. • marks a p below 0.05 of the"
        " signed-rank test on clusters of events, Holm-corrected over all cells with a verdict."
        " Grey, no verdict: fewer than {min_rates} rates or {min_clusters} clusters, or one rate"
        " with more than {max_share_of_one_rate} % of the sum of all moves. Grey and last: a"
        " series that ended before most events.",
        min_rates=MIN_RATES,
        min_clusters=MIN_CLUSTERS,
        max_share_of_one_rate=format_number(100 * MAX_SHARE_OF_ONE_RATE, 0),
    )


def _draw_regression(view: UrlState, state: CorrelationState, related: EventRelations) -> None:
    rows = related.regression
    titles = {control.card.id: control.card.label for control in state.controls}
    terms = _build_regression_view(titles)
    files = PartFiles(
        rows,
        terms,
        _("Terms of the regression with estimate, standard error, t, p and N"),
        _show(state).regression,
    )
    explanation = term_help("robust_se", "t_statistic", "holm")
    _draw_head(view, state, _("All kinds of events in one regression"), explanation, files)
    draw_controls_choice(view, state)
    if not rows:
        st.markdown(_("There are too few rates for a regression with these terms."))
        return
    st.dataframe(
        pd.DataFrame(build_text_columns(TABLES["regression"], files.shown, terms)),
        hide_index=True,
        key="correlation.regression",
        alt=_("Terms of the regression with estimate, standard error, t, p, corrected p and N"),
    )
    st.caption(
        _(
            "Every move of one rate on categories (1 on the first rate that can contain an"
            " event) and controls, N = {count:,}; categories in log points, controls as slopes."
            " Standard errors: Newey-West with {lags} lags. Holm corrects over the categories.",
            count=rows[0].n,
            lags=rows[0].lags,
        )
    )


# ------------------------------------------------------------------ tables


def _build_regression_view(titles: dict[str, str]) -> View:
    """One row a term; categories in log points, controls as slopes."""
    return {
        _("Term"): lambda row: plain_text(format_term(row.term, titles)),
        _("Estimate"): lambda row: format_estimate(row)[0],
        _("Standard error"): lambda row: format_estimate(row)[1],
        "t": "t",
        "p": "p_value",
        translate_deferred(CORRECTED_P_TITLE): "p_adjusted",
        "N": "n",
    }


def _build_cross_series_view(titles: dict[str, str]) -> View:
    """One row a category and series."""
    return {
        _("Group"): lambda cell: plain_text(format_group_title(cell.group)),
        _("Series"): lambda cell: plain_text(titles[cell.series]),
        _("Events"): "n",
        _("Rates"): "n_rates",
        _("Clusters"): "clusters",
        _("Standard deviations"): "mean_scar",
        _("Mean, log pts"): "caar",
        _("p (cluster ranks)"): "p_value",
        translate_deferred(CORRECTED_P_TITLE): "p_adjusted",
        _("Why no verdict"): "reason",
        _("Largest move, %"): "largest_share:0",
        _("In spreads"): "in_spreads",
        _("Percentile"): "percentile:1",
    }


def _draw_table_fold(view: UrlState, files: PartFiles) -> None:
    """Draw the folded table of a part, built when it is opened."""
    name = PART_TABLES[view["part"]]
    size = TABLES[name].count(files.objects)
    fold = st.expander(
        plural("The table behind it ({n:,} row)", "The table behind it ({n:,} rows)", size),
        icon=":material/table:",
        key=f"correlation.fold.{name}",
        on_change="rerun",
    )
    if fold.open:
        with fold:
            st.dataframe(
                pd.DataFrame(build_text_columns(TABLES[name], files.shown, files.view)),
                hide_index=True,
                alt=files.alt,
                height=TABLE_HEIGHT if size > 8 else "auto",
                key=f"correlation.table.{name}",
            )


# ------------------------------------------------------------------ local projections


def _draw_projection(view: UrlState, state: CorrelationState) -> None:
    """Draw how the rate moved from five rates before the chosen events to 20 after."""
    computed = get_projection(state)
    if computed is None:
        draw_projection_choice(view)
        st.markdown(_("No event of this category is measured on this series."))
        return
    turn = partial(turn_row, quoting=state.quoting)
    projection = replace(computed, rows=tuple(map(turn, computed.rows)))
    description = describe_projection(projection, state.quoting)
    unit = MoveScale(state.quoting).axis
    has_chart = any(math.isfinite(row.estimate) and row.n for row in projection.rows)
    titles = {control.card.id: control.card.label for control in state.controls}
    held = ", ".join(titles.values()) or _("no other series")
    files = PartFiles(
        [computed],
        PROJECTIONS_VIEW,
        _(
            "Moves around {group_title} by horizon with interval, band, p and N",
            group_title=format_group_title(projection.group),
        ),
        [projection],
        ChartPicture(
            lambda: build_projection_figure(projection.rows, LIGHT_PALETTE, unit),
            description,
            _("Move from the rate before the event, {unit}, by rates after it", unit=unit),
            description,
            (state.series,),
        )
        if has_chart
        else None,
    )
    method = f"{_describe_method(held)} {describe_dropped(projection, titles)}"
    keys = ("local_projection", "sup_t", "robust_se")
    explanation = term_help(*keys, text=escape_markdown(method, 1_200))
    _draw_head(view, state, _("Day by day around the event"), explanation, files)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        draw_projection_choice(view)
        draw_controls_choice(view, state)
    st.markdown(f"**{escape_markdown(description, PROJECTION_SENTENCE_LIMIT)}**")
    st.markdown(escape_markdown(describe_pre_trend(projection), PROJECTION_SENTENCE_LIMIT))
    if has_chart:
        draw_figure(
            build_projection_figure(projection.rows, get_palette(dark=state.dark), unit),
            "correlation.projection",
            description,
            phone=state.phone,
        )
    _draw_table_fold(view, files)


def _describe_method(held: str) -> str:
    return _(
        "Local projections: for each horizon one regression of the move from the rate before the"
        " event on the events at their first rate, with {held} (chosen above) and four lags of"
        " moves, events and controls. What followed the events is in it, later events of the"
        " same kind too; it is no proof of cause. Method breaks have intercepts of their own."
        " Errors: HC1, Newey-West beside them in the table. How far the bands hold: page Method.",
        held=held,
    )


PAGE = Page(
    "correlation", deferred("Correlation"), ":material/grid_on:", "correlation", draw, PARAMS
)
