"""Find a series on the Data page: a search of names, and its fetch in the background."""

from __future__ import annotations

from concurrent.futures import Future, ThreadPoolExecutor
from datetime import timedelta
from functools import partial
from typing import Final

import streamlit as st

from dashboard.models.errors import InputError, RoubleReactionError
from dashboard.models.messages import keep_language, translate_deferred
from dashboard.models.messages import translate as _
from dashboard.models.tickers import TickerMatch
from dashboard.presentation.escaping import escape_markdown
from dashboard.presentation.rates import describe_fetch_progress
from dashboard.services.live_rates import RefreshResult
from dashboard.services.tickers import SearchResult, search_tickers
from dashboard.ui import session
from dashboard.ui.components.elements import draw_page_link

TEXT_KEY: Final = "find.text"
ONLINE_KEY: Final = "find.online"
PROBLEM_KEY: Final = "find.problem"
MAX_SHOWN: Final = 8
MESSAGE_LIMIT: Final = 400
BUSY_INTERVAL: Final = timedelta(seconds=1)
_publishers: Final = ThreadPoolExecutor(2, thread_name_prefix="find")
"""Searches at the publishers, so that no page waits for one."""


def draw_series_search() -> None:
    """Draw the search, what it finds, and what becomes of a fetch."""
    with st.container(border=True):
        st.subheader(_("Find a series"), anchor="find-series")
        st.markdown(
            _(
                "Any currency, share, bond, index or yield of five publishers, by name or symbol."
                " Once fetched, it is in every list."
            )
        )
        _draw_idle_search()


@st.fragment
def _draw_idle_search() -> None:
    text = st.text_input(
        _("Name or symbol"), key=TEXT_KEY, placeholder=_("tenge, SBER, 10-year treasury"),
        max_chars=60,
    )  # fmt: skip
    if not text.strip():
        return
    if _is_busy(text):
        _draw_busy_matches(text)
    else:
        _draw_matches(text)


@st.fragment(run_every=BUSY_INTERVAL)
def _draw_busy_matches(text: str) -> None:
    _draw_matches(text)


def _is_busy(text: str) -> bool:
    search = _get_search(text)
    return session.get_fetcher().state().is_running or (search is not None and not search.done())


def _get_search(text: str) -> Future[SearchResult] | None:
    """The search at the publishers for a text; None where none was started."""
    started: tuple[str, Future[SearchResult]] | None = st.session_state.get(ONLINE_KEY)
    return started[1] if started is not None and started[0] == text else None


def _draw_matches(text: str) -> None:
    try:
        result = _find(text)
    except InputError as error:
        st.markdown(f":orange[{escape_markdown(str(error), MESSAGE_LIMIT)}]")
        return
    if not result.matches:
        st.markdown(_("Nothing of this name is on the lists that ship."))
    outcomes = {one.series: one for one in session.get_fetcher().state().results}
    for match in result.matches[:MAX_SHOWN]:
        _draw_match(match, outcomes.get(match.id))
    _draw_state(result)
    if session.may_fetch():
        st.button(
            _("Ask the publishers too"), key="find.ask", on_click=_start_search, args=(text,),
            disabled=_get_search(text) is not None,
        )  # fmt: skip
    else:
        st.caption(
            _(
                "Nothing can be fetched here: your role does not allow it, or the program is"
                " offline."
            )
        )


def _find(text: str) -> SearchResult:
    """What the lists have, and what the publishers found where their search has ended."""
    search = _get_search(text)
    if search is not None and search.done():
        return search.result()
    return search_tickers(session.get_process_context().known, text)


def _draw_match(match: TickerMatch, outcome: RefreshResult | None) -> None:
    facts = [f"**{escape_markdown(translate_deferred(match.title))}**", f"`{match.id}`"]
    facts += [
        escape_markdown(translate_deferred(text)) for text in (match.publisher, match.note) if text
    ]
    is_here = match.is_stored or match.id in {card.id for card in session.get_cards()}
    if outcome is not None and outcome.message:
        color = "gray" if outcome.answered else "orange"
        facts.append(f":{color}[{escape_markdown(outcome.message, MESSAGE_LIMIT)}]")
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(" · ".join(facts), width="stretch")
        if is_here:
            draw_page_link("explore", _("Explore"), series=match.id)
        elif session.may_fetch():
            st.button(
                _("Fetch"), key=f"find.fetch.{match.id}", on_click=_fetch, args=(match.id,),
                disabled=session.get_fetcher().state().is_running,
            )  # fmt: skip


def _draw_state(result: SearchResult) -> None:
    state = session.get_fetcher().state()
    titles = {match.id: translate_deferred(match.title) for match in result.matches}
    progress = describe_fetch_progress(state, session.get_wall_time(), titles)
    if progress:
        st.caption(escape_markdown(progress))
    for problem in (*result.problems, st.session_state.get(PROBLEM_KEY, "")):
        if problem:
            st.markdown(f":orange[{escape_markdown(problem, MESSAGE_LIMIT)}]")


def _fetch(series_id: str) -> None:
    st.session_state[PROBLEM_KEY] = ""
    try:
        if not session.request_series(series_id):
            st.session_state[PROBLEM_KEY] = _("Something else is being fetched; try again then.")
    except RoubleReactionError as error:
        st.session_state[PROBLEM_KEY] = str(error)


def _start_search(text: str) -> None:
    st.session_state[PROBLEM_KEY] = ""
    try:
        session.require_live_view()
        session.count_against_limit("fetch")
    except RoubleReactionError as error:
        st.session_state[PROBLEM_KEY] = str(error)
        return
    search = keep_language(partial(search_tickers, online=True))
    future = _publishers.submit(search, session.get_process_context().known, text)
    st.session_state[ONLINE_KEY] = (text, future)
