"""Episodes on the Notes page: each story as one span, against other spans of its length."""

from __future__ import annotations

import streamlit as st

from dashboard.models.analyses import EpisodeStudy
from dashboard.models.messages import plural
from dashboard.models.messages import translate as _
from dashboard.models.tables import Table
from dashboard.presentation.episodes import build_episodes_view, describe_episodes
from dashboard.presentation.escaping import escape_label, escape_markdown
from dashboard.presentation.quoting import QuotedSeries
from dashboard.presentation.reports import describe_private_notes
from dashboard.presentation.tables import build_text_columns
from dashboard.services.episodes import measure_episodes
from dashboard.services.exports import table_file
from dashboard.ui import session
from dashboard.ui.components.elements import build_event_url, draw_text_table, term_help
from dashboard.ui.components.event_filters import EventsState
from dashboard.ui.components.exports import Downloads, draw_download_menu
from dashboard.ui.url_state import UrlState

TEXT_LIMIT = 500
NO_TABLE = Table("", "", ())


def draw_episodes(view: UrlState, state: EventsState) -> None:
    """Draw the stories of all events and notes, the first event of each a link to its page."""
    answer = measure_episodes(state.series, session.get_known_events().events)
    if not answer.episodes:
        st.markdown(_("No event has a story. The form of a note has a field for it."))
        return
    text = plural("**{n} episode**", "**{n} episodes**", len(answer.episodes))
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(text, width="stretch", help=term_help("episode", "percentile", "holm"))
        with st.container(width="content"):
            _draw_files(view, answer)
    for sentence in describe_episodes(answer, state.quoting):
        st.markdown(escape_markdown(sentence, TEXT_LIMIT))
    draw_text_table(
        _build_columns(answer, state.quoting),
        _("Episodes: the events of each story, its move and the ordinary range"),
    )


def _build_columns(answer: EpisodeStudy, quoting: QuotedSeries) -> dict[str, list[str]]:
    """The table as safe Markdown; the story links to the page of its first event."""
    columns = {
        escape_markdown(title): [escape_markdown(str(cell), TEXT_LIMIT) for cell in cells]
        for title, cells in build_text_columns(
            NO_TABLE, answer.episodes, build_episodes_view(quoting)
        ).items()
    }
    first = next(iter(columns))
    columns[first] = [
        f"[{escape_label(one.story)}]({build_event_url(one.events[0].id, answer.card.id)})"
        for one in answer.episodes
    ]
    return columns


def _draw_files(view: UrlState, answer: EpisodeStudy) -> None:
    label = plural("{n} episode", "{n} episodes", len(answer.episodes))
    files = Downloads(
        (answer.card.id, "episodes"),
        "events",
        view,
        tables={
            "episodes": (label, lambda dialect: table_file("episodes", answer.episodes, dialect))
        },
        warning=describe_private_notes([event for one in answer.episodes for event in one.events]),
    )
    draw_download_menu(files, "episodes.download")
