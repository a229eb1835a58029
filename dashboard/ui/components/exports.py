"""Files that leave a page: CSV buttons, reports and bundles, audited and rate-limited."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from functools import partial
from typing import TYPE_CHECKING, Final

import streamlit as st

from dashboard.models.errors import RoubleReactionError
from dashboard.models.report import ReportDocument, ReportFormat
from dashboard.models.series import as_of_text
from dashboard.presentation.reports import ReportContext
from dashboard.services.exports import (
    MEDIA_TYPES,
    PICTURE_FORMATS,
    CsvDialect,
    download_file_name,
    write_report,
)
from dashboard.ui import session
from dashboard.ui.components.links import build_page_url
from dashboard.ui.url_state import UrlState

if TYPE_CHECKING:
    from dashboard.container import AppContext


# ------------------------------------------------------------
# What leaves a page as a file: made at the click, put on record, and counted where it is work.
#
# A click is answered outside the run of a page, so what is needed is taken before, while it runs.


logger: Final = logging.getLogger(__name__)

BytesFactory = Callable[[], bytes]


def audit_export(make: BytesFactory, file_name: str) -> BytesFactory:
    """A table that is put on record when it leaves.

    Args:
        make: gives the bytes; it must hold on to a snapshot, not to the state of the page.
        file_name: what the record calls it.
    """
    return partial(_make_audited, make, file_name, session.get_live_context())


def limit_export(make: BytesFactory, file_name: str) -> BytesFactory:
    """A report or a bundle: on record like a table, and at most so many an hour.

    The bytes are refused with `RateLimited`; say beforehand where there is no room, for a browser
    tells only that there is no file.
    """
    parts, reader = session.get_live_context(), session.get_reader_id()

    def make_one() -> bytes:
        parts.limits.take(reader, "export")
        return make()

    return partial(_make_audited, make_one, file_name, parts)


def _make_audited(make: BytesFactory, file_name: str, parts: AppContext) -> bytes:
    content = make()
    try:
        parts.notes.beside.write_audit("export", file_name, (None, {"bytes": len(content)}))
    except RoubleReactionError as error:  # a file is still given while the store of notes is away
        logger.warning("the export of %s is not on record: %s", file_name, error)
    return content


# ------------------------------------------------------------
# The one way a table leaves a page: two buttons, made when pressed, from the services' bytes.


CsvFactory = Callable[[CsvDialect], bytes]


def draw_csv_buttons(label: str, name: tuple[object, ...], make: CsvFactory, key: str) -> None:
    """Draw *CSV* and *CSV for Excel*; `make` is called with the flavour at the click.

    Args:
        label: what is in the file, such as "this view, 412 rows".
        name: the words of the file name.
        make: gives the bytes; it must hold on to a snapshot, not to the state of the page.
        key: a key that is unique on the page.
    """
    flavours: tuple[tuple[CsvDialect, str], ...] = (("plain", "CSV"), ("excel", "CSV for Excel"))
    for flavour, title in flavours:
        file_name = download_file_name(*name, flavour=flavour)
        st.download_button(
            f"{title} ({label})",
            data=audit_export(_bind_dialect(make, flavour), file_name),
            file_name=file_name,
            mime="text/csv",
            on_click="ignore",
            icon=":material/download:",
            key=f"{key}.{flavour}",
        )


def _bind_dialect(make: CsvFactory, flavour: CsvDialect) -> Callable[[], bytes]:
    return lambda: make(flavour)


# ------------------------------------------------------------
# What a page gives away as a whole: the report as a page, a PDF, a picture, and the bundle.


BUNDLE_LABEL: Final = "Bundle to reproduce it (ZIP)"
REPORT_LABELS: Final[dict[ReportFormat, str]] = {
    "html": "Page (HTML, opens without a network)",
    "pdf": "Paper (PDF)",
    "png": "Picture of the chart (PNG)",
    "svg": "Drawing of the chart (SVG)",
}
REPORT_ICONS: Final[dict[ReportFormat, str]] = {
    "html": ":material/web:",
    "pdf": ":material/picture_as_pdf:",
    "png": ":material/image:",
    "svg": ":material/polyline:",
}
REPORT_HELP: Final = (
    "Made at the click, which takes some seconds. Definition, source, day of the data and links,"
    " live and frozen, stand in each."
)
BUNDLE_HELP: Final = (
    " The bundle holds the numbers and everything they were computed from;"
    " `python -m dashboard reproduce FILE` computes them again and compares."
)


def build_report_context(page_id: str, link: UrlState) -> ReportContext:
    """When a report of a view is made, and its links: live, and frozen at what is known now.

    In a frozen view the frozen link keeps the moment of the view.
    """
    now, as_of = session.get_export_time(), session.get_as_of()
    queries = link.query(asof=None), link.query(asof=as_of or now.replace(microsecond=0))
    address = build_page_url(page_id)
    live, frozen = (f"{address}?{query}" if query else address for query in queries)
    return ReportContext(now, live, frozen, as_of)


def build_manifest_parameters(made: ReportContext) -> dict[str, str]:
    """What the manifest of a bundle says of a frozen view; nothing of a live one."""
    return {} if made.as_of is None else {"asof": as_of_text(made.as_of)}


def draw_report_buttons(  # noqa: PLR0913
    report: Callable[[], ReportDocument],
    bundles: Mapping[str, Callable[[], bytes]],
    name: tuple[object, ...],
    key: str,
    *,
    has_chart: bool = True,
    warning: str = "",
) -> None:
    """Draw one button that opens onto the files; nothing is made before a click.

    Args:
        report: gives the report; it must hold on to a snapshot, not to the state of the page.
        bundles: gives the bytes of each reproducible bundle by its label; empty without any.
        name: the words of the file names.
        key: a key that is unique on the page.
        has_chart: whether there is a chart to make a picture of.
        warning: what a person must know before passing the files on; empty where nothing.
    """
    with st.popover("Report", icon=":material/description:", key=key):
        draw_limit_notice()
        for kind, label in REPORT_LABELS.items():
            if kind in PICTURE_FORMATS and not has_chart:
                continue
            file_name = download_file_name(*name, "report", extension=kind)
            st.download_button(
                label,
                data=limit_export(_bind_report(report, kind), file_name),
                file_name=file_name,
                mime=MEDIA_TYPES[kind],
                on_click="ignore",
                icon=REPORT_ICONS[kind],
                key=f"{key}.{kind}",
                width="stretch",
            )
        for at, (label, bundle) in enumerate(bundles.items(), 1):
            number = (at,) if len(bundles) > 1 else ()
            file_name = download_file_name(*name, "bundle", *number, extension="zip")
            st.download_button(
                label,
                data=limit_export(bundle, file_name),
                file_name=file_name,
                mime="application/zip",
                on_click="ignore",
                icon=":material/folder_zip:",
                key=f"{key}.bundle.{at}",
                width="stretch",
            )
        if warning:
            st.warning(warning, icon=":material/lock_open:")
        st.caption(f"{REPORT_HELP}{BUNDLE_HELP if bundles else ''}")


def draw_limit_notice() -> None:
    """Say beforehand that the reader has taken as many files as are made in an hour."""
    full = session.get_context().limits.refusal_reason(session.get_reader_id(), "export")
    if full:
        st.warning(f"None is made now: {full}", icon=":material/hourglass_empty:")


def _bind_report(report: Callable[[], ReportDocument], kind: ReportFormat) -> Callable[[], bytes]:
    return lambda: write_report(report(), kind)
