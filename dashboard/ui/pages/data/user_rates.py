"""User rates on the Data page: stored series, and a file that is checked before the import."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

import streamlit as st

from dashboard.container import rates_from_file
from dashboard.models.currencies import AS_QUOTED_OPTION
from dashboard.models.errors import InputError, RoubleReactionError
from dashboard.models.messages import plural, translate_deferred
from dashboard.models.messages import translate as _
from dashboard.models.people import Action
from dashboard.models.user_files import RateFileContents, RateFileOptions
from dashboard.presentation.escaping import escape_markdown, plain_text
from dashboard.presentation.formatting import format_day_range
from dashboard.presentation.rates import (
    DATE_ORDER_LABELS,
    KIND_LABELS,
    NO_ZONE_LABEL,
    QUOTE_OPTIONS,
    TIMESTAMP_LABELS,
    ZONES,
    build_preview_columns,
    describe_fetch,
    describe_imported_series,
    describe_rate_file,
    format_quote_option,
)
from dashboard.services.live_rates import SeriesStatus
from dashboard.services.rates import (
    SeriesNaming,
    audit_state_of_import,
    delete_imported_rates,
    import_rates,
    is_imported,
    plan_rate_import,
)
from dashboard.ui import session
from dashboard.ui.components.elements import button_type, draw_page_link, set_flash

READ_KEY: Final = "own.read"
COLUMN_CHOICES: Final = ("date", "columns", "sheet")
"""What is chosen for one upload alone, in the keys of its controls."""
UPLOAD_TURN_KEY: Final = "own.turn"
MAX_MESSAGES: Final = 10
MESSAGE_LIMIT: Final = 400


@dataclass(frozen=True)
class UploadReading:
    """One reading of an upload, cached for the next run of the page."""

    key: tuple[object, ...]
    table: RateFileContents | None
    problem: str


def draw_user_rates() -> None:
    """Draw the stored series and the upload of a file."""
    with st.container(border=True):
        st.subheader(_("Your own rates"), anchor="own-rates")
        reports = [status for status in session.get_series_status() if is_imported(status.card)]
        if not reports:
            st.markdown(
                _(
                    "Bring a CSV or Excel file with a column *date* and a column for each series:"
                    " every page, the command line and the API then know it. Times of day become"
                    " bars."
                )
            )
        for report in reports:
            _draw_stored_series(report)
        if not session.may(Action.RATES):
            return
        with st.expander(_("Bring a file"), icon=":material/upload:", expanded=bool(_get_upload())):
            _draw_upload()


def _draw_stored_series(report: SeriesStatus) -> None:
    with st.container(horizontal=True, vertical_alignment="center"):
        facts = [f"**{escape_markdown(report.card.label)}**", f"`{report.card.id}`"]
        if report.first_day and report.last_day:
            facts += [
                plural("{n:,} row", "{n:,} rows", report.rows),
                format_day_range(report.first_day, report.last_day),
            ]
            facts.append(describe_fetch(report))
        if report.problem:
            facts.append(f":orange[{escape_markdown(report.problem, MESSAGE_LIMIT)}]")
        st.markdown(" · ".join(facts), width="stretch")
        draw_page_link("explore", _("Explore"), series=report.card.id)
        if not session.may(Action.RATES):
            return
        with st.popover(_("Remove")):
            st.markdown(_("It is removed for good; your file is not touched."))
            st.button(
                _("Remove it"), key=f"own.remove.{report.card.id}", on_click=_remove_series,
                args=(report.card.id,),
            )  # fmt: skip


def _remove_series(series_id: str) -> None:
    try:
        session.require_live_view()
        session.count_against_limit("write")
        delete_imported_rates(session.get_context().own, series_id)
        session.get_context().notes.audit.write("rates-remove", series_id)
        set_flash(_("{series_id} was removed", series_id=series_id))
    except RoubleReactionError as error:
        set_flash(_("Not removed: {error}", error=error))


# ------------------------------------------------------------------ upload


def _upload_key() -> str:
    return f"own.file.{st.session_state.get(UPLOAD_TURN_KEY, 0)}"


def _get_upload() -> Any:
    return st.session_state.get(_upload_key())


def _draw_upload() -> None:
    upload = st.file_uploader(
        _("A CSV or Excel file of levels, a number a day or bars, as its publisher wrote it"),
        key=_upload_key(),
    )
    with st.container(horizontal=True, vertical_alignment="bottom"):
        name = st.text_input(
            _("Short name"), key="own.name", placeholder=_("as the file"), width=170
        )
        title = st.text_input(_("Title"), key="own.title", placeholder=_("as the file"), width=220)
        quote = st.selectbox(
            _("The number is"),
            QUOTE_OPTIONS,
            format_func=format_quote_option,
            key="own.quote",
            accept_new_options=True,
            help=_(
                "Of other currencies, type the quote like uah-per-usd. A column named like USD/UAH"
                " needs none."
            ),
            width=250,
        )
    with st.container(horizontal=True, vertical_alignment="bottom"):
        order = st.selectbox(
            _("Date order"),
            list(DATE_ORDER_LABELS),
            format_func=lambda value: translate_deferred(DATE_ORDER_LABELS[value]),
            key="own.dates",
            width=190,
        )
        zone = st.selectbox(
            _("Time zone of its times"),
            ["", *ZONES],
            key="own.zone",
            width=330,
            format_func=lambda value: value or translate_deferred(NO_ZONE_LABEL),
            accept_new_options=True,
        )
        stamps = st.selectbox(
            _("Bar time is"),
            list(TIMESTAMP_LABELS),
            format_func=lambda value: translate_deferred(TIMESTAMP_LABELS[value]),
            key="own.stamps",
            width=230,
        )
        kind = st.selectbox(
            _("It counts"),
            list(KIND_LABELS),
            format_func=lambda value: translate_deferred(KIND_LABELS[value]),
            key="own.kind",
            width=270,
        )
    if upload is None:
        return
    reading = RateFileOptions(
        quote or AS_QUOTED_OPTION, dates=order, zone=zone or "", stamps=stamps, kind=kind
    )
    read = _read_upload(upload, _with_chosen_columns(upload, reading))
    _draw_column_choices(upload, read.table.header if read.table else ())
    _draw_reading(read, SeriesNaming(name, title))


def _with_chosen_columns(upload: Any, reading: RateFileOptions) -> RateFileOptions:
    """The settings with the columns and the sheet that were chosen for this upload."""
    date, columns, sheet = (
        st.session_state.get(f"own.{name}.{upload.file_id}") for name in COLUMN_CHOICES
    )
    return replace(
        reading, date=date or "", columns=tuple(columns) if columns else None, sheet=sheet or ""
    )


def _draw_column_choices(upload: Any, header: Sequence[str]) -> None:
    """Draw which column holds the dates and which are read; a name can be typed too."""
    date, columns, sheet = (f"own.{name}.{upload.file_id}" for name in COLUMN_CHOICES)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        st.selectbox(
            _("The dates are in"),
            ["", *header],
            key=date,
            width=230,
            format_func=lambda column: plain_text(column, 60) or _("as its name shows"),
            accept_new_options=True,
        )
        st.multiselect(
            _("Read these columns"),
            header,
            key=columns,
            width=400,
            format_func=lambda column: plain_text(column, 60),
            placeholder=_("those that hold rates"),
            accept_new_options=True,
        )
        if upload.name.casefold().endswith(".xlsx"):
            st.text_input(_("Sheet"), key=sheet, placeholder=_("the only one with dates"))


def _read_upload(upload: Any, reading: RateFileOptions) -> UploadReading:
    """The upload read with the chosen settings; read again only where one of them changed."""
    key = (upload.file_id, reading)
    cached: UploadReading | None = st.session_state.get(READ_KEY)
    if cached is None or cached.key != key:
        with st.spinner(_("Reading the file")):
            try:
                cached = UploadReading(
                    key, rates_from_file(upload.getvalue(), reading, upload.name), ""
                )
            except InputError as error:
                cached = UploadReading(key, None, str(error))
        st.session_state[READ_KEY] = cached
    return cached


def _draw_reading(read: UploadReading, naming: SeriesNaming) -> None:
    if read.table is None:
        st.warning(
            f"{describe_rate_file(0, refused=True)}\n\n{_escape_message(read.problem)}",
            icon=":material/block:",
        )
        return
    messages = read.table.messages
    if messages:
        more = len(messages) - MAX_MESSAGES
        lines = [f"- {_escape_message(message)}" for message in messages[:MAX_MESSAGES]]
        lines += (
            [plural("- and {n:,} more like these", "- and {n:,} more like these", more)]
            if more > 0
            else []
        )
        st.warning("\n".join([f"{describe_rate_file(len(messages), refused=False)}\n", *lines]))
    else:
        st.success(describe_rate_file(0, refused=False), icon=":material/check:")
    st.button(
        _("Save"),
        key="own.keep",
        type=button_type(),
        on_click=_import_rates,
        args=(read.table, naming),
        icon=":material/save:",
    )
    for series in read.table.series:
        st.markdown(f"**{escape_markdown(series.card.id)}** · {describe_imported_series(series)}")
        st.table(build_preview_columns(series), hide_index=True, border="horizontal")


def _import_rates(table: RateFileContents, naming: SeriesNaming) -> None:
    """Import the file as it was shown; the upload stays where that is refused."""
    parts = session.get_context()
    try:
        session.require_live_view()
        session.count_against_limit("import")
        plan = plan_rate_import(table, naming, session.get_wall_time().replace(microsecond=0))
        cards = import_rates(parts.own, plan)
        parts.notes.audit.write("rates-import", *audit_state_of_import(plan))
    except RoubleReactionError as error:
        set_flash(_("Not saved: {error_text}", error_text=_error_text(error)))
        return
    named = ", ".join(card.id for card in cards)
    set_flash(_("Saved as {named}. Choose it as a series on any page.", named=named))
    st.session_state[UPLOAD_TURN_KEY] = st.session_state.get(UPLOAD_TURN_KEY, 0) + 1
    for key in (READ_KEY, "own.name", "own.title"):
        st.session_state.pop(key, None)


def _error_text(error: RoubleReactionError) -> str:
    """The message of an error, with the name that the page gives to the field."""
    if isinstance(error, InputError) and error.field == "name":
        return error.labelled(_("the short name"))
    return str(error)


def _escape_message(message: str) -> str:
    return escape_markdown(message, MESSAGE_LIMIT)
