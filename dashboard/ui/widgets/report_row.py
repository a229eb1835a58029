"""What a page gives away as a whole: the report as a page, a PDF, a picture, and the bundle."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import streamlit as st

from dashboard.domain.report import PaperKind, Report
from dashboard.services.export_tables import download_name
from dashboard.services.write_report import MEDIA, write_report

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
    "Made at the click, which takes some seconds. Definition, source, day of the data and link"
    " stand in each. The bundle holds the numbers and everything they were computed from;"
    " `python -m dashboard reproduce FILE` computes them again and compares."
)


def draw_report(
    report: Callable[[], Report],
    bundle: Callable[[], bytes] | None,
    name: tuple[object, ...],
    key: str,
    *,
    has_chart: bool = True,
) -> None:
    """Draw one button that opens onto the files; nothing is made before a click.

    Args:
        report: gives the report; it must hold on to a snapshot, not to the state of the page.
        bundle: gives the bytes of the reproducible bundle; None where there is none.
        name: the words of the file names.
        key: a key that is unique on the page.
        has_chart: whether there is a chart to make a picture of.
    """
    with st.popover("Report", icon=":material/description:", key=key):
        for kind, label in LABELS.items():
            if kind == "png" and not has_chart:
                continue
            st.download_button(
                label,
                data=_later(report, kind),
                file_name=download_name(*name, "report", extension=kind),
                mime=MEDIA[kind],
                on_click="ignore",
                icon=ICONS[kind],
                key=f"{key}.{kind}",
                width="stretch",
            )
        if bundle is not None:
            st.download_button(
                "Bundle to reproduce it (ZIP)",
                data=bundle,
                file_name=download_name(*name, "bundle", extension="zip"),
                mime="application/zip",
                on_click="ignore",
                icon=":material/folder_zip:",
                key=f"{key}.bundle",
                width="stretch",
            )
        st.caption(ABOUT)


def _later(report: Callable[[], Report], kind: PaperKind) -> Callable[[], bytes]:
    return lambda: write_report(report(), kind)
