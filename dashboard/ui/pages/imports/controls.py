"""Controls of the Import page: sheet, date order, time zone and column mapping."""

from __future__ import annotations

from typing import Final

import streamlit as st

from dashboard.models.event import MOSCOW
from dashboard.models.messages import plural, translate_deferred
from dashboard.models.messages import translate as _
from dashboard.models.user_files import DateOrderQuestion, EventFileOutline
from dashboard.presentation.escaping import escape_markdown, plain_text
from dashboard.presentation.formatting import format_day
from dashboard.presentation.incoming_events import FIELD_LABELS, NO_COLUMN_LABEL
from dashboard.ui.pages.imports.state import CHOICE_PREFIX, PlannedUpload
from dashboard.ui.url_state import get_persistent, persistent_widget

ZONE_OPTIONS: Final = (
    MOSCOW, "UTC", "Europe/Kyiv", "Europe/London", "Europe/Berlin", "America/New_York",
    "Asia/Shanghai",
)  # fmt: skip
COLUMNS_PER_ROW: Final = 4
UNCERTAIN_ICON: Final = ":material/help:"


def draw_format_questions(plan: PlannedUpload) -> None:
    """Draw the settings that must not be guessed: sheet, order of dates, time zone."""
    if plan.outline is not None and len(plan.outline.sheets) > 1:
        _draw_sheet(plan.outline)
    if plan.plan is None:
        return
    if plan.plan.file.dates is not None:
        _draw_dates(plan.plan.file.dates)
    zoneless = plan.plan.file.zoneless
    if zoneless or get_persistent(f"{CHOICE_PREFIX}zone"):
        _draw_zone(zoneless)


def _draw_sheet(outline: EventFileOutline) -> None:
    st.selectbox(
        _("Sheet")
        if outline.sheet
        else _(
            "{uncertain_icon} **Several sheets hold dates. Which one holds the events?**",
            uncertain_icon=UNCERTAIN_ICON,
        ),
        outline.sheets,
        format_func=plain_text,
        placeholder=_("Choose the sheet"),
        width=430,
        **persistent_widget(f"{CHOICE_PREFIX}sheet", outline.sheet or None),
    )


def _draw_dates(question: DateOrderQuestion) -> None:
    days = {"dmy": format_day(question.day_first), "mdy": format_day(question.month_first)}
    example = escape_markdown(question.example)
    if question.read_as is None:
        label = _("**Which day is {example}? The file does not tell.**", example=example)
        label = f"{UNCERTAIN_ICON} {label}"
    else:
        label = _("Which day is {example}?", example=example)
    st.radio(
        label, list(days), format_func=days.__getitem__, horizontal=True,
        **persistent_widget(f"{CHOICE_PREFIX}dates", question.read_as),
    )  # fmt: skip


def _draw_zone(zoneless: int) -> None:
    question = (
        plural(
            "**{n:,} time has no time zone. Whose clock is it?**",
            "**{n:,} times have no time zone. Whose clock is it?**",
            zoneless,
        )
        if zoneless
        else _("**Some times have no time zone. Whose clock is it?**")
    )
    st.selectbox(
        f"{UNCERTAIN_ICON} {question}",
        _add_option(ZONE_OPTIONS, f"{CHOICE_PREFIX}zone"),
        accept_new_options=True,
        width=430,
        **persistent_widget(f"{CHOICE_PREFIX}zone", MOSCOW),
    )


def _add_option(options: tuple[str, ...], name: str) -> list[str]:
    """The options and the one that was typed."""
    return list(dict.fromkeys([*options, get_persistent(name) or options[0]]))


def draw_column_mapping(outline: EventFileOutline, *, is_open: bool) -> None:
    """Draw which column of the file is read as which field of a note; each can be changed."""
    if not outline.header:
        return
    columns = [name for name in dict.fromkeys(outline.header) if name]
    taken = len([field for field in FIELD_LABELS if field in outline.fields])
    label = plural(
        "Columns: {n:,} column, {taken} read. Change which holds what",
        "Columns: {n:,} columns, {taken} read. Change which holds what",
        len(columns),
        taken=taken,
    )
    with st.expander(label, icon=":material/view_column:", expanded=is_open):
        fields = list(FIELD_LABELS)
        for start in range(0, len(fields), COLUMNS_PER_ROW):
            row = fields[start : start + COLUMNS_PER_ROW]
            for place, field in zip(st.columns(COLUMNS_PER_ROW), row, strict=False):
                _draw_field_choice(place, field, columns, outline)


def _draw_field_choice(
    place: st.delta_generator.DeltaGenerator,
    field: str,
    columns: list[str],
    outline: EventFileOutline,
) -> None:
    place.selectbox(
        translate_deferred(FIELD_LABELS[field]),
        ["", *columns],
        format_func=lambda column: plain_text(column, 60) or translate_deferred(NO_COLUMN_LABEL),
        **persistent_widget(f"{CHOICE_PREFIX}map.{field}", outline.fields.get(field, "")),
    )
