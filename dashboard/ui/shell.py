"""The frame of every page: navigation, status line, banner of a frozen view, notices, footer.

The status line also requests a refresh of the rates at an interval and reruns the page when new
days have come; while a refresh runs the interval is short and the line shows the progress. Another
fragment compares the version of the notes each second, without a query of the database, and reruns
the page when it has changed. Neither reruns a page while a dialog is open.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, Final

import streamlit as st

from dashboard.models.event import Origin
from dashboard.models.messages import deferred, plural, translate_deferred, use_language
from dashboard.models.messages import translate as _
from dashboard.models.series import RateSeries, RevisedObservation, SeriesCard
from dashboard.presentation.charts.explore import build_explore_figure
from dashboard.presentation.charts.timeline import ExploreChart
from dashboard.presentation.escaping import escape_markdown
from dashboard.presentation.formatting import NO_VALUE, format_day, format_number, format_timestamp
from dashboard.presentation.palette import LIGHT_PALETTE, LOGO_BACKGROUND, LOGO_BASELINE, LOGO_LINE
from dashboard.presentation.quoting import QuotedSeries, QuoteMode
from dashboard.presentation.rates import (
    describe_failing_publishers,
    describe_fetch_progress,
    describe_live_rate,
    describe_problem,
    format_last_day,
)
from dashboard.services.events import hidden_count_text
from dashboard.services.health import check_health, health_json
from dashboard.services.live_rates import SeriesStatus, series_status
from dashboard.services.rates import AS_OF_CAVEAT, DEFAULT_SERIES, get_series, live_differences
from dashboard.ui import session
from dashboard.ui.components.elements import (
    draw_heading,
    mark_dialogs_closed,
    register_pages,
    rerun_page,
)
from dashboard.ui.components.robustness_run import end_run_on_leave
from dashboard.ui.components.view_controls import compute_limits, resolve_window
from dashboard.ui.pages import PAGES
from dashboard.ui.pages.base import Page
from dashboard.ui.url_state import (
    UrlState,
    format_ignored_notice,
    get_link_language,
    open_url_state,
)

MAX_DIFFERENCE_ROWS: Final = 50
IDLE_INTERVAL: Final = 60.0
BUSY_INTERVAL: Final = 2.0
"""Seconds between two checks, on the clock of the browser."""
FIRST_PAGE_SHOWN_KEY: Final = "status_line.shown"
RATES_VERSION_KEY: Final = "status_line.seen"
STATUS_DRAWING_KEY: Final = "status_line.drawing"
PROBLEM_LIMIT: Final = 200
POLL_SECONDS: Final = 1.0
"""Seconds between two checks, on the clock of the browser."""
NOTES_VERSION_KEY: Final = "note_watch.seen"
NOTES_DRAWING_KEY: Final = "note_watch.drawing"
APP_NAME: Final = "Rouble Reaction"
# An inline icon: one by name would be fetched from Google's servers.
APP_ICON: Final = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32">'
    f'<rect width="32" height="32" rx="7" fill="{LOGO_BACKGROUND}"/>'
    f'<path d="M5 21l7-8 6 5 9-11" fill="none" stroke="{LOGO_LINE}" stroke-width="3"/>'
    f'<path d="M5 26h22" stroke="{LOGO_BASELINE}" stroke-width="2"/></svg>'
)
DISCLAIMER: Final = deferred(
    "Research tool. Moves near an event are not proof of cause. Not investment advice."
)


# ------------------------------------------------------------------ banner of a frozen view


def draw_frozen_banner(view: UrlState, series_id: str) -> None:
    """Draw the moment, the difference to the live data, and the button back to them."""
    frozen = session.load_series(series_id)
    live = get_series(session.get_live_context().rates, series_id)
    rows = live_differences(frozen, live)
    others = len(set(session.get_live_events()) ^ set(session.get_known_events().events))
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(describe_frozen_view(view, frozen, rows, others))
        st.button(
            _("Back to live"), key="frozen.live", icon=":material/history_toggle_off:",
            type="tertiary", on_click=lambda: view.set(asof=None),
        )  # fmt: skip
    with st.expander(_("How live data differ"), icon=":material/difference:"):
        st.caption(AS_OF_CAVEAT)
        if rows:
            shown = rows[::-1][:MAX_DIFFERENCE_ROWS]
            st.table(
                build_difference_columns(shown, live.card), hide_index=True, border="horizontal"
            )
            if len(rows) > MAX_DIFFERENCE_ROWS:
                st.caption(
                    _(
                        "The last {max_difference_rows} of {rows:,} rows.",
                        max_difference_rows=MAX_DIFFERENCE_ROWS,
                        rows=len(rows),
                    )
                )


def describe_frozen_view(
    view: UrlState, frozen: RateSeries, rows: Sequence[RevisedObservation], other_events: int
) -> str:
    """`Frozen: as known on 20 Nov 2026, 12:00 MSK · live data differ in 3 rows`."""
    revised = sum(row.was is not None for row in rows)
    differ = _("live data are the same")
    if rows:
        added = len(rows) - revised
        changes = [
            *([_("{count:,} added", count=added)] if added else []),
            *([_("{count:,} revised", count=revised)] if revised else []),
        ]
        differ = plural(
            "live data differ in {n:,} row ({changes})",
            "live data differ in {n:,} rows ({changes})",
            len(rows),
            changes=", ".join(changes),
        )
    last = frozen.day[-1].astype(object)
    parts = [
        _(
            ":blue-badge[:material/ac_unit: Frozen: as known on {time}]",
            time=format_timestamp(view["asof"]),
        ),
        _("{series}: last {day}", series=escape_markdown(frozen.card.label), day=format_day(last)),
        differ,
    ]
    if other_events:
        parts.append(
            plural("{n:,} event or notes differ", "{n:,} events or notes differ", other_events)
        )
    return f":small[{' · '.join([*parts, _('notes are read-only'), _('times: Moscow')])}]"


def build_difference_columns(
    rows: Sequence[RevisedObservation], card: SeriesCard
) -> dict[str, list[str]]:
    """Day, printed date, the number in the frozen view and the live number."""
    return {
        _("Market day"): [format_day(row.day) for row in rows],
        _("Record date"): [format_day(row.record) for row in rows],
        _("Then, {unit}", unit=card.unit): [
            NO_VALUE if row.was is None else format_number(row.was, card.decimals) for row in rows
        ],
        _("Live"): [format_number(row.became, card.decimals) for row in rows],
        _("What"): [_("added since") if row.was is None else _("revised since") for row in rows],
    }


# ------------------------------------------------------------------ status line


def draw_status_line(series_id: str) -> None:
    """Draw the age of rates and events in one line; what is stale or missing is amber."""
    st.session_state[RATES_VERSION_KEY] = _get_known_rates()
    st.session_state[STATUS_DRAWING_KEY] = True
    try:
        _draw_idle_status(series_id)
    finally:
        st.session_state[STATUS_DRAWING_KEY] = False


def request_background_refresh() -> None:
    """End a page: request a refresh of the rates, but not on the first page of a session."""
    if FIRST_PAGE_SHOWN_KEY in st.session_state:
        session.get_refresher().submit()
    st.session_state[FIRST_PAGE_SHOWN_KEY] = True


@st.fragment(run_every=IDLE_INTERVAL)
def _draw_idle_status(series_id: str) -> None:
    refresher = session.get_refresher()
    expects = refresher.state().is_running or (
        st.session_state[STATUS_DRAWING_KEY] and refresher.is_due
    )
    _check_rates(series_id)
    if expects:
        _draw_busy_status(series_id)
    else:
        _draw_status(series_id)


@st.fragment(run_every=BUSY_INTERVAL)
def _draw_busy_status(series_id: str) -> None:
    _check_rates(series_id)
    _draw_status(series_id)


@dataclass(frozen=True, slots=True)
class RatesVersion:
    """The rates a page was drawn from: versions of the series and failing publishers."""

    series_versions: dict[str, int]
    failing: tuple[str, ...]


def _get_known_rates() -> RatesVersion:
    return RatesVersion(session.get_series_versions(), session.get_failing_publishers())


def _check_rates(series_id: str) -> None:
    """Request a refresh and rerun the page if the rates changed; not while the page is drawn."""
    if st.session_state[STATUS_DRAWING_KEY]:
        return
    refresher = session.get_refresher()
    refresher.submit()
    seen, known = st.session_state[RATES_VERSION_KEY], _get_known_rates()
    is_news = seen.series_versions.get(series_id) != known.series_versions.get(series_id)
    if is_news or (seen != known and not refresher.state().is_running):
        rerun_page()


def _draw_status(series_id: str) -> None:
    (status,) = session.get_series_status(series_id)
    parts = [
        *build_rate_status(status),
        *_build_refresh_status(status),
        *_build_event_status(),
        _("times: Moscow"),
    ]
    st.markdown(f":small[{' · '.join(parts)}]")


def build_rate_status(status: SeriesStatus) -> tuple[str, ...]:
    """The series, its last day and age, the last problem, the live rate."""
    age = format_last_day(status, session.get_view_day())
    problem = describe_problem(status)
    parts = [
        _("Rate: {series}", series=escape_markdown(status.card.label)),
        f":orange-badge[{age}]" if status.is_overdue or not status.rows else age,
    ]
    if problem:
        parts.append(f":orange[:material/warning: {escape_markdown(problem, PROBLEM_LIMIT)}]")
    if status.live is not None:
        parts.append(describe_live_rate(status.live, status.card))
    return tuple(parts)


def _build_refresh_status(status: SeriesStatus) -> tuple[str, ...]:
    """The progress of a refresh, and the publishers that failed besides that of the series."""
    refresher = session.get_refresher()
    if refresher.is_offline:
        return (_("offline: nothing is fetched"),)
    titles = {card.id: card.label for card in session.get_context().known.all_cards()}
    progress = describe_fetch_progress(refresher.state(), session.get_wall_time(), titles)
    parts = [escape_markdown(progress)] if progress else []
    shown = status.source_name if status.problem else ""
    others = [name for name in session.get_failing_publishers() if name != shown]
    if others:
        parts.append(f":orange[{escape_markdown(describe_failing_publishers(others))}]")
    return tuple(parts)


def _build_event_status() -> tuple[str, ...]:
    known = session.get_known_events()
    notes = sum(event.origin == Origin.NOTE for event in known.events)
    catalogue = plural(
        "{n:,} event in the catalogue", "{n:,} events in the catalogue", len(known.events) - notes
    )
    if known.hidden:
        catalogue += f", {hidden_count_text(len(known.hidden))}"
    if known.notes_unavailable:
        return catalogue, _(":orange[:material/warning: the notes cannot be read now]")
    return catalogue, plural("{n:,} note", "{n:,} notes", notes)


# ------------------------------------------------------------------ refresh when notes change


def remember_notes_version() -> None:
    """Store the version of the notes a page is about to be drawn from."""
    st.session_state[NOTES_VERSION_KEY] = session.get_known_events().version


def watch_notes() -> None:
    """End a page: from now on check whether the notes have changed."""
    st.session_state[NOTES_DRAWING_KEY] = True
    try:
        _check_notes()
    finally:
        st.session_state[NOTES_DRAWING_KEY] = False


@st.fragment(run_every=POLL_SECONDS)
def _check_notes() -> None:
    if st.session_state[NOTES_DRAWING_KEY]:
        return
    version = session.get_context().watch.read()
    if version and version != st.session_state[NOTES_VERSION_KEY]:
        rerun_page()


# ------------------------------------------------------------------ page frame


def draw_app() -> None:
    """Draw the page that the address names, in its language."""
    with use_language(session.find_language(get_link_language())):
        st.set_page_config(page_title=APP_NAME, page_icon=APP_ICON, layout="wide")
        st.logo(APP_ICON, size="large")
        targets = {page.id: _build_navigation_target(page) for page in PAGES}
        register_pages(targets)
        st.navigation(list(targets.values()), position="top").run()


def _build_navigation_target(page: Page) -> st.Page:
    return st.Page(
        partial(_draw_page, page),
        title=translate_deferred(page.title),
        icon=page.icon,
        url_path=page.url_path,
        default=not page.url_path,
        visibility="visible" if page.visible else "hidden",
    )


def _draw_page(page: Page) -> None:
    mark_dialogs_closed()
    end_run_on_leave(page.id)
    view = open_url_state(page.id, page.params)
    session.set_as_of(view["asof"])
    with session.reading_once():
        _draw_frame(page, view)


def _draw_frame(page: Page, view: UrlState) -> None:
    remember_notes_version()
    if view["asof"] is None:
        draw_status_line(_get_page_series(page, view))
    else:
        draw_frozen_banner(view, _get_page_series(page, view))
    notice = st.container()
    if page.heading:
        draw_heading(translate_deferred(page.heading), translate_deferred(page.purpose))
    page.draw(view)
    sentences = (
        format_ignored_notice(view.ignored),
        _describe_ignored_controls(view.ignored),
        session.describe_missing_language(view["lang"]),
    )
    message = " ".join(filter(None, sentences))
    if message:
        notice.info(escape_markdown(message), icon=":material/link_off:")
    st.caption(translate_deferred(DISCLAIMER))
    if view["asof"] is None:
        request_background_refresh()
        watch_notes()


def _describe_ignored_controls(ignored: Sequence[str]) -> str:
    """Why a series of the link was ignored that is no price; empty where there is none."""
    cards = (card for card in session.get_cards() if f"series={card.id}" in ignored)
    return " ".join(
        _(
            "{title} is no price: it is a control, offered as a factor and on the page Data.",
            title=card.label,
        )
        for card in cards
        if not card.is_price
    )


def _get_page_series(page: Page, view: UrlState) -> str:
    """The series of the page; the default where the link names none that exists."""
    series_id = view["series"] if any(param.key == "series" for param in page.params) else ""
    known = {card.id for card in session.get_cards()}
    return series_id if series_id in known else DEFAULT_SERIES


# ------------------------------------------------------------------ start of the server, health


def warm_up_pages() -> None:
    """Import the pages, read rates and events, and build the first figure of Explore."""
    import plotly.graph_objects as go
    import plotly.io
    import plotly.tools

    series, known = session.load_series(DEFAULT_SERIES), session.get_known_events().events
    shown = resolve_window(None, None, compute_limits(series, known, session.get_view_day()))
    events = tuple(e for e in known if shown.since <= e.day <= shown.until)
    quoting = QuotedSeries(series.card, QuoteMode.WEAKER)
    view = ExploreChart(series, quoting, events, shown.since, shown.until, selected=shown.until)
    plotly.io.to_json(go.Figure(**build_explore_figure(view, LIGHT_PALETTE)), validate=False)


def health_report() -> tuple[bool, dict[str, Any]]:
    """Whether all parts answer, and the age of their data."""
    context = session.get_context()
    status = replace(
        check_health(context.rates, context.catalogue, context.notes.for_user("")),
        rates=series_status(context.known, context.rate_cache, session.get_wall_time()),
        refresh=None if context.refresher.is_offline else context.refresher.state(),
    )
    return status.is_healthy, health_json(status)
