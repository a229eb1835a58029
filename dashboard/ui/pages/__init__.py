"""The register of pages, in the order of the navigation."""

from __future__ import annotations

from typing import Final

from dashboard.ui.pages import correlation, data, event, events, explore, method, robustness
from dashboard.ui.pages.base import Page

PAGES: Final[tuple[Page, ...]] = (
    explore.PAGE,
    event.PAGE,
    events.PAGE,
    correlation.PAGE,
    robustness.PAGE,
    data.PAGE,
    method.PAGE,
)
