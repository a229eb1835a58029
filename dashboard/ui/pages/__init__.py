"""The register of pages, in the order of the navigation."""

from __future__ import annotations

from typing import Final

from dashboard.ui.pages import data, event, events, explore, inbox, method
from dashboard.ui.pages.base import Page

PAGES: Final[tuple[Page, ...]] = (
    explore.PAGE,
    event.PAGE,
    events.PAGE,
    inbox.PAGE,
    data.PAGE,
    method.PAGE,
)
