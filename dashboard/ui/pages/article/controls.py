"""Controls of the Article page: a pasted text, a file or a link."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any, Final

import streamlit as st

from dashboard.container import article_from_bytes, article_from_link
from dashboard.models.article import PublicationTime
from dashboard.models.errors import InputError, RoubleReactionError
from dashboard.models.event import MOSCOW
from dashboard.models.messages import deferred, translate_deferred
from dashboard.models.messages import translate as _
from dashboard.ui import session
from dashboard.ui.components.interaction import button_type
from dashboard.ui.components.note_form import EARLIEST_DAY, TIME_ZONES
from dashboard.ui.pages.article.state import build_given_publication, set_article, set_problem
from dashboard.ui.url_state import UrlState
from dashboard.ui.widget_state import get_persistent, persistent_widget, set_persistent

if TYPE_CHECKING:
    from dashboard.models.article import Article

EXAMPLE_PUBLISHED: Final = date(2025, 4, 22)
EXAMPLE_TEXT: Final = deferred(
    "Keith Kellogg, the US envoy, said on Sunday that NATO membership for Ukraine was off the"
    " table. The Kremlin's Dmitry Peskov called that a source of satisfaction on Monday. Trump"
    " had warned on Friday that Washington would walk away from mediation. The rouble firmed to"
    " around 80 per dollar on Monday, its strongest since June 2024; since the start of the year"
    " it has gained more than 40 % against the dollar."
)
INPUT_MODES: Final = {
    "text": deferred("Paste a text"),
    "file": deferred("Bring a file"),
    "link": deferred("Give a link"),
}
TEXT_KEY: Final = "article_text"
TIME_KEY: Final = "article_published.time"
ZONE_KEY: Final = "article_published.zone"
FILE_KEY: Final = "article.file"
MAX_UPLOAD_MB: Final = 10
TEXT_BOX_HEIGHT: Final = 190


# ------------------------------------------------------------------ the example


# ------------------------------------------------------------------ the input


def draw_article_input(view: UrlState) -> PublicationTime | None:
    """Draw the input of the article, read it on a click, and return the given publication."""
    with st.container(border=True):
        st.segmented_control(
            _("How the article comes"),
            list(INPUT_MODES),
            format_func=lambda value: translate_deferred(INPUT_MODES[value]),
            required=True,
            label_visibility="collapsed",
            **view.widget("way"),
        )
        {"text": _draw_text_input, "file": _draw_file_input, "link": _draw_link_input}[view["way"]](
            view
        )
        given = _draw_publication_fields(view)
        with st.container(horizontal=True, vertical_alignment="center"):
            is_submitted = st.button(_("Read it"), type=button_type(), icon=":material/article:")
            st.button(
                _("Try an example"), key="article.example", on_click=_fill_example, args=(view,)
            )
        if is_submitted:
            _read_input(view)
    return given


def _draw_text_input(_view: UrlState) -> None:
    st.text_area(
        _("The text of the article, in English or Russian"),
        height=TEXT_BOX_HEIGHT,
        placeholder=_("Paste it here"),
        **persistent_widget(TEXT_KEY, ""),
    )


def _draw_file_input(_view: UrlState) -> None:
    st.file_uploader(
        _(
            "A saved page (HTML) or a plain text, at most {max_upload_mb} MB",
            max_upload_mb=MAX_UPLOAD_MB,
        ),
        key=FILE_KEY,
        max_upload_size=MAX_UPLOAD_MB,
    )


def _draw_link_input(view: UrlState) -> None:
    st.text_input(_("Link to the article"), placeholder="https://", **view.typed("url"))
    st.caption(
        _(
            "Followed when you press *Read it*, to public addresses only; ten seconds, ten"
            " megabytes."
        )
    )


def _draw_publication_fields(view: UrlState) -> PublicationTime | None:
    """Draw the fields for the time of publication that the reader knows."""
    latest = session.get_view_day().replace(year=session.get_view_day().year + 1, day=1)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        day = st.date_input(
            _("Published on, if you know"),
            min_value=EARLIEST_DAY,
            max_value=latest,
            format="YYYY-MM-DD",
            width=210,
            **view.widget("published"),
        )
        at = st.time_input(
            _("At"), step=60, width=120, disabled=day is None, **persistent_widget(TIME_KEY)
        )
        zone = st.selectbox(
            _("Time zone"),
            TIME_ZONES,
            width=190,
            disabled=day is None or at is None,
            **persistent_widget(ZONE_KEY, MOSCOW),
        )
    return build_given_publication(day if day else None, at, zone or MOSCOW)


def _fill_example(view: UrlState) -> None:
    set_persistent(TEXT_KEY, EXAMPLE_TEXT)
    set_persistent(TIME_KEY, None)
    view.set(way="text", published=EXAMPLE_PUBLISHED)


def _read_input(view: UrlState) -> None:
    """Read the input; the typed text stays whether it can be read or not."""
    try:
        with st.spinner(_("Reading the article")):
            set_article(_fetch_article(view))
    except RoubleReactionError as error:
        set_problem(str(error))


def _fetch_article(view: UrlState) -> Article:
    if view["way"] == "link":
        session.count_against_limit("fetch")
        return article_from_link(view["url"].strip(), session.get_context().settings)
    if view["way"] == "file":
        held: Any = st.session_state.get(FILE_KEY)
        if held is None:
            msg = _("no file was brought; choose one, or paste the text")
            raise InputError(msg)
        return article_from_bytes(held.getvalue(), held.name)
    text = str(get_persistent(TEXT_KEY, "") or "")
    if not text.strip():
        msg = _("there is no text yet; paste one into the field")
        raise InputError(msg)
    return article_from_bytes(text.encode("utf-8", "replace"), _("the text"))
