"""How an article comes to the page: a pasted text, a file, or a link that is followed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import streamlit as st

from dashboard.assembly import article_from_bytes, article_from_link
from dashboard.domain.article import Published
from dashboard.domain.errors import InputError, RoubleReactionError
from dashboard.domain.event import MOSCOW
from dashboard.ui import article_example, session
from dashboard.ui.address import View
from dashboard.ui.article_scene import given_publication, keep_article, keep_problem
from dashboard.ui.kept_choice import choose, chosen, kept
from dashboard.ui.widgets.emphasis import emphasis
from dashboard.ui.widgets.note_form import EARLIEST, ZONES

if TYPE_CHECKING:
    from dashboard.domain.article import Article

WAYS: Final = {"text": "Paste a text", "file": "Bring a file", "link": "Give a link"}
TEXT: Final = "article_text"
TIME: Final = "article_published.time"
ZONE: Final = "article_published.zone"
FILE: Final = "article.file"
MOST_MB: Final = 10
BOX: Final = 190


def draw_input(view: View) -> Published | None:
    """Draw the way in; read what was given when asked; give the publication a person said."""
    with st.container(border=True):
        st.segmented_control(
            "How the article comes", list(WAYS), format_func=WAYS.__getitem__, required=True,
            label_visibility="collapsed", **view.widget("way"),
        )  # fmt: skip
        {"text": _draw_text, "file": _draw_file, "link": _draw_link}[view["way"]](view)
        given = _draw_published(view)
        with st.container(horizontal=True, vertical_alignment="center"):
            asked = st.button("Read it", type=emphasis(), icon=":material/article:")
            st.button("Try an example", key="article.example", on_click=_fill_example, args=(view,))
        if asked:
            _read(view)
    return given


def _draw_text(_: View) -> None:
    st.text_area(
        "The text of the article, in English or Russian", height=BOX, placeholder="Paste it here",
        **kept(TEXT, ""),
    )  # fmt: skip


def _draw_file(_: View) -> None:
    st.file_uploader(
        f"A saved page (HTML) or a plain text, at most {MOST_MB} MB", key=FILE,
        max_upload_size=MOST_MB,
    )  # fmt: skip


def _draw_link(view: View) -> None:
    st.text_input("Link to the article", placeholder="https://", **view.typed("url"))
    st.caption(
        "Followed when you press *Read it*, to public addresses only; ten seconds, ten megabytes."
    )


def _draw_published(view: View) -> Published | None:
    """When the article was published, where a person knows better than the page."""
    latest = session.today().replace(year=session.today().year + 1, day=1)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        day = st.date_input(
            "Published on, if you know", min_value=EARLIEST, max_value=latest, format="YYYY-MM-DD",
            width=210, **view.widget("published"),
        )  # fmt: skip
        at = st.time_input("At", step=60, width=120, disabled=day is None, **kept(TIME))
        zone = st.selectbox(
            "Time zone", ZONES, width=190, disabled=day is None or at is None, **kept(ZONE, MOSCOW)
        )
    return given_publication(day if day else None, at, zone or MOSCOW)


def _fill_example(view: View) -> None:
    choose(TEXT, article_example.TEXT)
    choose(TIME, None)
    view.set(way="text", published=article_example.PUBLISHED)


def _read(view: View) -> None:
    """Read what was given; what was typed stays, whether it can be read or not."""
    try:
        with st.spinner("Reading the article"):
            keep_article(_article(view))
    except RoubleReactionError as error:
        keep_problem(str(error))


def _article(view: View) -> Article:
    if view["way"] == "link":
        session.limit("fetch")
        return article_from_link(view["url"].strip(), session.parts().settings)
    if view["way"] == "file":
        held: Any = st.session_state.get(FILE)
        if held is None:
            msg = "no file was brought; choose one, or paste the text"
            raise InputError(msg)
        return article_from_bytes(held.getvalue(), held.name)
    text = str(chosen(TEXT, "") or "")
    if not text.strip():
        msg = "there is no text yet; paste one into the field"
        raise InputError(msg)
    return article_from_bytes(text.encode("utf-8", "replace"), "the text")
