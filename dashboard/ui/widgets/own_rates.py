"""A person's own rates on the page: what is kept, and a file to look at before it is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import streamlit as st

from dashboard.assembly import rates_from_file
from dashboard.domain.errors import InputError, RoubleReactionError
from dashboard.domain.rate_file import RateReading, RateTable
from dashboard.services.import_rates import (
    Naming,
    is_own,
    keep_rates,
    plan_import,
    remove_rates,
    told_of_import,
)
from dashboard.services.report_rates import RateReport
from dashboard.ui import session
from dashboard.ui.own_words import (
    NO_ZONE,
    ORDERS,
    QUOTES,
    STAMPS,
    ZONES,
    on_page,
    preview_columns,
    series_words,
    verdict,
)
from dashboard.ui.rate_words import fetched_words
from dashboard.ui.text import escape_markdown
from dashboard.ui.widgets.emphasis import emphasis
from dashboard.ui.widgets.flash import draw_flash, say
from dashboard.ui.widgets.links import page_link
from dashboard.ui.wording import count, days

READ: Final = "own.read"
TURN: Final = "own.turn"
SHOWN_MESSAGES: Final = 10
MESSAGE_LIMIT: Final = 400


@dataclass(frozen=True)
class Read:
    """One reading of an upload, kept for the next drawing of the page."""

    key: tuple[object, ...]
    table: RateTable | None
    problem: str


def draw_own_rates() -> None:
    """Draw the card: what is kept, and the way in for a file."""
    with st.container(border=True):
        st.markdown("#### Your own rates")
        draw_flash()
        reports = [each for each in session.rate_reports() if is_own(each.card)]
        if not reports:
            st.markdown(
                "None yet. A CSV with a column *date* and a column a series becomes one that every"
                " page, the command line and the API know; times of day become bars."
            )
        for report in reports:
            _draw_kept(report)
        with st.expander("Bring a file", icon=":material/upload:", expanded=bool(_upload_there())):
            _draw_way_in()


def _draw_kept(report: RateReport) -> None:
    with st.container(horizontal=True, vertical_alignment="center"):
        told = [f"**{escape_markdown(report.card.title)}**", f"`{report.card.id}`"]
        if report.first_day and report.last_day:
            told += [count(report.rows, "row"), days(report.first_day, report.last_day)]
            told.append(fetched_words(report))
        if report.problem:
            told.append(f":orange[{escape_markdown(report.problem, MESSAGE_LIMIT)}]")
        st.markdown(" · ".join(told), width="stretch")
        page_link("explore", "Explore", series=report.card.id)
        with st.popover("Remove"):
            st.markdown("It is removed for good; your file is not touched.")
            st.button(
                "Remove it", key=f"own.remove.{report.card.id}", on_click=_remove,
                args=(report.card.id,),
            )  # fmt: skip


def _remove(series_id: str) -> None:
    try:
        session.check_live()
        remove_rates(session.parts().own, series_id)
        say(f"{series_id} was removed")
    except RoubleReactionError as error:
        say(f"Not removed: {error}")


# ------------------------------------------------------------------ the way in


def _upload_key() -> str:
    return f"own.file.{st.session_state.get(TURN, 0)}"


def _upload_there() -> Any:
    return st.session_state.get(_upload_key())


def _draw_way_in() -> None:
    upload = st.file_uploader(
        "A CSV of levels: `date,<series>…`, a number a day or bars", key=_upload_key()
    )
    with st.container(horizontal=True, vertical_alignment="bottom"):
        name = st.text_input("Short name", key="own.name", placeholder="as the file", width=170)
        title = st.text_input("Title", key="own.title", placeholder="as the file", width=220)
        quote = st.selectbox(
            "The number is",
            list(QUOTES),
            format_func=QUOTES.__getitem__,
            key="own.quote",
            width=250,
        )
    with st.container(horizontal=True, vertical_alignment="bottom"):
        order = st.selectbox(
            "In 03/04/2025 first comes", list(ORDERS), format_func=ORDERS.__getitem__,
            key="own.dates", width=190,
        )  # fmt: skip
        zone = st.selectbox(
            "Time zone of its times", ["", *ZONES], key="own.zone", width=330,
            format_func=lambda value: value or NO_ZONE, accept_new_options=True,
        )  # fmt: skip
        stamps = st.selectbox(
            "A bar is stamped", list(STAMPS), format_func=STAMPS.__getitem__, key="own.stamps",
            width=230,
        )  # fmt: skip
    if upload is None:
        return
    reading = RateReading(quote, dates=order, zone=zone or "", stamps=stamps)
    _draw_verdict(_read(upload, reading), Naming(name, title))


def _read(upload: Any, reading: RateReading) -> Read:
    """The upload read as asked; read anew only where something was chosen differently."""
    key = (upload.file_id, reading)
    kept: Read | None = st.session_state.get(READ)
    if kept is None or kept.key != key:
        with st.spinner("Reading the file"):
            try:
                kept = Read(key, rates_from_file(upload.getvalue(), reading, upload.name), "")
            except InputError as error:
                kept = Read(key, None, str(error))
        st.session_state[READ] = kept
    return kept


def _draw_verdict(read: Read, naming: Naming) -> None:
    if read.table is None:
        st.warning(f"{verdict(0, refused=True)}\n\n{_safe(read.problem)}", icon=":material/block:")
        return
    messages = read.table.messages
    if messages:
        more = len(messages) - SHOWN_MESSAGES
        lines = [f"- {_safe(message)}" for message in messages[:SHOWN_MESSAGES]]
        lines += [f"- and {count(more, 'more like these', 'more like these')}"] if more > 0 else []
        st.warning("\n".join([f"{verdict(len(messages), refused=False)}\n", *lines]))
    else:
        st.success(verdict(0, refused=False), icon=":material/check:")
    st.button(
        "Keep it", key="own.keep", type=emphasis(), on_click=_keep, args=(read.table, naming),
        icon=":material/save:",
    )  # fmt: skip
    for series in read.table.series:
        st.markdown(f"**{escape_markdown(series.card.id)}** · {series_words(series)}")
        st.table(preview_columns(series), hide_index=True, border="horizontal")


def _keep(table: RateTable, naming: Naming) -> None:
    """Keep the file as it was shown; the upload stays where that is refused."""
    parts = session.parts()
    try:
        session.check_live()
        session.limit("import")
        plan = plan_import(table, naming, session.present().replace(microsecond=0))
        cards = keep_rates(parts.own, plan)
        parts.notes.beside.put_on_record("rates-import", *told_of_import(plan))
    except RoubleReactionError as error:
        say(f"Not kept: {on_page(str(error))}")
        return
    named = ", ".join(card.id for card in cards)
    say(f"Kept as {named}. Choose it as a series on any page.")
    st.session_state[TURN] = st.session_state.get(TURN, 0) + 1
    for key in (READ, "own.name", "own.title"):
        st.session_state.pop(key, None)


def _safe(message: str) -> str:
    return escape_markdown(on_page(message), MESSAGE_LIMIT)
