"""Correlation: lead and lag, hit rates, scores, series, regression, local projections."""

from __future__ import annotations

from functools import partial
from typing import Final

import streamlit as st

from dashboard.services.export_relations import (
    across_csv,
    correlation_csv,
    direction_csv,
    regression_csv,
    scores_csv,
)
from dashboard.services.relate_events import Related
from dashboard.ui.address import View
from dashboard.ui.charts.cross_map import build_cross_figure
from dashboard.ui.charts.hit_rates import build_hit_figure, hit_summary
from dashboard.ui.charts.lead_lag import build_lead_lag_figure, lead_lag_summary
from dashboard.ui.charts.score_scatter import build_scatter_figure
from dashboard.ui.correlation_charts import (
    hit_lines,
    map_columns,
    map_edge,
    map_rows,
    panels_of,
    scatter_titles,
    score_points,
)
from dashboard.ui.correlation_scene import (
    PARAMS,
    CorrelationScene,
    across_series,
    read_correlation_scene,
)
from dashboard.ui.correlation_words import (
    HOW_TO_SCORE,
    LEAD,
    across_sentence,
    hit_sentence,
    lead_lag_sentence,
    score_sentence,
    sign_words,
    window_shown,
)
from dashboard.ui.pages.base import Page
from dashboard.ui.palette import ink
from dashboard.ui.text import escape_markdown, plain
from dashboard.ui.widgets.copy_link import draw_copy_link
from dashboard.ui.widgets.correlation_controls import (
    draw_cell_unit,
    draw_controls_choice,
    draw_panels,
    draw_question,
    draw_score_choice,
)
from dashboard.ui.widgets.correlation_tables import (
    across_frame,
    correlation_frame,
    direction_frame,
    draw_fold,
    regression_frame,
    score_frame,
)
from dashboard.ui.widgets.figure import draw_figure
from dashboard.ui.widgets.keys import Key, draw_keys, turn_fold
from dashboard.ui.widgets.projection_section import draw_projection
from dashboard.ui.wording import count

SENTENCE: Final = 900
UNREAD_SHOWN: Final = 5


def draw(view: View) -> None:
    """Draw the six parts, each with what it says, its chart and its table."""
    scene = read_correlation_scene(view)
    st.header("What goes together with the moves?", anchor=False)
    st.markdown(
        "Moves near an event are no proof of cause, and with many comparisons some are large by"
        " chance. So each part states N, the method and its band, and p-values after a correction"
        " for all comparisons of the part."
    )
    draw_question(view)
    if scene.related is None:
        st.warning(escape_markdown(scene.refused, SENTENCE), icon=":material/block:")
    else:
        _draw_parts(view, scene, scene.related)
    lags, hits = "correlation.fold.correlation", "correlation.fold.direction"
    draw_keys(
        (
            Key("L", "Table of lags", partial(turn_fold, lags)),
            Key("D", "Table of hit rates", partial(turn_fold, hits)),
        )
    )
    draw_copy_link("correlation", view)


def _draw_parts(view: View, scene: CorrelationScene, related: Related) -> None:
    card = scene.series.card
    st.caption(
        escape_markdown(
            f"{related.used:,} of {related.asked:,} events measured on {card.title};"
            f" {sign_words(card)}; moves in the window {window_shown(related.window)} against a"
            " constant mean of 120 rates.",
            SENTENCE,
        )
    )
    draw_panels(view)
    _draw_lead_lag(scene, related)
    _draw_hits(scene, related)
    _draw_scores(view, scene, related)
    _draw_across(view, scene)
    _draw_regression(view, scene, related)
    draw_projection(view, scene)


def _draw_lead_lag(scene: CorrelationScene, related: Related) -> None:
    st.subheader("Before and after: lead and lag", anchor=False)
    st.markdown(LEAD)
    panels = panels_of(scene)
    if panels:
        draw_figure(
            build_lead_lag_figure(panels, ink(dark=scene.dark), dark=scene.dark, phone=scene.phone),
            "correlation.lead-lag",
            lead_lag_summary(panels),
            f"{scene.series.card.id}_lead-lag",
            phone=scene.phone,
        )
    st.markdown(escape_markdown(lead_lag_sentence(related.correlations), SENTENCE))
    rows = related.correlations
    draw_fold(
        "correlation", lambda: correlation_frame(rows), len(rows),
        lambda flavour: correlation_csv(rows, flavour),
        "Correlations of every group and lag with band, p and corrected p",
    )  # fmt: skip


