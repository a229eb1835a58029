"""How a file of events is to be read: what is asked, and which column holds what."""

from __future__ import annotations

from typing import Final

import streamlit as st

from dashboard.domain.event import MOSCOW
from dashboard.domain.imports import DateQuestion, Outline
from dashboard.ui.import_scene import CHOICE, Planned
from dashboard.ui.import_words import FIELD_WORDS, NO_COLUMN
from dashboard.ui.kept_choice import chosen, kept
from dashboard.ui.text import escape_markdown, plain
from dashboard.ui.wording import count, day

ZONES: Final = (
    MOSCOW, "UTC", "Europe/Kyiv", "Europe/London", "Europe/Berlin", "America/New_York",
    "Asia/Shanghai",
)  # fmt: skip
COLUMNS_IN_A_ROW: Final = 4
UNCERTAIN: Final = ":material/help:"


def draw_questions(found: Planned) -> None:
    """Draw what must not be guessed: the sheet, the order of dates, the zone of times."""
    if found.outline is not None and len(found.outline.sheets) > 1:
        _draw_sheet(found.outline)
    if found.plan is None:
        return
    if found.plan.file.dates is not None:
        _draw_dates(found.plan.file.dates)
    zoneless = found.plan.file.zoneless
    if zoneless or chosen(f"{CHOICE}zone"):
        _draw_zone(zoneless)


def _draw_sheet(outline: Outline) -> None:
    st.selectbox(
        "Sheet"
        if outline.sheet
        else f"{UNCERTAIN} **Several sheets hold dates. Which one holds the events?**",
        outline.sheets,
        format_func=plain,
        placeholder="Choose the sheet",
        width=430,
        **kept(f"{CHOICE}sheet", outline.sheet or None),
    )


def _draw_dates(question: DateQuestion) -> None:
    days = {"dmy": day(question.day_first), "mdy": day(question.month_first)}
    example = escape_markdown(question.example)
    if question.read_as is None:
        label = f"{UNCERTAIN} **Which day is {example}? The file does not tell.**"
    else:
        label = f"Which day is {example}?"
    st.radio(
        label, list(days), format_func=days.__getitem__, horizontal=True,
        **kept(f"{CHOICE}dates", question.read_as),
    )  # fmt: skip


def _draw_zone(zoneless: int) -> None:
    many = "Some times have" if not zoneless else (
        "1 time has" if zoneless == 1 else f"{zoneless:,} times have"
    )  # fmt: skip
    st.selectbox(
        f"{UNCERTAIN} **{many} no time zone. Whose clock is it?**", _with(ZONES, f"{CHOICE}zone"),
        accept_new_options=True, width=430, **kept(f"{CHOICE}zone", MOSCOW),
    )  # fmt: skip


def _with(options: tuple[str, ...], name: str) -> list[str]:
    """The options and the one that somebody typed."""
    return list(dict.fromkeys([*options, chosen(name) or options[0]]))


def draw_columns(outline: Outline, *, is_open: bool) -> None:
    """Draw which column of the file is read as which field of a note; each can be changed."""
    if not outline.header:
        return
    columns = [name for name in dict.fromkeys(outline.header) if name]
    taken = len([field for field in FIELD_WORDS if field in outline.fields])
    label = f"Columns: {count(len(columns), 'column')}, {taken} read. Change which holds what"
    with st.expander(label, icon=":material/view_column:", expanded=is_open):
        fields = list(FIELD_WORDS)
        for start in range(0, len(fields), COLUMNS_IN_A_ROW):
            row = fields[start : start + COLUMNS_IN_A_ROW]
            for place, field in zip(st.columns(COLUMNS_IN_A_ROW), row, strict=True):
                _draw_field(place, field, columns, outline)


def _draw_field(
    place: st.delta_generator.DeltaGenerator, field: str, columns: list[str], outline: Outline
) -> None:
    place.selectbox(
        FIELD_WORDS[field],
        ["", *columns],
        format_func=lambda column: plain(column, 60) or NO_COLUMN,
        **kept(f"{CHOICE}map.{field}", outline.fields.get(field, "")),
    )
