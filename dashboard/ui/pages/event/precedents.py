"""Precedents on the Event page: the answer, the paths, the tables; computed when opened."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any, Final

import streamlit as st

from dashboard.models.analyses import MAX_PRECEDENTS, Precedent, PrecedentRequest, Precedents
from dashboard.models.messages import plural, translate_deferred
from dashboard.models.messages import translate as _
from dashboard.models.study import MIN_CLUSTERS
from dashboard.models.tables import Table
from dashboard.models.user_files import FileFormat
from dashboard.presentation.charts.precedents import build_precedents_figure, summarize_precedents
from dashboard.presentation.escaping import escape_label, escape_markdown, plain_text
from dashboard.presentation.palette import LIGHT_PALETTE, get_palette
from dashboard.presentation.precedents import (
    WEIGHTS_VIEW,
    build_left_out_view,
    build_summary_view,
    build_taken_view,
    describe_precedents,
    list_lines,
    list_weights,
)
from dashboard.presentation.reports import describe_private_notes
from dashboard.presentation.tables import View, build_text_columns
from dashboard.services.exports import TABLES, table_file
from dashboard.services.precedents import find_precedents
from dashboard.services.serializers import PRECEDENT_TABLES
from dashboard.ui import session
from dashboard.ui.components.elements import (
    build_event_url,
    draw_figure,
    draw_text_table,
    term_help,
)
from dashboard.ui.components.exports import (
    ChartPicture,
    Downloads,
    TableFactory,
    draw_download_menu,
)
from dashboard.ui.pages.event.state import EventState
from dashboard.ui.url_state import UrlState

FOLD_KEY: Final = "event.precedents"
DEFAULT_NUMBER: Final = PrecedentRequest().number
NUMBERS: Final = (5, 8, DEFAULT_NUMBER, 20, MAX_PRECEDENTS)
LINE_LIMIT: Final = 500
NO_TABLE: Final = Table("", "", ())


def draw_precedents(link: UrlState, state: EventState) -> None:
    """Draw the fold; nothing is computed before it is opened."""
    fold = st.expander(
        _("Precedents: the events most alike, and what followed"),
        icon=":material/history:",
        key=FOLD_KEY,
        on_change="rerun",
    )
    if not fold.open:
        return
    with fold:
        _draw_controls(link)
        answer = _find(link, state)
        _draw_answer(state, answer)
        if answer.taken:
            draw_figure(
                build_precedents_figure(
                    answer, state.quoting, get_palette(dark=state.dark), phone=state.phone
                ),
                "event.precedents.chart",
                summarize_precedents(answer, state.quoting),
                phone=state.phone,
            )
        _draw_tables(state, answer)
        draw_download_menu(partial(_list_downloads, link, state, answer), "event.precedents.files")


def _draw_controls(link: UrlState) -> None:
    with st.container(horizontal=True, vertical_alignment="bottom"):
        numbers = sorted({*NUMBERS, link["pn"]})
        st.selectbox(_("At most"), numbers, width=100, **link.widget("pn"))
        st.toggle(
            _("Known at the time"),
            help=_("Only events that were over before this one; off: later ones too."),
            **link.switch("pt", "then", "later"),
        )
        st.toggle(
            _("Nothing else near"),
            help=_("Only events without another one at their first two rates."),
            **link.switch("pc", "alone", "all"),
        )


def _find(link: UrlState, state: EventState) -> Precedents:
    """The precedents, measured once for the same event, rates, events and settings."""
    series = session.load_series(state.view.card.id)
    request = PrecedentRequest(
        link["pn"], earlier_only=link["pt"] == "then", alone=link["pc"] == "alone"
    )
    made: dict[str, Any] = st.session_state.setdefault(f"{FOLD_KEY}.made", {})
    inputs = (state.event, state.known, request)
    if made.get("series") is not series or made.get("inputs") != inputs:
        answer = find_precedents(series, state.event, state.known, request)
        made.update(series=series, inputs=inputs, answer=answer)
    found: Precedents = made["answer"]
    return found


def _draw_answer(state: EventState, answer: Precedents) -> None:
    first, *others = describe_precedents(answer, state.quoting)
    st.markdown(
        f"**{escape_markdown(first, LINE_LIMIT)}**",
        help=term_help(
            "wilson", "holm", text=_("A precedent is an event alike by what was known.")
        ),
    )
    for sentence in others:
        st.markdown(escape_markdown(sentence, LINE_LIMIT))
    if answer.taken and not answer.has_verdict:
        st.markdown(
            _("Fewer than {n} precedents give no verdict; the list says what there is.",
              n=MIN_CLUSTERS)
        )  # fmt: skip


def _draw_tables(state: EventState, answer: Precedents) -> None:
    quoting = state.quoting
    if answer.taken:
        _draw_table(
            build_taken_view(quoting),
            answer.taken,
            _("The precedents, the most alike first"),
            state,
        )
        _draw_table(build_summary_view(quoting), answer.summary, _("What followed them"), None)
    if answer.left_out:
        with st.expander(
            plural("{n} event left out although as alike", "{n} events left out although as alike",
                   len(answer.left_out))
        ):  # fmt: skip
            _draw_table(build_left_out_view(), answer.left_out, _("Events left out"), state)
    with st.expander(_("How likeness is measured")):
        _draw_table(WEIGHTS_VIEW, list_weights(), _("The weights of the likeness"), None)
        for line in list_lines(answer):
            st.markdown(escape_markdown(line, LINE_LIMIT))


def _draw_table(view: View, rows: Sequence[Any], alt: str, state: EventState | None) -> None:
    """Draw a table as safe Markdown; with a state its first column links to the events."""
    columns = {
        escape_markdown(title): [escape_markdown(str(cell), LINE_LIMIT) for cell in cells]
        for title, cells in build_text_columns(NO_TABLE, rows, view).items()
    }
    if state is not None:
        first = next(iter(columns))
        columns[first] = [_link_event(one, state) for one in rows]
    draw_text_table(columns, alt)


def _link_event(one: Precedent, state: EventState) -> str:
    address = build_event_url(one.event.id, state.view.card.id)
    return f"[{escape_label(one.event.title)}]({address})"


def _list_downloads(link: UrlState, state: EventState, answer: Precedents) -> Downloads:
    """The chart and the tables of what is shown."""
    tables: dict[str, tuple[str, TableFactory]] = {
        name: (translate_deferred(TABLES[name].title), partial(_build_file, name, answer))
        for name in PRECEDENT_TABLES
    }
    first = describe_precedents(answer, state.quoting)[0]
    picture = ChartPicture(
        lambda: build_precedents_figure(answer, state.quoting, LIGHT_PALETTE),
        plain_text(first, LINE_LIMIT),
        plain_text(f"{answer.card.label}, {state.quoting.unit}"),
        summarize_precedents(answer, state.quoting),
        (session.load_series(answer.card.id),),
    )
    return Downloads(
        (state.event.id, answer.card.id, "precedents"),
        "event",
        link,
        picture=picture if answer.taken else None,
        tables=tables,
        warning=describe_private_notes([one.event for one in (answer.target, *answer.rows)]),
        has_embed=False,
    )


def _build_file(name: str, answer: Precedents, flavour: FileFormat) -> bytes:
    return table_file(name, [answer], flavour)