def _draw_hits(scene: CorrelationScene, related: Related) -> None:
    st.subheader("As expected? Hit rates", anchor=False)
    lines = hit_lines(scene)
    if lines:
        draw_figure(
            build_hit_figure(lines, ink(dark=scene.dark), phone=scene.phone),
            "correlation.hits",
            hit_summary(lines),
            f"{scene.series.card.id}_hit-rates",
            phone=scene.phone,
        )
    st.markdown(escape_markdown(hit_sentence(related.directions), SENTENCE))
    st.caption(
        "Directions were fixed from the nature of each event before looking at the rate. Lines:"
        " 95 % Wilson intervals. The exact binomial p takes events as independent; events that"
        " share days are not, so that it is too small where they bunch."
    )
    rows = related.directions
    draw_fold(
        "direction", lambda: direction_frame(rows), len(rows),
        lambda flavour: direction_csv(rows, flavour),
        "Hit rates of every group with interval, p and corrected p",
    )  # fmt: skip


def _draw_scores(view: View, scene: CorrelationScene, related: Related) -> None:
    st.subheader("Tone or intensity against the move", anchor=False)
    if not any(row.score != "crowd" for row in related.scores):
        st.markdown(HOW_TO_SCORE)
    if related.unread:
        told = ", ".join(plain(tag, 40) for _, tag in related.unread[:UNREAD_SHOWN])
        st.markdown(
            f":material/info: {count(len(related.unread), 'tag')} without a number that can be"
            f" read: {escape_markdown(told, 240)}. Write it as tone:−3.2."
        )
    draw_score_choice(view)
    points, row = scene.points, scene.score_row
    if points is None or row is None:
        st.markdown("No event has this score.")
        return
    st.markdown(escape_markdown(score_sentence(row), SENTENCE))
    draw_figure(
        build_scatter_figure(
            score_points(scene, points), scatter_titles(scene, points),
            ink(dark=scene.dark), dark=scene.dark, phone=scene.phone,
        ),
        "correlation.scores",
        score_sentence(row),
        f"{scene.series.card.id}_{points.score}",
        phone=scene.phone,
    )  # fmt: skip
    if points.score == "crowd":
        st.caption(
            "Events at the same first rate: how many listed events share offset 0. It says how"
            " crowded a day was, not how important; lists hold what was thought to matter."
        )
    rows = related.scores
    draw_fold(
        "scores", lambda: score_frame(rows), len(rows), lambda flavour: scores_csv(rows, flavour),
        "Spearman's rho of every score with band, p and corrected p",
    )  # fmt: skip


def _draw_across(view: View, scene: CorrelationScene) -> None:
    st.subheader("The same events on other series", anchor=False)
    draw_cell_unit(view)
    cards, cells = across_series(scene)
    titles = {card.id: card.title for card in cards}
    sentence = across_sentence(cells, titles)
    rows = map_rows(scene, cards, cells)
    if rows:
        draw_figure(
            build_cross_figure(
                rows, map_columns(scene, cards), map_edge(scene, cells), ink(dark=scene.dark),
                phone=scene.phone,
            ),
            "correlation.across",
            f"Mean move of every category on {len(cards)} series. {sentence}",
            "categories-across-series",
            phone=scene.phone,
        )  # fmt: skip
    st.markdown(escape_markdown(sentence, SENTENCE))
    st.caption(
        "Blue, positive: the rouble stronger against dollar, yuan, euro; the number up for euro in"
        " dollars and Brent. Each series by its own clock and within its own dates. Spread: the"
        " standard deviation of the mean over all calendar shifts of the same dates; • marks a"
        " corrected p below 0.05. A mean can hang on a few days: where a series ends in a storm,"
        " every event of its last days counts it."
    )
    draw_fold(
        "across_series", lambda: across_frame(cells, titles), len(cells),
        lambda flavour: across_csv(cells, flavour),
        "Every category on every series with mean, N, p and corrected p",
    )  # fmt: skip


def _draw_regression(view: View, scene: CorrelationScene, related: Related) -> None:
    st.subheader("All at once: the regression", anchor=False)
    draw_controls_choice(view, scene)
    rows = related.regression
    if not rows:
        st.markdown("There are too few rates for a regression with these terms.")
        return
    titles = {each.card.id: each.card.title for each in scene.controls}
    st.dataframe(
        regression_frame(rows, titles), hide_index=True, key="correlation.regression",
        alt="Terms of the regression with estimate, standard error, t, p, corrected p and N",
    )  # fmt: skip
    st.caption(
        f"Every move of one rate on categories (1 on the first rate that can contain an event) and"
        f" controls, N = {rows[0].n:,}; categories in log points, controls as slopes. Standard"
        f" errors: Newey-West with {rows[0].lags} lags. Holm corrects over the categories."
    )
    draw_fold(
        "regression", lambda: regression_frame(rows, titles), len(rows),
        lambda flavour: regression_csv(rows, flavour),
        "Terms of the regression with estimate, standard error, t, p and N",
    )  # fmt: skip


PAGE = Page("correlation", "Correlation", ":material/grid_on:", "correlation", draw, PARAMS)
