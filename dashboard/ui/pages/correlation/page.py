"""The Correlation page: lead-lag, hit rates, scores, series, regression, local projections."""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import partial
from typing import Final

import pandas as pd
import streamlit as st

from dashboard.models.analyses import CrossCell, Projection, ScoreRow
from dashboard.models.study import (
    MAX_SHARE_OF_ONE_RATE,
    MIN_CLUSTERS,
    MIN_RATES,
    CorrelationRow,
    DirectionRow,
    RegressionRow,
)
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
    NO_VALUE,
    format_count,
    format_number,
    format_offset,
    format_p,
    format_signed,
    format_window,
)
from dashboard.presentation.palette import get_palette
from dashboard.services.compare import EventRelations
from dashboard.services.exports import (
    CsvDialect,
    across_series_csv,
    correlation_csv,
    direction_csv,
    projections_csv,
    regression_csv,
    scores_csv,
)
from dashboard.ui.components.exports import draw_csv_buttons
from dashboard.ui.components.figures import draw_figure
from dashboard.ui.components.interaction import Shortcut, draw_shortcuts, toggle_expander
from dashboard.ui.components.links import draw_copy_link
from dashboard.ui.pages.base import Page
from dashboard.ui.pages.correlation.controls import (
    draw_cell_unit,
    draw_controls_choice,
    draw_panel_choice,
    draw_projection_choice,
    draw_sample_controls,
    draw_score_choice,
)
from dashboard.ui.pages.correlation.state import (
    PARAMS,
    CorrelationState,
    build_hit_rows,
    build_lead_lag_panels,
    build_map_columns,
    build_map_rows,
    build_score_points,
    compute_map_limit,
    format_scatter_titles,
    get_cross_series,
    get_projection,
    read_correlation_state,
)
from dashboard.ui.url_state import UrlState

TABLE_HEIGHT: Final = 300
METHOD_LABELS: Final = {
    "point_biserial": "point-biserial: event or not",
    "spearman": "Spearman: expectation −1, 0, +1",
}
CORRECTED_P_TITLE: Final = "p (Holm)"
PROJECTION_SENTENCE_LIMIT: Final = 900
SENTENCE_LIMIT: Final = 900
MAX_UNREAD_SCORES: Final = 5


def draw(view: UrlState) -> None:
    """Draw the six parts, each with its message, chart and table."""
    state = read_correlation_state(view)
    st.header("What goes together with the moves?", anchor=False)
    st.markdown(
        "Moves near an event are no proof of cause, and with many comparisons some are large by"
        " chance. So each part states N, the method and its band, and p-values after a correction"
        " for all comparisons of the part."
    )
    draw_sample_controls(view)
    if state.related is None:
        st.warning(escape_markdown(state.refused, SENTENCE_LIMIT), icon=":material/block:")
    else:
        _draw_parts(view, state, state.related)
    lags, hits = "correlation.fold.correlation", "correlation.fold.direction"
    draw_shortcuts(
        (
            Shortcut("L", "Table of lags", partial(toggle_expander, lags)),
            Shortcut("D", "Table of hit rates", partial(toggle_expander, hits)),
        )
    )
    draw_copy_link("correlation", view)


