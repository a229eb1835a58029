"""Export relations: the files of the pages Correlation and Robustness, by the one way out."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import astuple
from typing import Any

from dashboard.domain.relation import CrossCell, Projection, ScoreRow
from dashboard.domain.robustness import RobustnessAnswer
from dashboard.domain.study import CorrelationRow, DirectionRow, RegressionRow, window_text
from dashboard.export.csv_tables import Flavour
from dashboard.export.study_rows import projection_rows, specification_rows
from dashboard.services.export_tables import table_bytes


def correlation_csv(rows: Iterable[CorrelationRow], flavour: Flavour = "plain") -> bytes:
    """`correlation.csv`, as a study writes it."""
    return table_bytes("correlation", map(astuple, rows), flavour)


def direction_csv(rows: Iterable[DirectionRow], flavour: Flavour = "plain") -> bytes:
    """`direction.csv`, as a study writes it."""
    return table_bytes("direction", (_with_window(row, 1) for row in rows), flavour)


def regression_csv(rows: Iterable[RegressionRow], flavour: Flavour = "plain") -> bytes:
    """`regression.csv`, as a study writes it."""
    return table_bytes("regression", map(astuple, rows), flavour)


def projections_csv(found: Iterable[Projection], flavour: Flavour = "plain") -> bytes:
    """`projections.csv`, as a study writes it."""
    return table_bytes("projections", projection_rows(found), flavour)


def scores_csv(rows: Iterable[ScoreRow], flavour: Flavour = "plain") -> bytes:
    """`scores.csv`: a row a score and way of looking."""
    return table_bytes("scores", (_with_window(row, 2) for row in rows), flavour)


def across_csv(cells: Iterable[CrossCell], flavour: Flavour = "plain") -> bytes:
    """`across_series.csv`: a row a category and series."""
    return table_bytes("across_series", (_with_window(cell, 2) for cell in cells), flavour)


def specifications_csv(answer: RobustnessAnswer, flavour: Flavour = "plain") -> bytes:
    """`specifications.csv`, as `robustness --out` writes it."""
    return table_bytes("specifications", specification_rows(answer), flavour)


def _with_window(row: Any, at: int) -> tuple[Any, ...]:
    """The cells of a row, the window at a place written as `[a,b]`."""
    cells = list(astuple(row))
    cells[at] = window_text(cells[at])
    return tuple(cells)
