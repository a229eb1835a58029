"""The register of pages, in the order of the navigation."""

from __future__ import annotations

from typing import Final

from dashboard.ui.pages import (
    article,
    compare,
    correlation,
    data,
    event,
    events,
    explore,
    facts,
    imports,
    inbox,
    method,
    robustness,
)
from dashboard.ui.pages.base import Page

PAGES: Final[tuple[Page, ...]] = (
    explore.PAGE,
    event.PAGE,
    compare.PAGE,
    correlation.PAGE,
    robustness.PAGE,
    facts.PAGE,
    events.PAGE,
    inbox.PAGE,
    imports.PAGE,
    article.PAGE,
    data.PAGE,
    method.PAGE,
)
