"""The registry of pages, and how the navigation groups them."""

from __future__ import annotations

from typing import Final

from dashboard.ui.pages.admin import page as admin_page
from dashboard.ui.pages.alerts import page as alerts_page
from dashboard.ui.pages.article import page as article_page
from dashboard.ui.pages.base import Page
from dashboard.ui.pages.compare import page as compare_page
from dashboard.ui.pages.correlation import page as correlation_page
from dashboard.ui.pages.counterfactual import page as counterfactual_page
from dashboard.ui.pages.data import page as data_page
from dashboard.ui.pages.drivers import page as drivers_page
from dashboard.ui.pages.event import page as event_page
from dashboard.ui.pages.events import page as events_page
from dashboard.ui.pages.explore import page as explore_page
from dashboard.ui.pages.facts import page as facts_page
from dashboard.ui.pages.imports import page as imports_page
from dashboard.ui.pages.inbox import page as inbox_page
from dashboard.ui.pages.method import page as method_page
from dashboard.ui.pages.robustness import page as robustness_page

PAGES: Final[tuple[Page, ...]] = (
    explore_page.PAGE,
    event_page.PAGE,
    compare_page.PAGE,
    correlation_page.PAGE,
    drivers_page.PAGE,
    robustness_page.PAGE,
    counterfactual_page.PAGE,
    facts_page.PAGE,
    events_page.PAGE,
    inbox_page.PAGE,
    alerts_page.PAGE,
    imports_page.PAGE,
    article_page.PAGE,
    data_page.PAGE,
    method_page.PAGE,
    admin_page.PAGE,
)
MAIN_PAGES: Final = (
    explore_page.PAGE,
    compare_page.PAGE,
    facts_page.PAGE,
    events_page.PAGE,
    data_page.PAGE,
)
"""What the header names; the others are behind *More*."""
MORE_PAGES: Final = tuple(page for page in PAGES if page.visible and page not in MAIN_PAGES)
