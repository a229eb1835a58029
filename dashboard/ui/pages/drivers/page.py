"""The Drivers page: one answer, then the response, levels, lags, rolling relation or samples."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any, Final

import pandas as pd
import streamlit as st

from dashboard.models.drivers import DriverAnswer
from dashboard.models.messages import deferred, plural, translate_deferred
from dashboard.models.messages import translate as _
from dashboard.presentation import drivers as texts
from dashboard.presentation.charts import drivers as charts
from dashboard.presentation.charts.correlation import build_projection_figure
from dashboard.presentation.escaping import escape_markdown
from dashboard.presentation.palette import LIGHT_PALETTE, Palette, get_palette
from dashboard.presentation.quoting import MoveScale
from dashboard.presentation.tables import View, build_text_columns
from dashboard.services.exports import TABLES, table_file
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
from dashboard.ui.pages.drivers.state import (
    PARAMS,
    DriversState,
    build_event_marks,
    draw_driver_controls,
    draw_part_choice,
    read_drivers_state,
)
from dashboard.ui.url_state import UrlState

TABLE_HEIGHT: Final = 300
SENTENCE_LIMIT: Final = 900
PART_HEADS: Final[dict[str, tuple[str, str]]] = {
    "response": (deferred("After a change of the driver"), texts.RESPONSE_HELP),
    "levels": (deferred("Rate and driver"), texts.VALUES_HELP),
    "lags": (deferred("Before and after the driver's change"), texts.LAGS_HELP),
    "rolling": (deferred("Does the relation change over time?"), texts.ROLLING_HELP),
    "samples": (deferred("Is it the same under every method?"), texts.SAMPLES_HELP),
}
"""The head of each part, and its help."""
TABLES_OF_PART: Final[dict[str, tuple[tuple[str, View], ...]]] = {
    "response": (("driver_response", texts.RESPONSE_VIEW),),
    "levels": (("driver_values", {}),),
    "lags": (("driver_lags", texts.LAGS_VIEW),),
    "rolling": (("driver_rolling", texts.ROLLING_VIEW),),
    "samples": (
        ("driver_samples", texts.SAMPLES_VIEW),
        ("driver_tests", texts.TESTS_VIEW),
    ),
}
"""The tables of each part, the folded ones with what is shown of them."""


@dataclass(frozen=True, slots=True)
class DrawnPart:
    """A part: its sentences, and what builds its figure in a palette.

    `figure` is None where there is nothing to draw; `definition` says what is drawn.
    """

    sentences: tuple[str, ...]
    definition: str
    figure: Callable[[Palette], dict[str, Any]] | None


def draw(view: UrlState) -> None:
    """Draw the answer, then one part: its message, chart and tables."""
    state = read_drivers_state(view)
    subject = escape_markdown(state.series.card.subject.name)
    draw_heading(_("What moved with {subject}?", subject=subject))
    draw_driver_controls(view, state)
    if state.relation is None:
        st.warning(escape_markdown(state.refused, SENTENCE_LIMIT), icon=":material/block:")
    else:
        _draw_answer(state, state.relation)
        draw_part_choice(view)
        _draw_part(view, state, state.relation)
    fold = f"drivers.fold.{TABLES_OF_PART[view['part']][0][0]}"
    draw_shortcuts((Shortcut("L", _("Table of this part"), partial(toggle_expander, fold)),))


def _draw_answer(state: DriversState, answer: DriverAnswer) -> None:
    caution = _(
        "That a move followed is no proof of cause: both may follow the same news. Changes are set"
        " against changes, matched by the moment each number was known."
    )
    sentence = escape_markdown(texts.describe_driver_answer(answer, state.quoting), SENTENCE_LIMIT)
    st.markdown(
        f"**{sentence}**", help=term_help("p_value", "local_projection", "sup_t", text=caution)
    )
    st.caption(escape_markdown(texts.describe_matching(answer.matched), SENTENCE_LIMIT))


def _draw_part(view: UrlState, state: DriversState, answer: DriverAnswer) -> None:
    shown = texts.turn_answer(answer, state.quoting)
    builders: dict[str, Callable[[DriversState, DriverAnswer], DrawnPart]] = {
        "response": _response_part,
        "levels": _levels_part,
        "lags": _lags_part,
        "rolling": _rolling_part,
        "samples": _samples_part,
    }
    part = builders[view["part"]](state, shown)
    _draw_head(view, state, answer, part)
    for sentence in part.sentences:
        st.markdown(escape_markdown(sentence, SENTENCE_LIMIT))
    if part.figure is not None:
        draw_figure(
            part.figure(get_palette(dark=state.dark)),
            f"drivers.{view['part']}",
            part.definition,
            phone=state.phone,
        )
    for name, columns in TABLES_OF_PART[view["part"]]:
        _draw_table_fold(name, columns, answer, shown)


def _draw_head(view: UrlState, state: DriversState, answer: DriverAnswer, part: DrawnPart) -> None:
    """Draw the heading of a part with its help and, at the right, the menu of its files."""
    figure = part.figure
    picture = None
    if figure is not None:
        picture = ChartPicture(
            lambda: figure(LIGHT_PALETTE),
            part.sentences[0],
            part.definition,
            part.definition,
            (state.series,),
        )
    tables = {}
    for name, _columns in TABLES_OF_PART[view["part"]]:
        size = int(TABLES[name].count([answer]))
        label = plural("{file}.csv, {n:,} row", "{file}.csv, {n:,} rows", size, file=name)
        tables[name] = (label, partial(table_file, name, [answer]))
    with st.container(horizontal=True, vertical_alignment="center"):
        head, explanation = PART_HEADS[view["part"]]
        terms = ("local_projection", "sup_t", "robust_se") if view["part"] == "response" else ()
        st.header(
            translate_deferred(head),
            anchor=False,
            help=term_help(*terms, text=translate_deferred(explanation)),
            width="stretch",
        )
        with st.container(width="content"):
            draw_download_menu(
                Downloads(
                    (state.series.card.id, state.driver.id),
                    "drivers",
                    view,
                    picture=picture,
                    tables=tables,
                    has_embed=False,
                ),
                "drivers.download",
            )


def _draw_table_fold(name: str, columns: View, answer: DriverAnswer, shown: DriverAnswer) -> None:
    """Draw the folded table of a part, built when it is opened."""
    size = int(TABLES[name].count([answer]))
    label = plural("The table behind it ({n:,} row)", "The table behind it ({n:,} rows)", size)
    if name == "driver_tests":
        label = plural("The tests ({n:,} row)", "The tests ({n:,} rows)", size)
    fold = st.expander(
        label,
        icon=":material/table:",
        key=f"drivers.fold.{name}",
        on_change="rerun",
    )
    if not fold.open:
        return
    with fold:
        frame = (
            build_text_columns(TABLES[name], [shown], columns)
            if columns
            else _build_level_columns(shown)
        )
        st.dataframe(
            pd.DataFrame(frame),
            hide_index=True,
            alt=TABLES[name].title,
            height=TABLE_HEIGHT if size > 8 else "auto",
            key=f"drivers.table.{name}",
        )


def _build_level_columns(answer: DriverAnswer) -> dict[str, list[Any]]:
    matched = answer.matched
    return {
        _("Day"): matched.series.day.astype(str).tolist(),
        _("Rate"): matched.series.rate.tolist(),
        _("Day of the driver"): matched.value_day.astype(str).tolist(),
        _("Driver"): matched.value.tolist(),
    }


# ------------------------------------------------------------------ parts


def _response_part(state: DriversState, answer: DriverAnswer) -> DrawnPart:
    rows = texts.scaled_rows(answer)
    unit = MoveScale(state.quoting).axis
    has_chart = any(math.isfinite(row.estimate) and row.n for row in rows)
    return DrawnPart(
        (texts.describe_pre_trend(answer),),
        _(
            "Move from the rate before the driver's change, {unit}, for a driver higher by one"
            " standard deviation",
            unit=unit,
        ),
        (lambda palette: build_projection_figure(rows, palette, unit, of_driver=True))
        if has_chart
        else None,
    )


def _levels_part(state: DriversState, answer: DriverAnswer) -> DrawnPart:
    matched, quoting = answer.matched, state.quoting
    return DrawnPart(
        (
            _(
                "Two panes, an axis each: that two levels look alike says little. Dashed: the"
                " publisher changed its method."
            ),
        ),
        _(
            "{series} and {driver} on the rates that have both",
            series=matched.series.card.label,
            driver=matched.driver.label,
        ),
        lambda palette: charts.build_levels_figure(matched, quoting, palette, phone=False),
    )


def _lags_part(state: DriversState, answer: DriverAnswer) -> DrawnPart:  # noqa: ARG001 - as others
    has_chart = any(math.isfinite(row.r_filtered) for row in answer.lags)
    return DrawnPart(
        (texts.describe_lags(answer),),
        _("Correlation of the filtered changes by lag in rates; grey: 95 % without a relation"),
        partial(charts.build_lags_figure, answer.lags) if has_chart else None,
    )


def _rolling_part(state: DriversState, answer: DriverAnswer) -> DrawnPart:  # noqa: ARG001 - as others
    marks = build_event_marks(answer)
    return DrawnPart(
        (texts.describe_stability(answer),),
        _(
            "Correlation of changes in windows of {count} rates, and the band of a relation that"
            " never changes",
            count=answer.request.window,
        ),
        partial(charts.build_rolling_figure, answer.rolling, marks) if answer.rolling else None,
    )


def _samples_part(state: DriversState, answer: DriverAnswer) -> DrawnPart:
    rows = [row for row in answer.samples if math.isfinite(row.low)]
    unit = _(
        "{axis}, per {driver_unit}",
        axis=MoveScale(state.quoting).axis_towards("right"),
        driver_unit=texts.format_one_unit(answer.matched),
    )
    return DrawnPart(
        (texts.describe_samples(answer),),
        _("Move in every sample with its 95 % interval: {unit}", unit=unit),
        (lambda palette: charts.build_samples_figure(rows, unit, palette, phone=state.phone))
        if rows
        else None,
    )


PAGE = Page("drivers", deferred("Drivers"), ":material/ssid_chart:", "drivers", draw, PARAMS)
