"""The section of Correlation that shows local projections: choice, answer, chart and table."""

from __future__ import annotations

import math
from typing import Final

import pandas as pd
import streamlit as st

from dashboard.domain.relation import Projection
from dashboard.services.export_relations import projections_csv
from dashboard.ui.address import View
from dashboard.ui.charts.compare_view import offset_text
from dashboard.ui.charts.projection_path import build_projection_figure
from dashboard.ui.correlation_scene import CorrelationScene, projected
from dashboard.ui.correlation_words import group_title, p_text, sign_words
from dashboard.ui.palette import ink
from dashboard.ui.projection_words import before_sentence, dropped_sentence, projection_sentence
from dashboard.ui.text import escape_markdown, plain
from dashboard.ui.widgets.correlation_controls import draw_projection_choice
from dashboard.ui.widgets.correlation_tables import draw_fold
from dashboard.ui.widgets.figure import draw_figure
from dashboard.ui.wording import NOTHING, number, signed

SENTENCE: Final = 900


def draw_projection(view: View, scene: CorrelationScene) -> None:
    """Draw how the rate moved from five rates before the chosen events to 20 after."""
    st.subheader("Rate by rate: local projections", anchor=False)
    draw_projection_choice(view)
    found, card = projected(scene), scene.series.card
    if found is None:
        st.markdown("No event of this category is measured on this series.")
        return
    said = projection_sentence(found, card)
    st.markdown(f"**{escape_markdown(said, SENTENCE)}**")
    st.markdown(escape_markdown(before_sentence(found), SENTENCE))
    if any(math.isfinite(row.estimate) and row.n for row in found.rows):
        draw_figure(
            build_projection_figure(
                found.rows, ink(dark=scene.dark), f"log points, {sign_words(card)}"
            ),
            "correlation.projection",
            said,
            f"{card.id}_projection_{found.group}",
            phone=scene.phone,
        )
    titles = {each.card.id: each.card.title for each in scene.controls}
    held = ", ".join(titles.values()) or "no other series"
    st.caption(escape_markdown(f"{_method(held)} {dropped_sentence(found, titles)}", 1200))
    draw_fold(
        "projections", lambda: projection_frame(found), len(found.rows),
        lambda flavour: projections_csv([found], flavour),
        f"Moves around {group_title(found.group)} by horizon with interval, band, p and N",
    )  # fmt: skip


def _method(held: str) -> str:
    return (
        "Local projections: for each horizon one regression of the move from the rate before the"
        f" event on the events at their first rate, with {held} (chosen above) and four lags of"
        " moves, events and controls. What followed the events is in it, later events of the same"
        " kind too; it is no proof of cause. Method breaks have intercepts of their own. Errors:"
        " HC1, Newey-West beside them in the table. How far the bands hold: page Method."
    )


def projection_frame(found: Projection) -> pd.DataFrame:
    """One row a horizon; moves in log points."""
    rows = found.rows
    return pd.DataFrame(
        {
            "Horizon": [offset_text(row.horizon) for row in rows],
            "Move, log pts": [signed(100 * row.estimate) for row in rows],
            "95 % at this horizon": [_span(row.low, row.high) for row in rows],
            "95 % of the path": [_span(row.supt_low, row.supt_high) for row in rows],
            "p": [p_text(row.p_value) for row in rows],
            "p (all horizons)": [p_text(row.p_adjusted) for row in rows],
            "Error, HC1": [number(100 * row.se_hc1, 3) for row in rows],
            "Error, Newey-West": [number(100 * row.se_hac, 3) for row in rows],
            "Events": [row.events for row in rows],
            "First rates": [row.rates for row in rows],
            "N (rates)": [row.n for row in rows],
            "Note": [plain(row.reason) for row in rows],
        }
    )


def _span(low: float, high: float) -> str:
    if math.isnan(low):
        return NOTHING
    return f"{signed(100 * low)} to {signed(100 * high)}"
