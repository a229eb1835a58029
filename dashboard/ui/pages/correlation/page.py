"""The Correlation page: lead-lag, hit rates, scores, series, regression, local projections."""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import partial
from typing import Any, Final

import pandas as pd
import streamlit as st

from dashboard.models.messages import deferred, plural, translate_deferred
from dashboard.models.messages import translate as _
from dashboard.models.study import MAX_SHARE_OF_ONE_RATE, MIN_CLUSTERS, MIN_RATES
from dashboard.presentation.charts.correlation import (
    build_cross_series_figure,
    build_hit_figure,
    build_lead_lag_figure,
    build_projection_figure,
    build_scatter_figure,
    summarize_hits,
    summarize_lead_lag,
)
from dashboard.presentation.correlation import (
    LEAD_LAG_HELP,
    OUTCOME_TITLES,
    SCORE_HELP,
    SCORE_TITLES,
    describe_cross_series,
    describe_dropped,
    describe_hits,
    describe_lead_lag,
    describe_pre_trend,
    describe_projection,
    describe_score,
    describe_sign,
    format_estimate,
    format_group_title,
    format_term,
)
from dashboard.presentation.escaping import escape_markdown, plain_text
from dashboard.presentation.formatting import (
    format_number,
    format_offset,
    format_signed,
    format_window,
)
from dashboard.presentation.palette import get_palette
from dashboard.presentation.tables import View, build_text_columns
from dashboard.services.compare import EventRelations
from dashboard.services.exports import TABLES, table_file
from dashboard.ui.components.elements import (
    Shortcut,
    draw_copy_link,
    draw_figure,
    draw_shortcuts,
    toggle_expander,
)
from dashboard.ui.components.exports import draw_table_buttons
from dashboard.ui.pages.base import Page
from dashboard.ui.pages.correlation.state import (
    PARAMS,
    CorrelationState,
    build_hit_rows,
    build_lead_lag_panels,
    build_map_columns,
    build_map_rows,
    build_score_points,
    compute_map_limit,
    draw_cell_unit,
    draw_controls_choice,
    draw_panel_choice,
    draw_projection_choice,
    draw_sample_controls,
    draw_score_choice,
    format_scatter_titles,
    get_cross_series,
    get_projection,
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
    deferred("Share"): lambda row: f"{format_number(100 * row.share, 1)} %",
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
    deferred("Without"): "without",
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
PROJECTION_SENTENCE_LIMIT: Final = 900
SENTENCE_LIMIT: Final = 900
MAX_UNREAD_SCORES: Final = 5


def draw(view: UrlState) -> None:
    """Draw the six parts, each with its message, chart and table."""
    state = read_correlation_state(view)
    st.header(_("What goes together with the moves?"), anchor=False)
    st.markdown(
        _(
            "Moves near an event are no proof of cause, and with many comparisons some are large"
            " by chance. So each part states N, the method and its band, and p-values after a"
            " correction for all comparisons of the part."
        )
    )
    draw_sample_controls(view)
    if state.related is None:
        st.warning(escape_markdown(state.refused, SENTENCE_LIMIT), icon=":material/block:")
    else:
        _draw_parts(view, state, state.related)
    lags, hits = "correlation.fold.correlation", "correlation.fold.direction"
    draw_shortcuts(
        (
            Shortcut("L", _("Table of lags"), partial(toggle_expander, lags)),
            Shortcut("D", _("Table of hit rates"), partial(toggle_expander, hits)),
        )
    )
    draw_copy_link("correlation", view)


def _draw_parts(view: UrlState, state: CorrelationState, related: EventRelations) -> None:
    card = state.series.card
    st.caption(
        escape_markdown(
            _(
                "{used:,} of {requested:,} events measured on {title}; {sign}; moves in the"
                " window {window} against a constant mean of 120 rates.",
                used=related.used,
                requested=related.requested,
                title=card.label,
                sign=describe_sign(card),
                window=format_window(related.window),
            ),
            SENTENCE_LIMIT,
        )
    )
    draw_panel_choice(view)
    _draw_lead_lag(state, related)
    _draw_hits(state, related)
    _draw_scores(view, state, related)
    _draw_cross_series(view, state)
    _draw_regression(view, state, related)
    _draw_projection(view, state)


def _draw_lead_lag(state: CorrelationState, related: EventRelations) -> None:
    st.subheader(_("Before and after: lead and lag"), anchor=False)
    st.markdown(translate_deferred(LEAD_LAG_HELP))
    panels = build_lead_lag_panels(state)
    if panels:
        draw_figure(
            build_lead_lag_figure(
                panels, get_palette(dark=state.dark), dark=state.dark, phone=state.phone
            ),
            "correlation.lead-lag",
            summarize_lead_lag(panels),
            f"{state.series.card.id}_lead-lag",
            phone=state.phone,
        )
    st.markdown(escape_markdown(describe_lead_lag(related.correlations), SENTENCE_LIMIT))
    _draw_table_expander(
        "correlation",
        related.correlations,
        CORRELATION_VIEW,
        _("Correlations of every group and lag with band, p and corrected p"),
    )


def _draw_hits(state: CorrelationState, related: EventRelations) -> None:
    st.subheader(_("As expected? Hit rates"), anchor=False)
    lines = build_hit_rows(state)
    if lines:
        draw_figure(
            build_hit_figure(lines, get_palette(dark=state.dark), phone=state.phone),
            "correlation.hits",
            summarize_hits(lines),
            f"{state.series.card.id}_hit-rates",
            phone=state.phone,
        )
    st.markdown(escape_markdown(describe_hits(related.directions), SENTENCE_LIMIT))
    st.caption(
        _(
            "Directions were fixed from the nature of each event before looking at the rate."
            " Lines: 95 % Wilson intervals, for orientation only: they take events as"
            " independent, and events that share days are not. The p throws whole clusters of"
            " events to either side, so that a bunch counts once."
        )
    )
    _draw_table_expander(
        "direction",
        related.directions,
        DIRECTION_VIEW,
        _("Hit rates of every group with interval, p and corrected p"),
    )


def _draw_scores(view: UrlState, state: CorrelationState, related: EventRelations) -> None:
    st.subheader(_("Tone or intensity against the move"), anchor=False)
    if not any(row.score != "crowd" for row in related.scores):
        st.markdown(translate_deferred(SCORE_HELP))
    if related.unread:
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
    draw_score_choice(view)
    points, row = state.points, state.score_row
    if points is None or row is None:
        st.markdown(_("No event has this score."))
        return
    st.markdown(escape_markdown(describe_score(row), SENTENCE_LIMIT))
    draw_figure(
        build_scatter_figure(
            build_score_points(state, points), format_scatter_titles(state, points),
            get_palette(dark=state.dark), dark=state.dark, phone=state.phone,
        ),
        "correlation.scores",
        describe_score(row),
        f"{state.series.card.id}_{points.score}",
        phone=state.phone,
    )  # fmt: skip
    if points.score == "crowd":
        st.caption(
            _(
                "Events at the same first rate: how many listed events share offset 0. It says"
                " how crowded a day was, not how important; lists hold what was thought to"
                " matter."
            )
        )
    _draw_table_expander(
        "scores",
        related.scores,
        SCORES_VIEW,
        _("Spearman's rho of every score with band, p and corrected p"),
    )


def _draw_cross_series(view: UrlState, state: CorrelationState) -> None:
    st.subheader(_("The same events on other series"), anchor=False)
    draw_cell_unit(view)
    cards, cells = get_cross_series(state)
    titles = {card.id: card.label for card in cards}
    sentence = describe_cross_series(cells, cards)
    st.markdown(escape_markdown(sentence, SENTENCE_LIMIT))
    rows = build_map_rows(state, cards, cells)
    if rows:
        draw_figure(
            build_cross_series_figure(
                rows,
                build_map_columns(state, cards),
                compute_map_limit(state, cells),
                get_palette(dark=state.dark),
                phone=state.phone,
            ),
            "correlation.across",
            _(
                "Mean move of every category on {cards} series. {sentence}",
                cards=len(cards),
                sentence=sentence,
            ),
            "categories-across-series",
            phone=state.phone,
        )
    st.caption(
        _(
            "Blue, positive: the rouble stronger against dollar, yuan, euro; the euro stronger"
            " against the dollar; Brent up. Each series by its own clock and within its own"
            " dates; a rate counts once. Standardised: each move divided by its forecast error,"
            " so that series can be compared; in brackets log points. • marks a p below 0.05 of"
            " the signed-rank test on clusters of events, Holm-corrected over all cells with a"
            " verdict. Grey, no verdict: fewer than {min_rates} rates or {min_clusters}"
            " clusters, or one rate with more than {max_share_of_one_rate} % of the sum of all"
            " moves, as where a series ends in a storm.",
            min_rates=MIN_RATES,
            min_clusters=MIN_CLUSTERS,
            max_share_of_one_rate=format_number(100 * MAX_SHARE_OF_ONE_RATE, 0),
        )
    )
    _draw_table_expander(
        "across_series",
        cells,
        _build_cross_series_view(titles),
        _(
            "Every category on every series with mean, N, p, corrected p and why there is no"
            " verdict"
        ),
    )


def _draw_regression(view: UrlState, state: CorrelationState, related: EventRelations) -> None:
    st.subheader(_("All at once: the regression"), anchor=False)
    draw_controls_choice(view, state)
    rows = related.regression
    if not rows:
        st.markdown(_("There are too few rates for a regression with these terms."))
        return
    titles = {control.card.id: control.card.label for control in state.controls}
    terms = _build_regression_view(titles)
    st.dataframe(
        pd.DataFrame(build_text_columns(TABLES["regression"], rows, terms)),
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
    _draw_table_expander(
        "regression",
        rows,
        terms,
        _("Terms of the regression with estimate, standard error, t, p and N"),
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
        _("Standardised mean"): "mean_scar",
        _("Mean, log pts"): "caar",
        _("p (cluster ranks)"): "p_value",
        translate_deferred(CORRECTED_P_TITLE): "p_adjusted",
        _("Why no verdict"): "reason",
        _("Largest move, %"): "largest_share:0",
        _("In spreads"): "in_spreads",
        _("Percentile"): "percentile:1",
    }


def _draw_table_expander(name: str, objects: Sequence[Any], view: View, alt: str) -> None:
    """Draw a folded table, built when it is opened, with its CSV file.

    Args:
        name: name of the table, of its file and, with a prefix, of the widgets.
        objects: its objects, see `Table.rows`.
        view: the columns to show.
        alt: the table in words.
    """
    size = TABLES[name].count(objects)
    fold = st.expander(
        plural("The table behind it ({n:,} row)", "The table behind it ({n:,} rows)", size),
        icon=":material/table:",
        key=f"correlation.fold.{name}",
        on_change="rerun",
    )
    if not fold.open:
        return
    with fold:
        st.dataframe(
            pd.DataFrame(build_text_columns(TABLES[name], objects, view)),
            hide_index=True,
            alt=alt,
            height=TABLE_HEIGHT if size > 8 else "auto",
            key=f"correlation.table.{name}",
        )
        with st.container(horizontal=True):
            draw_table_buttons(
                plural("{file}.csv, {n:,} row", "{file}.csv, {n:,} rows", size, file=name),
                (name,),
                partial(table_file, name, objects),
                f"correlation.csv.{name}",
            )


# ------------------------------------------------------------------ local projections


def _draw_projection(view: UrlState, state: CorrelationState) -> None:
    """Draw how the rate moved from five rates before the chosen events to 20 after."""
    st.subheader(_("Rate by rate: local projections"), anchor=False)
    draw_projection_choice(view)
    projection, card = get_projection(state), state.series.card
    if projection is None:
        st.markdown(_("No event of this category is measured on this series."))
        return
    description = describe_projection(projection, card)
    st.markdown(f"**{escape_markdown(description, PROJECTION_SENTENCE_LIMIT)}**")
    st.markdown(escape_markdown(describe_pre_trend(projection), PROJECTION_SENTENCE_LIMIT))
    if any(math.isfinite(row.estimate) and row.n for row in projection.rows):
        draw_figure(
            build_projection_figure(
                projection.rows,
                get_palette(dark=state.dark),
                _("log points, {sign}", sign=describe_sign(card)),
            ),
            "correlation.projection",
            description,
            f"{card.id}_projection_{projection.group}",
            phone=state.phone,
        )
    titles = {control.card.id: control.card.label for control in state.controls}
    held = ", ".join(titles.values()) or _("no other series")
    st.caption(
        escape_markdown(f"{_describe_method(held)} {describe_dropped(projection, titles)}", 1200)
    )
    _draw_table_expander(
        "projections",
        [projection],
        PROJECTIONS_VIEW,
        _(
            "Moves around {group_title} by horizon with interval, band, p and N",
            group_title=format_group_title(projection.group),
        ),
    )


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