def _draw_parts(view: UrlState, state: CorrelationState, related: EventRelations) -> None:
    card = state.series.card
    st.caption(
        escape_markdown(
            f"{related.used:,} of {related.requested:,} events measured on {card.title};"
            f" {describe_sign(card)}; moves in the window {format_window(related.window)} against a"
            " constant mean of 120 rates.",
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
    st.subheader("Before and after: lead and lag", anchor=False)
    st.markdown(LEAD_LAG_HELP)
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
    rows = related.correlations
    _draw_table_expander(
        "correlation", lambda: _build_correlation_frame(rows), len(rows),
        lambda flavour: correlation_csv(rows, flavour),
        "Correlations of every group and lag with band, p and corrected p",
    )  # fmt: skip


def _draw_hits(state: CorrelationState, related: EventRelations) -> None:
    st.subheader("As expected? Hit rates", anchor=False)
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
        "Directions were fixed from the nature of each event before looking at the rate. Lines:"
        " 95 % Wilson intervals, for orientation only: they take events as independent, and events"
        " that share days are not. The p throws whole clusters of events to either side, so that a"
        " bunch counts once."
    )
    rows = related.directions
    _draw_table_expander(
        "direction", lambda: _build_direction_frame(rows), len(rows),
        lambda flavour: direction_csv(rows, flavour),
        "Hit rates of every group with interval, p and corrected p",
    )  # fmt: skip


def _draw_scores(view: UrlState, state: CorrelationState, related: EventRelations) -> None:
    st.subheader("Tone or intensity against the move", anchor=False)
    if not any(row.score != "crowd" for row in related.scores):
        st.markdown(SCORE_HELP)
    if related.unread:
        tags = ", ".join(plain_text(tag, 40) for _, tag in related.unread[:MAX_UNREAD_SCORES])
        st.markdown(
            f":material/info: {format_count(len(related.unread), 'tag')} without a number that"
            " can be"
            f" read: {escape_markdown(tags, 240)}. Write it as tone:−3.2."
        )
    draw_score_choice(view)
    points, row = state.points, state.score_row
    if points is None or row is None:
        st.markdown("No event has this score.")
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
            "Events at the same first rate: how many listed events share offset 0. It says how"
            " crowded a day was, not how important; lists hold what was thought to matter."
        )
    rows = related.scores
    _draw_table_expander(
        "scores",
        lambda: _build_score_frame(rows),
        len(rows),
        lambda flavour: scores_csv(rows, flavour),
        "Spearman's rho of every score with band, p and corrected p",
    )


def _draw_cross_series(view: UrlState, state: CorrelationState) -> None:
    st.subheader("The same events on other series", anchor=False)
    draw_cell_unit(view)
    cards, cells = get_cross_series(state)
    titles = {card.id: card.title for card in cards}
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
            f"Mean move of every category on {len(cards)} series. {sentence}",
            "categories-across-series",
            phone=state.phone,
        )
    st.caption(
        "Blue, positive: the rouble stronger against dollar, yuan, euro; the euro stronger against"
        " the dollar; Brent up. Each series by its own clock and within its own dates; a rate"
        " counts once. Standardised: each move divided by its forecast error, so that series can be"
        " compared; in brackets log points. • marks a p below 0.05 of the signed-rank test on"
        " clusters of events, Holm-corrected over all cells with a verdict. Grey, no verdict: fewer"
        f" than {MIN_RATES} rates or {MIN_CLUSTERS} clusters, or one rate with more than"
        f" {format_number(100 * MAX_SHARE_OF_ONE_RATE, 0)} % of the sum of all moves, as where"
        " a series ends in a"
        " storm."
    )
    _draw_table_expander(
        "across_series",
        lambda: _build_cross_series_frame(cells, titles),
        len(cells),
        lambda flavour: across_series_csv(cells, flavour),
        "Every category on every series with mean, N, p, corrected p and why there is no verdict",
    )


def _draw_regression(view: UrlState, state: CorrelationState, related: EventRelations) -> None:
    st.subheader("All at once: the regression", anchor=False)
    draw_controls_choice(view, state)
    rows = related.regression
    if not rows:
        st.markdown("There are too few rates for a regression with these terms.")
        return
    titles = {control.card.id: control.card.title for control in state.controls}
    st.dataframe(
        _build_regression_frame(rows, titles), hide_index=True, key="correlation.regression",
        alt="Terms of the regression with estimate, standard error, t, p, corrected p and N",
    )  # fmt: skip
    st.caption(
        f"Every move of one rate on categories (1 on the first rate that can contain an event) and"
        f" controls, N = {rows[0].n:,}; categories in log points, controls as slopes. Standard"
        f" errors: Newey-West with {rows[0].lags} lags. Holm corrects over the categories."
    )
    _draw_table_expander(
        "regression", lambda: _build_regression_frame(rows, titles), len(rows),
        lambda flavour: regression_csv(rows, flavour),
        "Terms of the regression with estimate, standard error, t, p and N",
    )  # fmt: skip


# ------------------------------------------------------------------ tables


