"""What stands behind the figures of Compare: tables with links to the events, and the CSV files."""

from __future__ import annotations

from functools import partial
from types import ModuleType
from typing import Final

import streamlit as st
from streamlit.elements.lib.mutable_expander_container import ExpanderContainer

from dashboard.domain.comparison import Comparison
from dashboard.domain.event import Event
from dashboard.services.export_comparison import comparison_csv, count_rows
from dashboard.services.export_tables import StudyTable
from dashboard.ui import session
from dashboard.ui.charts.compare_view import offset_text
from dashboard.ui.compare_scene import CompareScene, ShownGroup
from dashboard.ui.compare_tables import averages_columns, moves_columns
from dashboard.ui.group_words import group_words, sentence
from dashboard.ui.text import escape_markdown, markdown_link
from dashboard.ui.widgets.downloads import draw_csv_buttons
from dashboard.ui.widgets.links import event_address
from dashboard.ui.widgets.reading_table import draw_reading_table
from dashboard.ui.wording import count

FILES: Final[tuple[StudyTable, ...]] = (
    "headline", "paths", "events", "averages", "tests", "skipped", "intervals",
)  # fmt: skip


def draw_averages_table(scene: CompareScene) -> None:
    """Draw the mean, its bands and the median of each group by offset, when asked for."""
    fold = _fold("The table behind the chart", "compare.averages")
    if not fold.open:
        return
    for group in scene.groups:
        _head(fold, scene, group)
        fold.table(averages_columns(scene, group), hide_index=True, border="horizontal")


def draw_moves_table(scene: CompareScene, answer: Comparison) -> None:
    """Draw the moves with links to the events: the keyboard's way to the Event page."""
    fold = _fold("The moves as a table, each with a link to its event", "compare.moves")
    if not fold.open:
        return
    with fold:
        for group in scene.groups:
            _head(st, scene, group)
            draw_reading_table(_moves_columns(scene, group, answer), "The moves of the events")


def draw_events_of(scene: CompareScene, group: ShownGroup, answer: Comparison) -> None:
    """Draw the events of a group that is too small for a verdict, one by one."""
    words = group_words(group.asked.filter)
    with st.expander(f"The {count(group.found.n, 'event')}: {escape_markdown(words)}",
                     icon=":material/list:", expanded=True):  # fmt: skip
        draw_reading_table(_moves_columns(scene, group, answer), "The events one by one")


def _moves_columns(
    scene: CompareScene, group: ShownGroup, answer: Comparison
) -> dict[str, list[str]]:
    events, columns = moves_columns(scene, group, answer)
    moves = {
        name: [escape_markdown(cell) for cell in cells]
        for name, cells in columns.items()
        if name.startswith(("Move", "95"))
    }
    return {"Event": [_link(scene, event) for event in events]} | columns | moves


def draw_left_out_table(scene: CompareScene) -> None:
    """Draw the average without each event, when asked for."""
    fold = _fold("The averages without each event, as a table", "compare.left_out")
    if not fold.open:
        return
    with fold:
        for group in scene.groups:
            _head(st, scene, group)
            rows = group.found.left_out
            draw_reading_table(
                {
                    "Without": [_link(scene, scene.events[row.event_id]) for row in rows],
                    "Its move": [escape_markdown(scene.scale.move(row.car)) for row in rows],
                    "Average of the others": [
                        escape_markdown(scene.scale.move(row.without)) for row in rows
                    ],
                },
                "The average without each event",
            )


def draw_heat_table(scene: CompareScene) -> None:
    """Draw the abnormal moves by event and offset, when asked for."""
    fold = _fold("The numbers of the heat map", "compare.heat")
    if not fold.open:
        return
    for group in scene.groups:
        _head(fold, scene, group)
        result = group.found.result
        columns = {
            "Event": [escape_markdown(event.title) for event in result.events],
            **{
                offset_text(offset): [scene.scale.signed(v) for v in column]
                for offset, column in zip(
                    result.offsets.tolist(), result.abnormal.T.tolist(), strict=True
                )
            },
        }
        fold.table(columns, hide_index=True, border="horizontal")


def draw_files(scene: CompareScene, answer: Comparison) -> None:
    """Draw the CSV files of this view."""
    st.subheader("Take it along", anchor=False)
    name = (*("_".join(each.asked.filter.categories) or "all" for each in scene.groups),)
    with st.container(horizontal=True):
        for table in FILES:
            rows = count_rows(answer, table)
            draw_csv_buttons(
                f"{table}, {count(rows, 'row')}",
                (scene.card.id, "compare", *name, table, f"asof-{session.today()}"),
                partial(comparison_csv, answer, table),
                f"compare.csv.{table}",
            )


def _fold(label: str, key: str) -> ExpanderContainer:
    return st.expander(label, icon=":material/table:", key=key, on_change="rerun")


def _head(
    place: st.delta_generator.DeltaGenerator | ModuleType, scene: CompareScene, group: ShownGroup
) -> None:
    if len(scene.groups) > 1:
        name = escape_markdown(sentence(group_words(group.asked.filter)))
        place.markdown(f"{group.look.glyph} **{name}**")


def _link(scene: CompareScene, event: Event) -> str:
    return markdown_link(event.title, event_address(event.id, scene.card.id))
