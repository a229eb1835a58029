"""Article: a text becomes candidates for notes, and its claims about the rate are checked."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import streamlit as st

from dashboard.domain.article import Article
from dashboard.ui.address import View
from dashboard.ui.article_scene import candidates, problem_told, the_reading
from dashboard.ui.article_words import on_page, published_line
from dashboard.ui.pages.base import Page
from dashboard.ui.text import escape_markdown, markdown_link
from dashboard.ui.view import Param, a_day, one_of
from dashboard.ui.widgets.article_candidates import draw_candidates
from dashboard.ui.widgets.article_claims import draw_claims
from dashboard.ui.widgets.article_input import WAYS, draw_input
from dashboard.ui.widgets.flash import draw_flash
from dashboard.ui.widgets.your_name import your_name

WHAT: Final = (
    "Dated statements become candidates for notes, each beside the sentence it stands in; claims"
    " about the rate are held against every source. It is a proposal: **nothing is stored unless"
    " you accept it**. A pasted text never leaves this program."
)
MESSAGE_LIMIT: Final = 400
LINK_LIMIT: Final = 2_000


def draw(view: View) -> None:
    """Draw the page."""
    draw_flash()
    st.markdown(WHAT)
    given = draw_input(view)
    if problem_told():
        told = escape_markdown(on_page(problem_told()), MESSAGE_LIMIT)
        st.warning(f"Not read: {told}", icon=":material/block:")
    reading = the_reading(given)
    if reading is None:
        return
    _draw_head(reading.article)
    draw_candidates(candidates(reading, your_name()), reading.article)
    draw_claims(reading.claims)


def _draw_head(article: Article) -> None:
    st.markdown(f"#### {escape_markdown(article.title) or 'Pasted text'}")
    told = [escape_markdown(words, 80) for words in (article.site, article.author) if words]
    if article.url:
        told.append(markdown_link(article.url, article.url))
    told.append(escape_markdown(published_line(article)))
    st.markdown(" · ".join(told))
    if article.messages:
        lines = [
            f"- {escape_markdown(on_page(message), MESSAGE_LIMIT)}" for message in article.messages
        ]
        st.info("\n".join(lines), icon=":material/info:")


def _a_link(key: str) -> Param:
    """A link of the web, as a person or another page gives it; nothing follows it by itself."""

    def read(texts: Sequence[str]) -> str:
        text = texts[-1].strip()
        if not text.startswith(("http://", "https://")) or len(text) > LINK_LIMIT:
            raise ValueError(key)
        return text

    return Param(key, "", read, lambda value: [value], ("https://example.org/article",))


PAGE = Page(
    "article", "Article", ":material/article:", "article", draw,
    (one_of("way", tuple(WAYS), "text"), _a_link("url"), a_day("published", "2025-04-22")),
)  # fmt: skip
