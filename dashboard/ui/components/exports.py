"""Files that leave a page: tables, reports and bundles, audited and rate-limited.

A file is made at the click, outside the run of the page: what it needs is bound while the page
runs.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from functools import partial
from typing import TYPE_CHECKING, Final

import streamlit as st

from dashboard.models.errors import RoubleReactionError
from dashboard.models.messages import deferred, translate_deferred
from dashboard.models.messages import translate as _
from dashboard.models.series import as_of_text
from dashboard.models.tables import ReportDocument, ReportFormat
from dashboard.presentation.reports import ReportContext
from dashboard.services.exports import (
    MEDIA_TYPES,
    PICTURE_FORMATS,
    TABLE_MEDIA_TYPES,
    FileFormat,
    download_file_name,
    write_report,
)
from dashboard.ui import session
from dashboard.ui.components.elements import build_links
from dashboard.ui.url_state import UrlState

if TYPE_CHECKING:
    from dashboard.container import AppContext


logger: Final = logging.getLogger(__name__)

BytesFactory = Callable[[], bytes]
TableFactory = Callable[[FileFormat], bytes]
TABLE_LABELS: Final[dict[FileFormat, str]] = {
    "plain": "CSV",
    "xlsx": deferred("Excel workbook"),
    "excel": deferred("CSV for Excel"),
    "excel-ru": deferred("CSV for Russian Excel"),
}
BUNDLE_LABEL: Final = deferred("Bundle to reproduce it (ZIP)")
REPORT_LABELS: Final[dict[ReportFormat, str]] = {
    "html": deferred("Page (HTML, opens without a network)"),
    "pdf": deferred("Paper (PDF)"),
    "png": deferred("Picture of the chart (PNG)"),
    "svg": deferred("Drawing of the chart (SVG)"),
}
REPORT_ICONS: Final[dict[ReportFormat, str]] = {
    "html": ":material/web:",
    "pdf": ":material/picture_as_pdf:",
    "png": ":material/image:",
    "svg": ":material/polyline:",
}
REPORT_HELP: Final = deferred(
    "Made at the click, which takes some seconds. Definition, source, day of the data and links,"
    " live and frozen, stand in each."
)
BUNDLE_HELP: Final = deferred(
    "The bundle holds the numbers and everything they were computed from; `python -m dashboard"
    " reproduce FILE` computes them again and compares."
)


def audit_export(make: BytesFactory, file_name: str) -> BytesFactory:
    """A file that is written to the audit log when it is downloaded.

    Args:
        make: gives the bytes; it must hold a snapshot, not the state of the page.
        file_name: its name in the audit log.
    """
    return partial(_make_audited, make, file_name, session.get_live_context())


def limit_export(make: BytesFactory, file_name: str) -> BytesFactory:
    """A report or a bundle: audited like a table, and limited to a number an hour.

    The factory raises `RateLimited`, which a browser shows as a missing file only: use
    `draw_limit_notice` beforehand.
    """
    context, reader = session.get_live_context(), session.get_reader_id()

    def make_one() -> bytes:
        context.limits.take(reader, "export")
        return make()

    return partial(_make_audited, make_one, file_name, context)


def _make_audited(make: BytesFactory, file_name: str, context: AppContext) -> bytes:
    content = make()
    try:
        context.notes.audit.write("export", file_name, (None, {"bytes": len(content)}))
    except (
        RoubleReactionError
    ) as error:  # the file is still given while the database is unavailable
        logger.warning("the export of %s is not in the audit log: %s", file_name, error)
    return content


def draw_table_buttons(
    label: str,
    name: tuple[object, ...],
    make: TableFactory,
    key: str,
    *,
    has_workbook: bool = True,
) -> None:
    """Draw a button for each format of a table; `make` is called with the format at the click.

    Args:
        label: what is in the file, such as "this view, 412 rows".
        name: the parts of the file name.
        make: gives the bytes; it must hold a snapshot, not the state of the page.
        key: a key that is unique on the page.
        has_workbook: whether the table is short enough for a workbook.
    """
    for dialect, title in TABLE_LABELS.items():
        if dialect == "xlsx" and not has_workbook:
            continue
        file_name = download_file_name(*name, dialect=dialect)
        st.download_button(
            f"{translate_deferred(title)} ({label})",
            data=audit_export(_bind_dialect(make, dialect), file_name),
            file_name=file_name,
            mime=TABLE_MEDIA_TYPES[dialect],
            on_click="ignore",
            icon=":material/download:",
            key=f"{key}.{dialect}",
        )


def _bind_dialect(make: TableFactory, dialect: FileFormat) -> Callable[[], bytes]:
    return lambda: make(dialect)


# ------------------------------------------------------------------ reports and bundles


def build_report_context(page_id: str, link: UrlState) -> ReportContext:
    """When a report of a view is made, and its links: live, and frozen at what is known now.

    In a frozen view the frozen link keeps the moment of the view.
    """
    now, as_of = session.get_export_time(), session.get_as_of()
    live, frozen = build_links(page_id, link, as_of or now.replace(microsecond=0))
    return ReportContext(now, live, frozen, as_of)


def build_manifest_parameters(context: ReportContext) -> dict[str, str]:
    """The parameters of a frozen view for the manifest of a bundle; none for a live view."""
    return {} if context.as_of is None else {"asof": as_of_text(context.as_of)}


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
        report: gives the report; it must hold a snapshot, not the state of the page.
        bundles: gives the bytes of each reproducible bundle by its label; empty without any.
        name: the parts of the file names.
        key: a key that is unique on the page.
        has_chart: whether there is a chart to make a picture of.
        warning: what to know before passing the files on; may be empty.
    """
    with st.popover(_("Report"), icon=":material/description:", key=key):
        draw_limit_notice()
        for kind, label in REPORT_LABELS.items():
            if kind in PICTURE_FORMATS and not has_chart:
                continue
            file_name = download_file_name(*name, "report", extension=kind)
            st.download_button(
                translate_deferred(label),
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
        sentences = (REPORT_HELP, BUNDLE_HELP) if bundles else (REPORT_HELP,)
        st.caption(" ".join(map(translate_deferred, sentences)))


def draw_limit_notice() -> None:
    """Say beforehand that the reader has reached the limit of files an hour."""
    reason = session.get_context().limits.refusal_reason(session.get_reader_id(), "export")
    if reason:
        st.warning(
            _("None is made now: {reason}", reason=reason), icon=":material/hourglass_empty:"
        )


def _bind_report(report: Callable[[], ReportDocument], kind: ReportFormat) -> Callable[[], bytes]:
    return lambda: write_report(report(), kind)
