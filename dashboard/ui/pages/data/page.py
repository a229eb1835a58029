"""The Data page: every table as a file with its source, licence and address."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, Final

import pandas as pd
import streamlit as st

from dashboard.models.event import Origin
from dashboard.models.messages import deferred, plural, translate_deferred
from dashboard.models.messages import translate as _
from dashboard.models.publication import PUBLICATION_RULES
from dashboard.models.series import RateRevision, RateSeries, SeriesCard, as_of_text
from dashboard.models.study import DEFAULT_CAR_WINDOWS, StudyAnswer, StudyRequest, window_text
from dashboard.presentation.escaping import escape_markdown, format_markdown_link, plain_text
from dashboard.presentation.formatting import (
    MINUS,
    capitalize_first,
    format_day,
    format_day_range,
    format_number,
    format_percent,
    format_short_day,
    format_timestamp,
)
from dashboard.presentation.rates import (
    describe_age,
    describe_fetch,
    describe_known_until,
    describe_live_rate,
    describe_state,
    name_status,
)
from dashboard.presentation.reports import describe_private_notes
from dashboard.presentation.tables import View, build_text_columns
from dashboard.services.compare import explain_tests, read_tests
from dashboard.services.exports import (
    MAX_SHEET_ROWS,
    TABLE_MEDIA_TYPES,
    TABLES,
    Provenance,
    download_file_name,
    full_export_zip,
    source_files,
    table_file,
    value_workbook_bytes,
)
from dashboard.services.live_rates import SeriesStatus
from dashboard.services.rates import DEFAULT_SERIES, get_series
from dashboard.services.serializers import KIND_NAMES, json_bytes
from dashboard.services.study import run_study
from dashboard.services.study_inputs import available_events_from
from dashboard.ui import session
from dashboard.ui.components.baskets import draw_baskets
from dashboard.ui.components.elements import build_page_url, draw_flash, term_help
from dashboard.ui.components.event_filters import clear_filters, draw_plain_filters
from dashboard.ui.components.exports import (
    Downloads,
    TableFactory,
    audit_export,
    draw_download_menu,
    draw_limit_notice,
    limit_export,
)
from dashboard.ui.components.view_controls import draw_series_choice
from dashboard.ui.pages.base import Page
from dashboard.ui.pages.data.find_series import draw_series_search
from dashboard.ui.pages.data.state import (
    PARAMS,
    STUDY_TABLES,
    DataFile,
    Dataset,
    DataState,
    JsonRows,
    build_code_examples,
    build_docs_url,
    build_events_dataset,
    build_moves_dataset,
    build_rates_dataset,
    build_source_facts,
    build_sources_dataset,
    get_view_study,
    read_data_state,
)
from dashboard.ui.pages.data.user_rates import draw_user_rates
from dashboard.ui.url_state import UrlState

PREVIEW_ROWS: Final = 100
PREVIEW_HEIGHT: Final = 320
FALLBACK_URL: Final = "http://127.0.0.1:8501"
LANGUAGES: Final = {"pandas": "python", "R": "r", "curl": "bash"}
TEXT_LIMIT = 500
MAX_EXPORT_ROWS: Final = 500_000
"""Rates that a page packs for a reader who waits; the command line writes any number."""
REVISIONS_HEIGHT: Final = 260
MAX_REVISIONS: Final = 500
TESTS_HEIGHT: Final = 320
SENTENCE_LIMIT: Final = 600
LONG_SERIES_LENGTH: Final = 100_000
STUDY_REQUESTED_KEY: Final = "data.study.asked"


def draw(view: UrlState) -> None:
    """Draw the page; what is folded is computed when it is opened."""
    draw_flash()
    state = read_data_state(view)
    _draw_view(view, state)
    rates = partial(
        _draw_dataset, view, "rates", partial(build_rates_dataset, state), _build_rate_facts(state)
    )
    events, notes = partial(_draw_catalogue, view, state), partial(_draw_notes, view, state)
    moves = partial(_draw_moves, view, state)
    if session.is_phone():
        for draw_card in (
            rates,
            draw_series_search,
            events,
            notes,
            moves,
            draw_user_rates,
            draw_baskets,
        ):
            draw_card()
    else:
        left: list[Callable[[], None]] = [rates, notes, draw_user_rates]
        right: list[Callable[[], None]] = [draw_series_search, events, moves, draw_baskets]
        for column, cards in zip(st.columns(2), (left, right), strict=True):
            with column:
                for draw_card in cards:
                    draw_card()
    _draw_series_overview()
    _draw_further_data(view, state)


def _draw_view(view: UrlState, state: DataState) -> None:
    with st.container(horizontal=True, vertical_alignment="bottom"):
        draw_series_choice(view, session.get_cards())
        label = _("Filters: part of the data") if state.is_part else _("Filters")
        with st.popover(label, icon=":material/tune:", width="content"):
            st.caption(
                _("The files offer this view, which is what is chosen here, and all there is.")
            )
            draw_plain_filters(view)
        if state.is_part:
            st.button(_("Clear"), key="data.clear", on_click=clear_filters, args=(view,))


def _build_rate_facts(state: DataState) -> list[str]:
    card = state.series.card
    (report,) = session.get_series_status(card.id)
    return [
        f"**{escape_markdown(card.label)}**, {escape_markdown(card.unit_label)}"
        f" {_format_status_chip(report)}",
        _join_facts(
            plural("{n:,} row", "{n:,} rows", report.rows),
            _format_series_range(report),
            describe_fetch(report),
        ),
        _join_facts(
            _(
                "source: {publisher}",
                publisher=format_markdown_link(card.publisher_label, card.source_url),
            ),
            _("licence: {licence}", licence=escape_markdown(translate_deferred(card.licence))),
        ),
    ]


def _join_facts(*facts: str) -> str:
    return " · ".join(filter(None, facts))


def _build_catalogue_facts(data: Dataset) -> list[str]:
    return [
        _("**Catalogue of events**, read-only"),
        _join_facts(
            plural("{n:,} row", "{n:,} rows", data.files[-1].count),
            _format_range(data),
            _("ships with the program"),
        ),
        _join_facts(
            _("source: named in every row"),
            _("licence: as the project; titles are in our own words"),
        ),
    ]


def _build_note_facts(state: DataState, data: Dataset) -> list[str]:
    if state.known.notes_unavailable:
        return [_(":orange[:material/warning: The notes cannot be read now.] Try again soon.")]
    notes = [event for event in state.known.events if event.origin == Origin.NOTE]
    if not notes:
        return [_("No notes yet. Click any day on the chart, or press A on Events & notes.")]
    latest = max((note.updated for note in notes if note.updated is not None), default=None)
    return [
        _("**Your notes**, kept by this dashboard"),
        _join_facts(
            plural("{n:,} row", "{n:,} rows", len(notes)),
            _format_range(data),
            _("updated {latest}", latest=format_timestamp(latest)) if latest else "",
        ),
        _("licence: yours"),
    ]


def _build_move_facts(state: DataState) -> list[str]:
    card = state.series.card
    return [
        _("**Moves around events** on {title}", title=escape_markdown(card.label)),
        _join_facts(
            plural("{n:,} event", "{n:,} events", len(state.known.events)),
            _("event window −5 to 10, CAR window [0,1], mean model, 120 returns to estimate it"),
        ),
        _("computed from the rates and events, as by the command *study*"),
    ]


def _format_range(data: Dataset) -> str:
    if data.since is None or data.until is None:
        return ""
    return format_day_range(data.since, data.until)


def _draw_catalogue(view: UrlState, state: DataState) -> None:
    data = build_events_dataset(state, Origin.CATALOGUE)
    _draw_dataset(view, "events", lambda: data, _build_catalogue_facts(data))


def _draw_notes(view: UrlState, state: DataState) -> None:
    data = build_events_dataset(state, Origin.NOTE)
    build = (lambda: data) if data.files[-1].count else None
    _draw_dataset(view, "notes", build, _build_note_facts(state, data))


def _draw_moves(view: UrlState, state: DataState) -> None:
    """Draw the card of the study; on a very long series it is computed on request only."""
    if not _is_study_wanted(state.series):
        _draw_study_on_demand(state)
        return
    _draw_dataset(
        view,
        "moves",
        partial(build_moves_dataset, state),
        _build_move_facts(state),
        partial(_draw_table_choice, view, state),
    )


def _draw_table_choice(view: UrlState, state: DataState) -> None:
    st.selectbox(
        _("Table"),
        list(STUDY_TABLES),
        format_func=lambda name: _(
            "{name}.csv: {study_tables}",
            name=name,
            study_tables=translate_deferred(STUDY_TABLES[name]),
        ),
        label_visibility="collapsed",
        **view.widget("table"),
    )
    if state.table == "tests":
        _draw_test_results(get_view_study(state))


def _is_study_wanted(series: RateSeries) -> bool:
    """Whether to run the study now; for a very long series only on request."""
    is_requested = st.session_state.get(STUDY_REQUESTED_KEY) == session.build_series_version(series)
    return len(series) <= LONG_SERIES_LENGTH or is_requested


def _draw_study_on_demand(state: DataState) -> None:
    def ask() -> None:
        st.session_state[STUDY_REQUESTED_KEY] = session.build_series_version(state.series)

    with st.container(border=True):
        st.subheader(_("Moves"), anchor=False)
        st.markdown("  \n".join(_build_move_facts(state)))
        st.markdown(
            _(
                "The study compares every event with every other moment of the series; on one so"
                " long that takes a while, up to some minutes."
            )
        )
        st.button(
            _("Study {series:,} rows now", series=len(state.series)), key="data.study", on_click=ask
        )


# ------------------------------------------------------------------ one dataset


CARD_TITLES: Final = {
    "rates": (deferred("Rates"), deferred("Download rates")),
    "events": (deferred("Events"), deferred("Download events")),
    "notes": (deferred("Notes"), deferred("Download notes")),
    "moves": (deferred("Moves"), deferred("Download moves")),
    "sources": (deferred("The same move on every source"), deferred("Download sources")),
}


CARD_TERMS: Final = {
    "rates": ("fixing", "record_date", "market_day", "known_at"),
    "moves": ("event_window", "window", "car", "estimation_window"),
    "sources": ("window", "known_at"),
}
"""The terms that the help of a card explains."""


def _draw_dataset(
    view: UrlState,
    name: str,
    build: Callable[[], Dataset] | None,
    facts: Sequence[str],
    more: Callable[[], None] | None = None,
) -> None:
    """Draw the card of a dataset, which is built when its files or its rows are opened.

    Args:
        view: the link of the page.
        name: a key of `CARD_TITLES`.
        build: gives the dataset; None where there is nothing to take.
        facts: its lines, safe Markdown.
        more: draws what belongs to this card alone.
    """
    title, label = map(translate_deferred, CARD_TITLES[name])
    with st.container(border=True):
        st.subheader(title, anchor=False)
        terms = CARD_TERMS.get(name, ())
        st.markdown("  \n".join(facts), help=term_help(*terms) if terms else None)
        if more is not None:
            more()
        if build is None:
            return
        offer = lambda: _build_downloads(view, build())  # noqa: E731
        draw_download_menu(offer, f"data.{name}.download", label)
        fold = st.expander(
            _("Rows, columns, API and code"), icon=":material/code:",
            key=f"data.{name}.contents", on_change="rerun",
        )  # fmt: skip
        if fold.open:
            with fold:
                _draw_contents(build())


def _build_downloads(view: UrlState, data: Dataset) -> Downloads:
    files = {
        "_".join(str(part) for part in file.name if part is not None): file for file in data.files
    }
    return Downloads(
        (),
        "data",
        view,
        tables={
            name: (
                plural("{rows}, {n:,} row", "{rows}, {n:,} rows", file.count,
                       rows=capitalize_first(file.title)),
                file.content,
            )
            for name, file in files.items()
        },
        documents={name: partial(_build_json, file) for name, file in files.items()},
        too_long=frozenset(name for name, file in files.items() if file.count > MAX_SHEET_ROWS),
    )  # fmt: skip


def _build_json(file: DataFile) -> bytes:
    return json_bytes(file.rows())


def _draw_contents(data: Dataset) -> None:
    file = data.files[0]
    page = st.context.url or FALLBACK_URL
    view, address, code, columns = st.tabs(
        [_("View"), _("API address"), _("pandas, R, curl"), _("Columns")]
    )
    with view:
        _draw_preview(file)
    with address:
        for item in data.files:
            st.markdown(_("{rows}, CSV and JSON", rows=capitalize_first(item.title)))
            both = [item.address.below(page, extension) for extension in ("csv", "json")]
            st.code("\n".join(both), language=None, wrap_lines=True)
        st.caption(
            _("JSON lists come in pages: follow the Link header. Described for programs at:")
        )
        st.code(build_docs_url(page), language=None)
    with code:
        lines = build_code_examples(file.address.below(page, "csv"), data.table)
        for name, language in LANGUAGES.items():
            st.caption(name)
            st.code(lines[name], language=language, wrap_lines=True)
    with columns:
        _draw_columns(data.table)


def _draw_preview(file: DataFile) -> None:
    rows = file.last_rows(PREVIEW_ROWS)
    if not rows:
        st.markdown(_("No rows in {label}.", label=file.title))
        return
    shown = rows[::-1]
    st.caption(
        plural(
            "The last {shown:,} of {n:,} row of {label}",
            "The last {shown:,} of {n:,} rows of {label}",
            file.count,
            shown=len(shown),
            label=file.title,
        )
    )
    st.dataframe(
        _build_preview_frame(shown),
        hide_index=True,
        height=PREVIEW_HEIGHT,
        alt=_("A look at the rows of the file"),
    )


def _build_preview_frame(rows: JsonRows) -> pd.DataFrame:
    """Rows as they are in the file, with text as plain text."""
    return pd.DataFrame(
        [
            {
                name: plain_text(value) if isinstance(value, str) else value
                for name, value in row.items()
            }
            for row in rows
        ]
    )


def _draw_columns(table: str) -> None:
    columns = TABLES[table].columns
    st.table(
        {
            _("Column"): [f"`{column.name}`" for column in columns],
            _("Holds"): [translate_deferred(KIND_NAMES[column.kind]) for column in columns],
            _("Meaning"): [translate_deferred(column.description) for column in columns],
        },
        hide_index=True,
        border="horizontal",
    )


# ------------------------------------------------------------------ the series


def _draw_series_overview() -> None:
    """Draw the table of the series with a chip for the state of each, and the details folded."""
    reports = session.get_series_status()
    present = [report for report in reports if report.rows]
    missing = [report for report in reports if not report.rows]
    with st.container(border=True):
        st.subheader(_("Series and freshness"), anchor=False)
        if session.is_phone():
            for report in present:
                st.markdown(_format_series_line(report))
        else:
            st.table(_build_series_columns(present), hide_index=True, border="horizontal")
        _draw_missing_series(missing)
        fold = st.expander(
            _("What each series is, its last error, and when each rate was known"),
            icon=":material/library_books:", key="data.series.details", on_change="rerun",
        )  # fmt: skip
        if fold.open:
            with fold:
                for report in reports:
                    st.markdown(_format_series_card(report))
                _draw_publication_rules(reports)


def _format_status_chip(report: SeriesStatus) -> str:
    """The state of a series as one chip; amber where something should be looked at."""
    name, is_wrong = name_status(report), bool(report.problem) or report.is_overdue
    icon = ":material/warning: " if is_wrong else ""
    return f":{'orange' if is_wrong else 'gray'}-badge[{icon}{escape_markdown(name)}]"


def _build_series_columns(reports: Sequence[SeriesStatus]) -> dict[str, list[str]]:
    """One row a series; overdue or failing ones are amber."""
    return {
        _("Series"): [escape_markdown(report.card.label) for report in reports],
        _("Number"): [escape_markdown(report.card.unit_label) for report in reports],
        _("Source"): [
            format_markdown_link(r.card.publisher_label, r.card.source_url) for r in reports
        ],
        _("Rows"): [format_number(report.rows, 0) for report in reports],
        _("Market days"): [_format_series_range(report) for report in reports],
        _("Last rate"): [describe_age(report) for report in reports],
        _("Updated"): [describe_fetch(report) for report in reports],
        _("Status"): [_format_status_chip(report) for report in reports],
    }


def _format_series_range(report: SeriesStatus) -> str:
    """The first and last market day of a series."""
    if report.first_day is None or report.last_day is None:
        return ""
    return f"{format_short_day(report.first_day)} – {format_short_day(report.last_day)}"


def _format_series_card(report: SeriesStatus) -> str:
    """The card of a series as Markdown: a heading and its lines."""
    card = report.card
    live = describe_live_rate(report.live, card) if report.live is not None else ""
    facts = (
        _format_fact(
            _("measures"),
            f"{translate_deferred(card.quantity or card.description)}; {card.unit_label}",
        ),
        _format_fact(_("known"), translate_deferred(PUBLICATION_RULES[card.date_rule].description)),
        _format_fact(_("cannot say"), translate_deferred(card.limits)),
        _format_fact(_("licence"), translate_deferred(card.licence)),
        _format_fact(_("history"), _format_history(report)),
        _format_fact(_("last rate"), _format_last_rate(report)),
        _format_fact(_("live"), live),
        _format_fact(_("to know"), describe_state(report)),
    )
    source = _(
        ":gray[source:] {publisher}",
        publisher=format_markdown_link(card.publisher_label, card.source_url),
    )
    head = f"**{escape_markdown(card.label)}** `{card.id}`"
    return "  \n".join([head, source, *(line for line in facts if line)])


def _format_fact(name: str, text: str) -> str:
    return f":gray[{name}:] {escape_markdown(text, TEXT_LIMIT)}" if text else ""


def _format_history(report: SeriesStatus) -> str:
    card = report.card
    first = card.history_from or report.first_day
    since = _("since {first}", first=format_day(first)) if first else ""
    until = (
        _("until {history_until}", history_until=format_day(card.history_until))
        if card.history_until
        else ""
    )
    here = (
        plural(
            "{n:,} row here, {series_range}",
            "{n:,} rows here, {series_range}",
            report.rows,
            series_range=_format_series_range(report),
        )
        if report.rows
        else _("none here")
    )
    return "; ".join(part for part in (f"{since} {until}".strip(), here) if part)


def _format_last_rate(report: SeriesStatus) -> str:
    parts = (
        describe_age(report),
        _("known at {known_until}", known_until=describe_known_until(report)),
        describe_fetch(report),
    )
    return "; ".join(parts) if report.rows else ""


def _format_series_line(report: SeriesStatus) -> str:
    row = _build_series_columns([report])
    row[_("Rows")] = [plural("{n:,} row", "{n:,} rows", report.rows)]
    cells_shown = [cells[0] for name, cells in row.items() if name != _("Series") and cells[0]]
    return f"**{row[_('Series')][0]}**  \n{' · '.join(cells_shown)}"


def _draw_missing_series(missing: Sequence[SeriesStatus]) -> None:
    """Draw how many series have no rate yet, with the names and a chip of each folded."""
    if not missing:
        return
    count = plural(
        "{n:,} more series is not fetched yet",
        "{n:,} more series are not fetched yet",
        len(missing),
    )
    with st.expander(count, icon=":material/cloud_off:"):
        st.markdown(
            "\n".join(
                f"- {escape_markdown(report.card.label)} {_format_status_chip(report)}"
                for report in missing
            )
        )


def _draw_publication_rules(reports: Sequence[SeriesStatus]) -> None:
    cards = [report.card for report in reports if report.rows]
    st.markdown(_("**When each rate was known: the date rules**"))
    for rule in {card.date_rule: PUBLICATION_RULES[card.date_rule] for card in cards}.values():
        named = ", ".join(card.label for card in cards if card.date_rule == rule.id)
        text = escape_markdown(translate_deferred(rule.description), TEXT_LIMIT)
        st.markdown(f"**{escape_markdown(named)}.** {text}")


# ------------------------------------------------------------------ further data


def _draw_further_data(view: UrlState, state: DataState) -> None:
    """Draw what fewer people take, folded: moves on every source, revisions, everything."""
    fold = st.expander(
        _(
            "Further data: moves on every source, revised values, numbers in a spreadsheet,"
            " everything as one file"
        ),
        icon=":material/inventory_2:", key="data.further", on_change="rerun",
    )  # fmt: skip
    if not fold.open:
        return
    with fold:
        _draw_dataset(view, "sources", partial(build_sources_dataset, state), build_source_facts())
        _draw_revised_values(view)
        _draw_value_workbook()
        _draw_full_export()


def _draw_value_workbook() -> None:
    """Draw the card of one number in a cell of a spreadsheet."""
    public = session.get_context().settings.dashboard_public_url
    address = (public or build_page_url("")).rstrip("/")
    cards = [(card.id, card.label, card.unit) for card in session.get_price_cards()]
    file_name = download_file_name("values", extension="xlsx")
    with st.container(border=True):
        st.subheader(_("One number in a cell of a spreadsheet"), anchor=False)
        st.markdown(
            _(
                "The address answers with a number alone. The workbook asks it for the series, the"
                " day and the change of each row; it works where Excel or LibreOffice may reach"
                " this server."
            )
        )
        st.code(f"{address}/api/v1/value.txt?series={cards[0][0]}&on=2025-04-21", language=None)
        st.download_button(
            _("Workbook that asks for numbers"),
            data=audit_export(partial(value_workbook_bytes, address, cards), file_name),
            file_name=file_name,
            mime=TABLE_MEDIA_TYPES["xlsx"],
            on_click="ignore",
            icon=":material/download:",
            key="data.values",
        )


# ------------------------------------------------------------------ the full export


def _draw_full_export() -> None:
    """Draw the card with the file and the command."""
    rows = sum(report.rows for report in session.get_series_status())
    with st.container(border=True):
        st.subheader(_("Everything in one folder"), anchor=False)
        st.markdown(
            _(
                "Rates, events, notes and the whole study of the official rate, with a manifest"
                " of parameters and hashes. The CSV files of these pages, the command line and"
                " the API are the same bytes."
            )
        )
        if rows > MAX_EXPORT_ROWS:
            st.markdown(
                plural(
                    "{n:,} rate are too many for a page; the command writes them.",
                    "{n:,} rates are too many for a page; the command writes them.",
                    rows,
                )
            )
        else:
            _draw_full_export_button()
        st.code("python -m dashboard export FOLDER", language=None)


def _draw_full_export_button() -> None:
    draw_limit_notice()
    file_name = download_file_name("everything", session.get_view_day(), extension="zip")
    st.download_button(
        _("Everything (ZIP), made at the click"),
        data=limit_export(_build_full_export(), file_name),
        file_name=file_name,
        mime="application/zip",
        on_click="ignore",
        icon=":material/folder_zip:",
        key="data.everything",
    )
    warning = describe_private_notes(session.get_known_events().events)
    if warning:
        st.warning(warning, icon=":material/lock_open:")


def _build_full_export() -> Callable[[], bytes]:
    """The function that builds the file, from the data known while the page is drawn."""
    parts, made_at, as_of = session.get_context(), session.get_export_time(), session.get_as_of()
    cards = session.get_cards()
    available = available_events_from(parts.catalogue, session.get_known_events().events)
    parameters: dict[str, Any] = {
        "events": available.name,
        "category": [],
        "origin": None,
        "quote": None,
        "factors": [],
    }
    frozen = {} if as_of is None else {"asof": as_of_text(as_of)}

    def series_of(name: str) -> RateSeries:
        return get_series(parts.rates, name)

    def make() -> bytes:
        files = (*source_files(parts.rates, [DEFAULT_SERIES]), *available.files)
        run = partial(
            run_study,
            [series_of(DEFAULT_SERIES)],
            available.events,
            StudyRequest(cars=DEFAULT_CAR_WINDOWS),
            known=available.events,
            compute=parts.compute,
        )
        answer = parts.heavy_reads.run(run)
        every = [series_of(card.id) for card in cards]
        provenance = Provenance(parameters | frozen, files, made_at)
        return full_export_zip(answer, provenance, series=every, events=available.events)

    return make


# ------------------------------------------------------------------ revised values


def _draw_revised_values(view: UrlState) -> None:
    """Draw the card of revised values with its CSV, or say that there are none."""
    revisions = session.get_revisions()
    with st.container(border=True):
        st.subheader(_("Revised values"), anchor=False)
        if not revisions:
            st.markdown(_("No value has been revised by its publisher since it was fetched here."))
            return
        st.markdown(
            plural(
                "{n:,} value replaced by their publishers after they were fetched here. Charts"
                " and studies use the new value; the first one is kept.",
                "{n:,} values replaced by their publishers after they were fetched here. Charts"
                " and studies use the new value; the first one is kept.",
                len(revisions),
            )
        )
        name = f"rates_revisions_asof-{session.get_view_day()}"
        title = plural("All, {n:,} row", "All, {n:,} rows", len(revisions))
        make: TableFactory = lambda dialect: table_file("revisions", revisions, dialect)  # noqa: E731
        draw_download_menu(
            Downloads((), "data", view, tables={name: (title, make)}),
            "data.revisions.download",
            _("Download revisions"),
        )
        cards = {card.id: card for card in session.get_context().known.all_cards()}
        st.dataframe(
            _build_revisions_frame(revisions[:MAX_REVISIONS], cards),
            hide_index=True,
            height=REVISIONS_HEIGHT if len(revisions) > 5 else "content",
            alt=_("Revised values, the latest first"),
        )


def _build_revisions_frame(
    revisions: Sequence[RateRevision], cards: dict[str, SeriesCard]
) -> pd.DataFrame:
    """One row a revision; a bar is named by its start, a day by its date."""
    view: View = {
        _("Series"): lambda one: cards[one.series].title,
        _("Printed date"): lambda one: _format_revised_time(one, cards[one.series]),
        _("Was"): lambda one: format_number(one.was, cards[one.series].decimals),
        _("Is now"): lambda one: format_number(one.became, cards[one.series].decimals),
        _("Change"): lambda one: format_percent(100.0 * (one.became / one.was - 1.0), 2),
        _("First fetched"): "was_fetched_at",
        _("Revision seen"): "seen_at",
    }
    return pd.DataFrame(build_text_columns(TABLES["revisions"], revisions, view))


def _format_revised_time(one: RateRevision, card: SeriesCard) -> str:
    return format_timestamp(one.opens) if card.bar_minutes else format_day(one.record)


# ------------------------------------------------------------------ tests of the study


def _draw_test_results(answer: StudyAnswer) -> None:
    """Draw the tests of the CAR windows, the declared one first, and how to read them."""
    lines = read_tests(answer)
    if not lines:
        st.markdown(_("No event in the study, so there is nothing to test."))
        return
    st.dataframe(
        _build_test_frame(answer),
        hide_index=True,
        height=TESTS_HEIGHT,
        alt=_("Tests and how to read them"),
    )
    for sentence in explain_tests(answer):
        st.caption(escape_markdown(sentence, SENTENCE_LIMIT))


def _build_test_frame(answer: StudyAnswer) -> pd.DataFrame:
    """One row a group, window and test of the CAR windows, in words; categories as plain text."""
    return pd.DataFrame(
        [
            {
                _("Test"): line.result.test,
                "p": format_number(line.result.p_value, 4),
                _("How to read it"): line.text,
                _("Group"): plain_text(line.result.group),
                f"p ({answer.request.correction})": format_number(line.result.p_adjusted, 4),
                "n": line.result.n,
                _("Window"): window_text(line.result.window).replace("-", MINUS),
            }
            for line in read_tests(answer)
        ]
    )


PAGE = Page(
    "data", deferred("Data"), ":material/database:", "data", draw, PARAMS,
    heading=deferred("Data"),
)  # fmt: skip