def _draw_table_expander(
    name: str, frame: Callable[[], pd.DataFrame], size: int, csv: Callable[[CsvDialect], bytes],
    alt: str,
) -> None:  # fmt: skip
    """Draw a folded table, built when it is opened, with its CSV file.

    Args:
        name: name of the file and, with a prefix, of the widgets.
        frame: makes the table.
        size: how many rows there are.
        csv: makes the file.
        alt: the table in words.
    """
    fold = st.expander(
        f"The table behind it ({format_count(size, 'row')})",
        icon=":material/table:",
        key=f"correlation.fold.{name}",
        on_change="rerun",
    )
    if not fold.open:
        return
    with fold:
        table = frame()
        st.dataframe(
            table, hide_index=True, alt=alt, height=TABLE_HEIGHT if len(table) > 8 else "auto",
            key=f"correlation.table.{name}",
        )  # fmt: skip
        with st.container(horizontal=True):
            draw_csv_buttons(
                f"{name}.csv, {format_count(size, 'row')}", (name,), csv, f"correlation.csv.{name}"
            )


def _build_correlation_frame(rows: tuple[CorrelationRow, ...]) -> pd.DataFrame:
    """One row a group, lag and method."""
    return pd.DataFrame(
        {
            "Group": [plain_text(format_group_title(row.group)) for row in rows],
            "Lag": [format_signed(row.lag, 0) for row in rows],
            "r": [format_signed(row.r, 3) for row in rows],
            "Band": [
                f"{format_signed(row.low, 3)} to {format_signed(row.high, 3)}" for row in rows
            ],
            "p (calendar shift)": [format_p(row.p_value) for row in rows],
            CORRECTED_P_TITLE: [format_p(row.p_adjusted) for row in rows],
            "N": [row.n for row in rows],
            "Method": [METHOD_LABELS[row.method] for row in rows],
        }
    )


def _build_direction_frame(rows: tuple[DirectionRow, ...]) -> pd.DataFrame:
    """One row a group."""
    return pd.DataFrame(
        {
            "Group": [plain_text(format_group_title(row.group)) for row in rows],
            "As expected": [row.hits for row in rows],
            "N": [row.n for row in rows],
            "Share": [f"{format_number(100 * row.share, 1)} %" for row in rows],
            "95 % Wilson interval, for orientation": [
                f"{format_number(100 * row.low, 0)} to {format_number(100 * row.high, 0)} %"
                for row in rows
            ],
            "p (signs of clusters)": [format_p(row.p_value) for row in rows],
            CORRECTED_P_TITLE: [format_p(row.p_adjusted) for row in rows],
            "Unclear": [row.unclear for row in rows],
            "Unmoved": [row.unmoved for row in rows],
        }
    )


def _build_regression_frame(
    rows: tuple[RegressionRow, ...], titles: dict[str, str]
) -> pd.DataFrame:
    """One row a term; categories in log points, controls as slopes."""
    estimates = [format_estimate(row) for row in rows]
    return pd.DataFrame(
        {
            "Term": [plain_text(format_term(row.term, titles)) for row in rows],
            "Estimate": [estimate for estimate, _ in estimates],
            "Standard error": [error for _, error in estimates],
            "t": [format_signed(row.t, 2) for row in rows],
            "p": [format_p(row.p_value) for row in rows],
            CORRECTED_P_TITLE: [format_p(row.p_adjusted) for row in rows],
            "N": [row.n for row in rows],
        }
    )


def _build_score_frame(rows: tuple[ScoreRow, ...]) -> pd.DataFrame:
    """One row a score and its target."""
    return pd.DataFrame(
        {
            "Score": [SCORE_TITLES[row.score] for row in rows],
            "Against": [OUTCOME_TITLES[row.against] for row in rows],
            "Spearman's rho": [format_signed(row.r, 3) for row in rows],
            "Band": [
                f"{format_signed(row.low, 3)} to {format_signed(row.high, 3)}" for row in rows
            ],
            "p (calendar shift)": [format_p(row.p_value) for row in rows],
            CORRECTED_P_TITLE: [format_p(row.p_adjusted) for row in rows],
            "N": [row.n for row in rows],
            "Without": [row.without for row in rows],
        }
    )


