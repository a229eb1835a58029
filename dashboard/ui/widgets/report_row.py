"""What a page gives away as a whole: the report as a page, a PDF, a picture, and the bundle."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

import streamlit as st

from dashboard.domain.as_of import as_of_text
from dashboard.domain.report import PaperKind, Report
from dashboard.services.export_tables import download_name
from dashboard.services.write_report import MEDIA, write_report
from dashboard.ui import session
from dashboard.ui.address import View
from dashboard.ui.exports import counted
from dashboard.ui.report_parts import MadeFor
from dashboard.ui.widgets.links import address_of

BUNDLE: Final = "Bundle to reproduce it (ZIP)"
LABELS: Final[dict[PaperKind, str]] = {
    "html": "Page (HTML, opens without a network)",
    "pdf": "Paper (PDF)",
    "png": "Picture of the chart (PNG)",
}
ICONS: Final[dict[PaperKind, str]] = {
    "html": ":material/web:",
    "pdf": ":material/picture_as_pdf:",
    "png": ":material/image:",
}
ABOUT: Final = (
    "Made at the click, which takes some seconds. Definition, source, day of the data and links,"
    " live and frozen, stand in each."
)
ABOUT_BUNDLE: Final = (
    " The bundle holds the numbers and everything they were computed from;"
    " `python -m dashboard reproduce FILE` computes them again and compares."
)


def made_now(page_id: str, link: View) -> MadeFor:
    """When a report of a view is made, and its links: live, and frozen at what is known now.

    In a frozen view the frozen link keeps the moment of the view.
    """
    now, as_of = session.export_moment(), session.as_of()
    queries = link.query(asof=None), link.query(asof=as_of or now.replace(microsecond=0))
    address = address_of(page_id)
    live, frozen = (f"{address}?{query}" if query else address for query in queries)
    return MadeFor(now, live, frozen, as_of)


def parameters_of(made: MadeFor) -> dict[str, str]:
    """What the manifest of a bundle says of a frozen view; nothing of a live one."""
    return {} if made.as_of is None else {"asof": as_of_text(made.as_of)}


def draw_report(  # noqa: PLR0913 - what a page may give away
    report: Callable[[], Report],
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
        draw_why_none()
        for kind, label in LABELS.items():
            if kind == "png" and not has_chart:
                continue
            file_name = download_name(*name, "report", extension=kind)
            st.download_button(
                label,
                data=counted(_later(report, kind), file_name),
                file_name=file_name,
                mime=MEDIA[kind],
                on_click="ignore",
                icon=ICONS[kind],
                key=f"{key}.{kind}",
                width="stretch",
            )
        for at, (label, bundle) in enumerate(bundles.items(), 1):
            number = (at,) if len(bundles) > 1 else ()
            file_name = download_name(*name, "bundle", *number, extension="zip")
            st.download_button(
                label,
                data=counted(bundle, file_name),
                file_name=file_name,
                mime="application/zip",
                on_click="ignore",
                icon=":material/folder_zip:",
                key=f"{key}.bundle.{at}",
                width="stretch",
            )
        if warning:
            st.warning(warning, icon=":material/lock_open:")
        st.caption(f"{ABOUT}{ABOUT_BUNDLE if bundles else ''}")


def draw_why_none() -> None:
    """Say beforehand that the reader has taken as many files as are made in an hour."""
    full = session.parts().limits.why_not(session.reader(), "export")
    if full:
        st.warning(f"None is made now: {full}", icon=":material/hourglass_empty:")


def _later(report: Callable[[], Report], kind: PaperKind) -> Callable[[], bytes]:
    return lambda: write_report(report(), kind)
