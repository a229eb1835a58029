"""The register of pages, in the order of the navigation."""

from __future__ import annotations

from typing import Final

from dashboard.ui.pages import compare, data, event, events, explore, method
from dashboard.ui.pages.base import Page

PAGES: Final[tuple[Page, ...]] = (
    explore.PAGE,
    event.PAGE,
    compare.PAGE,
    events.PAGE,
    data.PAGE,
    method.PAGE,
)
