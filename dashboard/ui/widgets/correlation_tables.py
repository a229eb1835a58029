"""The tables behind the charts of Correlation, each folded with its way out as CSV."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import pandas as pd
import streamlit as st

from dashboard.domain.relation import CrossCell, ScoreRow
from dashboard.domain.study import CorrelationRow, DirectionRow, RegressionRow
from dashboard.services.export_tables import Flavour
from dashboard.ui.correlation_words import (
    AGAINST_WORDS,
    SCORE_TITLES,
    group_title,
    p_text,
    regression_words,
    term_title,
)
from dashboard.ui.text import plain
from dashboard.ui.widgets.downloads import draw_csv_buttons
from dashboard.ui.wording import count, number, signed

HEIGHT: Final = 300
METHODS: Final = {
    "point_biserial": "point-biserial: event or not",
    "spearman": "Spearman: expectation −1, 0, +1",
}
CORRECTED: Final = "p (Holm)"


def draw_fold(
    name: str, frame: Callable[[], pd.DataFrame], size: int, csv: Callable[[Flavour], bytes],
    alt: str,
) -> None:  # fmt: skip
    """Draw a folded table, made when it is opened, and its file beside it.

    Args:
        name: of the file and, with a prefix, of the widgets.
        frame: makes the table.
        size: how many rows there are.
        csv: makes the file.
        alt: the table in words.
    """
    fold = st.expander(
        f"The table behind it ({count(size, 'row')})",
        icon=":material/table:",
        key=f"correlation.fold.{name}",
        on_change="rerun",
    )
    if not fold.open:
        return
    with fold:
        table = frame()
        st.dataframe(
            table, hide_index=True, alt=alt, height=HEIGHT if len(table) > 8 else "auto",
            key=f"correlation.table.{name}",
        )  # fmt: skip
        with st.container(horizontal=True):
            draw_csv_buttons(
                f"{name}.csv, {count(size, 'row')}", (name,), csv, f"correlation.csv.{name}"
            )


def correlation_frame(rows: tuple[CorrelationRow, ...]) -> pd.DataFrame:
    """One row a group, lag and method."""
    return pd.DataFrame(
        {
            "Group": [plain(group_title(row.group)) for row in rows],
            "Lag": [signed(row.lag, 0) for row in rows],
            "r": [signed(row.r, 3) for row in rows],
            "Band": [f"{signed(row.low, 3)} to {signed(row.high, 3)}" for row in rows],
            "p (calendar shift)": [p_text(row.p_value) for row in rows],
            CORRECTED: [p_text(row.p_adjusted) for row in rows],
            "N": [row.n for row in rows],
            "Method": [METHODS[row.method] for row in rows],
        }
    )


def direction_frame(rows: tuple[DirectionRow, ...]) -> pd.DataFrame:
    """One row a group."""
    return pd.DataFrame(
        {
            "Group": [plain(group_title(row.group)) for row in rows],
            "As expected": [row.hits for row in rows],
            "N": [row.n for row in rows],
            "Share": [f"{number(100 * row.share, 1)} %" for row in rows],
            "95 % Wilson interval, for orientation": [
                f"{number(100 * row.low, 0)} to {number(100 * row.high, 0)} %" for row in rows
            ],
            "p (signs of clusters)": [p_text(row.p_value) for row in rows],
            CORRECTED: [p_text(row.p_adjusted) for row in rows],
            "Unclear": [row.unclear for row in rows],
            "Unmoved": [row.unmoved for row in rows],
        }
    )


def regression_frame(rows: tuple[RegressionRow, ...], titles: dict[str, str]) -> pd.DataFrame:
    """One row a term; categories in log points, controls as slopes."""
    words = [regression_words(row) for row in rows]
    return pd.DataFrame(
        {
            "Term": [plain(term_title(row.term, titles)) for row in rows],
            "Estimate": [estimate for estimate, _ in words],
            "Standard error": [error for _, error in words],
            "t": [signed(row.t, 2) for row in rows],
            "p": [p_text(row.p_value) for row in rows],
            CORRECTED: [p_text(row.p_adjusted) for row in rows],
            "N": [row.n for row in rows],
        }
    )


def score_frame(rows: tuple[ScoreRow, ...]) -> pd.DataFrame:
    """One row a score and what it is set against."""
    return pd.DataFrame(
        {
            "Score": [SCORE_TITLES[row.score] for row in rows],
            "Against": [AGAINST_WORDS[row.against] for row in rows],
            "Spearman's rho": [signed(row.r, 3) for row in rows],
            "Band": [f"{signed(row.low, 3)} to {signed(row.high, 3)}" for row in rows],
            "p (calendar shift)": [p_text(row.p_value) for row in rows],
            CORRECTED: [p_text(row.p_adjusted) for row in rows],
            "N": [row.n for row in rows],
            "Without": [row.without for row in rows],
        }
    )


def across_frame(cells: tuple[CrossCell, ...], titles: dict[str, str]) -> pd.DataFrame:
    """One row a category and series."""
    return pd.DataFrame(
        {
            "Group": [plain(group_title(cell.group)) for cell in cells],
            "Series": [plain(titles[cell.series]) for cell in cells],
            "Events": [cell.n for cell in cells],
            "Rates": [cell.n_rates for cell in cells],
            "Clusters": [cell.clusters for cell in cells],
            "Standardised mean": [signed(cell.mean_scar) for cell in cells],
            "Mean, log pts": [signed(100 * cell.caar) for cell in cells],
            "p (cluster ranks)": [p_text(cell.p_value) for cell in cells],
            CORRECTED: [p_text(cell.p_adjusted) for cell in cells],
            "Why no verdict": [plain(cell.reason) for cell in cells],
            "Largest move, %": [number(100 * cell.largest_share, 0) for cell in cells],
            "In spreads": [signed(cell.in_spreads) for cell in cells],
            "Percentile": [number(cell.percentile, 1) for cell in cells],
        }
    )
