"""The frame of every page: header, banner of a frozen view, notices, footer.

The header holds the navigation, how fresh the data are, the themes and the keys. Its links take
the state of the view along. Its part about the data also requests a refresh of the rates at an
interval and reruns the page when new days have come; while a refresh runs the interval is short and
the progress is shown. Another fragment compares the version of the notes each second, without a
query of the database, and reruns the page when it has changed. Neither reruns a page while a dialog
is open.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import partial
from typing import Any, Final, cast

import streamlit as st

from dashboard.models.errors import RoubleReactionError
from dashboard.models.event import AUTHOR_LIMIT, Origin
from dashboard.models.messages import (
    available_languages,
    current_language,
    deferred,
    name_language,
    plural,
    translate_deferred,
    use_language,
)
from dashboard.models.messages import translate as _
from dashboard.models.people import Action, Forbidden, Reader, SignInRequired
from dashboard.models.series import RateSeries, RevisedObservation, SeriesCard
from dashboard.models.tickers import is_ticker
from dashboard.presentation.charts.explore import build_explore_figure
from dashboard.presentation.charts.timeline import ExploreChart
from dashboard.presentation.escaping import escape_markdown, plain_text
from dashboard.presentation.formatting import NO_VALUE, format_day, format_number, format_timestamp
from dashboard.presentation.palette import LIGHT_PALETTE
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
from dashboard.services.people import ROLE_NAMES
from dashboard.services.rates import AS_OF_CAVEAT, DEFAULT_SERIES, get_series, live_differences
from dashboard.ui import session
from dashboard.ui.components.elements import (
    draw_heading,
    draw_page_link,
    get_targets,
    mark_dialogs_closed,
    register_pages,
    rerun_page,
    set_shortcut_list,
)
from dashboard.ui.components.note_form import open_new_note
from dashboard.ui.components.robustness_run import end_run_on_leave
from dashboard.ui.components.view_controls import compute_limits, resolve_window
from dashboard.ui.index_page import APP_ICON, APP_NAME
from dashboard.ui.pages import MAIN_PAGES, MORE_PAGES, PAGES
from dashboard.ui.pages.base import Page
from dashboard.ui.sign_in import REFUSED_PARAMETER
from dashboard.ui.url_state import (
    UrlState,
    build_page_query,
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
NOTES_PERSON_KEY: Final = "note_watch.person"
NOTES_DRAWING_KEY: Final = "note_watch.drawing"
PURPOSE: Final = deferred("What the news did to the rouble")
THEMES: Final = (
    ("light", deferred("Light"), ":material/light_mode:"),
    ("dark", deferred("Dark"), ":material/dark_mode:"),
    ("system", deferred("System"), ":material/contrast:"),
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
        with st.popover(_("How live data differ"), icon=":material/difference:", type="tertiary"):
            _draw_differences(rows, live.card)
        st.button(
            _("Back to live"), key="frozen.live", icon=":material/history_toggle_off:",
            type="tertiary", on_click=lambda: view.set(asof=None),
        )  # fmt: skip


def _draw_differences(rows: Sequence[RevisedObservation], card: SeriesCard) -> None:
    """Draw the last rows that were added or revised since the frozen moment."""
    st.caption(AS_OF_CAVEAT)
    if not rows:
        return
    shown = rows[::-1][:MAX_DIFFERENCE_ROWS]
    st.table(build_difference_columns(shown, card), hide_index=True, border="horizontal")
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
            plural("{n:,} event or note differs", "{n:,} events or notes differ", other_events)
        )
    return f":small[{' · '.join([*parts, _('notes are read-only'), _('times: Moscow')])}]"


def build_difference_columns(
    rows: Sequence[RevisedObservation], card: SeriesCard
) -> dict[str, list[str]]:
    """Day, printed date, the number in the frozen view and the live number."""
    return {
        _("Market day"): [format_day(row.day) for row in rows],
        _("Record date"): [format_day(row.record) for row in rows],
        _("Then, {unit}", unit=card.unit_label): [
            NO_VALUE if row.was is None else format_number(row.was, card.decimals) for row in rows
        ],
        _("Live"): [format_number(row.became, card.decimals) for row in rows],
        _("What"): [_("added since") if row.was is None else _("revised since") for row in rows],
    }


# ------------------------------------------------------------------ freshness of the data


def draw_freshness(series_id: str) -> None:
    """Draw how far the rates reach, and, on a click, the age of all data and what failed."""
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
    if is_news or session.has_ended() or (seen != known and not refresher.state().is_running):
        redraw_page()


def redraw_page() -> None:
    """Rerun the page by itself: no use by a person, so that an idle sign-in can end."""
    st.session_state[session.AUTOMATIC_RUN_KEY] = True
    rerun_page()


def _draw_status(series_id: str) -> None:
    (status,) = session.get_series_status(series_id)
    label, icon = _summarize_freshness(status)
    with st.popover(label, icon=icon, type="tertiary", key="shell-freshness"):
        for parts in (
            build_rate_status(status),
            _build_refresh_status(status),
            _build_event_status(),
            (_("Times are those of Moscow."),),
        ):
            if parts:
                st.markdown("  \n".join(parts))
        draw_page_link("data", _("Every series and its freshness"), icon=":material/database:")


def _summarize_freshness(status: SeriesStatus) -> tuple[str, str]:
    """The label and the icon of the header: the last day, and whether it is as it should be."""
    if status.last_day is None:
        return _("No rates yet"), ":material/error:"
    label = _("to {day}", day=format_day(status.last_day))
    if session.get_refresher().is_offline:
        return label, ":material/cloud_off:"
    if status.problem or session.get_failing_publishers():
        return label, ":material/sync_problem:"
    return label, ":material/schedule:" if status.is_overdue else ":material/check_circle:"


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
    titles = {card.id: card.label for card in session.get_process_context().known.all_cards()}
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
    """Store the version of the notes a page is about to be drawn from, and for whom."""
    known, reader = session.get_known_events(), session.get_reader()
    st.session_state[NOTES_VERSION_KEY] = known.version
    st.session_state[NOTES_PERSON_KEY] = reader.person


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
    version = session.poll_events_version(st.session_state[NOTES_PERSON_KEY])
    if version and version != st.session_state[NOTES_VERSION_KEY]:
        redraw_page()


# ------------------------------------------------------------------ page frame


def draw_app() -> None:
    """Draw the page that the address names, in its language, below the header."""
    with use_language(session.find_language(get_link_language())), session.reading_once():
        # First, since Streamlit would fetch the icon of a page from elsewhere.
        st.set_page_config(page_icon=APP_ICON, layout="wide")
        targets = {page.id: _build_navigation_target(page) for page in PAGES}
        register_pages(targets)
        target = st.navigation(list(targets.values()), position="hidden")
        page = next(page for page in PAGES if page.url_path == target.url_path)
        st.set_page_config(page_title=f"{translate_deferred(page.title)} · {APP_NAME}")
        is_automatic = session.is_automatic_run()
        try:
            session.enter_page()
        except (SignInRequired, Forbidden) as refusal:
            _draw_sign_in(str(refusal))
            return
        mark_dialogs_closed()
        end_run_on_leave(page.id)
        view = open_url_state(page.id, page.params, is_automatic=is_automatic)
        session.set_as_of(view["asof"])
        _draw_header(page, view)
        target.run()


def _build_navigation_target(page: Page) -> st.Page:
    return st.Page(
        partial(_draw_page, page),
        title=translate_deferred(page.title),
        icon=page.icon,
        url_path=page.url_path,
        default=not page.url_path,
    )


def _draw_page(page: Page) -> None:
    view = open_url_state(page.id, page.params)
    remember_notes_version()
    if view["asof"] is not None:
        draw_frozen_banner(view, _get_page_series(page, view))
    notice = st.container()
    if session.is_public() and page.id == PAGES[0].id:
        _draw_public_notice(_get_page_series(page, view))
    if page.heading:
        draw_heading(translate_deferred(page.heading), translate_deferred(page.purpose))
    page.draw(view)
    with notice:
        _draw_link_notices(view)
    st.caption(translate_deferred(DISCLAIMER))
    if view["asof"] is None:
        request_background_refresh()
        watch_notes()


def _draw_public_notice(series_id: str) -> None:
    """Draw what a public instance is: read-only, whose numbers, as of when."""
    card = session.load_series(series_id).card
    (status,) = session.get_series_status(series_id)
    day = format_day(status.last_day) if status.last_day else NO_VALUE
    st.caption(
        _(
            "**A public, read-only instance**: what you do here is not stored, and nothing is"
            " fetched for it. Rates of {publisher}, data to {day}; {n:,} events of the catalogue"
            " and of shared notes. Links, files and charts for other sites work.",
            publisher=escape_markdown(card.publisher),
            day=day,
            n=len(session.get_known_events().events),
        )
    )


def _draw_link_notices(view: UrlState) -> None:
    """Draw what of the link was ignored, and which series must be fetched first."""
    ignored, unfetched = _split_unfetched(view.ignored)
    sentences = (
        format_ignored_notice(ignored),
        _describe_ignored_series(ignored),
        session.describe_missing_language(view["lang"]),
    )
    message = " ".join(filter(None, sentences))
    if message:
        st.info(escape_markdown(message), icon=":material/link_off:")
    for series_id, title in unfetched.items():
        _draw_unfetched_series(series_id, title)


# ------------------------------------------------------------------ sign-in


def _draw_sign_in(reason: str) -> None:
    """Draw why nothing is shown, and how to sign in; nothing of the data is read for it."""
    settings = session.get_process_context().settings
    if st.query_params.get(REFUSED_PARAMETER):
        reason = _(
            "You were not signed in: the identity provider refused, or its identity token is not"
            " valid. Try again."
        )
    with st.container(key="shell-sign-in", border=True):
        draw_heading(APP_NAME, translate_deferred(PURPOSE))
        st.text(plain_text(reason))
        if settings.dashboard_sign_in == "oidc":
            st.button(_("Sign in"), key="shell-sign-in-button", on_click=st.login)
        else:
            st.caption(
                _("Your organisation signs you in before you come here: open its address again.")
            )


def _sign_out() -> None:
    """End the sign-in here and in every tab, then at the identity provider."""
    session.sign_out()
    if session.get_process_context().settings.dashboard_sign_in == "oidc":
        st.logout()


def _draw_reader(reader: Reader) -> None:
    """Draw who is signed in, with which role, and the way out."""
    settings = session.get_process_context().settings
    if settings.dashboard_sign_in == "none":
        return
    st.caption(
        _(
            "Signed in as {person}, {role}",
            person=escape_markdown(reader.person, AUTHOR_LIMIT),
            role=translate_deferred(ROLE_NAMES[reader.role]),
        )
    )
    if settings.dashboard_sign_out_url:
        st.link_button(_("Sign out"), settings.dashboard_sign_out_url, icon=":material/logout:")
    elif settings.dashboard_sign_in == "oidc":
        st.button(_("Sign out"), key="shell-sign-out", icon=":material/logout:", on_click=_sign_out)


# ------------------------------------------------------------------ header


def _draw_header(page: Page, view: UrlState) -> None:
    """Draw name, navigation, freshness and settings in one row, which stays in sight."""
    with st.container(key="shell-header", horizontal=True, vertical_alignment="center"):
        with st.container(key="shell-brand", width="content"):
            draw_page_link("explore", APP_NAME)
        with st.container(key="shell-purpose", width="content"):
            st.markdown(translate_deferred(PURPOSE))
        with st.container(key="shell-pages", horizontal=True, width="content"):
            _draw_page_links(MAIN_PAGES)
        with st.popover(_("More"), icon=":material/menu:", type="tertiary", key="shell-menu"):
            with st.container(key="shell-menu-main"):
                _draw_page_links(MAIN_PAGES)
            _draw_page_links(
                [p for p in MORE_PAGES if p.id != "admin" or session.may(Action.ADMINISTER)]
            )
        st.space("stretch")
        if view["asof"] is None:
            draw_freshness(_get_page_series(page, view))
            _draw_new_note(page, view)
        _draw_settings(view)
    st.button("redraw", key="shell-redraw")  # pressed by shell.js where the theme has changed


def _draw_new_note(page: Page, view: UrlState) -> None:
    """Draw the button for a note on the day that the page is about, else on today."""
    if st.button(_("New note"), icon=":material/add:", type="tertiary", key="shell-note"):
        open_new_note(_get_page_day(page, view), _get_page_series(page, view))


def _get_page_day(page: Page, view: UrlState) -> date:
    keys = {param.key for param in page.params}
    if "sel" in keys and view["sel"] is not None:
        return cast("date", view["sel"])
    event = session.find_event(view["id"]) if page.id == "event" else None
    return session.get_view_day() if event is None else event.day


def _draw_page_links(pages: Sequence[Page]) -> None:
    targets = get_targets()
    for page in pages:
        st.page_link(
            targets[page.id],
            label=translate_deferred(page.title),
            query_params=build_page_query(page.id, page.params),
        )


def _draw_settings(view: UrlState) -> None:
    """Draw the choice of theme, which shell.js makes, of language, and the keys of the page."""
    with st.popover(
        _("Settings"), icon=":material/settings:", type="tertiary", key="shell-settings"
    ):
        with st.container(horizontal=True, vertical_alignment="center"):
            for theme, label, icon in THEMES:
                st.button(translate_deferred(label), icon=icon, key=f"shell-theme-{theme}")
        languages = available_languages()
        if len(languages) > 1:
            st.segmented_control(
                _("Language"),
                languages,
                format_func=name_language,
                required=True,
                **view.widget("lang", shown=current_language()),
            )
        _draw_reader(session.get_reader())
        keys = st.container(key="shell-keys")
        keys.markdown(_("**Keys**"))
        set_shortcut_list(keys)
        st.caption(translate_deferred(DISCLAIMER))


def _split_unfetched(ignored: Sequence[str]) -> tuple[list[str], dict[str, str]]:
    """The ignored settings but those of series still to be fetched, and the titles of these."""
    known = {card.id for card in session.get_cards()}
    titles = {
        card.id: card.label
        for card in session.get_process_context().known.all_cards()
        if card.id not in known
    }
    others, unfetched = [], {}
    for setting in ignored:
        key, _equals, name = setting.partition("=")
        is_series = key == "series" and name not in known
        if is_series and (name in titles or is_ticker(name)):
            unfetched[name] = titles.get(name, name)
        else:
            others.append(setting)
    return others, unfetched


def _draw_unfetched_series(series_id: str, title: str) -> None:
    """Draw that a series of the link must be fetched before it can be shown, and how."""
    with st.container(border=True, horizontal=True, vertical_alignment="center"):
        st.markdown(
            ":material/download: " + _describe_unfetched_series(series_id, title), width="stretch"
        )
        if session.may_fetch():
            st.button(
                _("Fetch it"), key=f"shell.fetch.{series_id}", on_click=_fetch_series,
                args=(series_id,),
            )  # fmt: skip


def _fetch_series(series_id: str) -> None:
    try:
        session.request_series(series_id)
    except RoubleReactionError as error:
        st.toast(escape_markdown(str(error)))


def _describe_unfetched_series(series_id: str, title: str) -> str:
    """That a series of the link is not fetched yet, why its fetch failed, or how to fetch it."""
    fetcher = session.get_fetcher()
    failed = [one for one in fetcher.state().results if one.series == series_id]
    if fetcher.state().is_running and session.may_fetch():
        return _("{title} is being fetched; the page shows it then.", title=escape_markdown(title))
    if failed and failed[0].message:
        return escape_markdown(failed[0].message, PROBLEM_LIMIT)
    command = f"python -m dashboard rates refresh --series {series_id}"
    return _(
        "{title} is not fetched yet, so the default series is shown. To fetch it, run `{command}`.",
        title=escape_markdown(title),
        command=command,
    )


def _describe_ignored_series(ignored: Sequence[str]) -> str:
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
    context = session.get_process_context()
    status = replace(
        check_health(context.rates, context.catalogue, context.notes.for_user("")),
        rates=series_status(context.known, context.rate_cache, session.get_wall_time()),
        refresh=None if context.refresher.is_offline else context.refresher.state(),
    )
    return status.is_healthy, health_json(status)
