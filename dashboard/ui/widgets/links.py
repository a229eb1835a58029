"""Links from page to page that carry their settings, made from page ids."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Final
from urllib.parse import urlencode, urlsplit

import streamlit as st

from dashboard.domain.article import Claim, ClaimKind
from dashboard.services.answer_claim import ASKED_BASES, asked_of
from dashboard.ui.text import label_text

TARGETS: Final = "shell.pages"


def remember_pages(targets: Mapping[str, st.Page]) -> None:
    """Keep Streamlit's page objects of this run, so that links can name pages by id."""
    st.session_state[TARGETS] = dict(targets)


def page_link(page_id: str, label: str, *, icon: str | None = None, **params: str) -> None:
    """Draw a link to a page; `label` may hold a user's text, `params` go into the address.

    A page that is not registered is written as plain text.
    """
    target = st.session_state.get(TARGETS, {}).get(page_id)
    if target is None:
        st.markdown(label_text(label))
        return
    st.page_link(target, label=f":primary[{label_text(label)}]", icon=icon, query_params=params)


def open_page(page_id: str, **params: str) -> None:
    """Go to another page now, with these settings in its address."""
    st.switch_page(st.session_state[TARGETS][page_id], query_params=params)


def address_of(page_id: str, **params: str) -> str:
    """The whole address of a page on this server, for copying."""
    targets = st.session_state.get(TARGETS, {})
    path = targets[page_id].url_path if page_id in targets else page_id
    here = urlsplit(st.context.url or "http://127.0.0.1")
    folder, _, last = here.path.rpartition("/")
    if last and last not in {target.url_path for target in targets.values()}:
        folder = here.path.rstrip("/")
    query = urlencode(params, doseq=True)
    return f"{here.scheme}://{here.netloc}{folder}/{path}{'?' if query else ''}{query}"


def event_address(event_id: str, series_id: str) -> str:
    """The whole address of the page of an event, on a series."""
    return address_of("event", id=event_id, series=series_id)


def link_of(claim: Claim) -> dict[str, str] | None:
    """The settings of a link that asks this claim; None where its day or period is open.

    For any page that shows a claim: `page_link("facts", "Check", **settings)`.
    """
    asked = asked_of(claim)
    if asked is None:
        return None
    found = {"day": asked.day.isoformat(), "kind": str(asked.kind)}
    if asked.value is not None:
        found |= {"value": number_text(asked.value), "how": str(asked.how)}
    if asked.base:
        found["base"] = asked.base if asked.base in ASKED_BASES else "year_start"
    if asked.since:
        found["since"] = asked.since
    if asked.currency != "USD":
        found["cur"] = asked.currency
    return found


def link_of_level(on: date, rate: float, series_id: str) -> dict[str, str]:
    """The settings of a link that asks whether the rate of a day was what it was."""
    level = {"kind": str(ClaimKind.LEVEL), "value": number_text(round(rate, 4)), "how": "exact"}
    return {"day": on.isoformat(), **level, "series": series_id}


def number_text(value: float) -> str:
    """A number as links write it, without zeros at its end."""
    return f"{value:.6f}".rstrip("0").rstrip(".")