def _build_cross_series_frame(cells: tuple[CrossCell, ...], titles: dict[str, str]) -> pd.DataFrame:
    """One row a category and series."""
    return pd.DataFrame(
        {
            "Group": [plain_text(format_group_title(cell.group)) for cell in cells],
            "Series": [plain_text(titles[cell.series]) for cell in cells],
            "Events": [cell.n for cell in cells],
            "Rates": [cell.n_rates for cell in cells],
            "Clusters": [cell.clusters for cell in cells],
            "Standardised mean": [format_signed(cell.mean_scar) for cell in cells],
            "Mean, log pts": [format_signed(100 * cell.caar) for cell in cells],
            "p (cluster ranks)": [format_p(cell.p_value) for cell in cells],
            CORRECTED_P_TITLE: [format_p(cell.p_adjusted) for cell in cells],
            "Why no verdict": [plain_text(cell.reason) for cell in cells],
            "Largest move, %": [format_number(100 * cell.largest_share, 0) for cell in cells],
            "In spreads": [format_signed(cell.in_spreads) for cell in cells],
            "Percentile": [format_number(cell.percentile, 1) for cell in cells],
        }
    )


# ------------------------------------------------------------------ local projections


def _draw_projection(view: UrlState, state: CorrelationState) -> None:
    """Draw how the rate moved from five rates before the chosen events to 20 after."""
    st.subheader("Rate by rate: local projections", anchor=False)
    draw_projection_choice(view)
    projection, card = get_projection(state), state.series.card
    if projection is None:
        st.markdown("No event of this category is measured on this series.")
        return
    description = describe_projection(projection, card)
    st.markdown(f"**{escape_markdown(description, PROJECTION_SENTENCE_LIMIT)}**")
    st.markdown(escape_markdown(describe_pre_trend(projection), PROJECTION_SENTENCE_LIMIT))
    if any(math.isfinite(row.estimate) and row.n for row in projection.rows):
        draw_figure(
            build_projection_figure(
                projection.rows, get_palette(dark=state.dark), f"log points, {describe_sign(card)}"
            ),
            "correlation.projection",
            description,
            f"{card.id}_projection_{projection.group}",
            phone=state.phone,
        )
    titles = {control.card.id: control.card.title for control in state.controls}
    held = ", ".join(titles.values()) or "no other series"
    st.caption(
        escape_markdown(f"{_describe_method(held)} {describe_dropped(projection, titles)}", 1200)
    )
    _draw_table_expander(
        "projections",
        lambda: _build_projection_frame(projection),
        len(projection.rows),
        lambda flavour: projections_csv([projection], flavour),
        f"Moves around {format_group_title(projection.group)} by horizon with interval, band, p"
        " and N",
    )


def _describe_method(held: str) -> str:
    return (
        "Local projections: for each horizon one regression of the move from the rate before the"
        f" event on the events at their first rate, with {held} (chosen above) and four lags of"
        " moves, events and controls. What followed the events is in it, later events of the same"
        " kind too; it is no proof of cause. Method breaks have intercepts of their own. Errors:"
        " HC1, Newey-West beside them in the table. How far the bands hold: page Method."
    )


def _build_projection_frame(projection: Projection) -> pd.DataFrame:
    """One row a horizon; moves in log points."""
    rows = projection.rows
    return pd.DataFrame(
        {
            "Horizon": [format_offset(row.horizon) for row in rows],
            "Move, log pts": [format_signed(100 * row.estimate) for row in rows],
            "95 % at this horizon": [_format_interval(row.low, row.high) for row in rows],
            "95 % of the path": [_format_interval(row.supt_low, row.supt_high) for row in rows],
            "p": [format_p(row.p_value) for row in rows],
            "p (all horizons)": [format_p(row.p_adjusted) for row in rows],
            "Error, HC1": [format_number(100 * row.se_hc1, 3) for row in rows],
            "Error, Newey-West": [format_number(100 * row.se_hac, 3) for row in rows],
            "Events": [row.events for row in rows],
            "First rates": [row.rates for row in rows],
            "N (rates)": [row.n for row in rows],
            "Note": [plain_text(row.reason) for row in rows],
        }
    )


def _format_interval(low: float, high: float) -> str:
    if math.isnan(low):
        return NO_VALUE
    return f"{format_signed(100 * low)} to {format_signed(100 * high)}"


PAGE = Page("correlation", "Correlation", ":material/grid_on:", "correlation", draw, PARAMS)
