"""What surrounds every page: navigation, status line, notices about the link, footer."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Final

import streamlit as st

from dashboard.services.get_rates import DEFAULT_SERIES
from dashboard.ui import session
from dashboard.ui.address import View, open_view
from dashboard.ui.pages import PAGES
from dashboard.ui.pages.base import Page
from dashboard.ui.palette import LOGO_FOOT, LOGO_GROUND, LOGO_LINE
from dashboard.ui.robustness_runs import leave
from dashboard.ui.text import escape_markdown
from dashboard.ui.view import ignored_notice
from dashboard.ui.widgets.dialog import close_dialogs
from dashboard.ui.widgets.frozen_line import draw_frozen_line
from dashboard.ui.widgets.links import remember_pages
from dashboard.ui.widgets.note_watch import note_what_is_seen, watch_notes
from dashboard.ui.widgets.status_line import ask_behind, draw_status_line

NAME: Final = "Rouble Reaction"
# Drawn here: an icon by name would be fetched from Google's servers.
ICON: Final = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32">'
    f'<rect width="32" height="32" rx="7" fill="{LOGO_GROUND}"/>'
    f'<path d="M5 21l7-8 6 5 9-11" fill="none" stroke="{LOGO_LINE}" stroke-width="3"/>'
    f'<path d="M5 26h22" stroke="{LOGO_FOOT}" stroke-width="2"/></svg>'
)
DISCLAIMER: Final = (
    "Research tool. Moves near an event are not proof of cause. Not investment advice."
)


def draw_app() -> None:
    """Draw the page that the address names."""
    st.set_page_config(page_title=NAME, page_icon=ICON, layout="wide")
    st.logo(ICON, size="large")
    targets = {page.id: _target(page) for page in PAGES}
    remember_pages(targets)
    st.navigation(list(targets.values()), position="top").run()


def _target(page: Page) -> st.Page:
    return st.Page(
        partial(_draw_page, page),
        title=page.title,
        icon=page.icon,
        url_path=page.url_path,
        default=not page.url_path,
        visibility="visible" if page.visible else "hidden",
    )


def _draw_page(page: Page) -> None:
    close_dialogs()
    leave(page.id)
    note_what_is_seen()
    view = open_view(page.id, page.params)
    session.freeze(view["asof"])
    if view["asof"] is None:
        draw_status_line(_series_of(page, view))
    else:
        draw_frozen_line(view, _series_of(page, view))
    notice = st.container()
    page.draw(view)
    told = f"{ignored_notice(view.ignored)} {_control_words(view.ignored)}".strip()
    if told:
        notice.info(escape_markdown(told), icon=":material/link_off:")
    st.caption(DISCLAIMER)
    if view["asof"] is None:
        ask_behind()
        watch_notes()


def _control_words(ignored: Sequence[str]) -> str:
    """What a series of the link is that no page can measure; empty where none was asked for."""
    asked = (card for card in session.cards() if f"series={card.id}" in ignored)
    return " ".join(
        f"{card.title} is no price: it is a control, offered as a factor and on the page Data."
        for card in asked
        if not card.is_price
    )


def _series_of(page: Page, view: View) -> str:
    """The series that the page shows; what is not one is told by the page itself."""
    asked = view["series"] if any(param.key == "series" for param in page.params) else ""
    known = {card.id for card in session.cards()}
    return asked if asked in known else DEFAULT_SERIES
