"""Links between pages that carry settings, and the block that copies the link of a view."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Final
from urllib.parse import urlencode, urlsplit

import streamlit as st

from dashboard.models.article import Claim, ClaimKind
from dashboard.models.messages import translate as _
from dashboard.presentation.escaping import escape_label
from dashboard.services.claims import CLAIM_BASES, query_from_claim
from dashboard.ui import session
from dashboard.ui.url_state import UrlState

TARGETS_KEY: Final = "shell.pages"


def register_pages(targets: Mapping[str, st.Page]) -> None:
    """Store Streamlit's page objects of this run, so that links can name pages by id."""
    st.session_state[TARGETS_KEY] = dict(targets)


def draw_page_link(page_id: str, label: str, *, icon: str | None = None, **params: str) -> None:
    """Draw a link to a page; `label` may hold a user's text, `params` go into the address.

    A page that is not registered is written as plain text.
    """
    target = st.session_state.get(TARGETS_KEY, {}).get(page_id)
    if target is None:
        st.markdown(escape_label(label))
        return
    st.page_link(target, label=f":primary[{escape_label(label)}]", icon=icon, query_params=params)


def open_page(page_id: str, **params: str) -> None:
    """Go to another page now, with these settings in its address."""
    st.switch_page(st.session_state[TARGETS_KEY][page_id], query_params=params)


def build_page_url(page_id: str, **params: str) -> str:
    """The whole address of a page on this server, for copying."""
    targets = st.session_state.get(TARGETS_KEY, {})
    path = targets[page_id].url_path if page_id in targets else page_id
    current = urlsplit(st.context.url or "http://127.0.0.1")
    folder, _slash, last = current.path.rpartition("/")
    if last and last not in {target.url_path for target in targets.values()}:
        folder = current.path.rstrip("/")
    query = urlencode(params, doseq=True)
    return f"{current.scheme}://{current.netloc}{folder}/{path}{'?' if query else ''}{query}"


def build_event_url(event_id: str, series_id: str) -> str:
    """The whole address of the page of an event, on a series."""
    return build_page_url("event", id=event_id, series=series_id)


def build_claim_query(claim: Claim) -> dict[str, str] | None:
    """The settings of a link that checks this claim; None where its day or period is unknown.

    For any page that shows a claim: `draw_page_link("facts", "Check", **settings)`.
    """
    query = query_from_claim(claim)
    if query is None:
        return None
    params = {"day": query.day.isoformat(), "kind": str(query.kind)}
    if query.value is not None:
        params |= {"value": format_link_number(query.value), "how": str(query.exactness)}
    if query.base:
        params["base"] = query.base if query.base in CLAIM_BASES else "year_start"
    if query.since:
        params["since"] = query.since
    if query.currency != "USD":
        params["cur"] = query.currency
    return params


def build_level_query(on: date, rate: float, series_id: str) -> dict[str, str]:
    """The settings of a link that checks the level of a rate on a day."""
    level = {
        "kind": str(ClaimKind.LEVEL),
        "value": format_link_number(round(rate, 4)),
        "how": "exact",
    }
    return {"day": on.isoformat(), **level, "series": series_id}


def format_link_number(value: float) -> str:
    """A number as links write it, without zeros at its end."""
    return f"{value:.6f}".rstrip("0").rstrip(".")


# ------------------------------------------------------------------ link of the current view


def draw_copy_link(page_path: str, view: UrlState) -> None:
    """Draw a folded block with the live and the frozen link to exactly this view."""
    block = st.expander(_("Copy link"), icon=":material/link:", key="copy_link", on_change="rerun")
    if block.open:
        with block:
            draw_links(page_path, view)


def draw_links(page_path: str, view: UrlState) -> None:
    """Draw both links, each with its own copy button."""
    moment = session.get_as_of() or session.get_view_time().replace(microsecond=0)
    live, frozen = build_links(page_path, view, moment)
    st.markdown(_("**Live**: it follows the data"))
    st.code(live, language=None, wrap_lines=True)
    st.markdown(_("**Frozen**: what is known now, whatever is fetched or revised later"))
    st.code(frozen, language=None, wrap_lines=True)


def build_links(page_path: str, view: UrlState, moment: datetime) -> tuple[str, str]:
    """The live link of a view, and its link frozen at a moment."""
    address = build_page_url(page_path)
    queries = view.query(asof=None), view.query(asof=moment)
    live, frozen = (f"{address}?{query}" if query else address for query in queries)
    return live, frozen
