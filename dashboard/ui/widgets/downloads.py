"""The one way a table leaves a page: two buttons, made when pressed, from the services' bytes."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from dashboard.services.export_tables import Flavour, download_name
from dashboard.ui.exports import told_of

Make = Callable[[Flavour], bytes]


def draw_csv_buttons(label: str, name: tuple[object, ...], make: Make, key: str) -> None:
    """Draw *CSV* and *CSV for Excel*; `make` is called with the flavour at the click.

    Args:
        label: what is in the file, such as "this view, 412 rows".
        name: the words of the file name.
        make: gives the bytes; it must hold on to a snapshot, not to the state of the page.
        key: a key that is unique on the page.
    """
    flavours: tuple[tuple[Flavour, str], ...] = (("plain", "CSV"), ("excel", "CSV for Excel"))
    for flavour, title in flavours:
        file_name = download_name(*name, flavour=flavour)
        st.download_button(
            f"{title} ({label})",
            data=told_of(_later(make, flavour), file_name),
            file_name=file_name,
            mime="text/csv",
            on_click="ignore",
            icon=":material/download:",
            key=f"{key}.{flavour}",
        )


def _later(make: Make, flavour: Flavour) -> Callable[[], bytes]:
    return lambda: make(flavour)
